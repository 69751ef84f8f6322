"""A zoo's setting + labelled areas -> its ranking, and better ensembles fitted on validation."""

import time
from collections.abc import Sequence

from geoseg.errors import ModelError, ReferenceMapError
from geoseg.inference.arithmetic import fast_warning
from geoseg.models.combination import Ensembles
from geoseg.models.zoo import ZooMember, check_bands
from geoseg.progress import Cancelled, Event, Progress, never, silent
from geoseg.ranking.areas import LabelledArea
from geoseg.ranking.assembling import (
    area_rows,
    block_rows,
    effect_rows,
    histogram_rows,
    improvement_rows,
    member_rows,
    notes,
    size_rows,
)
from geoseg.ranking.counting import Resampling
from geoseg.ranking.fits import fit_all, to_ensembles, unfitted
from geoseg.ranking.judging import Judge, baseline_size, judge_fits
from geoseg.ranking.passing import VALIDATION, Load, PartPass, judged_part, one_pass
from geoseg.ranking.results import Ranking
from geoseg.ranking.settings import RankSettings
from geoseg.ranking.trained import TrainedTable
from geoseg.tasks import Task

FITTING = "fitting ensembles on validation scenes"


def rank_zoo(
    members: Sequence[ZooMember],
    areas: Sequence[LabelledArea],
    task: Task,
    settings: RankSettings,
    *,
    trained: TrainedTable | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    load: Load | None = None,
) -> tuple[Ranking, Ensembles | None]:
    """Ask every member once about every area and return all that follows from it.

    Args:
        members: Of one task and setting, best validation F1 first.
        areas: Validation areas fit ensembles; test areas judge them, and rank nothing.
        task: What is mapped.
        settings: Sizes, blocks, device.
        trained: Every member that was trained, kept or not, for the effects.
        progress: Hears of every network.
        cancelled: Asked before every batch of tiles.
        load: Makes a member ready; None takes the machine's own runtime.

    Returns:
        The ranking, and the fits; None without a validation area.

    Raises:
        GeosegError: Members, areas or disk do not suffice.
        RunCancelledError: `cancelled` answered True.
    """
    begun = time.perf_counter()
    _check(members, areas)
    passed = one_pass(members, areas, settings, progress, cancelled, load=load)
    judges = {part: _judge(own, settings) for part, own in passed.items()}
    progress(Event(FITTING, 0, 1))
    fits = fit_all(passed.get(VALIDATION), members, settings, cancelled)
    judged = judged_part(areas)
    names = {member.card.name: place for place, member in enumerate(members)}
    own, judge = passed[judged], judges[judged]
    candidates = fits or unfitted(settings.sizes_of(len(members)))
    shown = {key: fit for key, fit in candidates.items() if key[1] in own.running.histograms}
    ranking = Ranking(
        settings=settings,
        setting_title=task.setting(settings.setting).title,
        feature=task.feature,
        judged_on=judged,
        simulated=any(area.simulated for area in areas),
        areas=tuple(area_rows(passed)),
        blocks=judge.pixels.blocks,
        members=tuple(member_rows(members, passed, judges)),
        sizes=tuple(size_rows(len(members), passed, judges)),
        improvements=tuple(improvement_rows(own, judge)),
        effects=tuple(effect_rows(members, passed, judges, settings, trained)),
        baseline=f"mean of the best {baseline_size(len(members))} at 0.5",
        variants=tuple(judge_fits(own, shown, names, judge)),
        block_counts=tuple(block_rows(own)),
        histograms=tuple(histogram_rows(own)),
        notes=(*notes(passed, judge), *_of_classes(task), *_of_fast(settings)),
        seconds=round(time.perf_counter() - begun, 1),
    )
    progress(Event(FITTING, 1, 1))
    if not fits:
        return ranking, None
    return ranking, to_ensembles(members, areas, settings, fits, ranking.variants)


def _check(members: Sequence[ZooMember], areas: Sequence[LabelledArea]) -> None:
    if not members or not areas:
        what = "network" if not members else "labelled area"
        raise ModelError(f"a ranking needs networks and labelled areas, got no {what}")
    first = members[0].card
    for member in members:
        if (member.card.task, member.card.setting) != (first.task, first.setting):
            raise ModelError(
                f"{member.card.name} is of setting {member.card.setting}, {first.name} of "
                f"{first.setting}; rank one task and setting at a time"
            )
        if member.card.classes != first.classes:
            raise ModelError(
                f"{member.card.name} maps {member.card.classes} classes, {first.name} "
                f"{first.classes}; rank networks of the same classes"
            )
        for area in areas:
            check_bands(member, area.stack.names)


def _judge(own: PartPass, settings: RankSettings) -> Judge:
    pixels = own.running.pixels
    if not pixels.truth.any():
        areas = ", ".join(area.name for area in own.group.areas)
        raise ReferenceMapError(
            f"the labels of {areas} hold no pixel of the feature where there is data, so no F1 "
            "can be given; choose areas that hold some"
        )
    return Judge(pixels, Resampling.of(pixels.blocks, settings.resamples, settings.seed))


def _of_fast(settings: RankSettings) -> tuple[str, ...]:
    """Say that fast gained nothing, where the processor cannot be faster."""
    warning = fast_warning(settings.precision)
    return (warning,) if warning else ()


def _of_classes(task: Task) -> tuple[str, ...]:
    """Say what was counted where the networks tell several classes apart."""
    if task.outputs == 1:
        return ()
    names = ", ".join(label.name for label in task.classes if label.id in task.feature_ids)
    counted = f"they are ranked by {task.feature} of any class against none"
    return (f"The networks tell {names} apart; {counted}.",)
