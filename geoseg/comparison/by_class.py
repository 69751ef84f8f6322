"""A run of several classes and its reference -> scores of every class, of pixels and of outlines."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.windows import Window

from geoseg.comparison.finished import CLASSES, open_maps
from geoseg.comparison.ground import OwnReference
from geoseg.comparison.work import Work
from geoseg.evaluation.classes import ClassScores, open_by_class
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.object_files import keep_known, read_outlines
from geoseg.evaluation.objects import match_objects
from geoseg.exports.raster import RasterWriter
from geoseg.mapping.polygons import polygonise
from geoseg.progress import stop_if

REFERENCE_CLASSES = "reference_classes.tif"
POLYGONS = "polygons.gpkg"
STRIP_PIXELS = 2**22
UNTOLD = (
    "no scores by class: the reference does not tell the classes apart; polygons with a class "
    "column or a raster of class numbers would give them"
)

Part = dict[str, Any]


def class_parts(work: Work) -> Part:
    """Return the scores of every class; empty where the run maps one, or the truth tells none.

    A reference that was given is drawn class by class beside the comparison.
    """
    task, reference = work.run.task, work.ground.reference
    if task.outputs == 1 or reference is None:
        return {}
    if isinstance(reference, OwnReference):
        parts = work.run.by_class()
    else:
        with ExitStack() as files:
            counted = open_by_class(reference, task, files)
            parts = _counted(work, counted) if counted else {}
    if not parts:
        work.notes.append(UNTOLD)
    return parts


def objects_by_class(work: Work) -> list[Part]:
    """Return for every class how many of its outlines were detected, missed and false.

    An outline of the wrong class counts as false, and one that it lies on as missed.
    """
    own = isinstance(work.ground.reference, OwnReference)
    reference = (work.run.folder if own else work.folder) / REFERENCE_CLASSES
    if work.run.task.outputs == 1 or not reference.is_file():
        return []
    mapped = read_outlines(work.run.folder / POLYGONS)
    mapped, _ = keep_known(mapped, reference)
    rows = []
    for label in work.run.task.classes:
        if label.id == 0:
            continue
        stop_if(work.cancelled)
        truth = polygonise(reference, reference, reference, 0, [label])
        truth, _ = keep_known(truth, work.run.folder / CLASSES)
        own_class = mapped[mapped["class"] == label.name].reset_index(drop=True)
        scores = match_objects(own_class, truth, work.request.objects)
        rows.append({"id": label.id, "name": label.name, **scores.overlap.record()})
    return rows


def _counted(work: Work, counted: ClassScores) -> Part:
    """Count class against class by strips; write the reference's classes on the run's grid."""
    with ExitStack() as files:
        maps = files.enter_context(open_maps(work.run))
        writer = files.enter_context(_writer(work, work.folder / REFERENCE_CLASSES))
        height, width = work.run.grid.shape
        rows = max(1, STRIP_PIXELS // width)
        for row in range(0, height, rows):
            stop_if(work.cancelled)
            window = Window(0, row, width, min(rows, height - row))
            writer.write(row, counted.add(maps.classes(window), window).astype(np.uint8))
    return counted.record()


def _writer(work: Work, path: Path) -> RasterWriter:
    run = work.run
    tags = {"GEOSEG_TASK": run.task.name, "GEOSEG_RUN": run.title}
    tags |= {"SIMULATED": "yes"} if run.simulated else {}
    return RasterWriter(path, run.grid, ["reference classes"], "uint8", UNKNOWN, tags)
