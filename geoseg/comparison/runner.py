"""One comparison from first check to last file: read from top to bottom."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoseg import __version__
from geoseg.comparison.beside import beside_part, keep_maps
from geoseg.comparison.by_class import class_parts
from geoseg.comparison.ground import find_ground
from geoseg.comparison.outlines import outline_parts
from geoseg.comparison.passing import count_pixels
from geoseg.comparison.pixels import curves_of, ground_rows, pixel_notes, pixel_parts, size_parts
from geoseg.comparison.places import list_places
from geoseg.comparison.products import COMPARISON, FIGURES, RECORD
from geoseg.comparison.request import PATHS, CompareRequest
from geoseg.comparison.sides import open_sides
from geoseg.comparison.sureness import sureness_parts
from geoseg.comparison.tables import AREA_COLUMNS, CLASS_COLUMNS, write_table
from geoseg.comparison.work import Work
from geoseg.exports.disk import whole
from geoseg.figures.compare_files import write_figures
from geoseg.files.marks import listing
from geoseg.files.outputs import check_folder
from geoseg.files.partial import claims_of, partial_folder
from geoseg.pipeline.stages import Stages
from geoseg.progress import Cancelled, Progress, stop_if

CURVES = "curves.json"
UNKNOWN_OF_MAPS = (
    "there is no probability of it, so no other thresholds, no calibration and no doubt; right and "
    "wrong, sub-areas, outlines, lines and points are compared"
)


def compare_request(
    request: CompareRequest, out: Path, progress: Progress, cancelled: Cancelled
) -> dict[str, Any]:
    """Make every product of a comparison in `out` and return the content of metrics.json."""
    stages = Stages(progress, cancelled)
    with ExitStack() as files:
        with stages.stage("checking the maps and the reference"):
            inputs = [getattr(request, name) for name in PATHS]
            check_folder(out, COMPARISON, [*inputs, *request.rasters], claims_of(out, COMPARISON))
            sides = files.enter_context(open_sides(request, out, cancelled))
            ground = find_ground(request, sides.run)
        folder = files.enter_context(partial_folder(out, COMPARISON))
        work = Work(request, sides.run, sides.other, ground, folder, progress, cancelled)
        work.notes.extend(sides.notes)
        record = _head(work)
        if ground.reference is not None:
            with stages.stage("comparing pixels"):
                record |= _pixels(work)
        with stages.stage("comparing outlines"):
            parts, points = outline_parts(work)
            record |= parts
        record["beside"] = None
        if work.other is not None:
            with stages.stage("laying the two maps over each other"):
                record["beside"] = beside_part(work, work.other, points)
        else:
            keep_maps(work, None)
        with stages.stage("listing places to visit and to label"):
            record["places"] = list_places(work)
        record["notes"] = list(dict.fromkeys(work.notes))
        with stages.stage("drawing figures"):
            write_figures(record, folder / CURVES, folder / FIGURES)
        stop_if(cancelled)
        record["timings_s"] = stages.seconds
        record |= listing(folder, but=(RECORD,))
        _write_json(folder / RECORD, record)
    return record


def _pixels(work: Work) -> dict[str, Any]:
    """Count everything of pixels in one pass; write the rasters, the curves and areas.csv."""
    tally = count_pixels(work)
    record = pixel_parts(tally, work.run, work.other) | sureness_parts(tally, work.run)
    of_classes = class_parts(work, tally.by_class)
    for part in ("unseen", "taught"):
        record[part] |= of_classes.pop(part, {})
    record |= of_classes
    work.notes.extend(pixel_notes(tally, work.run))
    if work.run.is_run:
        _write_json(work.folder / CURVES, curves_of(tally, work.run))
    columns = AREA_COLUMNS + (CLASS_COLUMNS if record.get("classes") else ())
    write_table(work.folder / "areas.csv", columns, ground_rows(record))
    return record


def _head(work: Work) -> dict[str, Any]:
    """Return what the record says of itself, before anything is counted."""
    run, own = work.run, work.request.reference is None
    if not run.is_run:
        work.notes.append(f"{run.title} is no run of GeoSeg: {UNKNOWN_OF_MAPS}")
    sizes = size_parts(run.sizes()) if own else None
    work.notes.extend(work.ground.notes)
    if sizes is None and work.ground.reference is not None and run.is_run:
        kept = "the run kept none; run again"
        why = kept if own else "they were counted against the run's own reference only"
        work.notes.append(f"no scores by ensemble size: {why}")
    return {
        "version": 1,
        "geoseg": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": run.title,
        "is_run": run.is_run,
        "other": work.other.title if work.other else None,
        "simulated": run.simulated,
        "feature": run.task.feature,
        "reference": _reference_name(work),
        "pixel_area_m2": run.grid.pixel_area_m2,
        "ensemble_sizes": sizes,
    }


def _reference_name(work: Work) -> str | None:
    if work.ground.reference is None:
        return None
    given = work.request.reference
    return given.name if given else work.run.record.get("reference")


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with whole(path) as target:
        target.write_text(json.dumps(content, indent=2, allow_nan=False), encoding="utf-8")
