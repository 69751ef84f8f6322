"""Counts and stored probabilities -> scores with intervals, and the ensembles side by side."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geoseg.models.combination import Fit
from geoseg.ranking.counting import Counts, Pixels, Resampling, f1_of
from geoseg.ranking.histogram import FineHistogram
from geoseg.ranking.passing import PartPass
from geoseg.ranking.results import Difference, Score, Variant

HALF = 0.5


@dataclass(frozen=True, eq=False)
class Judge:
    """Turns counts of one part into scores.

    Attributes:
        pixels: Known pixels of the part.
        draws: Of its blocks.
    """

    pixels: Pixels
    draws: Resampling

    def score(self, counts: Counts) -> Score:
        """Return pooled counts, metrics and the interval of F1."""
        confusion = self.pixels.confusion(counts)
        metrics = confusion.metrics()
        low, high = self.draws.interval(counts)
        return Score(
            tp=confusion.tp, fp=confusion.fp, fn=confusion.fn, tn=confusion.tn,
            precision=metrics["precision"], recall=metrics["recall"], f1=metrics["f1"],
            low=low, high=high,
        )  # fmt: skip

    def difference(self, counts: Counts, other: Counts) -> Difference:
        """Return how far F1 of `counts` is above that of `other`, on the same draws."""
        value = float(f1_of(counts.sum(axis=0)) - f1_of(other.sum(axis=0)))
        low, high = self.draws.difference(counts, other)
        return Difference(value=None if math.isnan(value) else value, low=low, high=high)


def judge_fits(
    part: PartPass, fits: Mapping[tuple[str, int], Fit], names: Mapping[str, int], judge: Judge
) -> Iterator[Variant]:
    """Yield every combination on the judged part, with and without turns.

    Args:
        part: The judged part.
        fits: (combination, size) -> what validation fitted; empty for those without any.
        names: Member -> place in the ranking.
        judge: Of the part.
    """
    baseline = part.running.firsts[baseline_size(len(names)) - 1]
    for (combination, size), fit in fits.items():
        shares = zip(fit.members, fit.weights, strict=True)
        weights = {names[name]: weight for name, weight in shares} or {
            place: 1 / size for place in range(size)
        }
        for turned in (False, True) if part.turned is not None else (False,):
            store = part.turned if turned and part.turned is not None else part.store
            mixture = store.mixture(weights)
            histogram = FineHistogram.of(mixture, judge.pixels.truth)
            for by_validation in (False, True) if _was_fitted(fit) else (False,):
                threshold = fit.threshold if by_validation else HALF
                counts = judge.pixels.count(mixture >= threshold)
                if combination == "mean" and not (turned or by_validation):
                    counts = part.running.firsts[size - 1]
                yield Variant(
                    combination="single"
                    if size == 1 and combination == "mean"
                    else fit.combination,
                    size=size,
                    members=len(weights),
                    turns=turned,
                    threshold_by="validation" if by_validation else "number",
                    threshold=threshold,
                    score=judge.score(counts),
                    gain=judge.difference(counts, baseline),
                    **_sureness(histogram, fit),
                )


def baseline_size(members: int) -> int:
    """Return the ensemble size everything is compared with: the mean of the best ten, or of all."""
    return min(10, members)


def _was_fitted(fit: Fit) -> bool:
    return "threshold" in fit.model_fields_set


def _sureness(histogram: FineHistogram, fit: Fit) -> dict[str, float]:
    """Return how well the probability means what it says, before and after calibration."""
    plain = {"log_loss": histogram.log_loss(), "calibration_error": histogram.calibration_error()}
    if not _was_fitted(fit):
        return plain
    return {
        **plain,
        "temperature": fit.temperature,
        "log_loss_calibrated": histogram.log_loss(fit.temperature),
        "calibration_error_calibrated": histogram.calibration_error(fit.temperature),
    }
