"""Uncertainty, classes and reference -> how good the map is where it is surest.

The most unsure pixels are left out step by step; where the uncertainty is worth its name, what
remains gets better and better (selective classification: El-Yaniv and Wiener 2010, JMLR 11).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.counts import UNKNOWN, Confusion, confusion_map

BINS = 2000
KINDS = 5
KEPT = (
    0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0,
)  # fmt: skip
"""Shares of the pixels: dense near all, for where the feature is rare most doubt lies there."""


class SelectivePoint(NamedTuple):
    """The map with the most unsure pixels left out.

    Attributes:
        kept: Share of the known pixels that remain, 0 to 1.
        uncertainty: Up to which pixels are kept.
        confusion: Of those kept.
    """

    kept: float
    uncertainty: float
    confusion: Confusion

    def record(self) -> dict[str, Any]:
        """Return share, bound, metrics and counts, JSON-ready."""
        bound = {"kept": self.kept, "uncertainty": self.uncertainty}
        return {**bound, "pixels": self.confusion.total, **self.confusion.record()}


class SelectiveCounts:
    """Pixels by uncertainty and by right and wrong, gathered block by block.

    Args:
        highest: The greatest uncertainty possible: 1 for entropy and mutual information in bits,
            0.5 for the spread of probabilities.
    """

    def __init__(self, highest: float = 1.0) -> None:
        # Most pixels are almost sure: bins are a billion times finer at 0 than at the other end.
        self._highest = highest
        self._edges = highest * (np.arange(BINS + 1) / BINS) ** 3
        # Column: code of the confusion map; 0 stays empty.
        self._counts = np.zeros((BINS, KINDS), dtype=np.int64)

    def add(
        self,
        uncertainty: NDArray[np.float32],
        classes: NDArray[np.uint8],
        reference: NDArray[np.uint8],
    ) -> None:
        """Count one block, (y, x) each; NaN and 255 are left out."""
        kinds = confusion_map(classes, reference)
        known = np.isfinite(uncertainty) & (kinds != UNKNOWN)
        share = np.clip(uncertainty[known] / np.float32(self._highest), 0, 1)
        bins = np.minimum(np.cbrt(share) * BINS, BINS - 1).astype(np.int32)
        place = bins * KINDS + kinds[known]
        self._counts += np.bincount(place, minlength=self._counts.size).reshape(self._counts.shape)

    @property
    def total(self) -> int:
        """Pixels counted."""
        return int(self._counts.sum())

    def curve(self, shares: Sequence[float] = KEPT) -> list[SelectivePoint]:
        """Return the map with about these shares of its known pixels kept, the surest first.

        Pixels of like uncertainty stay together, so the shares are not quite met; none at all
        without any known pixel.
        """
        if not self.total:
            return []
        running = self._counts[:, 1:].cumsum(axis=0)
        pixels = running.sum(axis=1)
        wanted = np.asarray(shares) * self.total * (1 - 1e-12)
        places = np.unique(np.searchsorted(pixels, wanted))
        return [
            SelectivePoint(
                float(pixels[place] / self.total),
                float(self._edges[place + 1]),
                Confusion(*(int(n) for n in running[place])),
            )
            for place in places
        ]

    def record(self) -> list[dict[str, Any]]:
        """Return the curve JSON-ready; undefined metrics are None."""
        return [point.record() for point in self.curve()]
