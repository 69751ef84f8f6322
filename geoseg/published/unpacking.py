"""A zip file -> its folder on disk, whole or not at all, and nothing outside that folder."""

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from geoseg.errors import ArchiveError, DiskError
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.published.checkpoint import ZIP_FAULTS

CHUNK_BYTES = 1 << 20
KEPT_FREE_BYTES = 100_000_000
"""Of the disk, for everybody else."""

RUBBISH = ("__MACOSX", ".DS_Store", "Thumbs.db")
ENCRYPTED = 0x1


def unpack(
    source: Path, target: Path, progress: Progress = silent, cancelled: Cancelled = never
) -> Path:
    """Unpack a zip so that its content lies in `target`, which must not exist yet.

    Where everything in the zip lies in one folder, that folder becomes `target`.

    Raises:
        ArchiveError: The zip is damaged, or a name in it leads outside or is not a plain file.
        DiskError: The disk cannot hold it.
        RunCancelledError: `cancelled` answered True; nothing stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            zipfile.ZipFile(source) as archive,
            tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target.parent) as unfinished,
        ):
            files = safe_files(archive, source.name)
            need_space(target.parent, files, source.name)
            for done, info in enumerate(files):
                stop_if(cancelled)
                progress(Event(f"unpacking {source.name}", done, len(files)))
                extract(archive, info, Path(unfinished) / info.filename)
            progress(Event(f"unpacking {source.name}", len(files), len(files)))
            _only_folder(Path(unfinished)).rename(target)
            # Its own clean-up then finds what is left, or nothing.
            Path(unfinished).mkdir(exist_ok=True)
    except OSError as error:
        raise DiskError(
            f"{source.name} cannot be unpacked beside {target.parent} ({error.strerror}); "
            "check the disk and its rights, or choose another folder"
        ) from error
    except ZIP_FAULTS as error:
        raise ArchiveError(f"{source.name} is damaged ({error}); fetch it again") from error
    return target


def safe_files(archive: zipfile.ZipFile, title: str) -> list[zipfile.ZipInfo]:
    """Return the files to unpack, after a look at every name.

    Raises:
        ArchiveError: A name leads outside, comes twice, or is a link or device.
    """
    files: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if _leads_outside(info.filename):
            raise ArchiveError(f"{title} holds {info.filename!r}, which leads outside its folder")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ArchiveError(f"{title} holds {info.filename!r}, a link or device; expected files")
        if info.flag_bits & ENCRYPTED:
            raise ArchiveError(f"{title} is locked by a password; unpack it by hand")
        if info.is_dir() or set(path.parts) & set(RUBBISH):
            continue
        if str(path) in files:
            raise ArchiveError(f"{title} holds {info.filename!r} twice; fetch it again")
        files[str(path)] = info
    if not files:
        raise ArchiveError(f"{title} holds no files; fetch it again")
    return list(files.values())


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or any(sign in name for sign in "\\:\0")


def need_space(folder: Path, files: Sequence[zipfile.ZipInfo], title: str) -> None:
    """Refuse to unpack what the disk has no room for.

    Raises:
        DiskError: The files do not fit beside what is kept free.
    """
    need = sum(info.file_size for info in files) + KEPT_FREE_BYTES
    free = shutil.disk_usage(folder).free
    if need > free:
        raise DiskError(
            f"{title} takes {need / 1e6:,.0f} MB unpacked, {free / 1e6:,.0f} MB are free in "
            f"{folder}; make room or choose another folder"
        )


def extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """Write one file; the reader never gives more than the size that was declared."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as packed, path.open("xb") as file:
        shutil.copyfileobj(packed, file, CHUNK_BYTES)


def _only_folder(folder: Path) -> Path:
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
