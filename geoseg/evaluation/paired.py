"""Two maps at the same reference points -> who is right where, and whether the gap is chance.

The points are paired: both maps answer at each. The interval of the difference of two paired shares
is that of Agresti and Min (2005), doi:10.1002/sim.1781; the test is McNemar's, exact (1947),
doi:10.1007/BF02295996. Both take the points as independent; points in clusters tell less.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.points import PointScores

Z95 = 1.959964
ADDED = 0.5
"""What Agresti and Min add to each of the four counts."""
CLEAR = 0.05
Yes = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Points by which of two maps is right there.

    Attributes:
        both: Both are.
        only_first: Only the first is.
        only_second: Only the second is.
        neither: Neither is.
    """

    both: int
    only_first: int
    only_second: int
    neither: int

    @classmethod
    def of(cls, first: Yes, second: Yes) -> "Pairs":
        """Count points, True where a map is right."""
        kinds = (first & second, first & ~second, ~first & second, ~first & ~second)
        return cls(*(int(kind.sum()) for kind in kinds))

    @property
    def points(self) -> int:
        """All of them."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def shares(self) -> tuple[float, float]:
        """Share of the points at which the first is right, and the second."""
        total = self.points
        return (self.both + self.only_first) / total, (self.both + self.only_second) / total

    def difference(self) -> tuple[float, float]:
        """Return the difference of the shares, adjusted, and its variance."""
        total = self.points + 4 * ADDED
        one, two = self.only_first + ADDED, self.only_second + ADDED
        gap = (one - two) / total
        return gap, ((one + two) / total - gap**2) / total

    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the first share minus the second."""
        return _around(*self.difference())

    def p_value(self) -> float:
        """Return how often chance alone would part two equal maps as much, McNemar's exact test."""
        from scipy.stats import binomtest

        apart = self.only_first + self.only_second
        return float(binomtest(self.only_first, apart, 0.5).pvalue) if apart else 1.0


@dataclass(frozen=True)
class PairedPoints:
    """Two maps at the points that both know.

    Attributes:
        names: What they are called.
        every: All points.
        of_feature: Those of the feature.
        of_background: The others.
        tolerance_m: By which a point may be off.
        left_out: Points that one of the two maps does not know.
    """

    names: tuple[str, str]
    every: Pairs
    of_feature: Pairs
    of_background: Pairs
    tolerance_m: float
    left_out: int = 0

    def balanced(self) -> tuple[float, float] | None:
        """Return both balanced accuracies; None where points of one kind are missing."""
        if not (self.of_feature.points and self.of_background.points):
            return None
        pairs = zip(self.of_feature.shares, self.of_background.shares, strict=True)
        first, second = (sum(shares) / 2 for shares in pairs)
        return first, second

    def balanced_interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval of the difference of the balanced accuracies."""
        if self.balanced() is None:
            return None
        gaps = [self.of_feature.difference(), self.of_background.difference()]
        return _around(sum(gap for gap, _ in gaps) / 2, sum(spread for _, spread in gaps) / 4)

    def words(self) -> list[str]:
        """Say who is right how often, and whether the gap may be chance."""
        first, second = self.every.shares
        low, high = self.every.interval()
        whole = (
            f"at {self.every.points} points that both maps know, {self.names[0]} is right at "
            f"{first:.1%}, {self.names[1]} at {second:.1%}: a difference of "
            f"{100 * (first - second):+.1f} percentage points (95 % interval {100 * low:+.1f} to "
            f"{100 * high:+.1f}), {self._verdict()}"
        )
        said = [whole]
        balanced, interval = self.balanced(), self.balanced_interval()
        if balanced is not None and interval is not None:
            said.append(
                f"balanced accuracy of {self.names[0]} {balanced[0]:.1%}, of {self.names[1]} "
                f"{balanced[1]:.1%} (95 % interval of the difference {100 * interval[0]:+.1f} to "
                f"{100 * interval[1]:+.1f} percentage points)"
            )
        if self.left_out:
            said.append(f"{self.left_out} points that only one of the two maps knows are left out")
        return said

    def _verdict(self) -> str:
        if self.every.p_value() >= CLEAR:
            return "which may be chance"
        better = self.names[0] if self.every.only_first > self.every.only_second else self.names[1]
        return f"more than chance in favour of {better}"

    def record(self) -> dict[str, Any]:
        """Return everything, JSON-ready."""
        balanced, interval = self.balanced(), self.balanced_interval()
        first, second = self.every.shares
        return {
            "first": self.names[0],
            "second": self.names[1],
            "points": self.every.points,
            "tolerance_m": self.tolerance_m,
            "first_right": first,
            "second_right": second,
            "difference": first - second,
            "interval": list(self.every.interval()),
            "p_value": self.every.p_value(),
            **{name: count for name, count in vars(self.every).items()},
            "first_balanced_accuracy": balanced and balanced[0],
            "second_balanced_accuracy": balanced and balanced[1],
            "balanced_interval": interval and list(interval),
            "left_out": self.left_out,
            "words": self.words(),
        }


def pair_points(first: PointScores, second: PointScores, names: tuple[str, str]) -> PairedPoints:
    """Set two maps beside each other at the points that both know, with their tolerance.

    Args:
        first: Scores of the first map.
        second: Scores of the second at the same points.
        names: What the two maps are called.

    Raises:
        ReferenceMapError: There is no point that both know.
    """
    shared, one, two = np.intersect1d(
        first.rows.index, second.rows.index, assume_unique=True, return_indices=True
    )
    if not shared.size:
        raise ReferenceMapError(
            f"there is no point that both {names[0]} and {names[1]} know; choose points where both "
            "maps have data"
        )
    right, beside = first.rows.right[one], second.rows.right[two]
    true = first.rows.is_feature[one]
    return PairedPoints(
        names,
        Pairs.of(right, beside),
        Pairs.of(right[true], beside[true]),
        Pairs.of(right[~true], beside[~true]),
        first.tolerance_m,
        int(len(first.rows.index) + len(second.rows.index) - 2 * shared.size),
    )


def _around(gap: float, variance: float) -> tuple[float, float]:
    reach = Z95 * variance**0.5
    return max(-1.0, gap - reach), min(1.0, gap + reach)
