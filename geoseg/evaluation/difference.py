"""Two class maps of one grid -> where only one of them says feature, signed, and how much ground."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.counts import UNKNOWN

ONLY_FIRST, ALIKE, ONLY_SECOND, OTHER_CLASS = 1, 0, -1, 2
MISSING = -128
"""No data in a difference map: one of the two maps knows nothing there."""
MEANINGS = {
    ONLY_FIRST: "only {first} says {feature}",
    ONLY_SECOND: "only {second} says {feature}",
    OTHER_CLASS: "both say {feature}, of different classes",
}

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
    """Pixels of every value of a difference map, gathered block by block.

    Attributes:
        only_first: Only the first map says feature.
        only_second: Only the second does.
        both: Both do, of whatever class.
        other_class: Of `both` those of different classes.
        neither: Neither does.
        unknown: One of them knows nothing.
    """

    only_first: int = 0
    only_second: int = 0
    both: int = 0
    other_class: int = field(default=0)
    neither: int = 0
    unknown: int = 0

    def add(self, first: Ids, second: Ids) -> Signed:
        """Take in a block and return its difference."""
        signed = difference(first, second)
        both = (signed == ALIKE) & (first != 0) | (signed == OTHER_CLASS)
        self.only_first += int(np.count_nonzero(signed == ONLY_FIRST))
        self.only_second += int(np.count_nonzero(signed == ONLY_SECOND))
        self.both += int(np.count_nonzero(both))
        self.other_class += int(np.count_nonzero(signed == OTHER_CLASS))
        self.neither += int(np.count_nonzero((signed == ALIKE) & (first == 0)))
        self.unknown += int(np.count_nonzero(signed == MISSING))
        return signed

    def record(self, pixel_area_m2: float, names: tuple[str, str], feature: str) -> dict[str, Any]:
        """Return pixels and ground of every kind, and what the values of the map mean.

        Args:
            pixel_area_m2: Ground of one pixel.
            names: What the first and the second map are called.
            feature: What is mapped, singular.
        """
        counts = vars(self)
        known = sum(counts.values()) - self.unknown - self.other_class
        words = {"first": names[0], "second": names[1], "feature": feature}
        return {
            **words,
            "pixels": counts,
            "area_m2": {name: count * pixel_area_m2 for name, count in counts.items()},
            "agreement": (self.both - self.other_class + self.neither) / known if known else None,
            "values": {str(value): text.format(**words) for value, text in MEANINGS.items()},
        }
