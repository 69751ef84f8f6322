"""Map + reference map, block by block -> corrected areas whose intervals come from squares.

Where the reference is a map, its pixels are no random sample: neighbours are alike, and counting
each as its own unit would promise far too narrow intervals. Squares of many pixels are drawn again
and again instead (bootstrap of blocks: Kuensch 1989, doi:10.1214/aos/1176347265).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.evaluation.area_estimate import (
    SQUARES,
    AreaEstimate,
    ClassArea,
    Interval,
    undefined_notes,
)
from geoseg.evaluation.counts import UNKNOWN

USUAL, NARROWEST = 64, 8
"""Pixels a side; small maps get smaller squares, very large ones larger."""
WANTED, MOST = 100, 10_000
"""Squares in a map: wished for, and as many as can be drawn again and again in no time."""
FEWEST = 20
"""With fewer squares no interval is given."""
DRAWS, AT_ONCE, SEED = 1000, 50, 2014
WHOLE = "the reference covers the whole map, so the corrected area is that of the reference"

Numbers = NDArray[np.float64]


class SquareCounts:
    """Pixels of every square by what the map and what the reference says."""

    def __init__(self, height: int, width: int, size: int | None = None, classes: int = 2) -> None:
        """Divide a map into squares.

        Args:
            height: Rows of the map.
            width: Columns of the map.
            size: Side of a square, pixels; None chooses by the map's size.
            classes: Told apart, the background among them; 2 takes every feature class as one.
        """
        self.size = size or _side(height * width)
        self._across = math.ceil(width / self.size)
        squares = math.ceil(height / self.size) * self._across
        self._classes = classes
        # (square, class of the map, class of the reference, the last one unknown)
        self._counts = np.zeros((squares, classes, classes + 1), dtype=np.int64)

    def add(self, window: Window, classes: NDArray[np.uint8], reference: NDArray[np.uint8]) -> None:
        """Count one block.

        Args:
            window: Where the block lies in the map.
            classes: (y, x) class ids, 0 background, 255 no data.
            reference: (y, x) class ids, 255 unknown.
        """
        last, across = self._classes - 1, self._classes + 1
        rows = (np.arange(classes.shape[0]) + int(window.row_off)) // self.size
        cols = (np.arange(classes.shape[1]) + int(window.col_off)) // self.size
        mapped = np.minimum(classes, last)
        truth = np.where(reference == UNKNOWN, self._classes, np.minimum(reference, last))
        square = rows[:, None] * self._across + cols
        place = (square * self._classes + mapped) * across + truth
        counted = np.bincount(place[classes != UNKNOWN], minlength=self._counts.size)
        self._counts += counted.reshape(self._counts.shape)

    def middles(self, height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return row and column of the middle of every square of a map of that size."""
        row, col = np.divmod(np.arange(len(self._counts)), self._across)
        ends = np.minimum((row + 1) * self.size, height), np.minimum((col + 1) * self.size, width)
        return (row * self.size + ends[0]) / 2, (col * self.size + ends[1]) / 2

    def estimate(
        self, pixel_area_m2: float | NDArray[np.float64], names: Sequence[str]
    ) -> AreaEstimate:
        """Return the corrected areas of all classes, the background first.

        Args:
            pixel_area_m2: Square metres of a pixel, or those of a pixel of every square.
            names: Of the classes.
        """
        count = self._classes
        scale = float(np.mean(pixel_area_m2))
        # Pixels of squares that lie where the map is stretched count as less ground.
        share = np.broadcast_to(np.asarray(pixel_area_m2) / scale, len(self._counts))
        counts = self._counts * share[:, None, None]
        mapped = counts.sum(axis=(0, 2))
        known = counts[:, :, :count]
        known = known[known.any(axis=(1, 2))]
        found = _measures(known.sum(axis=0, dtype=np.float64)[None], mapped)
        drawn = _measures(_draws(known), mapped) if len(known) >= FEWEST else None
        rows = tuple(
            ClassArea(
                name,
                float(mapped[k] * scale),
                _interval(found, drawn, k, scale),
                _interval(found, drawn, count + k),
                _interval(found, drawn, 2 * count + k),
            )
            for k, name in enumerate(names)
        )
        notes = (*self._notes(len(known), drawn is None), *undefined_notes(rows))
        overall = _interval(found, drawn, 3 * count)
        return AreaEstimate(rows, overall, SQUARES, len(known), notes)

    def _notes(self, squares: int, too_few: bool) -> tuple[str, ...]:
        squares_of = f"squares of {self.size} x {self.size} pixels"
        words = (
            "the reference is a map, so its pixels are no random sample: the intervals come from "
            f"drawing {squares} {squares_of} {DRAWS:,} times anew, and say how far the numbers "
            "would differ on other ground of the same kind"
        )
        if too_few:
            words = (
                f"only {squares} {squares_of} lie in the reference, too few for an interval; "
                f"expected at least {FEWEST}"
            )
        if self._counts[:, :, -1].any():
            return (words,)
        return words, WHOLE


def _side(pixels: int) -> int:
    """Return the side of the squares for a map of so many pixels."""
    usual = max(NARROWEST, min(USUAL, math.isqrt(pixels // WANTED)))
    return max(usual, math.ceil(math.sqrt(pixels / MOST)))


def _draws(squares: Numbers) -> Numbers:
    """Return (draw, map, reference) pixels of as many squares, drawn with replacement."""
    rng = np.random.default_rng(SEED)
    even = np.full(len(squares), 1 / len(squares))
    drawn = [
        rng.multinomial(len(squares), even, size=AT_ONCE).astype(np.float64)
        @ squares.reshape(len(squares), -1).astype(np.float64)
        for _ in range(DRAWS // AT_ONCE)
    ]
    return np.concatenate(drawn).reshape(DRAWS, *squares.shape[1:])


def _measures(counts: Numbers, mapped: Numbers) -> Numbers:
    """Return (draw, 3 x class + 1): areas in pixels, both accuracies of every class, overall.

    Args:
        counts: (draw, map, reference), pixels known on both sides.
        mapped: Pixels of each map class, those without a reference too.
    """
    shares = _over(counts, counts.sum(axis=2, keepdims=True))
    shares[:, mapped == 0] = 0
    cells = shares * mapped[:, None]
    areas = cells.sum(axis=1)
    right = np.einsum("dkk->dk", cells)
    users = _over(right, np.broadcast_to(mapped, right.shape))
    overall = _over(right.sum(axis=1), areas.sum(axis=1))
    return np.column_stack([areas, users, _over(right, areas), overall])


def _interval(found: Numbers, drawn: Numbers | None, column: int, scale: float = 1.0) -> Interval:
    """Return value, standard deviation and the middle 95 % of the draws."""
    value = found[0, column]
    if math.isnan(value):
        return Interval()
    if drawn is None:
        return Interval(float(value * scale))
    values = drawn[:, column][np.isfinite(drawn[:, column])] * scale
    if not values.size:
        return Interval(float(value * scale))
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(value * scale), float(values.std()), float(low), float(high))


def _over(part: Numbers, whole: Numbers) -> Numbers:
    """Divide; NaN where the whole is zero."""
    out = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    return np.divide(part, whole, out=out, where=np.broadcast_to(whole, out.shape) > 0)
