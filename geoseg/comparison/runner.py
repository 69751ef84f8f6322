"""One comparison from first check to last file: read from top to bottom."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoseg import __version__
from geoseg.comparison.by_class import class_parts
from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.ground import find_ground
from geoseg.comparison.outlines import outline_parts
from geoseg.comparison.passing import count_pixels
from geoseg.comparison.pixels import curves_of, ground_rows, pixel_notes, pixel_parts, size_parts
from geoseg.comparison.places import list_places
from geoseg.comparison.products import FIGURES, RECORD, is_product
from geoseg.comparison.request import CompareRequest
from geoseg.comparison.sureness import sureness_parts
from geoseg.comparison.tables import AREA_COLUMNS, CLASS_COLUMNS, write_table
from geoseg.comparison.work import Work
from geoseg.errors import SettingsError
from geoseg.exports.disk import whole
from geoseg.figures.compare_files import write_figures
from geoseg.pipeline.partial import partial_folder
from geoseg.pipeline.stages import Stages
from geoseg.progress import Cancelled, Progress, stop_if

CURVES = "curves.json"


def compare_request(
    request: CompareRequest, out: Path, progress: Progress, cancelled: Cancelled
) -> dict[str, Any]:
    """Make every product of a comparison in `out` and return the content of metrics.json."""
    stages = Stages(progress, cancelled)
    with stages.stage("checking the runs and the reference"):
        run, other = _runs(request, out)
        ground = find_ground(request, run)
    with partial_folder(out, is_ours=is_product, record=RECORD) as folder:
        work = Work(request, run, other, ground, folder, progress, cancelled)
        record = _head(work)
        if ground.reference is not None:
            with stages.stage("comparing pixels"):
                record |= _pixels(work)
        with stages.stage("comparing outlines"):
            record |= outline_parts(work)
        with stages.stage("listing places to visit and to label"):
            record["places"] = list_places(work)
        record["notes"] = list(dict.fromkeys(work.notes))
        with stages.stage("drawing figures"):
            write_figures(record, folder / CURVES, folder / FIGURES)
        stop_if(cancelled)
        record["timings_s"] = stages.seconds
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
    _write_json(work.folder / CURVES, curves_of(tally, work.run))
    columns = AREA_COLUMNS + (CLASS_COLUMNS if record.get("classes") else ())
    write_table(work.folder / "areas.csv", columns, ground_rows(record))
    return record


def _runs(request: CompareRequest, out: Path) -> tuple[FinishedRun, FinishedRun | None]:
    """Open the runs and refuse what cannot be compared."""
    run = FinishedRun.open(request.run)
    other = FinishedRun.open(request.other) if request.other else None
    if other is not None:
        run.require_same_grid(other)
    for taken in (run, other):
        if taken is not None and taken.folder.resolve() == out.resolve():
            raise SettingsError(
                f"{out} is the folder of a run, whose own maps would be replaced; choose another "
                "folder for the comparison"
            )
    return run, other


def _head(work: Work) -> dict[str, Any]:
    """Return what the record says of itself, before anything is counted."""
    run, own = work.run, work.request.reference is None
    sizes = size_parts(run.sizes()) if own else None
    work.notes.extend(work.ground.notes)
    if sizes is None and work.ground.reference is not None:
        kept = "the run kept none; run again"
        why = kept if own else "they were counted against the run's own reference only"
        work.notes.append(f"no scores by ensemble size: {why}")
    return {
        "version": 1,
        "geoseg": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": run.title,
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
