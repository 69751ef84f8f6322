"""A GeoTIFF on disk -> its values on a map tile, at a point, over the whole; rio-tiler warps.

Only GeoTIFFs open, whatever a file's name or content says: other drivers may name further files.
"""

import math
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import MaskFlags
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds

from geoseg.errors import SettingsError
from geoseg.lonlat import HALF_TURN, bounds_in_degrees, crosses, turned_back, unrolled
from geoseg.web.handles import HANDLES

WEB_MERCATOR, LON_LAT = CRS.from_epsg(3857), CRS.from_epsg(4326)
HALF_WORLD_M = 20037508.342789244
"""Half the side of the web map's square, metres."""
TILE_PIXELS = 256
MAX_ZOOM = 24
Box = tuple[float, float, float, float]
"""(west or left, south or bottom, east or right, north or top)."""
Values = NDArray[np.float32]
"""(y, x); NaN where there is no data."""


def opened(path: Path) -> AbstractContextManager[DatasetReader]:
    """Open a GeoTIFF and nothing else.

    Raises:
        RasterError: The file is missing or no GeoTIFF.
    """
    return HANDLES.borrow(path)


def check_band(dataset: DatasetReader, band: int) -> None:
    """Refuse a band the file has not.

    Raises:
        SettingsError: The sentence tells how many it has.
    """
    if not 1 <= band <= dataset.count:
        raise SettingsError(f"the file has bands 1 to {dataset.count}, got {band}")


def tile_box(z: int, x: int, y: int) -> Box:
    """Return a tile's bounds, metres of the web map."""
    side = 2 * HALF_WORLD_M / 2**z
    left, top = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side
    return left, top - side, left + side, top


def ground_pixel_m(z: int, y: int) -> float:
    """Return the side of a tile's pixel on the ground at the tile's middle, metres."""
    northing = math.pi * (1 - 2 * (y + 0.5) / 2**z)
    return 2 * HALF_WORLD_M / TILE_PIXELS / 2**z / math.cosh(northing)


def reaches(dataset: DatasetReader, box: Box) -> bool:
    """Tell whether the raster's bounds touch a tile."""
    left, bottom, right, top = _web_box(dataset)
    if not (bottom < box[3] and top > box[1]):
        return False
    return any(left < box[2] + turn and right > box[0] + turn for turn in (0, 2 * HALF_WORLD_M))


def read_tile(dataset: DatasetReader, band: int, box: Box, margin: int, *, smooth: bool) -> Values:
    """Return a tile's values.

    Args:
        dataset: Of any CRS.
        band: From 1.
        box: The tile's bounds, metres of the web map.
        margin: Further pixels on each side.
        smooth: Whether values may be mixed; never for class ids.
    """
    from rio_tiler import reader

    method: Literal["bilinear", "nearest"] = "bilinear" if smooth else "nearest"
    image = reader.part(
        dataset, box, height=TILE_PIXELS, width=TILE_PIXELS, buffer=margin or None, indexes=band,
        bounds_crs=WEB_MERCATOR, dst_crs=WEB_MERCATOR, nodata=_no_data(dataset), unscale=True,
        resampling_method=method, reproject_method=method,
    )  # fmt: skip
    return _plain(image.array)[0]


def read_small(dataset: DatasetReader, band: int, longest_pixels: int) -> Values:
    """Return the whole band on at most so many pixels a side."""
    from rio_tiler import reader

    image = reader.read(
        dataset, indexes=band, max_size=longest_pixels, nodata=_no_data(dataset), unscale=True
    )
    return _plain(image.array)[0]


def read_point(dataset: DatasetReader, band: int, lon: float, lat: float) -> float | None:
    """Return the value of the pixel under a point; None outside and without data."""
    from rio_tiler import reader
    from rio_tiler.errors import PointOutsideBounds

    try:
        point = reader.point(dataset, (turned_back(lon), lat), indexes=band, unscale=True)
    except PointOutsideBounds:
        return None
    value = float(_plain(point.array)[0])
    return value if math.isfinite(value) else None


def lonlat_box(dataset: DatasetReader) -> Box:
    """Return (west, south, east, north), degrees; west > east across 180 degrees."""
    return bounds_in_degrees(dataset.crs, tuple(dataset.bounds))


def _web_box(dataset: DatasetReader) -> Box:
    """Return the bounds on the web map, metres; beyond its right edge across 180 degrees."""
    box = lonlat_box(dataset)
    left, bottom, right, top = transform_bounds(dataset.crs, WEB_MERCATOR, *dataset.bounds)
    if crosses(box):
        west, _, east, _ = unrolled(box)
        left, right = (lon / HALF_TURN * HALF_WORLD_M for lon in (west, east))
    return left, bottom, right, top


def native_zoom(dataset: DatasetReader) -> int:
    """Return the zoom at which a tile's pixels are as fine as the raster's."""
    left, bottom, right, top = _web_box(dataset)
    pixel = min((right - left) / dataset.width, (top - bottom) / dataset.height)
    whole_world = 2 * HALF_WORLD_M / TILE_PIXELS
    return max(0, min(MAX_ZOOM, math.ceil(math.log2(whole_world / pixel) - 0.5)))


def _no_data(dataset: DatasetReader) -> float | None:
    """Return the file's no-data value; NaN for measured values that declare none and no mask."""
    masked = any(MaskFlags.per_dataset in flags for flags in dataset.mask_flag_enums)
    measured = np.issubdtype(np.dtype(dataset.dtypes[0]), np.floating)
    if dataset.nodata is None and measured and not masked:
        return math.nan
    return dataset.nodata


def _plain(masked: np.ma.MaskedArray[Any, Any]) -> Values:
    """Return floats, NaN where masked."""
    return np.asarray(np.ma.filled(masked.astype(np.float32), np.nan))
