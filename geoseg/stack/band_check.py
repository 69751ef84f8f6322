"""The user's bands beside what the networks saw in training -> which depart, and a picture of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.stack.stack import Stack
from geoseg.stack.statistics import TrainingBand, sample_values, summarise, unit_warnings
from geoseg.tasks import Band, BandKind

BINS = 48
SAMPLED_PIXELS = 300_000
USUAL_IN_STD = 2.0
"""Training values lay mostly within so many standard deviations of their mean."""
SHOWN_IN_STD = 3.0
OUTER_PERCENT = (0.5, 99.5)
MOSTLY = 0.8
"""Share of the values within the usual range below which a band is worth a look."""


@dataclass(frozen=True)
class BandCheck:
    """One band here and in training.

    Attributes:
        name: The band.
        title: What a geologist calls it.
        unit: Of its values.
        edges: Of the bins, one more than `shares`; empty where there is no value here.
        shares: Of the sampled values in each bin; those beyond the edges are left out.
        mean: In training.
        std: In training; 0 for a band that was constant there.
        median: Here; None where there is no value.
        usual: Share of the values here that lie where most training values lay; None where that
            says nothing: ids of classes, a band constant in training, no value at all.
        missing: Share of the pixels without a value.
        departs: So far away that the networks cannot be trusted with it.
        words: A sentence on it.
    """

    name: str
    title: str
    unit: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    mean: float
    std: float
    median: float | None
    usual: float | None
    missing: float
    departs: bool
    words: str

    @property
    def odd(self) -> bool:
        """True where a person should look at the picture."""
        return self.departs or (self.usual is not None and self.usual < MOSTLY)


def check_stack(
    stack: Stack,
    training: Sequence[TrainingBand],
    bands: Sequence[Band],
    max_pixels: int = SAMPLED_PIXELS,
) -> list[BandCheck]:
    """Compare bands with training, those that depart first.

    Args:
        stack: The user's bands.
        training: Statistics of a member's card.
        bands: Of the task, for titles and kinds.
        max_pixels: Pixels sampled of every band, about, spread over the stack.
    """
    known, declared = {band.name: band for band in training}, {band.name: band for band in bands}
    values = sample_values(stack, max_pixels)
    checks = [
        _check(row, known[name], declared[name])
        for name, row in zip(stack.names, values, strict=True)
        if name in known and name in declared
    ]
    return sorted(checks, key=lambda check: (not check.departs, _order(check)))


def _order(check: BandCheck) -> float:
    return 1.0 if check.usual is None else check.usual


def _check(values: NDArray[np.float32], training: TrainingBand, band: Band) -> BandCheck:
    row = summarise(training.name, values)
    found = values[np.isfinite(values)].astype(np.float64)
    warnings = unit_warnings([row], [training])
    usual = _usual_share(found, training, band)
    edges, shares = _histogram(found, training, band)
    return BandCheck(
        name=band.name, title=band.title, unit=band.unit, edges=edges, shares=shares,
        mean=training.mean, std=training.std, median=row.median if found.size else None,
        usual=usual, missing=row.missing, departs=bool(warnings),
        words=warnings[0] if warnings else _words(band, training, usual, found),
    )  # fmt: skip


def _usual_share(found: NDArray[np.float64], training: TrainingBand, band: Band) -> float | None:
    if not found.size or not training.std > 0 or band.kind is not BandKind.CONTINUOUS:
        return None
    return float(np.mean(np.abs(found - training.mean) <= USUAL_IN_STD * training.std))


def _histogram(
    found: NDArray[np.float64], training: TrainingBand, band: Band
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return edges that hold both the values here and those of training, and shares."""
    if not found.size:
        return (), ()
    if band.kind is not BandKind.CONTINUOUS:
        low, high = np.floor(found.min()), np.ceil(found.max())
        edges = np.linspace(low - 0.5, high + 0.5, int(min(high - low + 2, BINS + 1)))
    else:
        low, high = np.percentile(found, OUTER_PERCENT)
        reach = SHOWN_IN_STD * training.std if np.isfinite(training.std) else 0.0
        if np.isfinite(training.mean):
            low, high = min(low, training.mean - reach), max(high, training.mean + reach)
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    counts, _ = np.histogram(found, edges)
    return tuple(edges.tolist()), tuple((counts / found.size).tolist())


def _words(
    band: Band, training: TrainingBand, usual: float | None, found: NDArray[np.float64]
) -> str:
    if not found.size:
        return f"{band.name} has no value here; the networks put the mean of their training."
    if band.kind is BandKind.MASK:
        here, there = float(np.mean(found != 0)), training.mean
        return f"{band.name} is set on {here:.0%} of your pixels, in training on {there:.0%}."
    if band.kind is not BandKind.CONTINUOUS:
        return f"{band.name} holds ids, not measured values; look at the bars."
    if usual is None:
        return f"{band.name} was the same everywhere in training, so there is nothing to compare."
    low, high = (training.mean + side * USUAL_IN_STD * training.std for side in (-1, 1))
    unit = f" {band.unit}" if band.unit else ""
    return (
        f"{usual:.0%} of your values of {band.name} lie where most of the training values lay, "
        f"{low:.3g} to {high:.3g}{unit}."
    )
