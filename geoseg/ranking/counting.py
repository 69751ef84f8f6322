"""Probabilities + truth -> counts by spatial block -> F1 with an interval by drawing blocks anew."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.counts import Confusion

Counts = NDArray[np.int64]
"""(..., block, 3): true positives, false positives, false negatives."""

Figures = NDArray[np.float64]
OUTER_PERCENT = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class Pixels:
    """The known pixels of a part, one after the other.

    Attributes:
        truth: True on the feature, (pixel,).
        block: Number of the square a pixel lies in, (pixel,).
        blocks: How many squares there are.
    """

    truth: NDArray[np.bool_]
    block: NDArray[np.int32]
    blocks: int

    @cached_property
    def positives(self) -> Counts:
        """Pixels of the feature in each block."""
        return np.bincount(self.block[self.truth], minlength=self.blocks)

    def count(self, mapped: NDArray[np.bool_]) -> Counts:
        """Return (block, 3) of a map that is True where it shows the feature."""
        hits = np.bincount(self.block[mapped & self.truth], minlength=self.blocks)
        false = np.bincount(self.block[mapped & ~self.truth], minlength=self.blocks)
        return np.stack([hits, false, self.positives - hits], axis=1)

    def confusion(self, counts: Counts) -> Confusion:
        """Return the counts of all blocks together."""
        tp, fp, fn = (int(value) for value in counts.sum(axis=0))
        return Confusion(tp, fp, fn, len(self.truth) - tp - fp - fn)


def block_numbers(shape: tuple[int, int], side: int) -> NDArray[np.int32]:
    """Return for every pixel the number of its square, row by row, (y, x)."""
    rows, cols = (np.arange(length) // side for length in shape)
    return (rows[:, None] * (cols[-1] + 1) + cols[None, :]).astype(np.int32)


def f1_of(counts: NDArray[np.number]) -> Figures:
    """Return F1 of (..., 3) counts, NaN where neither map nor truth holds the feature."""
    tp, fp, fn = np.moveaxis(np.asarray(counts, np.float64), -1, 0)
    whole = 2 * tp + fp + fn
    return np.divide(2 * tp, whole, out=np.full(np.shape(tp), np.nan), where=whole > 0)


@dataclass(frozen=True, eq=False)
class Resampling:
    """Blocks drawn anew with replacement; the same draws for every map, so that they compare.

    The bootstrap of Efron (1979), doi:10.1214/aos/1176344552, over squares, since neighbouring
    pixels are right or wrong together. Percentile intervals, 95 %.
    """

    draws: NDArray[np.int64]
    """How often each block was drawn, (resample, block)."""

    @classmethod
    def of(cls, blocks: int, resamples: int, seed: int) -> "Resampling":
        """Draw as many blocks as there are, again and again."""
        rng = np.random.default_rng(seed)
        return cls(rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples))

    def f1(self, counts: Counts) -> Figures:
        """Return F1 of every resample, (..., resample), of (..., block, 3) counts."""
        return f1_of(np.einsum("rb,...bc->...rc", self.draws, counts, optimize=True))

    def interval(self, counts: Counts) -> tuple[float | None, float | None]:
        """Return the 95 % interval of F1."""
        return percentiles(self.f1(counts))

    def difference(self, counts: Counts, other: Counts) -> tuple[float | None, float | None]:
        """Return the 95 % interval of how much F1 of `counts` is above that of `other`."""
        return percentiles(self.f1(counts) - self.f1(other))


def percentiles(values: Figures) -> tuple[float | None, float | None]:
    """Return the 95 % interval of values; None where none is a number."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None, None
    low, high = np.percentile(known, OUTER_PERCENT)
    return float(low), float(high)
