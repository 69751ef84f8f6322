"""Two class maps and the reference -> one map of seven colours, and how many pixels each holds.

Made for the single best member beside the ensemble (Figure 7 of the reference work); any two runs
on one grid are compared the same way. Where the reference tells several classes apart, a feature is
found only where the map holds its very class.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.counts import UNKNOWN, Confusion

COLOURS = ("background", "red", "blue", "magenta", "green", "yellow", "cyan", "white")
"""Names of the codes 0 to 7."""

_MEANINGS = (
    "rightly left out by both",
    "false alarm of {first} only",
    "false alarm of {second} only",
    "false alarm of both",
    "missed by both",
    "found by {first}, missed by {second}",
    "missed by {first}, found by {second}",
    "found by both",
)
_MEANINGS_BY_CLASS = (
    *_MEANINGS[:4],
    "missed or given another class by both",
    "right class by {first}; missed or another class by {second}",
    "right class by {second}; missed or another class by {first}",
    "right class by both",
)


def seven_colours(
    first: NDArray[np.uint8], second: NDArray[np.uint8], reference: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return (y, x) codes of `COLOURS`, 255 where any of the three is unknown.

    Args:
        first: (y, x), 0 background, any other id the feature, 255 no data.
        second: (y, x), the same.
        reference: (y, x), 0 no, 1 feature, 255 unknown.
    """
    codes = (first != 0).astype(np.uint8)
    codes += 2 * (second != 0).astype(np.uint8)
    codes += 4 * (reference != 0).astype(np.uint8)
    codes[(first == UNKNOWN) | (second == UNKNOWN) | (reference == UNKNOWN)] = UNKNOWN
    return codes


def seven_colours_by_class(
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    reference: NDArray[np.uint8],
    true: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Return (y, x) codes of `COLOURS`; where there is a feature, a map finds it by its class.

    With one feature class the codes are those of `seven_colours`.

    Args:
        first: (y, x) class ids, 0 background, 255 no data.
        second: (y, x), the same.
        reference: (y, x), 0 no, 1 feature, 255 unknown.
        true: (y, x) class ids of the reference, 255 unknown.
    """
    is_feature = (reference != 0) & (reference != UNKNOWN)
    found = [
        np.where(is_feature & (ids != UNKNOWN), ids == true, ids).astype(np.uint8)
        for ids in (first, second)
    ]
    codes = seven_colours(found[0], found[1], reference)
    codes[is_feature & (true == UNKNOWN)] = UNKNOWN
    return codes


def meanings(
    first: str = "the single member", second: str = "the ensemble", *, by_class: bool = False
) -> tuple[str, ...]:
    """Say what each of the codes 0 to 7 means, with the two maps called by name."""
    sentences = _MEANINGS_BY_CLASS if by_class else _MEANINGS
    return tuple(words.format(first=first, second=second) for words in sentences)


class SevenCounts:
    """Pixels of each colour, gathered block by block."""

    def __init__(self) -> None:
        self.pixels = np.zeros(len(COLOURS), dtype=np.int64)
        self.unknown = 0

    def add(self, codes: NDArray[np.uint8]) -> None:
        """Count the codes of one block, as `seven_colours` gives them."""
        found = np.bincount(codes.ravel(), minlength=UNKNOWN + 1)
        self.pixels += found[: len(COLOURS)]
        self.unknown += int(found[UNKNOWN])

    @property
    def total(self) -> int:
        """Pixels known in both maps and the reference; the colours add up to it."""
        return int(self.pixels.sum())

    @property
    def first(self) -> Confusion:
        """The first map against the reference, on the pixels all three know."""
        return self._confusion(1)

    @property
    def second(self) -> Confusion:
        """The second map against the reference, on the pixels all three know."""
        return self._confusion(2)

    def record(self) -> dict[str, int]:
        """Return pixels by colour, with their total and the pixels left out, JSON-ready."""
        counted = {name: int(n) for name, n in zip(COLOURS, self.pixels, strict=True)}
        return {**counted, "total": self.total, "unknown": self.unknown}

    def rows(self, *, by_class: bool = False, **names: str) -> list[dict[str, Any]]:
        """Return a table of code, colour, meaning, pixels and share of the known pixels.

        Args:
            by_class: The codes are of `seven_colours_by_class`.
            names: `first` and `second`, what the two maps are called.
        """
        share = self.pixels / self.total if self.total else [None] * len(COLOURS)
        words = meanings(**names, by_class=by_class)
        columns = zip(COLOURS, words, self.pixels, share, strict=True)
        return [
            {"code": code, "colour": colour, "meaning": words, "pixels": int(n), "share": part}
            for code, (colour, words, n, part) in enumerate(columns)
        ]

    def _confusion(self, bit: int) -> Confusion:
        codes = np.arange(len(COLOURS))
        mapped, true = (codes & bit) > 0, (codes & 4) > 0
        kinds = (mapped & true, mapped & ~true, ~mapped & true, ~mapped & ~true)
        return Confusion(*(int(self.pixels[kind].sum()) for kind in kinds))
