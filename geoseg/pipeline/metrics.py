"""Counts of a run against its reference -> metrics.json and curves.json."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geoseg.evaluation.by_ground import curve_parts, ground_parts, leading_curve
from geoseg.exports.disk import whole
from geoseg.pipeline.maps import Scores
from geoseg.tasks import ClassLabel


def write_scores(
    scores: Scores,
    folder: Path,
    threshold: float,
    classes: Sequence[ClassLabel],
    further: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the scores of a run; return the metrics.

    Args:
        scores: Gathered over the whole map.
        folder: Takes the files.
        threshold: Probability from which a pixel is the feature.
        classes: The task's legend.
        further: Name of another file -> its content.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    curves = curve_parts(scores.histogram, scores.taught.histogram, scores.ground.known)
    metrics = {
        **scores.confusion.record(),
        "threshold": threshold,
        "best_threshold": leading_curve(curves).best_f1_threshold(),
        "best_threshold_on": curves["leading"],
        "notes": list(scores.confusion.notes()),
    }
    counts = scores.by_class.counts if scores.by_class is not None else None
    if counts is not None:
        metrics |= counts.record(classes)
    metrics |= ground_parts(scores.ground, scores.confusion, scores.taught, counts, classes)
    contents = {"metrics.json": metrics, "curves.json": curves}
    for name, content in (contents | dict(further or {})).items():
        with whole(folder / name) as target:
            target.write_text(json.dumps(content, indent=2, allow_nan=False), encoding="utf-8")
    return metrics
