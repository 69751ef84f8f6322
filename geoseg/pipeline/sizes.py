"""Members' maps and the reference -> counts of each member and of every ensemble of the first K."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.evaluation.counts import SMALL_POSITIVES, UNKNOWN, Confusion
from geoseg.evaluation.taught import TaughtGround
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

    def __init__(
        self,
        names: Sequence[str],
        reference: ReferenceReader,
        threshold: float,
        ground: TaughtGround | None = None,
    ) -> None:
        """Begin with nothing.

        Args:
            names: Of the members, in the order they are asked.
            reference: Open, on the grid of the run.
            threshold: On the scale the members answer in.
            ground: Which of it taught or judged the members; None where nobody asks.
        """
        self._names, self._reference = names, reference
        self._threshold = np.float32(threshold)
        self._ground = ground
        # (whole, taught ground), member, (its own map, the mean up to it), (true, false positives).
        self._hits = np.zeros((2, len(names), 2, 2), np.int64)
        # (whole, taught ground), (feature, other ground).
        self._known = np.zeros((2, 2), np.int64)

    def begin(self, row: int, coverage: NDArray[np.uint8]) -> None:
        """Read the reference of the rows that come now."""
        height, width = coverage.shape
        window = Window(0, row, width, height)
        truth = self._reference.read(window)
        known = (truth != UNKNOWN) & (coverage != NO_CLASS)
        taught = self._ground.read(window) if self._ground else np.zeros(known.shape, bool)
        self._kinds = [
            (here & (truth != 0), here & (truth == 0))
            for here in ((known, known & taught) if taught.any() else (known,))
        ]
        for part, kinds in enumerate(self._kinds):
            self._known[part] += [np.count_nonzero(kind) for kind in kinds]

    def see(self, place: int, own: Probability, mean: Probability, columns: slice) -> None:
        """Count one member's map and the mean of all up to it at these columns."""
        for which, probability in enumerate((own, mean)):
            mapped = of_feature(probability) >= self._threshold
            for part, kinds in enumerate(self._kinds):
                hits = [np.count_nonzero(mapped & kind[:, columns]) for kind in kinds]
                self._hits[part, place, which] += hits

    def record(self) -> dict[str, Any]:
        """Return the content of ensemble_sizes.json.

        Its rows are of unseen ground where that is known and there is enough of it, else of the
        whole map; `ground` says which, and `whole` holds the rows of the whole map beside it.
        """
        unseen = self._known[0] - self._known[1]
        known = self._ground is not None and self._ground.known
        whole = self._rows(self._hits[0], self._known[0])
        if not known or unseen.min() < SMALL_POSITIVES:
            return {"ground": "whole", **whole}
        rest = self._rows(self._hits[0] - self._hits[1], unseen)
        return {"ground": "unseen", **rest, "whole": whole}

    def _rows(self, hits: NDArray[np.int64], known: NDArray[np.int64]) -> dict[str, Any]:
        positives, negatives = known.tolist()
        rows = [
            [asdict(Confusion(tp, fp, positives - tp, negatives - fp)) for tp, fp in pair]
            for pair in hits.tolist()
        ]
        return {
            "members": [
                {"name": name, **own} for name, (own, _) in zip(self._names, rows, strict=True)
            ],
            "sizes": [{"k": size, **mean} for size, (_, mean) in enumerate(rows, start=1)],
        }
