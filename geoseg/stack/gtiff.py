"""A path -> an open GeoTIFF that was checked, or one sentence why it cannot be read."""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rasterio
from rasterio.enums import Interleaving
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.errors import RasterError
from geoseg.names import local, readable, shown
from geoseg.stack.tiff_head import compression, method

TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
OTHER_STARTS = {
    b"PK\x03\x04": "a zip archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89HDF": "an HDF or netCDF file",
    b"CDF": "a netCDF file",
    b"%PDF": "a PDF document",
    b"<VRT": "a VRT, which only points to other files",
    b"SQLi": "a GeoPackage or database",
}
MISSING_CODEC = "missing codec"
"""GDAL's words for a compression that it was built without."""
OLD_JPEG = 6
BLOCKS_PROBED = 4096

CACHE_BYTES = 256 * 2**20
"""What GDAL may keep of decoded blocks, whatever the raster's size; part of a run's memory."""

# TRUE looks for .aux.xml, .ovr and .msk beside the file by name and lists no folder.
GDAL_OPTIONS = {"GDAL_DISABLE_READDIR_ON_OPEN": "TRUE", "GDAL_CACHEMAX": CACHE_BYTES}


@contextmanager
def open_gtiff(path: Path) -> Iterator[DatasetReader]:
    """Open a GeoTIFF and nothing else.

    Raises:
        RasterError: No such file, a folder, empty, not a TIFF, damaged, or compressed in a way
            that cannot be read here.
    """
    with rasterio.Env(**GDAL_OPTIONS), opened(path) as dataset:
        yield dataset


def opened(path: Path) -> DatasetReader:
    """Open a file of the user as a GeoTIFF, whatever its name looks like; the caller closes it.

    Raises:
        RasterError: As for `open_gtiff`.
    """
    check_start(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(local(path), driver="GTiff")
    except RasterioError as error:
        raise _unopened(path, str(error)) from None


def _unopened(path: Path, reason: str) -> RasterError:
    """Tell a sound file that this build cannot unpack from a damaged one."""
    number = compression(path)
    if MISSING_CODEC in reason or number == OLD_JPEG:
        return RasterError(
            f"{shown(path.name)} is compressed by {method(number)}, which this installation cannot "
            "read; the file itself may well be sound: save it again as GeoTIFF with another "
            "compression such as Deflate or LZW, e.g. in QGIS or by gdal_translate -co "
            "COMPRESS=DEFLATE"
        )
    return RasterError(
        f"{shown(path.name)} starts like a TIFF but cannot be opened, so it is cut off or "
        "damaged; copy or upload it again"
    )


def check_start(path: Path) -> None:
    """Read the first bytes and refuse what is not a TIFF, whatever its name says.

    Raises:
        RasterError: No such file, a folder, empty or of another kind.
    """
    path = readable(path)
    if path.is_dir():
        raise RasterError(f"{shown(path.name)} is a folder; give the GeoTIFF files inside it")
    if not path.is_file():
        raise RasterError(f"there is no file {shown(path)}; check its name and folder")
    try:
        with path.open("rb") as file:
            start = file.read(256)
    except PermissionError:
        raise RasterError(f"{shown(path.name)} may not be read; check its permissions") from None
    if not start:
        raise RasterError(f"{shown(path.name)} is empty (0 bytes); copy or upload it again")
    if not start.startswith(TIFF_STARTS):
        raise RasterError(
            f"{shown(path.name)} is {_kind(start)}, not a GeoTIFF; export it as GeoTIFF (.tif)"
        )


def probe(dataset: DatasetReader) -> None:
    """Find a cut-off file cheaply: the places of its blocks, and the last block itself.

    Raises:
        RasterError: Blocks lie behind the end of the file or the last one cannot be read.
    """
    path = Path(dataset.name)
    if _end_of_blocks(dataset) > path.stat().st_size:
        raise cut_off(path)
    height, width = dataset.block_shapes[-1]
    row = (dataset.height - 1) // height * height
    col = (dataset.width - 1) // width * width
    last = Window(col, row, min(width, dataset.width - col), min(height, dataset.height - row))
    try:
        dataset.read(dataset.count, window=last)
    except RasterioError:
        raise cut_off(path) from None


def cut_off(path: Path) -> RasterError:
    """Return the sentence for a file whose pixels cannot all be read."""
    return RasterError(
        f"{shown(path.name)} is cut off or damaged: some of its pixels cannot be read; "
        "copy or upload it again"
    )


def _end_of_blocks(dataset: DatasetReader) -> int:
    """Return the last byte that the sampled blocks claim; 0 where the file does not say."""
    height, width = dataset.block_shapes[0]
    rows, cols = math.ceil(dataset.height / height), math.ceil(dataset.width / width)
    apart = dataset.interleaving is Interleaving.band
    bands = range(1, dataset.count + 1) if apart else [1]
    step = max(1, len(bands) * rows * cols // BLOCKS_PROBED)
    end = 0
    for band in bands:
        for number in {*range(0, rows * cols, step), rows * cols - 1}:
            end = max(end, _end_of_block(dataset, band, *divmod(number, cols)))
    return end


def _end_of_block(dataset: DatasetReader, band: int, row: int, col: int) -> int:
    start, size = (
        dataset.get_tag_item(f"BLOCK_{item}_{col}_{row}", "TIFF", bidx=band)
        for item in ("OFFSET", "SIZE")
    )
    return int(start) + int(size) if start and size else 0


def _kind(start: bytes) -> str:
    """Name what the first bytes look like."""
    for magic, words in OTHER_STARTS.items():
        if start.lstrip().startswith(magic):
            return words
    # Half a multi-byte letter at the end of the sample is no sign against text.
    text = start.decode("utf-8", errors="ignore")
    printable = sum(letter.isprintable() or letter.isspace() for letter in text)
    return "a text file" if printable > 0.9 * len(start) else "something else"
