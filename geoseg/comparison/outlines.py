"""Outlines of a run beside reference polygons, lines and points -> parts of the record, tables."""

from pathlib import Path
from typing import Any

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.ground import REFERENCE, Ground
from geoseg.comparison.request import CompareRequest
from geoseg.comparison.tables import write_objects
from geoseg.evaluation.object_files import match_files
from geoseg.stack.shapes import is_vector

POLYGONS, CLASSES = "polygons.gpkg", "classes.tif"

Part = dict[str, Any]


def outline_parts(
    request: CompareRequest, run: FinishedRun, ground: Ground, folder: Path, notes: list[str]
) -> Part:
    """Compare outlines with every kind of reference there is; `notes` takes what is to be said."""
    parts: Part = {"objects": None, "boundary": None, "lines": None, "points": None}
    if ground.reference is not None:
        parts["objects"] = _objects(request, run, folder, notes)
    return parts


def reference_raster(request: CompareRequest, run: FinishedRun, folder: Path) -> Path:
    """Return the reference on the run's grid: drawn anew beside the comparison, or the run's."""
    return (run.folder if request.reference is None else folder) / REFERENCE


def _objects(request: CompareRequest, run: FinishedRun, folder: Path, notes: list[str]) -> Part:
    given = request.reference
    reference = given if given and is_vector(given) else reference_raster(request, run, folder)
    scores = match_files(run.folder / POLYGONS, run.folder / CLASSES, reference, request.objects)
    write_objects(scores.frame, folder)
    notes += scores.notes
    return scores.record()
