"""Two class maps of one grid -> where only one of them says feature, signed, and how much ground."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.evaluation.counts import UNKNOWN
from geoseg.grid import Grid

ONLY_FIRST, ALIKE, ONLY_SECOND, OTHER_CLASS = 1, 0, -1, 2
MISSING = -128
"""No data in a difference map: one of the two maps knows nothing there."""
MEANINGS = {
    ONLY_FIRST: "only {first} says {feature}",
    ONLY_SECOND: "only {second} says {feature}",
    OTHER_CLASS: "both say {feature}, of different classes",
}
KINDS = ("only_first", "only_second", "both", "other_class", "neither", "unknown")
"""Which map says feature; `other_class`: both, of different classes; `unknown`: one knows nothing."""

Ids = NDArray[np.uint8]
Signed = NDArray[np.int8]


def difference(first: Ids, second: Ids) -> Signed:
    """Return the signed difference: 1 only the first says feature, -1 only the second, 0 alike.

    Args:
        first: (y, x) class ids, 0 no feature, 255 no data.
        second: (y, x), the same.

    Returns:
        (y, x); 2 where both say feature but of different classes, -128 where one knows nothing.
    """
    one, two = first != 0, second != 0
    signed = one.astype(np.int8) - two.astype(np.int8)
    signed[one & two & (first != second)] = OTHER_CLASS
    signed[(first == UNKNOWN) | (second == UNKNOWN)] = MISSING
    return signed


@dataclass
class DifferenceCounts:
    """Pixels and ground of every kind of a difference map, gathered block by block.

    Attributes:
        pixels: How many are of each of `KINDS`.
        area_m2: The ground they take.
    """

    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(KINDS), np.int64))
    area_m2: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(KINDS)))

    def add(self, grid: Grid, first: Ids, second: Ids) -> Signed:
        """Take in a block, which is all of `grid`, and return its difference."""
        signed = difference(first, second)
        both = (first != 0) & (second != 0)
        found = [signed == ONLY_FIRST, signed == ONLY_SECOND, (signed == ALIKE) & both,
                 signed == OTHER_CLASS, (signed == ALIKE) & ~both]  # fmt: skip
        kinds = np.select(found, range(len(found)), default=len(found))
        self.pixels += np.bincount(kinds.ravel(), minlength=len(KINDS))
        self.area_m2 += grid.areas_m2(kinds, Window(0, 0, grid.width, grid.height), len(KINDS))
        return signed

    def record(self, names: tuple[str, str], feature: str) -> dict[str, Any]:
        """Return pixels and ground of every kind, and what the values of the map mean.

        Args:
            names: What the first and the second map are called.
            feature: What is mapped, singular.

        Returns:
            Under "pixels" and "area_m2" the `KINDS`; "both" holds "other_class" too.
        """
        pixels, area_m2 = (
            dict(zip(KINDS, values.tolist(), strict=True)) for values in (self.pixels, self.area_m2)
        )
        known = sum(pixels.values()) - pixels["unknown"]
        alike = pixels["both"] + pixels["neither"]
        for found in (pixels, area_m2):
            found["both"] += found["other_class"]
        words = {"first": names[0], "second": names[1], "feature": feature}
        return {
            **words,
            "pixels": pixels,
            "area_m2": area_m2,
            "agreement": alike / known if known else None,
            "values": {str(value): text.format(**words) for value, text in MEANINGS.items()},
        }
