"""Outlines of a run beside reference polygons, lines and points -> parts of the record, tables."""

from pathlib import Path
from typing import Any

import numpy as np

from geoseg.comparison.beside import points_of
from geoseg.comparison.by_class import REFERENCE_CLASSES, objects_by_class
from geoseg.comparison.finished import CLASSES, POLYGONS, FinishedRun, open_maps
from geoseg.comparison.ground import REFERENCE, OwnReference
from geoseg.comparison.tables import write_lines, write_objects
from geoseg.comparison.work import Work
from geoseg.errors import ReferenceMapError
from geoseg.evaluation.area_estimate import estimate_from_sample
from geoseg.evaluation.boundary import BoundarySettings, boundary_scores
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.lines import match_lines
from geoseg.evaluation.object_files import match_files
from geoseg.evaluation.objects import ObjectScores, ObjectSettings
from geoseg.evaluation.points import PointClasses, PointScores
from geoseg.evaluation.smallest import Smallest
from geoseg.progress import Cancelled, never, stop_if
from geoseg.stack.blocks import blocks
from geoseg.stack.shapes import is_vector

Part = dict[str, Any]


def outline_parts(work: Work) -> tuple[Part, PointScores | None]:
    """Compare outlines with every kind of reference there is; give the scores at points apart."""
    parts: Part = {"objects": None, "boundary": None, "lines": None, "points": None}
    scores = None
    if work.ground.reference is not None:
        parts["objects"] = _objects(work)
        parts["boundary"] = _boundary(work)
    if work.request.lines is not None:
        parts["lines"] = _lines(work, work.request.lines)
    if work.request.points is not None:
        scores = points_of(work, work.run)
        parts["points"] = _points(work, scores)
    return parts, scores


def _objects(work: Work) -> Part:
    given = work.request.reference
    reference = given if given and is_vector(given) else work.reference
    own = work.run.folder if isinstance(work.ground.reference, OwnReference) else work.folder
    classes = own / REFERENCE_CLASSES
    scores, record = match_run(work.run, reference, classes, work.request.objects, work.cancelled)
    write_objects(scores.frame, work.folder)
    work.notes.extend((*scores.rules, *scores.notes))
    return record


def match_run(
    run: FinishedRun,
    reference: Path,
    classes: Path,
    settings: ObjectSettings,
    cancelled: Cancelled = never,
) -> tuple[ObjectScores, Part]:
    """Compare the outlines of a run with those of a reference; return the rows and the record.

    Args:
        run: What is judged.
        reference: On the run's grid (0, 1, 255), or polygons in any CRS.
        classes: The reference with its classes, where there is such a file.
        settings: When two outlines count as the same.
        cancelled: Asked before every class.
    """
    scores = match_files(
        run.folder / POLYGONS, run.folder / CLASSES, reference, settings,
        Smallest.of_run(run.record),
    )  # fmt: skip
    by_class = objects_by_class(run, classes, settings, cancelled)
    return scores, scores.record() | {"by_class": by_class}


def own_objects(folder: Path, settings: ObjectSettings, out: Path) -> Part:
    """Compare the outlines of a run with its own reference by other rules; return the record.

    Args:
        folder: Of the finished run.
        settings: When two outlines count as the same.
        out: Takes objects.csv and objects.gpkg.
    """
    run = FinishedRun.open(folder)
    scores, record = match_run(run, folder / REFERENCE, folder / REFERENCE_CLASSES, settings)
    write_objects(scores.frame, out)
    return record


def _boundary(work: Work) -> Part:
    settings = BoundarySettings()
    if work.request.boundary_m is not None:
        width = round(work.request.boundary_m / work.run.grid.pixel_size_m)
        settings = BoundarySettings(width_pixels=max(1, width))
    classes = work.run.folder / CLASSES
    scores = boundary_scores(classes, work.reference, settings, work.progress, work.cancelled)
    work.notes.extend(scores.notes())
    return scores.record()


def _lines(work: Work, path: Path) -> Part:
    run = work.run.folder
    scores = match_lines(run / POLYGONS, run / CLASSES, path, work.request.line_settings)
    write_lines(scores, work.folder)
    work.notes.extend(scores.notes)
    return scores.record()


def _points(work: Work, scores: PointScores) -> Part:
    """Tell how the map does at points, and correct its area by them as by a random sample."""
    record = scores.record()
    work.notes.extend(record["notes"])
    areas: Part = {"area_estimate": _area_by_points(work, scores)}
    if scores.by_class is not None:
        areas["area_by_class"] = _areas_of_classes(work, scores.by_class)
    return record | areas


def _area_by_points(work: Work, scores: PointScores) -> Part | None:
    """Return the area the points make likely; None where they are too few to tell."""
    run = work.run
    found, feature = run.record.get("summary", {}), run.task.feature
    valid, area = found.get("valid_pixels"), found.get("feature_area_m2")
    if valid is None or area is None:
        return None
    known = valid * run.grid.pixel_area_m2 if run.grid.is_true else sum(_mapped_m2(work, UNKNOWN))
    mapped = (known - area, area)
    try:
        return estimate_from_sample(scores.matrix, mapped, (f"no {feature}", feature)).record()
    except ReferenceMapError as reason:
        work.notes.append(f"no area by the points: {reason}")
        return None


def _areas_of_classes(work: Work, found: PointClasses) -> Part | None:
    """Return the area of every class the points make likely; None where they are too few."""
    names = [label.name for label in found.labels]
    mapped = _mapped_m2(work, len(names))
    try:
        return estimate_from_sample(found.at_point.matrix.tolist(), mapped, names).record()
    except ReferenceMapError as reason:
        work.notes.append(f"no area of every class by the points: {reason}")
        return None


def _mapped_m2(work: Work, classes: int) -> list[float]:
    """Return the ground every class of the map takes."""
    found = np.zeros(classes)
    with open_maps(work.run) as maps:
        for window in blocks(work.run.grid):
            stop_if(work.cancelled)
            ids = maps.classes(window)
            found += work.run.grid.areas_m2(ids, window, classes)
    return [float(area) for area in found]
