"""Two class maps and the reference, block by block -> seven colours, and the scores of both maps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.single_ensemble import SevenCounts, seven_colours, seven_colours_by_class
from geoseg.tasks import ClassLabel

Ids = NDArray[np.uint8]
Part = dict[str, Any]


class TwoMaps:
    """Pixels of every colour, and each map against the reference on the pixels all three know.

    Where classes are told apart, the colours take a feature as found only by its very class; the
    scores are those of a feature of any class, and macro F1 beside them.
    """

    def __init__(self, labels: Sequence[ClassLabel] = ()) -> None:
        """Start with nothing counted.

        Args:
            labels: Legend of the classes that are told apart; empty for none.
        """
        self.any_class, self.colours = SevenCounts(), SevenCounts()
        self._labels = tuple(labels)
        self._by_class = ClassCounts(len(labels)), ClassCounts(len(labels))

    def add(self, first: Ids, second: Ids, reference: Ids, true: Ids | None = None) -> Ids:
        """Count a block and return its colours.

        Args:
            first: (y, x) class ids, 255 no data.
            second: (y, x), the same.
            reference: (y, x), 0 no, 1 feature, 255 unknown.
            true: (y, x) class ids of the reference; None where it does not tell them.
        """
        plain = seven_colours(first, second, reference)
        self.any_class.add(plain)
        if true is None or not self._labels:
            return plain
        codes = seven_colours_by_class(first, second, reference, true)
        self.colours.add(codes)
        known = np.where(codes == UNKNOWN, np.uint8(UNKNOWN), true)
        for counts, mapped in zip(self._by_class, (first, second), strict=True):
            counts.add(mapped, known)
        return codes

    def record(self, names: Mapping[str, str]) -> Part:
        """Return pixels by colour, and both maps' scores on the pixels that both know.

        Args:
            names: `first` and `second`, what the two maps are called.
        """
        several = bool(self._labels)
        shown = self.colours if several else self.any_class
        first, second = self.any_class.first.record(), self.any_class.second.record()
        if several:
            first |= self._by_class[0].record(self._labels)
            second |= self._by_class[1].record(self._labels)
        return {
            **names,
            "colours": shown.rows(**names, by_class=several),
            "total": shown.total,
            "unknown": shown.unknown,
            "first_scores": first,
            "second_scores": second,
        }
