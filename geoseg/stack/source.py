"""A GeoTIFF -> what it holds: its grid, its bands, and notes in plain words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader

from geoseg.errors import RasterError
from geoseg.grid import Grid
from geoseg.names import readable
from geoseg.stack.alpha import Transparency, transparency
from geoseg.stack.gtiff import open_gtiff, probe
from geoseg.stack.native import working_grid

SENTINEL2_NAME = re.compile(r"S2[A-D]_MSIL[12][AC]_\d{8}T\d{6}_N(\d{4})")
COLOURS = {ColorInterp.red: "red", ColorInterp.green: "green", ColorInterp.blue: "blue"}
JOIN = " + "
"""Stands between the layers of one band in a user's choice and in run.json."""
OFFSET_BASELINE = 400
"""Sentinel-2 products since processing baseline 04.00 carry an offset of -1000."""


@dataclass(frozen=True)
class BandSource:
    """One band of one file; the value of a pixel is stored value x scale + offset.

    Attributes:
        path: The file.
        index: Place in the file, from 1.
        description: The band's name inside the file, "" where it has none.
        unit: Unit as the file states it, "" where it does not.
        dtype: How the values are stored, e.g. "uint16".
        nodata: Stored value that means missing.
        scale: Factor stated in the file.
        offset: Summand stated in the file.
        alpha: Bands of the file that hide this one's pixels where they are 0, from 1.
        fills: Stored values that mean missing although the file does not declare them.
        colour: "red", "green" or "blue" where the file is a picture, else "".
    """

    path: Path
    index: int
    description: str = ""
    unit: str = ""
    dtype: str = "float32"
    nodata: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    alpha: tuple[int, ...] = ()
    fills: tuple[float, ...] = ()
    colour: str = ""

    @property
    def key(self) -> str:
        """How a user's choice of this band is stored: 'GewataB1.tif#1'."""
        return f"{self.path.name}#{self.index}"

    @property
    def title(self) -> str:
        """How the band is shown to a person."""
        return f"{self.key} {self.description}".rstrip()


@dataclass(frozen=True)
class RasterInfo:
    """What one file holds.

    Attributes:
        path: The file.
        grid: Its own grid; for longitude and latitude the UTM grid it would be put on.
        bands: Its bands in file order, without an alpha (transparency) band.
        notes: Plain sentences about reprojection, scale, offset and known traps.
        geographic: True where the file itself is in longitude and latitude.
    """

    path: Path
    grid: Grid
    bands: tuple[BandSource, ...]
    notes: tuple[str, ...] = ()
    geographic: bool = False


def joined(sources: Sequence[BandSource]) -> str:
    """Return how a band read from several layers is written: 'west.tif#1 + east.tif#1'."""
    return JOIN.join(source.key for source in sources)


def inspect_raster(path: Path) -> RasterInfo:
    """Look into a GeoTIFF without reading its pixels, except for the last block.

    Where a band may or may not be transparency, a spread sample is read too.

    Raises:
        RasterError: It is no readable GeoTIFF, is cut off, or does not say where it lies.
        GridError: Its coordinate reference system cannot be used.
    """
    path = readable(path)
    with open_gtiff(path) as dataset:
        grid, notes = working_grid(dataset)
        probe(dataset)
        clear = transparency(dataset)
        bands = tuple(bands_of(dataset, path, clear))
        if not bands:
            raise RasterError(f"{path.name} holds only transparency; expected measured bands")
        notes = (*notes, *clear.notes, *_value_notes(bands), *_offset_hint(dataset, path, bands))
        return RasterInfo(path, grid, bands, notes, dataset.crs.is_geographic)


def bands_of(
    dataset: DatasetReader, path: Path, clear: Transparency | None = None
) -> list[BandSource]:
    """Return the bands of an open file, without those of alpha (transparency).

    Args:
        dataset: The open file.
        path: Its path.
        clear: Its transparency, where that is known already.

    Raises:
        RasterError: A band holds complex numbers.
    """
    bands = []
    alpha = (clear or transparency(dataset)).bands
    for place, dtype in enumerate(dataset.dtypes):
        if place + 1 in alpha:
            continue
        if dtype.startswith("complex"):
            raise RasterError(
                f"{path.name} holds complex radar values ({dtype}); "
                "expected amplitude or dB as real numbers, so convert it first"
            )
        bands.append(
            BandSource(
                path=path,
                index=place + 1,
                description=dataset.descriptions[place] or "",
                unit=dataset.units[place] or "",
                dtype=dtype,
                nodata=dataset.nodatavals[place],
                scale=dataset.scales[place],
                offset=dataset.offsets[place],
                alpha=alpha,
                colour=COLOURS.get(dataset.colorinterp[place], ""),
            )
        )
    return bands


def _value_notes(bands: tuple[BandSource, ...]) -> list[str]:
    """Say once for a file which scale and offset turn stored numbers into values."""
    pairs = {(band.scale, band.offset) for band in bands} - {(1.0, 0.0)}
    return [
        f"{bands[0].path.name}: stored numbers are multiplied by {scale:g} and {offset:g} is "
        "added, as the file says"
        for scale, offset in sorted(pairs)
    ]


def _offset_hint(dataset: DatasetReader, path: Path, bands: tuple[BandSource, ...]) -> list[str]:
    """Point at Sentinel-2's offset where metadata, never the date, speak of a new baseline."""
    stated = any(band.offset for band in bands)
    whole_numbers = all(np.dtype(band.dtype).kind in "iu" for band in bands)
    if stated or not whole_numbers or (_baseline(dataset, path) or 0) < OFFSET_BASELINE:
        return []
    hint = (
        f"{path.name} is a Sentinel-2 product of baseline 04.00 or later and states no offset: "
        "its numbers may still be 1000 too high; compare the bands' values before you trust them"
    )
    return [hint]


def _baseline(dataset: DatasetReader, path: Path) -> int | None:
    """Return the Sentinel-2 processing baseline x 100, e.g. 509, where the product states it."""
    tags = dataset.tags()
    stated = tags.get("PROCESSING_BASELINE", "").replace(".", "")
    if stated.isdigit():
        return int(stated)
    names = [path.name, *(tags.get(key, "") for key in ("PRODUCT_URI", "PRODUCT_ID"))]
    found = [match for name in names if (match := SENTINEL2_NAME.search(name))]
    return int(found[0].group(1)) if found else None
