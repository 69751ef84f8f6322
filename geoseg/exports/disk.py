"""Products appear whole or not at all; a full or locked disk is told in one sentence."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoseg.errors import DiskError

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_DISK_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


def size_words(size_bytes: float) -> str:
    """Describe a size to a person: '312 kB', '4.2 GB'."""
    unit = 0
    while size_bytes >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004
        size_bytes, unit = size_bytes / 1000, unit + 1
    digits = 0 if unit <= 1 or size_bytes >= 10 else 1  # noqa: PLR2004
    return f"{size_bytes:.{digits}f} {_UNITS[unit]}"


def free_bytes(folder: Path) -> int:
    """Return what may still be written on the disk of a folder that exists."""
    return shutil.disk_usage(folder).free


def need_space(folder: Path, need_bytes: int, what: str) -> None:
    """Refuse work that the disk cannot hold, before it starts.

    Raises:
        DiskError: Less is free than `what` needs.
    """
    free = free_bytes(folder)
    if free < need_bytes:
        raise DiskError(
            f"the disk of {folder} is too full: {what} needs {size_words(need_bytes)}, "
            f"{size_words(free)} are free; delete old runs or choose another folder"
        )


def write_failure(folder: Path, need_bytes: int, what: str, reason: str) -> DiskError:
    """Return the sentence for a write that failed: full disk where it is, else the reason."""
    try:
        free = free_bytes(folder)
    except OSError:
        return DiskError(f"{what} cannot be written: the folder {folder} is gone; choose another")
    if free < need_bytes:
        return DiskError(
            f"the disk of {folder} is full: {what} needs {size_words(need_bytes)}, "
            f"{size_words(free)} are free; delete old runs or choose another folder"
        )
    return DiskError(
        f"{what} cannot be written to {folder} ({reason}), though {size_words(free)} are free; "
        "check the folder's rights and limits, or choose another"
    )


@contextmanager
def whole(path: Path, need_bytes: int = 0) -> Iterator[Path]:
    """Give a path to write to; on success it becomes `path`, on any fault nothing stays.

    The path lies in a hidden folder beside `path`, so that side files of a driver vanish too.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    try:
        hidden = Path(tempfile.mkdtemp(prefix=".writing-", dir=path.parent.absolute()))
    except OSError as error:
        raise write_failure(path.parent, need_bytes, path.name, _reason(error)) from error
    try:
        yield hidden / path.name
        os.replace(hidden / path.name, path)
    except OSError as error:
        if error.errno not in _DISK_FAULTS:
            raise
        raise write_failure(path.parent, need_bytes, path.name, _reason(error)) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
