"""A class map and its reference -> how well the outlines run: boundary IoU and distances.

Only ground known on both sides counts; where a feature is cut off by the map's edge or by missing
data it has no outline.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pydantic import Field
from rasterio.windows import Window
from scipy import ndimage

from geoseg.errors import GridError
from geoseg.evaluation.counts import UNKNOWN
from geoseg.grid import Grid
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.settings import Settings
from geoseg.stack.blocks import blocks
from geoseg.stack.gtiff import GDAL_OPTIONS

BLOCK_PIXELS = 1024
STEPS_PER_PIXEL = 100
"""Distances are kept in hundredths of a pixel."""
STAGE = "measuring outlines"
Flags = NDArray[np.bool_]
Score = float | None


class BoundarySettings(Settings):
    """How outlines are compared; all numbers are pixels, of square ones of the same area."""

    width_pixels: int = Field(default=2, ge=1, le=256)
    """A pixel belongs to the edge of a feature within this distance of its outline."""
    reach_pixels: int = Field(default=64, ge=1, le=512)
    """Distances beyond are counted as this one."""


@dataclass
class BoundaryCounts:
    """Edges of map and reference, gathered block by block.

    Attributes:
        settings: What counts as edge.
        both: Pixels in the edges of both.
        either: Pixels in the edge of one of them at least.
        from_map: Outline pixels of the map by their distance to the reference's outline, in
            hundredths of a pixel.
        from_reference: The same the other way round.
        sides: (height, width) of a pixel as shares of a square one of the same area.
    """

    settings: BoundarySettings
    sides: tuple[float, float] = (1.0, 1.0)
    both: int = 0
    either: int = 0
    from_map: NDArray[np.int64] = field(init=False)
    from_reference: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        steps = self.settings.reach_pixels * STEPS_PER_PIXEL + 1
        self.from_map, self.from_reference = np.zeros(steps, np.int64), np.zeros(steps, np.int64)

    @property
    def margin(self) -> int:
        """Pixels around a block that must be known to judge its own."""
        far = max(self.settings.width_pixels, self.settings.reach_pixels)
        return math.ceil(far / min(self.sides)) + 1

    def add(
        self,
        classes: NDArray[np.uint8],
        reference: NDArray[np.uint8],
        own: tuple[slice, slice],
    ) -> None:
        """Take in one block.

        Args:
            classes: (y, x), 0 background, 255 no data; with `margin` pixels around the block,
                255 outside the map.
            reference: The same, 0 no, 1 feature, 255 unknown.
            own: The block itself inside them.
        """
        known = (classes != UNKNOWN) & (reference != UNKNOWN)
        mapped, true = (known & (ids != 0) for ids in (classes, reference))
        if not (mapped.any() or true.any()):
            return
        outlines = [_depth(mask, known) <= 1 for mask in (mapped, true)]
        depths = [_depth(mask, known, self.sides) for mask in (mapped, true)]
        # A long side of a pixel may be more than the width of the edge.
        edges = [
            (depth <= self.settings.width_pixels)[own] | outline[own]
            for depth, outline in zip(depths, outlines, strict=True)
        ]
        self.both += int(np.count_nonzero(edges[0] & edges[1]))
        self.either += int(np.count_nonzero(edges[0] | edges[1]))
        self.from_map += self._distances(outlines[0], outlines[1], own)
        self.from_reference += self._distances(outlines[1], outlines[0], own)

    def _distances(self, start: Flags, end: Flags, own: tuple[slice, slice]) -> NDArray[np.int64]:
        """Count the outline pixels of a block by how far the other outline is."""
        steps = len(self.from_map)
        inside = start[own]
        if not inside.any():
            return np.zeros(steps, np.int64)
        if not end.any():
            far = np.zeros(steps, np.int64)
            far[-1] = np.count_nonzero(inside)
            return far
        distance = ndimage.distance_transform_edt(~end, sampling=self.sides)[own][inside]
        rounded = np.rint(distance * STEPS_PER_PIXEL).astype(np.int64)
        return np.bincount(np.minimum(rounded, steps - 1), minlength=steps)

    def scores(self, pixel_size_m: float) -> "BoundaryScores":
        """Return the scores in metres of the ground."""
        close = self.settings.width_pixels * STEPS_PER_PIXEL + 1
        near = [int(counts[:close].sum()) for counts in (self.from_map, self.from_reference)]
        total = [int(counts.sum()) for counts in (self.from_map, self.from_reference)]
        together = self.from_map + self.from_reference
        measured = all(total)
        return BoundaryScores(
            width_m=self.settings.width_pixels * pixel_size_m,
            reach_m=self.settings.reach_pixels * pixel_size_m,
            iou=_ratio(self.both, self.either),
            precision=_ratio(near[0], total[0]),
            recall=_ratio(near[1], total[1]),
            mean_distance_m=_mean(together) * pixel_size_m if measured else None,
            p95_distance_m=_quantile(together, 0.95) * pixel_size_m if measured else None,
            outline_pixels=(total[0], total[1]),
        )


@dataclass(frozen=True)
class BoundaryScores:
    """How well the outlines run.

    Attributes:
        width_m: Width of the edges that were compared, metres.
        reach_m: Distances beyond count as this one, metres.
        iou: Boundary IoU after Cheng et al. (2021), doi:10.1109/CVPR46437.2021.01508: of the
            pixels at most `width_m` inside an outline, the share that both sides have.
        precision: Share of the map's outline within `width_m` of the reference's.
        recall: Share of the reference's outline within `width_m` of the map's.
        mean_distance_m: Mean distance from each outline to the other, both ways, metres.
        p95_distance_m: 95 % of the outlines lie closer, metres.
        outline_pixels: Length of the outlines of map and reference, pixels.
    """

    width_m: float
    reach_m: float
    iou: Score
    precision: Score
    recall: Score
    mean_distance_m: Score
    p95_distance_m: Score
    outline_pixels: tuple[int, int]

    @property
    def f1(self) -> Score:
        """Harmonic mean of precision and recall."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def notes(self) -> tuple[str, ...]:
        """Say what is undefined and why, and where distances were cut."""
        if self.iou is None:
            return ("scores of outlines are undefined: neither map nor reference has an outline",)
        if not all(self.outline_pixels):
            side = "map" if not self.outline_pixels[0] else "reference"
            return (f"distances between outlines are undefined: the {side} has no outline",)
        return (f"distances between outlines above {self.reach_m:g} m are counted as that",)

    def record(self) -> dict[str, Any]:
        """Return everything, JSON-ready."""
        return {**vars(self), "outline_pixels": list(self.outline_pixels), "f1": self.f1,
                "notes": list(self.notes())}  # fmt: skip


def boundary_scores(
    classes: Path,
    reference: Path,
    settings: BoundarySettings | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> BoundaryScores:
    """Compare the outlines of a class map with those of its reference, block by block.

    Args:
        classes: Class ids, 0 background, 255 no data.
        reference: 0 no, 1 feature, 255 unknown, on the same grid.
        settings: What counts as edge.
        progress: Hears about every block.
        cancelled: Asked before every block.

    Raises:
        GridError: The two lie on different grids.
    """
    with (
        rasterio.Env(**GDAL_OPTIONS),
        rasterio.open(classes) as mapped,
        rasterio.open(reference) as true,
    ):
        grids = [Grid(f.crs, f.transform, f.width, f.height) for f in (mapped, true)]
        if not grids[0].same_as(grids[1]):
            raise GridError(
                f"{reference.name} ({grids[1].words()}) does not lie on the pixels of "
                f"{classes.name} ({grids[0].words()}); take both from one comparison"
            )
        grid = grids[0]
        height, width = (side / grid.pixel_size_m for side in grid.pixel_sides_m)
        counts = BoundaryCounts(settings or BoundarySettings(), (height, width))
        windows = list(blocks(grid, BLOCK_PIXELS))
        for done, window in enumerate(windows, start=1):
            stop_if(cancelled)
            wide, own = _widened(window, counts.margin)
            counts.add(_read(mapped, wide), _read(true, wide), own)
            progress(Event(STAGE, done, len(windows)))
    return counts.scores(grid.pixel_size_m)


def _depth(
    mask: Flags, known: Flags, sides: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.float64]:
    """Return how deep inside a feature each pixel lies, infinite outside it.

    Pixels at the outline have 1 where sides are 1.
    """
    outside = known & ~mask
    depth = np.full(mask.shape, np.inf)
    if mask.any() and outside.any():
        depth[mask] = ndimage.distance_transform_edt(~outside, sampling=sides)[mask]
    return depth


def _widened(window: Window, margin: int) -> tuple[Window, tuple[slice, slice]]:
    wide = Window(
        window.col_off - margin, window.row_off - margin,
        window.width + 2 * margin, window.height + 2 * margin,
    )  # fmt: skip
    return wide, (
        slice(margin, margin + int(window.height)),
        slice(margin, margin + int(window.width)),
    )


def _read(file: Any, window: Window) -> NDArray[np.uint8]:
    """Read a window that may reach over the edge; 255 there."""
    values = np.full((int(window.height), int(window.width)), UNKNOWN, np.uint8)
    top, left = int(window.row_off), int(window.col_off)
    row0, col0 = max(0, top), max(0, left)
    row1 = min(file.height, top + values.shape[0])
    col1 = min(file.width, left + values.shape[1])
    inside = Window(col0, row0, col1 - col0, row1 - row0)
    values[row0 - top : row1 - top, col0 - left : col1 - left] = file.read(1, window=inside)
    return values


def _mean(counts: NDArray[np.int64]) -> float:
    return float(np.average(np.arange(len(counts)), weights=counts) / STEPS_PER_PIXEL)


def _quantile(counts: NDArray[np.int64], share: float) -> float:
    place = int(np.searchsorted(np.cumsum(counts), share * counts.sum()))
    return place / STEPS_PER_PIXEL


def _ratio(part: int, whole: int) -> Score:
    return part / whole if whole else None
