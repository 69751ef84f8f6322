"""What one pass left of the validation areas -> every fit of ensembles.json."""

from collections.abc import Sequence
from typing import Literal

from geoseg.models.combination import Ensembles, Fit
from geoseg.models.zoo import ZooMember
from geoseg.progress import Cancelled
from geoseg.ranking.areas import LabelledArea
from geoseg.ranking.fitting import draw_sample, greedy, weighted
from geoseg.ranking.histogram import FineHistogram
from geoseg.ranking.passing import VALIDATION, PartPass
from geoseg.ranking.results import Variant
from geoseg.ranking.running import sureness
from geoseg.ranking.settings import RankSettings

DIGITS = 4
Fits = dict[tuple[str, int], Fit]
"""(combination, size) -> what was fitted."""


def fit_all(
    own: PartPass | None,
    members: Sequence[ZooMember],
    settings: RankSettings,
    cancelled: Cancelled,
) -> Fits:
    """Return the fits of every combination: of the mean for each K, of the others for some."""
    if own is None:
        return {}
    fits: Fits = {
        ("mean", size): Fit(combination="mean", size=size, **vars(found))
        for size, found in enumerate(own.running.fits, start=1)
    }
    truth = own.running.pixels.truth
    sample = draw_sample(own.store, truth, len(members), settings.seed)
    for size in settings.sizes_of(len(members))[1:]:
        chosen: dict[Literal["greedy", "weighted"], dict[int, float]] = {
            "greedy": greedy(own.store, truth, size, cancelled),
            "weighted": weighted(sample.first(size), cancelled),
        }
        for name, weights in chosen.items():
            found = sureness(FineHistogram.of(own.store.mixture(weights), truth))
            fits[name, size] = Fit(
                combination=name,
                size=size,
                members=tuple(members[place].card.name for place in weights),
                weights=tuple(weights.values()),
                **vars(found),
            )
    return fits


def unfitted(sizes: Sequence[int]) -> Fits:
    """Stand in where there is nothing to fit on: the mean at 0.5."""
    return {("mean", size): Fit(combination="mean", size=size) for size in sizes}


def to_ensembles(
    members: Sequence[ZooMember],
    areas: Sequence[LabelledArea],
    settings: RankSettings,
    fits: Fits,
    variants: Sequence[Variant] = (),
) -> Ensembles:
    """Return the fits as predictions read them, with the checksums of their members.

    Args:
        members: The ranked ones.
        areas: What they were asked about.
        settings: Of the ranking.
        fits: What validation areas want.
        variants: The fits as they were judged, for what their probabilities are worth.
    """
    judged = {_key(row): row for row in variants if not row.turns and row.threshold_by == "number"}
    used = [area for area in areas if area.part == VALIDATION]
    simulated = any(area.simulated for area in used)
    kind = "simulated " if simulated else ""
    return Ensembles(
        task=settings.task,
        setting=settings.setting,
        fitted_on=f"{len(used)} {kind}validation scenes: {', '.join(a.name for a in used)}",
        simulated=simulated,
        members={member.card.name: member.card.sha256 for member in members},
        fits=tuple(_judged(fit, judged.get(key)) for key, fit in fits.items()),
    )


def _key(row: Variant) -> tuple[str, int]:
    return "mean" if row.combination == "single" else row.combination, row.size


def _judged(fit: Fit, row: Variant | None) -> Fit:
    if row is None:
        return fit
    after = row.calibration_error_calibrated
    return fit.model_copy(
        update={
            "calibration_error": round(row.calibration_error, DIGITS),
            "calibration_error_calibrated": None if after is None else round(after, DIGITS),
        }
    )
