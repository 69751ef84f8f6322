"""Files' own grids -> the one reference grid of a stack, and the sentences that state it."""

import math
from collections.abc import Sequence

from affine import Affine
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from geoseg.errors import GridError
from geoseg.grid import SAME_PLACE, Grid
from geoseg.stack.source import RasterInfo

SAME_SIZE = 1e-4
"""Pixel sizes that differ by a smaller share count as equal."""

Bounds = tuple[float, float, float, float]


def common_grid(rasters: Sequence[RasterInfo]) -> tuple[Grid, tuple[str, ...]]:
    """Choose the grid: the first file of finest resolution, widened to cover every file.

    Raises:
        GridError: A file does not touch the reference file.
    """
    finest = min(raster.grid.pixel_size_m for raster in rasters) * (1 + SAME_SIZE)
    reference = next(raster for raster in rasters if raster.grid.pixel_size_m <= finest)
    for raster in rasters:
        _check_overlap(raster, reference)
    boxes = [bounds_in(raster.grid, reference.grid) for raster in rasters]
    grid = covering(reference.grid, boxes)
    return grid, tuple(_notes(rasters, reference, grid))


def bounds_in(grid: Grid, target: Grid) -> Bounds:
    """Return (left, bottom, right, top) of a grid in the target's CRS."""
    if grid.crs == target.crs:
        return grid.bounds
    return transform_bounds(grid.crs, target.crs, *grid.bounds, densify_pts=21)


def covering(grid: Grid, boxes: Sequence[Bounds]) -> Grid:
    """Return the smallest grid over all boxes whose pixels line up with those of `grid`."""
    return grid.window(snapped_window(grid, boxes))


def snapped_window(grid: Grid, boxes: Sequence[Bounds]) -> Window:
    """Return the whole pixels of a north-up grid that cover all boxes; may reach outside."""
    to_pixels = ~grid.transform
    corners = [
        to_pixels @ corner
        for left, bottom, right, top in boxes
        for corner in ((left, top), (right, bottom))
    ]
    cols, rows = zip(*corners, strict=True)
    col, row = (math.floor(min(values) + SAME_PLACE) for values in (cols, rows))
    right, bottom = (math.ceil(max(values) - SAME_PLACE) for values in (cols, rows))
    return Window(col, row, max(1, right - col), max(1, bottom - row))


def whole_offset(own: Affine, grid: Affine) -> tuple[int, int] | None:
    """Return the (row, column) of a grid's corner in a raster, None where pixels do not line up.

    Args:
        own: Transform of the raster.
        grid: Transform of the grid, in the same CRS.
    """
    shift = ~own @ grid
    stretch = max(abs(shift.a - 1), abs(shift.e - 1), abs(shift.b), abs(shift.d))
    row, col = round(shift.f), round(shift.c)
    aside = max(abs(shift.f - row), abs(shift.c - col))
    return (row, col) if aside < SAME_PLACE and stretch < SAME_PLACE * SAME_SIZE else None


def _check_overlap(raster: RasterInfo, reference: RasterInfo) -> None:
    left, bottom, right, top = bounds_in(raster.grid, reference.grid)
    west, south, east, north = reference.grid.bounds
    if left >= east or right <= west or bottom >= north or top <= south:
        raise GridError(
            f"{raster.path.name} and {reference.path.name} do not overlap; "
            "expected files of one area, so check their coordinate systems or leave one out"
        )


def _notes(rasters: Sequence[RasterInfo], reference: RasterInfo, grid: Grid) -> list[str]:
    """State the grid and what was done to which file; silent where every file lies on it."""
    moved = [r for r in rasters if not lines_up(r, grid)]
    notes = []
    if moved and len(rasters) > 1:  # of a single file its own notes tell
        names = ", ".join(raster.path.name for raster in moved)
        notes.append(
            f"All bands are put on the grid of {reference.path.name} ({grid.words()}); resampled "
            f"to it: {names} (measured values bilinear, classes and masks nearest)"
        )
    if any(raster.grid.shape != grid.shape for raster in rasters):
        notes.append(
            f"The files cover different areas: the map covers all of them ({grid.height} rows x "
            f"{grid.width} columns), and a band counts as missing where its file has no pixels"
        )
    return notes


def lines_up(raster: RasterInfo, grid: Grid) -> bool:
    """Tell whether the file's pixels are pixels of the grid."""
    if raster.geographic or raster.grid.crs != grid.crs:
        return False
    return whole_offset(raster.grid.transform, grid.transform) is not None
