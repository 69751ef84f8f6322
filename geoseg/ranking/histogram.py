"""Probabilities + truth -> a fine histogram -> log loss, temperature, threshold, calibration error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from geoseg.evaluation.curves import ScoreHistogram

Figures = NDArray[np.float64]
STEPS = 65_535
"""Of a stored probability: 16 bits, an error of at most 0.000008."""

SUREST = 1e-5
"""Nobody is surer than this: log loss would have no end where a sure member errs."""

TEMPERATURES = (0.02, 10.0)
RELIABILITY_BINS = 10


def quantise(probability: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Return 16-bit numbers of probabilities; 0.5 and above stay at or above the middle."""
    return np.rint(np.clip(probability, 0, 1) * np.float32(STEPS)).astype(np.uint16)


@dataclass(frozen=True, eq=False)
class FineHistogram:
    """Pixels by probability, apart for feature and background; empty bins are left out.

    Attributes:
        probability: Of each bin, rising.
        positive: Pixels of the feature.
        negative: Other pixels.
    """

    probability: Figures
    positive: Figures
    negative: Figures

    @classmethod
    def of(cls, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> "FineHistogram":
        """Count pixels, (pixel,) each."""
        bins = quantise(probability)
        positive = np.bincount(bins[truth], minlength=STEPS + 1)
        both = np.bincount(bins, minlength=STEPS + 1)
        held = np.flatnonzero(both)
        return cls(
            held / STEPS, positive[held].astype(float), (both - positive)[held].astype(float)
        )

    def log_loss(self, temperature: float = 1.0) -> float:
        """Return the mean of -log of the probability given to what is there."""
        said = self.tempered(temperature)
        total = self.positive @ np.log(said) + self.negative @ np.log1p(-said)
        return float(-total / (self.positive.sum() + self.negative.sum()))

    def tempered(self, temperature: float) -> Figures:
        """Return the bins' probability with its logit divided by the temperature."""
        inside = np.clip(self.probability, SUREST, 1 - SUREST)
        logit = np.log(inside / (1 - inside)) / temperature
        return np.clip(1 / (1 + np.exp(-logit)), SUREST, 1 - SUREST)

    def best_temperature(self) -> float:
        """Return the temperature of least log loss (Guo et al. 2017, arXiv:1706.04599)."""
        low, high = np.log(TEMPERATURES)
        found = minimize_scalar(
            lambda log: self.log_loss(float(np.exp(log))), bounds=(low, high), method="bounded"
        )
        return round(float(np.exp(found.x)), 4)

    def best_threshold(self, temperature: float = 1.0) -> float:
        """Return the lowest multiple of 0.001 of highest F1; 0.5 without any positive pixel."""
        best = self.coarse(temperature).best_f1_threshold()
        return 0.5 if best is None else best

    def calibration_error(self, temperature: float = 1.0) -> float:
        """Return the mean gap between said and true share over ten bins, by pixels."""
        held = self.coarse(temperature).reliability(RELIABILITY_BINS)
        gap = np.abs(held.predicted - held.observed)
        return float((gap * held.pixels).sum() / held.pixels.sum())

    def coarse(self, temperature: float = 1.0) -> ScoreHistogram:
        """Return the same counts in a thousand bins, as runs keep them."""
        said = self.probability if temperature == 1 else self.tempered(temperature)
        edges = np.arange(1, ScoreHistogram.BINS) / ScoreHistogram.BINS
        # Half a step of tolerance: a stored 0.7 must not fall below the threshold 0.7.
        bins = np.searchsorted(edges, said + 0.5 / STEPS, side="right")
        histogram = ScoreHistogram()
        size = ScoreHistogram.BINS
        histogram.positive += np.bincount(bins, self.positive, size).astype(np.int64)
        histogram.negative += np.bincount(bins, self.negative, size).astype(np.int64)
        return histogram
