"""What one pass counted -> the parts of metrics.json that tell of pixels."""

from collections.abc import Mapping, Sequence
from typing import Any

from geoseg.comparison.finished import OLDER, FinishedRun
from geoseg.comparison.passing import Tally
from geoseg.comparison.two_maps import TwoMaps
from geoseg.evaluation.areas import AreaScore, mean_of_areas
from geoseg.evaluation.by_ground import (
    curve_parts,
    ground_parts,
    ground_words,
    leading_curve,
    without,
)
from geoseg.evaluation.classes import rows_by_class
from geoseg.evaluation.counts import SMALL_POSITIVES, Confusion
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.tasks import ClassLabel

Part = dict[str, Any]
GROUNDS = {"unseen": "unseen ground", "taught": "taught ground"}
ANY_CLASS = "any class"
"""What areas.csv calls rows that take every feature class as one."""


def pixel_parts(tally: Tally, run: FinishedRun, other: FinishedRun | None) -> Part:
    """Return every part of the record that was counted pixel by pixel, JSON-ready."""
    labels = tally.by_class.labels if tally.by_class else ()
    counts = tally.by_class.counts if tally.by_class else None
    curves = curves_of(tally, run)
    parts = {
        **tally.confusion.record(),
        "threshold": run.threshold,
        **best(leading_curve(curves)),
        "best_threshold_on": curves["leading"],
        **ground_parts(run.taught, tally.confusion, tally.taught, counts, labels),
        "by_class": by_class(tally.confusion, run.task.feature),
        "areas": [area_record(area, labels) for area in tally.areas],
        "mean_of_areas": mean_of_areas(tally.areas) if tally.areas else None,
        "strata": [row.record(labels) for scores in tally.strata for row in scores.rows()],
        "seven_colours": None,
        "run_vs_run": None,
    }
    for name, counted in (
        ("unseen", without(tally.confusion, tally.taught.confusion)),
        ("taught", tally.taught.confusion),
    ):
        if parts[name]["pixels"]:
            parts[name]["by_class"] = by_class(counted, run.task.feature)
    if tally.single is not None:
        names = {"first": "the single best network", "second": "the ensemble"}
        of_single = {"member": tally.single.name, "threshold": tally.single.threshold}
        parts["seven_colours"] = tally.seven.record(names) | of_single
        parts["seven_colours"]["unseen"] = _unseen(tally.unseen_seven, run)
    if other is not None:
        parts["run_vs_run"] = tally.runs.record(_called(run, other)) | {"best": best(tally.other)}
        parts["run_vs_run"]["unseen"] = _unseen(tally.unseen_runs, run, other)
    return parts


def _called(run: FinishedRun, other: FinishedRun) -> dict[str, str]:
    """Return what two maps are called; a map of others goes by its name."""
    first = "this run" if run.is_run else run.title
    return {"first": first, "second": "the other run" if other.is_run else other.title}


def curves_of(tally: Tally, run: FinishedRun) -> Part:
    """Return the content of curves.json."""
    return curve_parts(tally.histogram, tally.taught.histogram, run.taught.known)


def _unseen(maps: TwoMaps, *runs: FinishedRun) -> Part | None:
    """Return both maps' scores on unseen ground; None where it cannot be told or there is none."""
    if not all(run.taught.known for run in runs) or not maps.any_class.total:
        return None
    found = maps.record({})
    return {name: found[name] for name in ("total", "first_scores", "second_scores")}


def pixel_notes(tally: Tally, run: FinishedRun) -> list[str]:
    """Say what is undefined, and what an older run lacks."""
    known = [ground_words(run.taught, tally.confusion, tally.taught.confusion)]
    notes = (known if run.is_run else []) + list(tally.confusion.notes())
    for area in tally.areas:
        notes += [f"sub-area {area.name}: {note}" for note in area.confusion.notes()]
    if tally.single is None and run.is_run:
        notes.append(f"no single best network to set beside the ensemble: {OLDER}")
    notes += [
        note for scores in tally.strata if (unnamed := scores.strata.unnamed)
        if (note := unnamed.note("where the map has data"))
    ]  # fmt: skip
    missing = [name for name in ("entropy.tif", "mutual_information.tif") if not run.path(name)]
    if missing and run.is_run:
        notes.append(f"the run has no {' and no '.join(missing)}: {OLDER}")
    return notes


def best(histogram: ScoreHistogram) -> Part:
    """Return the threshold of highest F1 and that F1; None where the reference is empty."""
    threshold = histogram.best_f1_threshold()
    at_best = histogram.confusion_at(threshold).metrics() if threshold is not None else {}
    return {"best_threshold": threshold, "best_f1": at_best.get("f1")}


def by_class(counts: Confusion, feature: str) -> list[Part]:
    """Return user's and producer's accuracy of feature and background; None where undefined.

    User's accuracy: of what the map shows as the class, the share that is right. Producer's: of
    what the reference holds of it, the share that the map shows.
    """
    return [
        {
            "class": name,
            "users": _ratio(right, mapped),
            "producers": _ratio(right, true),
        }
        for name, right, mapped, true in (
            (feature, counts.tp, counts.tp + counts.fp, counts.tp + counts.fn),
            (f"no {feature}", counts.tn, counts.tn + counts.fn, counts.tn + counts.fp),
        )
    ]


def area_record(area: AreaScore, labels: Sequence[ClassLabel] = ()) -> Part:
    """Return name, sizes, metrics and counts of a sub-area, with a mark where it is small.

    Args:
        area: As it was counted.
        labels: The task's legend, for the scores of every class.
    """
    counts = area.confusion
    positives = counts.tp + counts.fn
    return {
        **area.record(labels),
        "pixels": counts.total,
        "positives": positives,
        "small": positives < SMALL_POSITIVES,
        "notes": list(counts.notes()),
    }


def size_parts(sizes: Mapping[str, Any] | None) -> Part | None:
    """Return the scores of every member alone and of every ensemble size."""
    if sizes is None:
        return None
    return {
        "ground": sizes.get("ground", "whole"),
        "members": [_scored(row, "name") for row in sizes["members"]],
        "sizes": [_scored(row, "k") for row in sizes["sizes"]],
    }


def _scored(row: Mapping[str, Any], label: str) -> Part:
    counts = Confusion(*(int(row[name]) for name in ("tp", "fp", "fn", "tn")))
    return {label: row[label], **counts.record()}


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def ground_rows(record: Mapping[str, Any]) -> Sequence[Part]:
    """Return the rows of areas.csv: whole map, sub-areas, kinds of ground.

    Where classes are told apart, each of them follows in rows of its own with a `class`.
    """
    whole = {
        **record, "kind": "whole map", "name": "whole map", "small": False,
        "pixels": sum(record[name] for name in ("tp", "fp", "fn", "tn")),
        "positives": record["tp"] + record["fn"],
    }  # fmt: skip
    parts = [
        {
            **record[name], "kind": "ground", "name": words, "positives": _positives(record[name]),
            "small": _positives(record[name]) < SMALL_POSITIVES,
        }
        for name, words in GROUNDS.items()
        if (record.get(name) or {}).get("pixels")
    ]  # fmt: skip
    areas = [{"kind": "sub-area", **area} for area in record["areas"]]
    return with_classes([*parts, whole, *areas, *record["strata"]])


def _positives(part: Mapping[str, Any]) -> int:
    return int(part["tp"] + part["fn"])


def with_classes(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Return rows for a table: each of any class, then of every class where they are told."""
    if not any(row.get("classes") for row in rows):
        return [dict(row) for row in rows]
    return [part for row in rows for part in ({**row, "class": ANY_CLASS}, *rows_by_class(row))]
