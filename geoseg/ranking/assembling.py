"""What one pass left -> the rows of a ranking."""

from collections.abc import Sequence

from geoseg.models.zoo import ZooMember
from geoseg.ranking.areas import Part
from geoseg.ranking.effects import main_effects
from geoseg.ranking.judging import Judge
from geoseg.ranking.passing import TEST, VALIDATION, PartPass, Passed
from geoseg.ranking.results import (
    AreaFacts,
    BlockCounts,
    Effects,
    Histogram,
    Improvement,
    RankedMember,
    SizePoint,
)
from geoseg.ranking.settings import RankSettings
from geoseg.ranking.trained import TrainedTable

FEW_BLOCKS = 20
Judges = dict[Part, Judge]


def area_rows(passed: Passed) -> list[AreaFacts]:
    """Return every judged area with its pixels."""
    return [
        AreaFacts(
            name=area.name, part=part, pixels=pixels, positives=positives, simulated=area.simulated
        )
        for part, own in passed.items()
        for area, pixels, positives in own.group.facts()
    ]


def member_rows(members: Sequence[ZooMember], passed: Passed, judges: Judges) -> list[RankedMember]:
    """Return every member with its scores, best card first."""
    rows = []
    for place, member in enumerate(members):
        card = member.card
        scores = {
            str(part): judges[part].score(own.running.singles[place])
            for part, own in passed.items()
        }
        rows.append(
            RankedMember(
                rank=place + 1, name=card.name, architecture=card.architecture,
                encoder=card.encoder, loss=card.loss, learning_rate=card.learning_rate,
                card_f1=card.validation_f1, sha256=card.sha256, **scores,
            )
        )  # fmt: skip
    return rows


def size_rows(members: int, passed: Passed, judges: Judges) -> list[SizePoint]:
    """Return the mean of the first K at 0.5, for every K."""
    return [
        SizePoint(
            size=place + 1,
            **{
                str(part): judges[part].score(own.running.firsts[place])
                for part, own in passed.items()
            },
        )
        for place in range(members)
    ]


def improvement_rows(own: PartPass, judge: Judge) -> list[Improvement]:
    """Return the shown sizes against the single best."""
    single = own.running.firsts[0]
    rows = []
    for size in own.running.histograms:
        counts = own.running.firsts[size - 1]
        gain = judge.difference(counts, single)
        before = judge.score(single).f1
        percent = 100 * gain.value / before if before and gain.value is not None else None
        rows.append(Improvement(size=size, score=judge.score(counts), gain=gain, percent=percent))
    return rows


def effect_rows(
    members: Sequence[ZooMember],
    passed: Passed,
    judges: Judges,
    settings: RankSettings,
    trained: TrainedTable | None,
) -> list[Effects]:
    """Return the effects on F1 of both parts, of all that was trained where that is known."""
    found = []
    for part in (VALIDATION, TEST):
        source = f"the {len(members)} networks of this zoo"
        choices: list[dict[str, str]] = []
        scores: list[float] = []
        if trained is not None and trained.rows(part):
            choices, scores = trained.rows(part)
            source = f"all {len(scores)} networks that were trained, kept or not"
        elif part in passed:
            for member, counts in zip(members, passed[part].running.singles, strict=True):
                f1 = judges[part].pixels.confusion(counts).metrics()["f1"]
                if f1 is not None:
                    scores.append(f1)
                    choices.append(_choices(member))
        factors = main_effects(choices, scores, settings.resamples, settings.seed)
        if factors:
            found.append(Effects(part=part, members=len(scores), source=source, factors=factors))
    return found


def _choices(member: ZooMember) -> dict[str, str]:
    card = member.card
    return {
        "architecture": card.architecture,
        "loss": card.loss,
        "learning rate": f"{card.learning_rate:g}",
    }


def block_rows(own: PartPass) -> list[BlockCounts]:
    """Return the counts of the shown sizes block by block."""
    return [
        BlockCounts(size=size, counts=tuple(map(tuple, own.running.firsts[size - 1].tolist())))
        for size in own.running.histograms
    ]


def histogram_rows(own: PartPass) -> list[Histogram]:
    """Return the histograms of the shown sizes."""
    rows = []
    for size, fine in own.running.histograms.items():
        coarse = fine.coarse()
        rows.append(
            Histogram(
                size=size,
                positive=tuple(coarse.positive.tolist()),
                negative=tuple(coarse.negative.tolist()),
            )
        )
    return rows


def notes(passed: Passed, judge: Judge) -> list[str]:
    """Say what weakens the ranking."""
    found = []
    if VALIDATION not in passed:
        found.append(
            "No validation scene was given, so no ensemble, threshold or temperature was fitted: "
            "fitting on test areas would flatter them."
        )
    if TEST not in passed:
        found.append(
            "There is no test area: scores are of the validation scenes that also ranked the "
            "networks and fitted the ensembles, and flatter all of them."
        )
    if judge.pixels.blocks < FEW_BLOCKS:
        found.append(
            f"The judged areas have {judge.pixels.blocks} squares only; intervals from so few are "
            "rough."
        )
    return found
