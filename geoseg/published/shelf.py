"""The folder of published archives: what is in it, put there by the machine or by hand."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import ArchiveError, DiskError
from geoseg.published.registry import Archive, PublishedFile

CHUNK_BYTES = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Copy:
    """A published file that is on this machine.

    Attributes:
        path: The zip, or the folder it was unpacked to.
        unpacked: True for a folder.
        size_bytes: Of the zip; None for a folder, which is not counted.
    """

    path: Path
    unpacked: bool
    size_bytes: int | None


def shelf(archive: Archive, to: Path | None = None) -> Path:
    """Return the folder of an archive: `to`, else one below env GEOSEG_CACHE or ~/.cache/geoseg."""
    if to is not None:
        return to
    chosen = os.environ.get("GEOSEG_CACHE")
    cache = Path(chosen) if chosen else Path.home() / ".cache" / "geoseg"
    return cache / "published" / archive.name


def find_copy(file: PublishedFile, folder: Path) -> Copy | None:
    """Return the unpacked folder if there is one, else the zip, else None."""
    for place in (folder / file.folder, folder / file.folder / file.folder, folder):
        if any((place / mark).is_dir() for mark in file.marks):
            return Copy(place, True, None)
    zipped = folder / file.name
    return Copy(zipped, False, zipped.stat().st_size) if zipped.is_file() else None


def check_copy(path: Path) -> None:
    """Compare a zip with the sha256 kept beside it; the first time, keep it.

    Raises:
        ArchiveError: The file is not what it was.
        DiskError: The checksum cannot be kept.
    """
    found, note = sha256_of(path), checksum_file(path)
    try:
        noted = SHA256.match(note.read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        keep_checksum(path, found)
        return
    if noted is None or noted.group() != found:
        raise ArchiveError(
            f"{path} has sha256 {found[:12]}..., {note.name} beside it says otherwise; the file was "
            "altered or damaged: remove both and fetch it again"
        )


def checksum_file(path: Path) -> Path:
    """Return where the sha256 of a file is kept."""
    return path.with_name(f"{path.name}.sha256")


def keep_checksum(path: Path, sha256: str) -> None:
    """Write the sha256 beside a file, in the form `sha256sum --check` reads.

    Raises:
        DiskError: The folder cannot be written.
    """
    note = checksum_file(path)
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.write(f"{sha256}  {path.name}\n")
        Path(file.name).replace(note)
    except OSError as error:
        raise DiskError(
            f"{note} cannot be written ({error.strerror}); make the folder writable"
        ) from error


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Make a folder; tell of a disk that refuses in one sentence.

    Raises:
        DiskError: The folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DiskError(
            f"{folder} cannot be written ({error.strerror or error}); make room, or choose another "
            "folder"
        ) from error
