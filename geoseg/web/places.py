"""Which files of the server may be shown, and the secret that makes their layer ids unguessable."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from geoseg.errors import DiskError, WorkspaceError
from geoseg.workspace.areas import data_folders
from geoseg.workspace.files import make_folder, root

SECRET, SECRET_BYTES = "secret", 32


def allowed(path: Path) -> Path:
    """Return the file's real place.

    Raises:
        WorkspaceError: It is missing, or links followed it lies outside the workspace and the
            folders the server offers.
    """
    real = path.resolve()
    if not any(real.is_relative_to(folder) for folder in (root().resolve(), *data_folders())):
        raise WorkspaceError(
            f"{path.name} lies outside the workspace and the folders this server offers; "
            "upload it, or name its folder in GEOSEG_DATA"
        )
    if not real.is_file():
        raise WorkspaceError(f"{path.name} is not there any more; choose another file")
    return real


def secret() -> bytes:
    """Return the workspace's own secret; the first caller makes it."""
    path = root() / SECRET
    if not path.is_file():
        _make_secret(path)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def signed(text: str) -> str:
    """Return 24 letters that only this workspace's secret can make out of a text."""
    digest = hmac.new(secret(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _make_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; one written meanwhile by another process stays."""
    draft = make_folder(path.parent) / f".{SECRET}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError as error:
        raise DiskError(
            f"the workspace cannot be written ({error.strerror}); free disk space or name "
            "another folder in GEOSEG_HOME"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
