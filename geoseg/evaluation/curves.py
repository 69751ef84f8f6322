"""Probability and reference -> a histogram of scores -> metrics at any threshold, curves."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.counts import UNKNOWN, Confusion

Figures = NDArray[np.float64]
TEMPERATURES = (0.02, 10.0)
"""The range in which a temperature is sought."""


class PrecisionRecall(NamedTuple):
    """Precision and recall at every threshold, NaN where undefined."""

    thresholds: Figures
    precision: Figures
    recall: Figures
    f1: Figures


class Reliability(NamedTuple):
    """Predicted against observed, in bins of probability that hold pixels."""

    predicted: Figures
    """Mean probability of the pixels of a bin."""
    observed: Figures
    """Share of them that are the feature in the reference."""
    pixels: NDArray[np.int64]


class ScoreHistogram:
    """Pixels counted by probability, apart for feature and background of the reference.

    A thousand bins of equal width hold enough to give the counts at every threshold that is a
    multiple of 0.001, exactly, without a look at the rasters again.
    """

    BINS = 1000

    def __init__(self) -> None:
        self.positive = np.zeros(self.BINS, dtype=np.int64)
        self.negative = np.zeros(self.BINS, dtype=np.int64)
        # float32 as the probability: 0.7 must fall on the same side here as in the class map.
        self._edges = (np.arange(self.BINS + 1) / self.BINS).astype(np.float32)

    def add(self, probability: NDArray[np.float32], reference: NDArray[np.uint8]) -> None:
        """Count pixels; NaN probability and reference 255 are left out.

        Args:
            probability: (y, x), 0 to 1.
            reference: (y, x), 0 no, 1 feature, 255 unknown.
        """
        known = np.isfinite(probability) & (reference != UNKNOWN)
        scores, truth = probability[known].astype(np.float32), reference[known] != 0
        bins = np.searchsorted(self._edges[1:-1], scores, side="right")
        self.positive += np.bincount(bins[truth], minlength=self.BINS)
        self.negative += np.bincount(bins[~truth], minlength=self.BINS)

    @property
    def total(self) -> int:
        """Pixels counted."""
        return int(self.positive.sum() + self.negative.sum())

    def confusion_at(self, threshold: float) -> Confusion:
        """Return the counts where pixels of at least the threshold (to 0.001) are mapped."""
        first = round(threshold * self.BINS)
        tp, fp = int(self.positive[first:].sum()), int(self.negative[first:].sum())
        fn, tn = int(self.positive[:first].sum()), int(self.negative[:first].sum())
        return Confusion(tp, fp, fn, tn)

    def pr_curve(self) -> PrecisionRecall:
        """Return precision, recall and F1 at thresholds 0, 0.001, ... 0.999."""
        tp, fp = (_at_least(counts) for counts in (self.positive, self.negative))
        positives = np.full(self.BINS, self.positive.sum(), dtype=np.float64)
        return PrecisionRecall(
            thresholds=np.arange(self.BINS) / self.BINS,
            precision=_share(tp, tp + fp),
            recall=_share(tp, positives),
            f1=_share(2 * tp, tp + fp + positives),
        )

    def best_f1_threshold(self) -> float | None:
        """Return the lowest threshold above 0 of highest F1; None without any positive pixel.

        The threshold was fitted to this reference: elsewhere F1 will be lower.
        """
        if not self.positive.any():
            return None
        return int(np.argmax(self.pr_curve().f1[1:]) + 1) / self.BINS

    def reliability(self, bins: int = 10) -> Reliability:
        """Return observed against predicted share of the feature, in bins of equal width.

        Args:
            bins: A divisor of 1000; empty ones are left out.
        """
        centres = (np.arange(self.BINS) + 0.5) / self.BINS
        both = self.positive + self.negative
        pixels = both.reshape(bins, -1).sum(axis=1)
        predicted = (both * centres).reshape(bins, -1).sum(axis=1)
        observed = self.positive.reshape(bins, -1).sum(axis=1)
        held = pixels > 0
        return Reliability(
            predicted[held] / pixels[held], observed[held] / pixels[held], pixels[held]
        )

    def calibration_error(self, bins: int = 10) -> float | None:
        """Return the mean gap between said and true share, by pixels; None without any.

        The expected calibration error of Naeini et al. (2015), doi:10.1609/aaai.v29i1.9602.

        Args:
            bins: A divisor of 1000.
        """
        if not self.total:
            return None
        held = self.reliability(bins)
        gaps = np.abs(held.predicted - held.observed)
        return float(gaps @ held.pixels / self.total)

    def tempered(self, temperature: float) -> "ScoreHistogram":
        """Return the same pixels with the logit of their probability divided by a temperature.

        No pixel crosses 0.5; above 1 the probability becomes more cautious, below 1 surer.
        """
        said = self._said(temperature)
        bins = np.searchsorted(self._edges[1:-1], said, side="right")
        moved = ScoreHistogram()
        np.add.at(moved.positive, bins, self.positive)
        np.add.at(moved.negative, bins, self.negative)
        return moved

    def log_loss(self, temperature: float = 1.0) -> float | None:
        """Return the mean of -log of the probability given to what is there; None without any."""
        if not self.total:
            return None
        said = self._said(temperature)
        return float(-(self.positive @ np.log(said) + self.negative @ np.log1p(-said)) / self.total)

    def best_temperature(self) -> float | None:
        """Return the temperature of least log loss (Guo et al. 2017, arXiv:1706.04599).

        None where the reference holds one class only: no temperature would be sure enough.
        """
        if not (self.positive.any() and self.negative.any()):
            return None
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(
            lambda log: self.log_loss(float(np.exp(log))),
            bounds=tuple(np.log(TEMPERATURES)),
            method="bounded",
        )
        return round(float(np.exp(found.x)), 4)

    def _said(self, temperature: float) -> Figures:
        """Return the probability at the middle of every bin, tempered."""
        centres = (np.arange(self.BINS) + 0.5) / self.BINS
        logit = np.log(centres / (1 - centres)) / temperature
        # Beyond the middle of the outermost bins the histogram knows nothing.
        return np.clip(1 / (1 + np.exp(-logit)), 1e-9, 1 - 1e-9)

    def to_record(self) -> dict[str, Any]:
        """Return JSON-ready counts; `from_record` gives the same histogram back."""
        return {
            "bins": self.BINS,
            "positive": self.positive.tolist(),
            "negative": self.negative.tolist(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what `to_record` wrote."""
        histogram = cls()
        histogram.positive += np.asarray(record["positive"], dtype=np.int64)
        histogram.negative += np.asarray(record["negative"], dtype=np.int64)
        return histogram


def _at_least(counts: NDArray[np.int64]) -> Figures:
    """Return for every bin the pixels in it and above."""
    return counts[::-1].cumsum()[::-1].astype(np.float64)


def _share(part: Figures, whole: Figures) -> Figures:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
