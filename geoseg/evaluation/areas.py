"""Outlines of sub-areas -> counts of each, pixel by pixel centre."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from shapely.geometry.base import BaseGeometry

from geoseg.errors import GridError
from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import UNKNOWN, Confusion, Metrics, count
from geoseg.grid import Grid
from geoseg.stack.aoi import touching
from geoseg.stack.columns import usual_column
from geoseg.stack.shapes import read_polygons
from geoseg.tasks import ClassLabel
from geoseg.tasks.words import as_written

NAME_COLUMNS = ("name", "title", "label", "id")


@dataclass(frozen=True)
class AreaScore:
    """One named sub-area and what was counted in it so far.

    Attributes:
        name: What it is called.
        polygon: In the CRS of the grid.
        confusion: A feature of any class against none.
        by_class: Class against class; None where they are not told apart.
    """

    name: str
    polygon: BaseGeometry
    confusion: Confusion = field(default_factory=Confusion)
    by_class: ClassCounts | None = None

    def with_block(
        self,
        grid: Grid,
        classes: NDArray[np.uint8],
        reference: NDArray[np.uint8],
        true: NDArray[np.uint8] | None = None,
    ) -> "AreaScore":
        """Return the score with the pixels of one block whose centres lie in the area.

        Args:
            grid: Of the block.
            classes: (y, x) class ids, 255 no data.
            reference: (y, x), 0 no, 1 feature, 255 unknown.
            true: (y, x) class ids of the reference; None where it does not tell them.
        """
        if not self.polygon.intersects(shapely.box(*grid.bounds)):
            return self
        outside = geometry_mask([self.polygon], grid.shape, grid.transform)
        return self.with_pixels(np.where(outside, np.uint8(UNKNOWN), classes), reference, true)

    def with_pixels(
        self,
        inside: NDArray[np.uint8],
        reference: NDArray[np.uint8],
        true: NDArray[np.uint8] | None = None,
    ) -> "AreaScore":
        """Return the score with pixels of the area; those outside it are 255."""
        confusion = self.confusion + count(inside, reference)
        if self.by_class is None or true is None:
            return replace(self, confusion=confusion)
        counts = ClassCounts(len(self.by_class.matrix))
        counts.add(inside, true)
        return replace(self, confusion=confusion, by_class=self.by_class + counts)

    def telling(self, classes: int) -> "AreaScore":
        """Return the area ready to count so many classes against each other."""
        return replace(self, by_class=ClassCounts(classes))

    def record(self, labels: Sequence[ClassLabel] = ()) -> dict[str, Any]:
        """Return name, metrics and counts, JSON-ready; those of every class where it tells them."""
        counted = self.by_class.record(labels) if self.by_class is not None else {}
        return {"name": self.name, **self.confusion.record(), **counted}


def read_areas(path: Path, grid: Grid) -> tuple[AreaScore, ...]:
    """Read the sub-areas that touch the map, named by their attribute or numbered.

    Raises:
        GridError: The file holds no usable polygons, or none of them touches the map.
    """
    return split_areas(path, grid)[0]


def split_areas(path: Path, grid: Grid) -> tuple[tuple[AreaScore, ...], tuple[str, ...]]:
    """Read sub-areas: those that touch the map, and the names of those that lie beside it.

    Raises:
        GridError: The file holds no usable polygons, or none of them touches the map.
    """
    areas, beside = [], []
    for name, polygon in _named(path, grid):
        if touching([polygon], grid):
            areas.append(AreaScore(name, polygon))
        else:
            beside.append(name)
    if not areas:
        raise GridError(f"no area of {path.name} touches the map; draw the areas inside it")
    return tuple(areas), tuple(beside)


def _named(path: Path, grid: Grid) -> Iterator[tuple[str, BaseGeometry]]:
    frame = read_polygons(path, grid.crs, GridError, grid)
    named = usual_column(frame.columns, NAME_COLUMNS)
    numbers = [f"area {number}" for number in range(1, len(frame) + 1)]
    names = numbers
    if named is not None:
        given = zip(frame[named], numbers, strict=True)
        names = [as_written(value) or number for value, number in given]
    yield from zip(names, frame.geometry, strict=True)


def mean_of_areas(areas: Sequence[AreaScore]) -> Metrics:
    """Return the mean of every metric over the areas where it is defined."""
    rows = [area.confusion.metrics() for area in areas]
    means: Metrics = {}
    for name in rows[0]:
        values = [value for row in rows if (value := row[name]) is not None]
        means[name] = fmean(values) if values else None
    return means | _mean_macro_f1(areas)


def _mean_macro_f1(areas: Sequence[AreaScore]) -> Metrics:
    """Return the mean macro F1; nothing where the areas do not tell classes."""
    told = [area.by_class for area in areas if area.by_class is not None]
    if not told:
        return {}
    values = [value for counts in told if (value := counts.macro_f1()) is not None]
    return {"macro_f1": fmean(values) if values else None}
