"""Counts of a run against its reference -> metrics.json and curves.json."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
    metrics = {
        **scores.confusion.record(),
        "threshold": threshold,
        "best_threshold": scores.histogram.best_f1_threshold(),
        "notes": list(scores.confusion.notes()),
    }
    if scores.by_class is not None:
        metrics |= scores.by_class.counts.record(classes)
    contents = {"metrics.json": metrics, "curves.json": scores.histogram.to_record()}
    for name, content in (contents | dict(further or {})).items():
        with whole(folder / name) as target:
            target.write_text(json.dumps(content, indent=2, allow_nan=False), encoding="utf-8")
    return metrics
