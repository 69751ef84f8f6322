"""Reference points and a class map -> error matrix, at the point and with a tolerance (Article II).

A point is right within the tolerance where the map holds the point's class in any pixel that lies,
at least in part, so near; so a feature's edge may be off by what the images' position may be off.
Where the points tell several classes apart, a second matrix sets every class beside every other.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.classes import ClassCounts, check_legend
from geoseg.evaluation.counts import UNKNOWN, Confusion
from geoseg.evaluation.point_classes import class_column, point_truth
from geoseg.grid import Grid
from geoseg.stack.blocks import BLOCK_PIXELS
from geoseg.stack.reading import FileReader, open_on_grid
from geoseg.stack.source import inspect_raster
from geoseg.tasks import ClassLabel

if TYPE_CHECKING:
    import geopandas

WIDEST_PIXELS = 30
"""A wider tolerance would compare the point with other ground."""

Ids = NDArray[np.uint8]
Yes = NDArray[np.bool_]
Places = NDArray[np.float64]


@dataclass(frozen=True)
class PointClasses:
    """Points by mapped and true class.

    Attributes:
        labels: Their legend.
        at_point: By the pixel they lie in.
        within: With the tolerance; a point without its class near takes another feature near it.
    """

    labels: tuple[ClassLabel, ...]
    at_point: ClassCounts
    within: ClassCounts


@dataclass(frozen=True)
class PointRows:
    """What was found at each point the map knows.

    Attributes:
        index: Place of the point in the file.
        is_feature: Whether it is of the feature.
        right: Whether the map is right there, within the tolerance.
    """

    index: NDArray[np.intp]
    is_feature: Yes
    right: Yes


@dataclass(frozen=True)
class PointScores:
    """How the map does at reference points.

    Attributes:
        at_point: Points by what the pixel they lie in says.
        within: The same with the tolerance; equal without one.
        tolerance_m: Metres.
        feature: What is mapped, singular.
        column: Where the points' class was read.
        rows: Every point that the map knows.
        notes: Plain sentences on what was left out and how the classes were read.
        by_class: Points by class; None where they do not tell several apart.
    """

    at_point: Confusion
    within: Confusion
    tolerance_m: float
    feature: str
    column: str
    rows: PointRows
    notes: tuple[str, ...] = ()
    by_class: PointClasses | None = None

    @property
    def matrix(self) -> list[list[int]]:
        """Points at their pixel, map in rows, reference in columns, background first."""
        found = self.at_point
        return [[found.tn, found.fn], [found.fp, found.tp]]

    def record(self) -> dict[str, Any]:
        """Return counts and accuracies of both, JSON-ready; undefined ones are None."""
        at_point, within = accuracies(self.at_point), accuracies(self.within)
        if self.by_class is not None:
            labels = self.by_class.labels
            at_point |= self.by_class.at_point.record(labels, "points")
            within |= self.by_class.within.record(labels, "points")
        return {
            "points": self.at_point.total,
            "feature": self.feature,
            "column": self.column,
            "tolerance_m": self.tolerance_m,
            "at_point": at_point,
            "within_tolerance": within,
            "notes": [*self.notes, *undefined(self.within)],
        }


def accuracies(confusion: Confusion) -> dict[str, Any]:
    """Return metrics and counts, beside them user's and producer's accuracy of both classes.

    User's accuracy: of what is mapped so, the share that is so. Producer's accuracy: of what is
    so, the share that is mapped so. Sensitivity and specificity are the producer's accuracies of
    feature and background, balanced accuracy is their mean.
    """
    recall = _share(confusion.tp, confusion.fn)
    specificity = _share(confusion.tn, confusion.fp)
    return {
        **confusion.record(),
        "users": {"feature": _share(confusion.tp, confusion.fp),
                  "background": _share(confusion.tn, confusion.fn)},
        "producers": {"feature": recall, "background": specificity},
        "sensitivity": recall,
        "specificity": specificity,
    }  # fmt: skip


def undefined(confusion: Confusion) -> list[str]:
    """Say of every undefined accuracy why it is undefined, in words about points."""
    words = {
        "user's accuracy of the feature is undefined: no point lies where it is mapped": (
            confusion.tp + confusion.fp
        ),
        "user's accuracy of the background is undefined: every point lies where the feature is "
        "mapped": confusion.tn + confusion.fn,
        "sensitivity is undefined: no point is of the feature": confusion.tp + confusion.fn,
        "specificity is undefined: every point is of the feature": confusion.tn + confusion.fp,
    }
    return [sentence for sentence, points in words.items() if not points]


def score_points(
    points: "geopandas.GeoDataFrame",
    classes: Path,
    *,
    feature: str,
    column: str = "",
    positive: Sequence[int | str] = (),
    tolerance_m: float = 0.0,
    labels: Sequence[ClassLabel] = (),
) -> PointScores:
    """Compare a class map with points whose class is known.

    Args:
        points: Points in any CRS, with their class in a column.
        classes: Class map, 0 background, any other id the feature, 255 no data.
        feature: What is mapped, singular; names the class where it is given in words.
        column: Holds the class; empty looks for a usual name.
        positive: Values that count as the feature; empty takes 1, or the feature's name.
        tolerance_m: Metres by which a point may be off.
        labels: Legend of the map, background first; of more than two, points may tell classes.

    Raises:
        ReferenceMapError: The points cannot be compared with the map.
        RasterError: The class map cannot be read, or holds classes that the legend lacks.
    """
    info = inspect_raster(classes)
    grid = info.grid
    column = class_column(points, column)
    truth = point_truth(points, column, feature, positive, labels)
    places = _pixel_places(points, grid)
    inside = ((places >= 0) & (places < [grid.width, grid.height])).all(axis=1)
    if not inside.any():
        raise ReferenceMapError(
            f"none of the {len(points)} points lies on the map; choose points of this area, or "
            "check their CRS"
        )
    near = np.zeros((int(inside.sum()), max(2, len(labels))), dtype=bool)
    with open_on_grid(classes, grid, Resampling.nearest) as file:
        own = _look(file, info.bands[:1], grid, places[inside], near, tolerance_m=tolerance_m)
    known = own != UNKNOWN
    notes = (truth.words, *_left_out(int((~inside).sum()), int((~known).sum())))
    true = truth.is_feature[inside][known]
    own, near = own[known], near[known]
    right = np.where(true, near[:, 1:].any(axis=1), near[:, 0])
    by_class = None
    if truth.ids is not None:
        check_legend(own, labels)
        by_class = _by_class(own, near, truth.ids[inside][known], tuple(labels))
    at_point, within = _counted((own != 0) == true, true), _counted(right, true)
    rows = PointRows(np.flatnonzero(inside)[known], true, right)
    return PointScores(at_point, within, tolerance_m, feature, column, rows, notes, by_class)


def _by_class(own: Ids, near: Yes, true: Ids, labels: tuple[ClassLabel, ...]) -> PointClasses:
    """Count class against class, at the points and within the tolerance."""
    at_point, within = ClassCounts(len(labels)), ClassCounts(len(labels))
    at_point.add(own, true)
    feature_near = np.where(near[:, 1:].any(axis=1), 1 + near[:, 1:].argmax(axis=1), 0)
    other = np.where((own == 0) & (true != 0), feature_near, own)
    has_own = near[np.arange(len(true)), true]
    within.add(np.where(has_own, true, other).astype(np.uint8), true)
    return PointClasses(labels, at_point, within)


def _reach(tolerance_m: float, grid: Grid) -> int:
    """Return how many pixels around a point must be looked at."""
    if not tolerance_m >= 0:
        raise ReferenceMapError(f"a tolerance is 0 metres or more, got {tolerance_m:g}")
    reach = math.ceil(tolerance_m / min(_sides_m(grid)))
    if reach > WIDEST_PIXELS:
        raise ReferenceMapError(
            f"a tolerance of {tolerance_m:g} m is more than {WIDEST_PIXELS} pixels of this map; "
            "choose a smaller one"
        )
    return reach


def _sides_m(grid: Grid) -> tuple[float, float]:
    """Return width and height of a pixel, metres."""
    return grid.pixel_width_m, grid.pixel_height_m


def _pixel_places(points: "geopandas.GeoDataFrame", grid: Grid) -> Places:
    """Return (point, 2): column and row, pixel corners being whole numbers."""
    if points.crs is None:
        raise ReferenceMapError(
            "the points have no coordinate reference system (CRS); assign the right one"
        )
    on_grid = points.geometry.to_crs(grid.crs.to_wkt())
    x, y = shapely.get_x(on_grid.array), shapely.get_y(on_grid.array)
    columns, rows = ~grid.transform @ (x, y)
    return np.column_stack([columns, rows])


def _look(
    file: FileReader,
    bands: Sequence[Any],
    grid: Grid,
    places: Places,
    near: Yes,
    *,
    tolerance_m: float,
) -> Ids:
    """Return the class at every point, and mark in `near` (point, class) those around it.

    Class ids beyond the last column of `near` are marked in the last.
    """
    reach = _reach(tolerance_m, grid)
    last = near.shape[1] - 1
    own = np.full(len(places), UNKNOWN, np.uint8)
    for members, window in _by_block(places, reach):
        values = file.read(bands, window)[0]
        ids = np.where(np.isnan(values), UNKNOWN, values).astype(np.uint8)
        corner = [window.col_off, window.row_off]
        cols, rows = (np.floor(places[members]).astype(int) - corner).T
        own[members] = ids[rows, cols]
        part = places[members] % 1
        for down in range(-reach, reach + 1):
            for right in range(-reach, reach + 1):
                there = ids[rows + down, cols + right]
                close = _distance_m(part, right, down, grid) <= tolerance_m
                close &= there != UNKNOWN
                near[members[close], np.minimum(there[close], last)] = True
    return own


def _distance_m(part: Places, right: int, down: int, grid: Grid) -> Places:
    """Return metres from points inside a pixel to the nearest spot of one so many pixels away."""
    sides = np.asarray(_sides_m(grid))
    before, behind = np.array([right, down]) - part, part - np.array([right + 1, down + 1])
    return np.hypot(*(np.maximum(np.maximum(before, behind), 0) * sides).T)


def _by_block(places: Places, reach: int) -> Iterator[tuple[NDArray[np.intp], Window]]:
    """Yield the points of every block that holds some, and its window with the reach around."""
    blocks = np.floor(places / BLOCK_PIXELS).astype(int)
    for block in np.unique(blocks, axis=0):
        members = np.flatnonzero((blocks == block).all(axis=1))
        side = BLOCK_PIXELS + 2 * reach
        left, top = (block * BLOCK_PIXELS - reach).tolist()
        yield members, Window(left, top, side, side)


def _counted(right: NDArray[np.bool_], true: NDArray[np.bool_]) -> Confusion:
    kinds = (right & true, ~right & ~true, ~right & true, right & ~true)
    return Confusion(*(int(kind.sum()) for kind in kinds))


def _left_out(outside: int, empty: int) -> list[str]:
    found = {"outside the map": outside, "where the map has no data": empty}
    return [f"{count} points {where} were left out" for where, count in found.items() if count]


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
