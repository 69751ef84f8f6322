"""Members one after the other -> counts of each alone and of every ensemble of the first K."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geoseg.ranking.counting import Counts, Pixels
from geoseg.ranking.histogram import FineHistogram

POSITIVE = np.float32(0.5)


@dataclass(frozen=True)
class Sureness:
    """What validation pixels say about the probability of one ensemble."""

    temperature: float
    threshold: float
    threshold_calibrated: float


def sureness(histogram: FineHistogram) -> Sureness:
    """Fit one temperature, and thresholds with and without it."""
    temperature = histogram.best_temperature()
    return Sureness(temperature, histogram.best_threshold(), histogram.best_threshold(temperature))


@dataclass(eq=False)
class RunningMean:
    """Hears every member once, in the order of the ranking.

    Attributes:
        pixels: What is known of the pixels.
        singles: Counts of each member alone at 0.5, one (block, 3) a member.
        firsts: Counts of the mean of the first K at 0.5, one (block, 3) a K.
        shown: The K whose histograms are kept.
        histograms: K -> pixels by probability of the mean of the first K.
        fits: What validation pixels say about the mean of the first K; empty unless wanted.
    """

    pixels: Pixels
    fit: bool
    shown: Sequence[int] = ()
    singles: list[Counts] = field(default_factory=list)
    firsts: list[Counts] = field(default_factory=list)
    fits: list[Sureness] = field(default_factory=list)
    histograms: dict[int, FineHistogram] = field(default_factory=dict)
    mean: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.mean = np.zeros(len(self.pixels.truth), np.float32)

    def add(self, probability: NDArray[np.float32]) -> None:
        """Take in the next member; the mean runs as it does in a run, so both give one map."""
        self.singles.append(self.pixels.count(probability >= POSITIVE))
        self.mean += (probability - self.mean) / np.float32(len(self.singles))
        self.firsts.append(self.pixels.count(self.mean >= POSITIVE))
        shown = len(self.singles) in self.shown
        if not (self.fit or shown):
            return
        histogram = FineHistogram.of(self.mean, self.pixels.truth)
        if self.fit:
            self.fits.append(sureness(histogram))
        if shown:
            self.histograms[len(self.singles)] = histogram
