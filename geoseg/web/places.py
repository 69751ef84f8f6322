"""Where the server may read and write: the workspace and the data folders it was told of."""

import os
import secrets
from pathlib import Path

from geoseg.errors import DiskError, WorkspaceError

SECRET_BYTES = 32


def workspace() -> Path:
    """Return the workspace's folder, absolute: env GEOSEG_HOME, else ./workspace."""
    return Path(os.environ.get("GEOSEG_HOME") or "workspace").resolve()


def data_folders() -> list[Path]:
    """Return the folders of the server that users may read from: env GEOSEG_DATA."""
    named = os.environ.get("GEOSEG_DATA", "").split(os.pathsep)
    return [Path(folder).resolve() for folder in named if folder]


def allowed(path: Path) -> Path:
    """Return the file's real place.

    Raises:
        WorkspaceError: It is missing, or links followed it lies outside the workspace and the
            data folders.
    """
    real = path.resolve()
    if not any(real.is_relative_to(folder) for folder in (workspace(), *data_folders())):
        raise WorkspaceError(
            f"{path.name} lies outside the workspace and the server's data folders; "
            "upload it, or name its folder in GEOSEG_DATA"
        )
    if not real.is_file():
        raise WorkspaceError(f"{path.name} is not there any more; choose another file")
    return real


def secret() -> bytes:
    """Return the workspace's own secret; the first caller makes it."""
    path = workspace() / "secret"
    if not path.is_file():
        _write_secret(path)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def _write_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; a secret written meanwhile by another stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise DiskError(
            f"the workspace {path.parent} cannot be written ({error.strerror}); "
            "free disk space or name another folder in GEOSEG_HOME"
        ) from error
