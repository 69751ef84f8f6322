"""Members' maps and the reference -> counts of each member and of every ensemble of the first K."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.evaluation.counts import UNKNOWN, Confusion
from geoseg.inference.ensemble import of_feature
from geoseg.mapping.classes import NO_CLASS
from geoseg.stack.reference import ReferenceReader

Probability = NDArray[np.float32]
NAME = "ensemble_sizes.json"


class LastRead:
    """A reference that is asked for the same rows by two, and reads them once."""

    def __init__(self, reader: ReferenceReader) -> None:
        self._reader = reader
        self._window: Window | None = None
        self._values: NDArray[np.uint8]

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Return (y, x): 0 no feature, 1 feature, 255 unknown."""
        if window != self._window:
            self._values, self._window = self._reader.read(window), window
        return self._values


class SizeCounts:
    """Counts members one by one, and the mean of the first K, as their maps pass by.

    An `Observer` of `predict_strips`; the last size is the ensemble itself.
    """

    def __init__(self, names: Sequence[str], reference: ReferenceReader, threshold: float) -> None:
        """Begin with nothing.

        Args:
            names: Of the members, in the order they are asked.
            reference: Open, on the grid of the run.
            threshold: On the scale the members answer in.
        """
        self._names, self._reference = names, reference
        self._threshold = np.float32(threshold)
        # Member, (its own map, the mean up to it), (true positives, false positives).
        self._hits = np.zeros((len(names), 2, 2), np.int64)
        self._positives = self._negatives = 0

    def begin(self, row: int, coverage: NDArray[np.uint8]) -> None:
        """Read the reference of the rows that come now."""
        height, width = coverage.shape
        truth = self._reference.read(Window(0, row, width, height))
        known = (truth != UNKNOWN) & (coverage != NO_CLASS)
        self._feature, self._other = known & (truth != 0), known & (truth == 0)
        self._positives += int(np.count_nonzero(self._feature))
        self._negatives += int(np.count_nonzero(self._other))

    def see(self, place: int, own: Probability, mean: Probability, columns: slice) -> None:
        """Count one member's map and the mean of all up to it at these columns."""
        feature, other = self._feature[:, columns], self._other[:, columns]
        for which, probability in enumerate((own, mean)):
            mapped = of_feature(probability) >= self._threshold
            hits = np.count_nonzero(mapped & feature), np.count_nonzero(mapped & other)
            self._hits[place, which] += hits

    def record(self) -> dict[str, Any]:
        """Return the content of ensemble_sizes.json."""
        rows = [[asdict(self._confusion(*hits)) for hits in pair] for pair in self._hits.tolist()]
        return {
            "members": [
                {"name": name, **own} for name, (own, _) in zip(self._names, rows, strict=True)
            ],
            "sizes": [{"k": size, **mean} for size, (_, mean) in enumerate(rows, start=1)],
        }

    def _confusion(self, tp: int, fp: int) -> Confusion:
        return Confusion(tp, fp, self._positives - tp, self._negatives - fp)
