"""A zip file from anybody -> its files of shapes in a folder of our own, or one sentence.

Nothing keeps the name or the path it has in the archive, and no more is unpacked than is allowed.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geoseg.stack.vector_formats import EXPECTED, FORMATS, LARGEST_BYTES, PACKED, Fault

JUNK = {"thumbs.db", "desktop.ini"}
"""What file managers leave, beside names with a dot in front and folders of __MACOSX."""
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED_PARTS = (".shx", ".dbf")
RASTERS = (".tif", ".tiff")
MOST_FILES = 200
PIECE_BYTES = 2**20


@contextmanager
def unpacked(path: Path, fault: Fault) -> Iterator[list[tuple[str, Path]]]:
    """Unpack the files of shapes of an archive for as long as they are read.

    Args:
        path: A zip or KMZ file.
        fault: Raised with one sentence.

    Yields:
        Name of each as the archive has it, without folder and ending where that is enough to tell
        them apart, and where it lies now.
    """
    with TemporaryDirectory(prefix="geoseg-zip-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                found = _unpack_all(archive, path.name, Path(folder), fault)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error) as why:
            words = "is locked by a password" if "password" in str(why) else "is damaged"
            raise fault(f"{path.name} {words}; zip the files again") from None
        yield found


def _unpack_all(
    archive: zipfile.ZipFile, name: str, folder: Path, fault: Fault
) -> list[tuple[str, Path]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _junk(entry)]
    wanted = [entry for entry in entries if _ending(entry) in FORMATS]
    wanted = [entry for entry in wanted if _ending(entry) not in PACKED]
    if not wanted:
        raise fault(_nothing_in(entries, name))
    if len(wanted) > MOST_FILES:
        raise fault(f"{name} holds {len(wanted)} files of shapes; zip those that are meant alone")
    found, left = [], LARGEST_BYTES
    for number, (entry, title) in enumerate(zip(wanted, _titles(wanted), strict=True)):
        own = folder / str(number)
        own.mkdir()
        target = own / f"{_own_name(title)}{_ending(entry)}"
        for part in _parts(entry, entries, name, fault):
            left = _copy(archive, part, target.with_suffix(_ending(part)), left)
            if left < 0:
                raise fault(f"{name} unpacks to more than 4 GB; save it as GeoPackage")
        found.append((title, target))
    return found


def _parts(
    entry: zipfile.ZipInfo, entries: list[zipfile.ZipInfo], name: str, fault: Fault
) -> list[zipfile.ZipInfo]:
    """Return the entries that make up one file; a shapefile has several."""
    if _ending(entry) != ".shp":
        return [entry]
    stem = os.path.splitext(entry.filename)[0].lower()
    beside = {_ending(e): e for e in entries if os.path.splitext(e.filename)[0].lower() == stem}
    if lacking := [ending for ending in NEEDED_PARTS if ending not in beside]:
        raise fault(
            f"{name} holds {PurePosixPath(entry.filename).name} without its "
            f"{' and '.join(lacking)}; zip all parts of the shapefile (.shp, .shx, .dbf, .prj)"
        )
    return [beside[ending] for ending in SHAPEFILE_PARTS if ending in beside]


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack one entry and return what may still be unpacked; its own word on that is not believed."""
    with archive.open(entry) as source, target.open("wb") as file:
        while left >= 0 and (piece := source.read(PIECE_BYTES)):
            left -= len(piece)
            file.write(piece)
    return left


def _junk(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    return (
        any(part.startswith(".") or part == "__MACOSX" for part in parts)
        or parts[-1].lower() in JUNK
    )


def _ending(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()


def _titles(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Return stems where they differ, else paths."""
    paths = [PurePosixPath(entry.filename.replace("\\", "/")) for entry in entries]
    stems = [path.stem for path in paths]
    return stems if len(set(stems)) == len(stems) else [str(path) for path in paths]


def _own_name(title: str) -> str:
    """Return a name for our folder: only letters that mean nothing to any system."""
    plain = "".join(sign if sign.isalnum() or sign in "-_ " else "_" for sign in title)
    return plain[:60].strip() or "shapes"


def _nothing_in(entries: list[zipfile.ZipInfo], name: str) -> str:
    rasters = [PurePosixPath(e.filename).name for e in entries if _ending(e) in RASTERS]
    if rasters:
        return f"{name} holds the raster {rasters[0][:60]}; unpack it and give the raster itself"
    shown = ", ".join(PurePosixPath(entry.filename).name[:40] for entry in entries[:3])
    return f"{name} holds {shown or 'nothing'}, no file of shapes; expected {EXPECTED}"
