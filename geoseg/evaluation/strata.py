"""A stack and the coverage of a run -> strata of the ground -> counts and metrics of each.

Strata cut the same map by slope, by the direction the ground faces, by land cover and by how many
bands hold data; a stratum whose band is missing is left out, and `missing_strata` says so.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from geoseg.evaluation import ground
from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import SMALL_POSITIVES, UNKNOWN, Confusion, confusion_map
from geoseg.evaluation.unnamed_ids import UnnamedIds
from geoseg.stack.reading import open_on_grid
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import Layer, RasterStack
from geoseg.tasks import ClassLabel

Ids = NDArray[np.uint8]
Values = NDArray[np.float32]
Read = Callable[[Window], Ids]

SLOPE_EDGES = (5, 15, 25, 35, 45)
"""Degrees at which the next slope class begins."""
SLOPES = ("flat, below 5°", "5 to 15°", "15 to 25°", "25 to 35°", "35 to 45°", "45° and steeper")
SECTORS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
LEVEL_BELOW_DEGREES = 2.0
"""Gentler ground faces nowhere in particular."""
FACING = (*(f"facing {sector}" for sector in SECTORS), f"level, below {LEVEL_BELOW_DEGREES:g}°")
COVERAGES = ("less than half of the bands", "half of the bands or more", "every band")

SLOPE, ASPECT, LAND_COVER, COVERAGE = "slope", "aspect", "land cover", "coverage"


@dataclass(frozen=True)
class Strata:
    """One way to divide the ground; `read` gives (y, x) places in `labels`, 255 unknown.

    Where the labels are a legend, `values` gives the ids and `unnamed` gathers those it lacks.
    """

    kind: str
    labels: tuple[str, ...]
    read: Read
    values: Callable[[Window], Values] | None = None
    unnamed: UnnamedIds | None = None

    def look_for_unnamed(self, window: Window, classes: Ids) -> None:
        """Gather the ids without a name of one block, where the map has data.

        Args:
            window: Where the block lies.
            classes: (y, x) of the map, 255 no data.
        """
        if self.values is not None and self.unnamed is not None:
            self.unnamed.add(self.values(window)[classes != UNKNOWN])


@dataclass(frozen=True)
class StratumRow:
    """What was counted in one class of the ground.

    Attributes:
        kind: Of the strata: slope, aspect, land cover, coverage.
        name: Of the class.
        confusion: Pixels of the class by right and wrong, a feature of any class against none.
        by_class: Feature class against feature class; None where they are not told apart.
    """

    kind: str
    name: str
    confusion: Confusion
    by_class: ClassCounts | None = None

    @property
    def pixels(self) -> int:
        """Pixels known on both sides."""
        return self.confusion.total

    @property
    def positives(self) -> int:
        """Of them the feature in the reference."""
        return self.confusion.tp + self.confusion.fn

    @property
    def small(self) -> bool:
        """True where too few reference pixels make the scores a matter of chance."""
        return self.positives < SMALL_POSITIVES

    def record(self, labels: Sequence[ClassLabel] = ()) -> dict[str, Any]:
        """Return kind, name, sizes, metrics and counts, JSON-ready; undefined metrics are None.

        Args:
            labels: The task's legend, for the scores of every class.
        """
        counted = self.by_class.record(labels) if self.by_class is not None else {}
        return {
            "kind": self.kind, "name": self.name, "pixels": self.pixels,
            "positives": self.positives, "small": self.small,
            **self.confusion.record(), "notes": list(self.confusion.notes()), **counted,
        }  # fmt: skip


class StrataScores:
    """Counts of every class of one strata, gathered block by block."""

    def __init__(self, strata: Strata, classes: int = 0) -> None:
        """Start with nothing counted.

        Args:
            strata: How the ground is divided.
            classes: Classes of the task that are told apart, the background too; 0 for none.
        """
        self.strata = strata
        # Row: class of the ground, last one unknown; column: code of the confusion map, 0 unknown.
        self._counts = np.zeros((len(strata.labels) + 1, 5), dtype=np.int64)
        self._by_class = np.zeros((len(strata.labels) + 1, classes, classes), dtype=np.int64)

    def add(self, ids: Ids, classes: Ids, reference: Ids, true: Ids | None = None) -> None:
        """Count one block.

        Args:
            ids: (y, x) places in the labels, 255 unknown.
            classes: (y, x), 0 background, any other id the feature, 255 no data.
            reference: (y, x), 0 no, 1 feature, 255 unknown.
            true: (y, x) class ids of the reference; None where it does not tell them.
        """
        rows, columns = self._counts.shape
        kinds = confusion_map(classes, reference)
        kinds[kinds == UNKNOWN] = 0
        place = np.minimum(ids, rows - 1).astype(np.int32) * columns + kinds
        self._counts += np.bincount(place.ravel(), minlength=rows * columns).reshape(rows, columns)
        if true is not None and self._by_class.size:
            self._add_classes(ids, classes, true)

    def _add_classes(self, ids: Ids, classes: Ids, true: Ids) -> None:
        rows, side, _ = self._by_class.shape
        known = (classes != UNKNOWN) & (true != UNKNOWN)
        row = np.minimum(ids[known], rows - 1).astype(np.int64)
        place = (row * side + classes[known]) * side + true[known]
        counted = np.bincount(place, minlength=self._by_class.size)
        self._by_class += counted.reshape(self._by_class.shape)

    def rows(self) -> list[StratumRow]:
        """Return the classes that hold pixels, in the order of the labels."""
        several = self._by_class.size > 0
        found = (
            StratumRow(
                self.strata.kind,
                name,
                Confusion(*(int(n) for n in self._counts[place, 1:])),
                ClassCounts.of(self._by_class[place]) if several else None,
            )
            for place, name in enumerate(self.strata.labels)
        )
        return [row for row in found if row.pixels]


@contextmanager
def open_strata(stack: RasterStack, coverage: Path | None = None) -> Iterator[list[Strata]]:
    """Open what divides the ground; leave the context to close the files.

    Args:
        stack: Every band of the study area that was found, on the grid of the map.
        coverage: Percent of bands with data, coverage.tif of a run.
    """
    cover = _land_cover(stack)
    wanted = [name for name in (ground.SLOPE, ground.ELEVATION) if name in stack.names]
    wanted += [cover.name] if cover else []
    with ExitStack() as files:
        strata = []
        if wanted:
            chosen = stack.select(wanted)
            reader = files.enter_context(chosen.open())
            strata = _of_ground(ground.GroundReader(reader, chosen.grid, wanted), chosen)
        if coverage is not None:
            file = files.enter_context(open_on_grid(coverage, stack.grid, Resampling.nearest))
            bands = inspect_raster(coverage).bands[:1]
            read: Read = lambda window: coverage_classes(file.read(bands, window)[0])
            strata.append(Strata(COVERAGE, COVERAGES, read))
        yield strata


def missing_strata(stack: RasterStack, coverage: Path | None = None) -> tuple[str, ...]:
    """Say of every strata that must be left out which band would give it."""
    has = set(stack.names)
    absent = {
        "no scores by slope: no band slope or elevation": not has & {"slope", "elevation"},
        "no scores by the direction of the ground: no band elevation": "elevation" not in has,
        "no scores by land cover: no band of named land-cover classes": _land_cover(stack) is None,
        "no scores by coverage: the run kept no coverage.tif": coverage is None,
    }
    return tuple(sentence for sentence, missing in absent.items() if missing)


def slope_classes(slope: Values) -> Ids:
    """Return places in `SLOPES` of a slope in degrees, 255 where it is not known."""
    found = np.digitize(slope, SLOPE_EDGES).astype(np.uint8)
    found[np.isnan(slope)] = UNKNOWN
    return found


def aspect_classes(aspect: Values, slope: Values) -> Ids:
    """Return places in `FACING`, 255 where the slope is not known.

    Args:
        aspect: Degrees clockwise from north, NaN on level ground.
        slope: Degrees, of the same ground.
    """
    width = 360 / len(SECTORS)
    sector = np.floor((np.nan_to_num(aspect) + width / 2) / width) % len(SECTORS)
    found = sector.astype(np.uint8)
    found[slope < LEVEL_BELOW_DEGREES] = len(SECTORS)
    found[np.isnan(slope)] = UNKNOWN
    return found


def coverage_classes(coverage: Values) -> Ids:
    """Return places in `COVERAGES` of a share of bands in percent, 255 where nothing is mapped."""
    found = np.digitize(coverage, (50, 100)).astype(np.uint8)
    found[~(coverage > 0)] = UNKNOWN
    return found


def cover_classes(cover: Values, legend: tuple[tuple[int, str], ...]) -> Ids:
    """Return places in the legend of land-cover ids, 255 for ids it does not name."""
    found = np.full(cover.shape, UNKNOWN, np.uint8)
    for place, (number, _) in enumerate(legend):
        found[cover == number] = place
    return found


def _of_ground(read: ground.GroundReader, stack: RasterStack) -> list[Strata]:
    """Return the strata that the bands of the stack allow."""
    found = []
    if {ground.SLOPE, ground.ELEVATION} & set(stack.names):
        found.append(Strata(SLOPE, SLOPES, lambda w: slope_classes(read(w)[ground.SLOPE])))
    if ground.ELEVATION in stack.names:
        found.append(Strata(ASPECT, FACING, lambda w: _facing(read(w))))
    layer = _land_cover(stack)
    if layer is not None:
        names = tuple(name for _, name in layer.legend)
        found.append(
            Strata(
                LAND_COVER,
                names,
                lambda w: _covered(read(w), layer),
                lambda w: read(w)[layer.name],
                UnnamedIds(layer.name, layer.legend),
            )
        )
    return found


def _facing(values: dict[str, Values]) -> Ids:
    return aspect_classes(values[ground.ASPECT], values[ground.STEEPNESS])


def _covered(values: dict[str, Values], layer: Layer) -> Ids:
    return cover_classes(values[layer.name], layer.legend)


def _land_cover(stack: RasterStack) -> Layer | None:
    """Return the first layer of named classes."""
    return next((layer for layer in stack.layers if layer.legend), None)
