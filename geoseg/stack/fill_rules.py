"""How often a band holds each of its numbers -> those that stand for missing, told by isolation.

A fill value is one exact number, at an end of all numbers and far from the others: far beside how
wide the others lie, and far beside how thin they become towards it. Saturated clouds have a tail of
nearly saturated ones, the sea has low coasts, a lake lies among its shores: none stands alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.stack.missing import BEYOND_MEASURE, ROUNDED

CERTAIN = (-9999, -99999, -999999, -32767, -32768, -(2**31), -(2**31) + 1, 2**31 - 1, 2**32 - 1,
           -(2.0**63), 2.0**63, 2.0**64)  # fmt: skip
"""Written for missing all over, and hardly ever measured."""
USUAL = (-999, -99, 9999, 99999, 999999, 255, 32767, 65535,
         *(-digits / 10**power for digits in (9999, 32768) for power in range(1, 6)))  # fmt: skip
"""Written for missing as well as measured; with decimals where they were scaled by mistake."""
OUTER = 0.005
TAIL = 0.01


@dataclass(frozen=True)
class Rule:
    """How lonely a number must be.

    Attributes:
        others: Least count of different other numbers.
        pixels: Least count of its pixels.
        widths: Least distance from the others in widths of their middle 99 %.
        tails: Least distance in lengths of their outermost 1 %.
        least: Least distance itself.
    """

    others: int
    pixels: int
    widths: float
    tails: float
    least: float = 0.0


CERTAIN_RULE = Rule(others=1, pixels=1, widths=0.3, tails=2)
USUAL_RULE = Rule(others=16, pixels=2, widths=0.5, tails=5)
REPEATED_RULE = Rule(others=32, pixels=9, widths=1, tails=5)
ZERO_HEIGHT_RULE = Rule(others=3, pixels=2, widths=0.2, tails=5, least=30)
"""Of terrain: no cliff of 30 m all around, with nothing between, is ground."""


@dataclass(frozen=True)
class Tally:
    """How often numbers occur: sorted, each once."""

    values: NDArray[np.float64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, stored: NDArray[Any]) -> "Tally":
        """Count finite numbers."""
        values, counts = np.unique(stored, return_counts=True)
        values = values.astype(np.float64)
        known = np.isfinite(values)
        return cls(values[known], counts[known])

    def plus(self, other: "Tally") -> "Tally":
        """Return both counted together."""
        values = np.concatenate([self.values, other.values])
        counts = np.concatenate([self.counts, other.counts])
        values, places = np.unique(values, return_inverse=True)
        return Tally(values, np.bincount(places, counts, len(values)).astype(np.int64))

    def where(self, chosen: NDArray[np.bool_]) -> "Tally":
        """Return a part of it."""
        return Tally(self.values[chosen], self.counts[chosen])

    def quantile(self, share: float) -> float:
        """Return the number below or at which that share of the pixels lies."""
        reached = np.cumsum(self.counts)
        return float(self.values[np.searchsorted(reached, share * reached[-1])])


@dataclass(frozen=True)
class Fill:
    """A number that stands for missing.

    Attributes:
        value: As stored.
        pixels: How many hold it.
        low: Smallest of the other numbers.
        high: Largest of the other numbers.
    """

    value: float
    pixels: int
    low: float
    high: float


def suspects(tally: Tally, *, ids: bool, heights: bool) -> dict[float, Rule]:
    """Return numbers that may stand for missing, with the rule that each has to meet."""
    found: dict[float, Rule] = {}
    if not ids and len(tally.values):
        ends = _repeated_ends(tally)
        found |= dict.fromkeys(ends, REPEATED_RULE)
        found |= dict.fromkeys(tally.values[_among(tally.values, USUAL)].tolist(), USUAL_RULE)
        if heights and 0 in tally.values:
            found[0.0] = ZERO_HEIGHT_RULE
    huge = np.abs(tally.values) >= BEYOND_MEASURE
    certain = tally.values[huge | _among(tally.values, CERTAIN)]
    return found | dict.fromkeys(certain.tolist(), CERTAIN_RULE)


def fills_of(
    tally: Tally, *, ids: bool = False, heights: bool = False, scale: float = 1
) -> list[Fill]:
    """Return the numbers that stand for missing.

    Args:
        tally: Every number of the band but those declared missing.
        ids: Numbers are names of classes; only numbers that nobody gives a class are looked for.
        heights: They are heights of the ground, where 0 may stand for missing.
        scale: Turns numbers into the band's unit.
    """
    left = suspects(tally, ids=ids, heights=heights)
    while left:
        others = tally.where(~np.isin(tally.values, list(left)))
        if not len(others.values):
            return []
        failed = [value for value, rule in left.items()
                  if not _stands_alone(value, rule, tally, others, abs(scale))]  # fmt: skip
        if not failed:
            break
        left = {value: rule for value, rule in left.items() if value not in failed}
    return [_fill(value, tally, others) for value in _few(left)] if left else []


def _stands_alone(value: float, rule: Rule, tally: Tally, others: Tally, scale: float) -> bool:
    low, high = others.values[0], others.values[-1]
    if low <= value <= high or len(others.values) < rule.others:
        return False
    gap = low - value if value < low else value - high
    inner = others.quantile(TAIL) - low if value < low else high - others.quantile(1 - TAIL)
    width = others.quantile(1 - OUTER) - others.quantile(OUTER)
    pixels = int(tally.counts[np.searchsorted(tally.values, value)])
    far = gap >= max(rule.widths * width, rule.tails * inner, rule.least / scale)
    return bool(far and pixels >= rule.pixels)


def _repeated_ends(tally: Tally) -> list[float]:
    """Return the outermost numbers of either side, but 0, where they are repeated."""
    plain = np.abs(tally.values) < BEYOND_MEASURE
    plain &= ~_among(tally.values, (*CERTAIN, *USUAL))
    kept = tally.where(plain)
    if len(kept.values) < REPEATED_RULE.others:
        return []
    return [
        float(kept.values[at])
        for at in (0, -1)
        if kept.counts[at] >= REPEATED_RULE.pixels and kept.values[at] != 0
    ]


def _among(values: NDArray[np.float64], numbers: tuple[float, ...]) -> NDArray[np.bool_]:
    """Return True where a value is one of the numbers, as far as float32 tells."""
    known = np.array(sorted(numbers))
    at = np.searchsorted(known, values).clip(1, len(known) - 1)
    near = np.minimum(np.abs(values - known[at - 1]), np.abs(values - known[at]))
    return np.asarray(near <= ROUNDED * np.abs(values))


def _few(fills: dict[float, Rule]) -> list[float]:
    """Return the fills, of those beyond all measure only the least of either sign."""
    huge = [value for value in fills if abs(value) >= BEYOND_MEASURE]
    kept = {min(same, key=abs) for same in ([v for v in huge if v > 0], [v for v in huge if v < 0])
            if same}  # fmt: skip
    return sorted(kept.union(value for value in fills if value not in huge))


def _fill(value: float, tally: Tally, others: Tally) -> Fill:
    if abs(value) >= BEYOND_MEASURE:
        alike = tally.values * np.sign(value) >= abs(value) * (1 - ROUNDED)
    else:
        alike = np.abs(tally.values - value) <= ROUNDED * abs(value)
    return Fill(value, int(tally.counts[alike].sum()), others.values[0], others.values[-1])
