"""An open GeoTIFF -> the projected, north-up grid in metres it is worked on."""

import math
from pathlib import Path

from affine import Affine
from rasterio.crs import CRS
from rasterio.io import DatasetReader
from rasterio.warp import calculate_default_transform, transform_bounds

from geoseg.errors import GridError, RasterError
from geoseg.grid import Grid

WEB_MERCATOR = CRS.from_epsg(3857)
WIDEST_DEGREES = 12.0
DATE_LINE = 180.01
"""Degrees: published terrain tiles reach half a pixel across it."""
UTM_SOUTH, UTM_NORTH = -80.0, 84.0


def working_grid(dataset: DatasetReader) -> tuple[Grid, tuple[str, ...]]:
    """Return the grid and what the user should know about how it came about.

    A north-up raster in a projected CRS keeps its own grid. Rows stored south to north are turned,
    rotated rasters are put upright, and longitude and latitude go to the UTM zone of the centre.

    Raises:
        RasterError: The file does not say where it lies.
        GridError: Its CRS is neither projected nor longitude and latitude.
    """
    name = Path(dataset.name).name
    _check_place(dataset, name)
    if dataset.crs.is_geographic:
        return _utm_grid(dataset, name)
    grid = Grid(dataset.crs, dataset.transform, dataset.width, dataset.height)
    notes: tuple[str, ...] = ()
    if dataset.transform.b or dataset.transform.d:
        notes = (f"{name} is rotated; it is put on an upright grid of the same pixel size",)
    if dataset.crs == WEB_MERCATOR:
        stretch = 1 / math.cos(math.radians(sum(grid.lonlat_bounds[1::2]) / 2)) ** 2
        note = (
            f"{name} is in Web Mercator, where areas here look {stretch:.2g} times as large as "
            "they are; use a UTM copy for areas you can trust"
        )
        notes = (*notes, note)
    return upright(grid), notes


def upright(grid: Grid) -> Grid:
    """Return the north-up grid that covers the same ground with the same pixel size."""
    t = grid.transform
    if not (t.b or t.d) and t.a > 0 > t.e:
        return grid
    side_x, side_y = math.hypot(t.a, t.d), math.hypot(t.b, t.e)
    left, bottom, right, top = grid.bounds
    width = max(1, math.ceil(round((right - left) / side_x, 3)))
    height = max(1, math.ceil(round((top - bottom) / side_y, 3)))
    origin = Affine(side_x, 0, left, 0, -side_y, top)
    return Grid(grid.crs, origin, width, height)


def _check_place(dataset: DatasetReader, name: str) -> None:
    """Refuse a raster without a place on Earth."""
    if dataset.transform.is_identity:
        points = dataset.gcps[0] or dataset.rpcs
        found = "only control points, no grid" if points else "no georeference"
        raise RasterError(
            f"{name} has {found}: nothing says where its pixels lie; "
            "georeference it, e.g. in QGIS, and export it again"
        )
    if dataset.crs is None:
        raise RasterError(
            f"{name} has no coordinate reference system (CRS); "
            "assign the right one, e.g. in QGIS, and export it again"
        )
    if not (dataset.crs.is_projected or dataset.crs.is_geographic):
        raise GridError(
            f"{name} has a local coordinate system that is not tied to the Earth; "
            "expected a projected CRS such as UTM, or longitude and latitude"
        )


def _utm_grid(dataset: DatasetReader, name: str) -> tuple[Grid, tuple[str, ...]]:
    """Put longitude and latitude on the UTM zone of the centre, at the native resolution."""
    west, east = sorted((dataset.bounds.left, dataset.bounds.right))
    south, north = sorted((dataset.bounds.bottom, dataset.bounds.top))
    _check_degrees(name, west, east, (south + north) / 2)
    zone = int(((west + east) / 2 + 180) // 6) % 60 + 1
    crs = CRS.from_epsg((32600 if south + north >= 0 else 32700) + zone)
    grid = _square_pixels(dataset, crs, (west, south, east, north))
    note = (
        f"{name} is in longitude and latitude; it is put on {grid.words()} "
        "(measured values bilinear, classes and masks nearest)"
    )
    return grid, (note,)


def _check_degrees(name: str, west: float, east: float, latitude: float) -> None:
    """Refuse what no single UTM zone can hold."""
    if east - west > WIDEST_DEGREES:
        raise GridError(
            f"{name} spans more than {WIDEST_DEGREES:g} degrees of longitude, too much for one "
            "map in metres; cut it to the area you want to map"
        )
    if not UTM_SOUTH <= latitude <= UTM_NORTH:
        raise GridError(
            f"{name} lies around latitude {latitude:.1f}, where no UTM zone reaches; "
            "reproject it to a polar or national CRS"
        )
    if west < -DATE_LINE or east > DATE_LINE:
        raise GridError(
            f"{name} has longitudes from {west:g} to {east:g}; expected -180 to 180, "
            "so shift it, e.g. with gdalwarp, and cut it at the date line"
        )


def _square_pixels(
    dataset: DatasetReader, crs: CRS, bounds: tuple[float, float, float, float]
) -> Grid:
    """Return the grid over the file in another CRS, its pixels about as large as the file's.

    Sides are rounded to three digits and corners to whole pixels, as in published products.
    """
    native, _, _ = calculate_default_transform(
        dataset.crs, crs, dataset.width, dataset.height, *bounds
    )
    side = float(f"{native.a:.3g}")
    left, bottom, right, top = transform_bounds(dataset.crs, crs, *bounds)
    col0, row0 = math.floor(left / side), math.ceil(top / side)
    col1, row1 = math.ceil(right / side), math.floor(bottom / side)
    origin = Affine(side, 0, col0 * side, 0, -side, row0 * side)
    return Grid(crs, origin, col1 - col0, row0 - row1)
