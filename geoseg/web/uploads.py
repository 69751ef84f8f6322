"""A file from a browser or script, in pieces -> a checked file of a study area on disk.

A piece says where it begins, so an upload that broke off goes on where it ended. Memory stays at
one buffer, whatever the file's size.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread

from geoseg.errors import DiskError, GeosegError, SettingsError, WorkspaceError
from geoseg.files.marks import digest
from geoseg.settings import Settings
from geoseg.web.upload_checks import ENDINGS, check
from geoseg.workspace import get_area, new_upload_folder
from geoseg.workspace.areas import RASTER_ENDINGS
from geoseg.workspace.files import make_folder

MAX_GB, DEFAULT_MAX_GB = "GEOSEG_MAX_UPLOAD_GB", 64.0
GIGABYTE = 10**9
SPARE_BYTES = GIGABYTE
"""Left free on the disk whatever comes in, for runs and their products."""
BUFFER_BYTES = 4 * 2**20
PART = ".part"
UNFINISHED = "uploading"
LONGEST_NAME = 120


class BusyError(GeosegError):
    """The file is not where the sender thinks: a piece is missing, doubled or still arriving."""

    def __init__(self, sentence: str, received: int) -> None:
        super().__init__(sentence)
        self.received = received


class UploadState(Settings):
    """Where the upload of one file stands."""

    name: str
    received: int
    complete: bool
    words: str = ""
    """What the finished file holds, in plain words."""


class Upload:
    """One file on its way into a study area."""

    _arriving: set[Path] = set()  # noqa: RUF012 - shared on purpose: one writer a file

    def __init__(self, area_id: str, name: str) -> None:
        self.folder = new_upload_folder(area_id)
        self.name = safe_name(name)
        self.target = self.folder / self.name
        self.part = self.folder.parent / UNFINISHED / f"{self.name}{PART}"
        if self.target.exists() and _is_saved(area_id):
            raise SettingsError(
                f"the study area already has a file {self.name}; make a new study area, or "
                "rename the file"
            )

    def state(self) -> UploadState:
        """Return how much has arrived; a finished file counts whole."""
        complete = self.target.is_file() and not self.part.is_file()
        return UploadState(
            name=self.name,
            received=self.target.stat().st_size if complete else _size(self.part),
            complete=complete,
        )

    async def receive(
        self, pieces: AsyncIterator[bytes], offset: int, size: int | None
    ) -> UploadState:
        """Write a piece behind what is there; the last one is followed by the check.

        Args:
            pieces: The request's body.
            offset: Where in the file it begins, bytes; 0 begins anew.
            size: Of the whole file, bytes; None where the body is the whole file.

        Raises:
            BusyError: The piece does not continue what has arrived.
            DiskError: It does not fit on the disk.
            GeosegError: The finished file is not what its name says; it is removed.
        """
        if self.part in self._arriving:
            raise BusyError("this file is just being uploaded; wait a moment", _size(self.part))
        _check_size(self.folder, offset, size)
        self._arriving.add(self.part)
        try:
            received = await self._write(pieces, offset, size)
            if size is not None and received < size:
                return UploadState(name=self.name, received=received, complete=False)
            return await to_thread.run_sync(self._finish)
        finally:
            self._arriving.discard(self.part)

    def remove(self) -> None:
        """Forget the file, finished or not."""
        self.part.unlink(missing_ok=True)
        self.target.unlink(missing_ok=True)

    async def _write(self, pieces: AsyncIterator[bytes], offset: int, size: int | None) -> int:
        """Append the body and return the length reached."""
        most = size if size is not None else largest_bytes()
        file = await to_thread.run_sync(self._open, offset)
        received, buffer = offset, bytearray()
        try:
            async for piece in pieces:
                received += len(piece)
                if received > most:
                    raise SettingsError(
                        f"{self.name} is larger than the {most} bytes that were announced; "
                        "start the upload again"
                    )
                buffer += piece
                if len(buffer) >= BUFFER_BYTES:
                    await to_thread.run_sync(_append, file, bytes(buffer))
                    buffer.clear()
        finally:
            # What arrived before a broken line is kept: the upload goes on from there.
            try:
                _append(file, bytes(buffer))
            finally:
                file.close()
        return received

    def _open(self, offset: int) -> BinaryIO:
        make_folder(self.part.parent)
        there = _size(self.part)
        if offset not in (0, there):
            raise BusyError(
                f"{there} bytes of {self.name} have arrived, the piece begins at {offset}; "
                "go on from what has arrived",
                there,
            )
        return self.part.open("ab" if offset else "wb")

    def _finish(self) -> UploadState:
        """Check the file under its own name and give it its place, or remove it."""
        checked = self.part.with_name(self.name)
        self.part.replace(checked)
        try:
            words = check(checked)
        except GeosegError:
            checked.unlink()
            raise
        if self.target.is_file() and digest(self.target) != digest(checked):
            checked.unlink()
            raise SettingsError(
                f"another file {self.name} was uploaded before and stays; remove that one first, or "
                "rename the new one"
            )
        checked.replace(self.target)
        _remove_if_empty(self.part.parent)
        return UploadState(
            name=self.name, received=self.target.stat().st_size, complete=True, words=words
        )


def list_uploads(area_id: str) -> list[UploadState]:
    """Return the files of a study area, arriving ones included."""
    folder = new_upload_folder(area_id)
    finished = [path.name for path in folder.iterdir() if path.is_file()]
    arriving = [path.name.removesuffix(PART) for path in _parts(folder.parent)]
    names = sorted({name for name in (*finished, *arriving) if _is_safe(name)})
    return [_listed(folder, name) for name in names]


def safe_name(name: str) -> str:
    """Return a file's own name without folders and odd signs.

    Raises:
        SettingsError: Its ending is none that is taken.
    """
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    plain = re.sub(r"[^\w.()+ -]", "_", plain).lstrip(". ")
    stem, ending = os.path.splitext(plain)
    if not stem or ending.lower() not in ENDINGS:
        raise SettingsError(
            f"files called {name[:60]!r} are not taken; expected a raster (.tif, .tiff) or outlines "
            f"({', '.join(known for known in ENDINGS if known not in RASTER_ENDINGS)}; a shapefile "
            "in a zip)"
        )
    return stem[: LONGEST_NAME - len(ending)] + ending.lower()


def largest_bytes() -> int:
    """Return the largest file that is taken."""
    return int(float(os.environ.get(MAX_GB) or DEFAULT_MAX_GB) * GIGABYTE)


def _is_safe(name: str) -> bool:
    try:
        return safe_name(name) == name
    except SettingsError:
        return False


def _listed(folder: Path, name: str) -> UploadState:
    part, whole = folder.parent / UNFINISHED / f"{name}{PART}", folder / name
    complete = whole.is_file() and not part.is_file()
    return UploadState(name=name, received=_size(whole if complete else part), complete=complete)


def _check_size(folder: Path, offset: int, size: int | None) -> None:
    """Refuse what cannot fit before the first byte is written."""
    if size is None:
        return
    if offset > size or size < 1:
        raise SettingsError(f"a file of {size} bytes cannot have a piece at {offset}")
    if size > largest_bytes():
        raise DiskError(
            f"files may have up to {largest_bytes() / GIGABYTE:g} GB here, this one has "
            f"{size / GIGABYTE:.1f}; cut it to the study area first"
        )
    free = shutil.disk_usage(folder).free - SPARE_BYTES
    if size - offset > free:
        raise DiskError(
            f"the server has {max(0, free) / GIGABYTE:.1f} GB free for uploads, the file needs "
            f"{(size - offset) / GIGABYTE:.1f}; delete old runs or study areas first"
        )


def _append(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise DiskError(
            f"the file could not be stored ({error.strerror}); free disk space and go on"
        ) from error


def _is_saved(area_id: str) -> bool:
    try:
        get_area(area_id)
    except WorkspaceError:
        return False
    return True


def _parts(area_folder: Path) -> list[Path]:
    return sorted((area_folder / UNFINISHED).glob(f"*{PART}"))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
