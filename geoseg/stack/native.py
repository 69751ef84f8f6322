"""An open GeoTIFF -> the projected, north-up grid in metres it is worked on."""

import math
from pathlib import Path

from affine import Affine
from rasterio.crs import CRS
from rasterio.io import DatasetReader
from rasterio.warp import calculate_default_transform, transform, transform_bounds

from geoseg.ellipsoid import known, place_fault
from geoseg.errors import GridError, RasterError
from geoseg.grid import Grid

TOLD_FROM = 1.005
"""How many times as long as on the ground a pixel's side is drawn before it is said; or as short."""
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
    grid = upright(grid)
    return grid, (*notes, *_stretched(grid, name))


def _stretched(grid: Grid, name: str) -> tuple[str, ...]:
    """Say so where the plane of the CRS is not the ground: sizes are counted true, shapes are not."""
    if grid.is_true:
        return ()
    drawn = -grid.transform.e * grid.metres_per_unit, grid.transform.a * grid.metres_per_unit
    times = [a / b for a, b in zip(drawn, grid.pixel_sides_m, strict=True)]
    if all(1 / TOLD_FROM < stretch < TOLD_FROM for stretch in times):
        return ()
    looks = drawn[0] * drawn[1] / grid.pixel_area_m2
    note = (
        f"{name} is in {known(grid.crs).name}, where areas here look {looks:.2g} times as large as "
        "they are; areas, lengths and slopes are counted true on the ground, but shapes and the "
        "size of a pixel change with the place, so a UTM copy serves better"
    )
    return (note,)


def upright(grid: Grid) -> Grid:
    """Return the north-up grid that covers the same ground with the same pixel size."""
    t = grid.transform
    if not (t.b or t.d) and t.a > 0 > t.e:
        return grid
    side_x, side_y = math.hypot(t.a, t.d), math.hypot(t.b, t.e)
    # Rows that run rather up than across: their pixels' sides change places.
    if abs(t.a) * side_y < abs(t.b) * side_x:
        side_x, side_y = side_y, side_x
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
    fault = place_fault(dataset.crs)
    if fault:
        raise GridError(f"{name} {fault}")


def _utm_grid(dataset: DatasetReader, name: str) -> tuple[Grid, tuple[str, ...]]:
    """Put longitude and latitude on the UTM zone of the centre, at the native resolution.

    The zone is that of the true longitude from Greenwich, whatever the meridian and the unit (such
    as grads) that the file counts by.
    """
    west, east = sorted((dataset.bounds.left, dataset.bounds.right))
    south, north = sorted((dataset.bounds.bottom, dataset.bounds.top))
    box = (west, south, east, north)
    own_degrees, meridian = _degrees_of(dataset.crs)
    middle = (west + east) / 2, (south + north) / 2
    (lon,), (lat,) = transform(dataset.crs, "EPSG:4326", [middle[0]], [middle[1]])
    if not (math.isfinite(lon) and math.isfinite(lat)):
        lon, lat = middle[0] * own_degrees, middle[1] * own_degrees
    # Counted from elsewhere, 180 degrees from Greenwich is no end of the numbers.
    turns = 360 * ((middle[0] * own_degrees + meridian + 180) // 360) if meridian else 0
    edges = [side * own_degrees + meridian - turns for side in (west, east)]
    _check_degrees(name, edges[0], edges[1], lat)
    zone = int((lon + 180) // 6) % 60 + 1
    crs = CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)
    grid = _square_pixels(dataset, crs, box)
    own = known(dataset.crs)
    unit = "" if own_degrees == 1 else f", counted in {own.axis_info[0].unit_name}s"
    origin = f" from {own.prime_meridian.name}" if meridian and own.prime_meridian else ""
    note = (
        f"{name} is in longitude{origin} and latitude{unit}; it is put on {grid.words()} "
        "(measured values bilinear, classes and masks nearest)"
    )
    return grid, (note,)


def _degrees_of(crs: CRS) -> tuple[float, float]:
    """Return degrees in a unit of a geographic CRS, and degrees from Greenwich to its meridian."""
    own = known(crs)
    unit = math.degrees(own.axis_info[0].unit_conversion_factor)
    zero = own.prime_meridian
    if zero is None:
        return round(unit, 12), 0.0
    return round(unit, 12), zero.longitude * math.degrees(float(zero.unit_conversion_factor))


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
