"""Files' own grids -> the one reference grid of a stack, and the sentences that state it."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import shapely
from affine import Affine
from rasterio.warp import transform_bounds
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geoseg.errors import GridError
from geoseg.grid import SAME_PLACE, Grid
from geoseg.stack.source import RasterInfo

SAME_SIZE = 1e-4
"""Pixel sizes that differ by a smaller share count as equal."""

LEAST_COVERED = 0.01
"""Share of the common grid that files must cover to be mapped together."""
GAP_WORTH_SAYING = 0.001

Bounds = tuple[float, float, float, float]


def common_grid(
    rasters: Sequence[RasterInfo], scenes: Sequence[Collection[Path]] = ()
) -> tuple[Grid, tuple[str, ...]]:
    """Choose the grid: the first file of finest resolution, widened to cover every file.

    Args:
        rasters: What is to lie on it.
        scenes: Files that are parts of one scene, so that they need not overlap.

    Raises:
        GridError: A file does not touch the reference file or its scene, or the parts of a scene
            lie too far apart for one map.
    """
    finest = min(raster.grid.pixel_size_m for raster in rasters) * (1 + SAME_SIZE)
    reference = next(raster for raster in rasters if raster.grid.pixel_size_m <= finest)
    beside = {path for scene in scenes if reference.path in scene for path in scene}
    boxes = {raster.path: bounds_in(raster.grid, reference.grid) for raster in rasters}
    anchors = [boxes[path] for path in (reference.path, *beside) if path in boxes]
    for raster in rasters:
        if raster.path not in beside and not any(_meet(boxes[raster.path], a) for a in anchors):
            raise GridError(
                f"{raster.path.name} and {reference.path.name} do not overlap; "
                "expected files of one area, so check their coordinate systems or leave one out"
            )
    _check_spread(boxes, reference)
    grid = covering(reference.grid, list(boxes.values()))
    covered = [_union(boxes, scene) for scene in scenes]
    covered += [_union(boxes, [r.path]) for r in rasters if not any(r.path in s for s in scenes)]
    return grid, tuple(_notes(rasters, reference, grid, covered))


def bounds_in(grid: Grid, target: Grid) -> Bounds:
    """Return (left, bottom, right, top) of a grid in the target's CRS."""
    if grid.crs == target.crs:
        return grid.bounds
    return transform_bounds(grid.crs, target.crs, *grid.bounds, densify_pts=21)


def overlap(one: Grid, other: Grid) -> bool:
    """Tell whether two grids share ground."""
    return _meet(bounds_in(one, other), other.bounds)


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


def _meet(first: Bounds, second: Bounds) -> bool:
    """Tell whether two boxes share ground."""
    apart = first[0] >= second[2] or first[2] <= second[0]
    return not (apart or first[1] >= second[3] or first[3] <= second[1])


def _check_spread(boxes: Mapping[Path, Bounds], reference: RasterInfo) -> None:
    """Refuse files so far apart that nearly all of their common grid would be empty.

    Raises:
        GridError: They are.
    """
    far = [path.name for path, box in boxes.items() if not all(map(math.isfinite, box))]
    union = _union(boxes, boxes)
    if far or union.area < LEAST_COVERED * shapely.box(*union.bounds).area:
        other = far[0] if far else next(p.name for p in boxes if p != reference.path)
        raise GridError(
            f"{reference.path.name} and {other} lie so far apart that less than "
            f"{LEAST_COVERED:.0%} of one map over both would hold data; map them one by one"
        )


def _union(boxes: Mapping[Path, Bounds], paths: Iterable[Path]) -> BaseGeometry:
    return shapely.union_all([shapely.box(*boxes[path]) for path in paths if path in boxes])


def _notes(
    rasters: Sequence[RasterInfo],
    reference: RasterInfo,
    grid: Grid,
    covered: Sequence[BaseGeometry],
) -> list[str]:
    """State the grid and what was done to which file; silent where every file lies on it.

    Args:
        rasters: The files.
        reference: The one whose pixels the grid's line up with.
        grid: Covers them all.
        covered: The ground of each scene, in the grid's CRS.
    """
    moved = [r for r in rasters if not lines_up(r, grid)]
    notes = []
    if moved and len(rasters) > 1:  # of a single file its own notes tell
        names = ", ".join(raster.path.name for raster in moved)
        notes.append(
            f"All bands are put on the grid of {reference.path.name} ({grid.words()}); resampled "
            f"to it: {names} (measured values bilinear, classes and masks nearest)"
        )
    everything = shapely.union_all(covered)
    pixel = abs(grid.transform.determinant)
    if any(everything.difference(own).area >= pixel for own in covered):
        notes.append(
            f"The files cover different areas: the map covers all of them ({grid.height} rows x "
            f"{grid.width} columns), and a band counts as missing where its file has no pixels"
        )
    frame = shapely.box(*everything.bounds)
    gap = 1 - everything.area / frame.area
    if gap >= GAP_WORTH_SAYING:
        notes.append(
            f"The files leave {gap:.1%} of the rectangle around them uncovered; the map has no "
            "data there"
        )
    return notes


def lines_up(raster: RasterInfo, grid: Grid) -> bool:
    """Tell whether the file's pixels are pixels of the grid."""
    if raster.geographic or raster.grid.crs != grid.crs:
        return False
    return whole_offset(raster.grid.transform, grid.transform) is not None
