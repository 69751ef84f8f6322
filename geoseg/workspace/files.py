"""Where things lie in the workspace, safe ids, and files that appear whole or not at all."""

import os
import re
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from geoseg.errors import DiskError, WorkspaceError

HOME, DATA = "GEOSEG_HOME", "GEOSEG_DATA"
"""Environment variables: the workspace's folder; folders of rasters the server offers."""
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def root() -> Path:
    """Return the workspace: the folder named by GEOSEG_HOME, else ./workspace."""
    return Path(os.environ.get(HOME) or "workspace").absolute()


def now() -> str:
    """Return the present moment, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_id() -> str:
    """Return an id that sorts by time of birth and cannot be guessed."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"


def checked(kind: str, identity: str) -> Path:
    """Return the folder of an area or run, inside the workspace whatever the id says.

    Args:
        kind: "areas" or "runs".
        identity: Small letters, digits and dashes.

    Raises:
        WorkspaceError: The id has another form, e.g. a path.
    """
    if not ID.fullmatch(identity):
        raise WorkspaceError(
            f"{identity[:80]!r} is not an id; expected small letters, digits and dashes"
        )
    return root() / kind / identity


def make_folder(path: Path) -> Path:
    """Make a folder and its parents.

    Raises:
        DiskError: The disk is full or the place is not writable.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(
            f"cannot make the folder {path}: {error.strerror}; choose a place you may write to"
        ) from error
    return path


def link_or_copy(source: Path, target: Path) -> Path:
    """Put a file in a second place, so that either can be deleted; return the place.

    Raises:
        DiskError: The disk is full or the place is not writable.
    """
    try:
        target.hardlink_to(source)
    except OSError:
        # Another disk, or one that knows no links.
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            raise DiskError(
                f"cannot copy {source.name}: {error.strerror}; free some disk space and try again"
            ) from error
    return target


def write_whole(path: Path, text: str) -> None:
    """Write a small text file so that a reader sees the old or the new one, never a half.

    Raises:
        DiskError: The disk is full or the place is not writable.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise DiskError(
            f"cannot write {path.name}: {error.strerror}; free some disk space or choose a place "
            "you may write to"
        ) from error
