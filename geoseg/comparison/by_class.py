"""A run of several classes and its reference -> scores of every class, of pixels and of outlines."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from geoseg.comparison.finished import CLASSES, POLYGONS, FinishedRun
from geoseg.comparison.ground import OwnReference
from geoseg.comparison.work import Work
from geoseg.evaluation.classes import ClassCounts, ClassScores, open_by_class
from geoseg.evaluation.object_files import keep_known, read_outlines
from geoseg.evaluation.objects import ObjectSettings, match_objects
from geoseg.evaluation.smallest import Smallest
from geoseg.mapping.polygons import polygonise
from geoseg.progress import Cancelled, never, stop_if

REFERENCE_CLASSES = "reference_classes.tif"
UNTOLD = (
    "no scores by class: the reference does not tell the classes apart; polygons with a class "
    "column or a raster of class numbers would give them"
)

Part = dict[str, Any]


def open_classes(work: Work, files: ExitStack) -> ClassScores | None:
    """Return where classes are counted; None where the run maps one, or the truth tells none."""
    reference = work.ground.reference
    if reference is None or isinstance(reference, OwnReference):
        return open_own_classes(work.run, files)
    return open_by_class(reference, work.run.task, files)


def open_own_classes(run: FinishedRun, files: ExitStack) -> ClassScores | None:
    """Return where classes are counted against the run's own reference; None as above."""
    path, labels = run.path(REFERENCE_CLASSES), run.task.classes
    if run.task.outputs == 1 or path is None:
        return None
    reader = files.enter_context(OwnReference(path).open())
    return ClassScores(ClassCounts(len(labels)), labels, reader)


def class_parts(work: Work, counted: ClassScores | None) -> Part:
    """Return the scores of every class; empty where the run maps one, or the truth tells none."""
    if work.run.task.outputs == 1:
        return {}
    if counted is not None:
        return counted.record()
    own = isinstance(work.ground.reference, OwnReference)
    parts = work.run.by_class() if own else {}
    if not parts:
        work.notes.append(UNTOLD)
    return parts


def objects_by_class(
    run: FinishedRun, reference: Path, settings: ObjectSettings, cancelled: Cancelled = never
) -> list[Part]:
    """Return for every class how many of its outlines were detected, missed and false.

    An outline of the wrong class counts as false, and one that it lies on as missed.

    Args:
        run: What is judged.
        reference: Class ids on the run's grid, 255 unknown; where the file is missing, no class
            is told.
        settings: When two outlines count as the same.
        cancelled: Asked before every class.
    """
    if run.task.outputs == 1 or not reference.is_file():
        return []
    mapped = read_outlines(run.folder / POLYGONS)
    mapped, _ = keep_known(mapped, reference)
    smallest = Smallest.of_run(run.record)
    rows = []
    for label in run.task.classes:
        if label.id == 0:
            continue
        stop_if(cancelled)
        truth = polygonise(reference, reference, reference, 0, [label])
        truth, _ = keep_known(truth, run.folder / CLASSES)
        own_class = mapped[mapped["class"] == label.name].reset_index(drop=True)
        scores = match_objects(own_class, truth, settings, smallest)
        rows.append({"id": label.id, "name": label.name, **scores.overlap.record()})
    return rows
