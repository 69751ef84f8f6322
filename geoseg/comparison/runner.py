"""One comparison from first check to last file: read from top to bottom."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoseg import __version__
from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.ground import Ground, find_ground
from geoseg.comparison.outlines import outline_parts
from geoseg.comparison.passing import count_pixels
from geoseg.comparison.pixels import ground_rows, pixel_notes, pixel_parts, size_parts
from geoseg.comparison.products import FIGURES, RECORD, is_product
from geoseg.comparison.request import CompareRequest
from geoseg.comparison.sureness import sureness_parts
from geoseg.comparison.tables import AREA_COLUMNS, write_table
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
    record = _head(request, run, other, ground)
    with partial_folder(out, is_ours=is_product, record=RECORD) as folder:
        if ground.reference is not None:
            with stages.stage("comparing pixels"):
                tally = count_pixels(
                    run, other, ground, folder, progress=progress, cancelled=cancelled
                )
                record |= pixel_parts(tally, run, other)
                record["notes"] += pixel_notes(tally, run)
                _write_json(folder / CURVES, tally.histogram.to_record())
                write_table(folder / "areas.csv", AREA_COLUMNS, ground_rows(record))
            with stages.stage("weighing how sure the map is"):
                record |= sureness_parts(tally, run)
        with stages.stage("comparing outlines"):
            record |= outline_parts(request, run, ground, folder, record["notes"])
        with stages.stage("drawing figures"):
            write_figures(record, folder / CURVES, folder / FIGURES)
        stop_if(cancelled)
        record["timings_s"] = stages.seconds
        _write_json(folder / RECORD, record)
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


def _head(
    request: CompareRequest, run: FinishedRun, other: FinishedRun | None, ground: Ground
) -> dict[str, Any]:
    """Return what the record says of itself, before anything is counted."""
    own = request.reference is None
    named = run.record.get("reference") if own else request.reference and request.reference.name
    sizes = size_parts(run.sizes()) if own else None
    notes = list(ground.notes)
    if sizes is None:
        why = "they were counted against the run's own reference only" if not own else None
        notes.append(f"no scores by ensemble size: {why or 'the run kept none; run again'}")
    return {
        "version": 1,
        "geoseg": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": run.title,
        "other": other.title if other else None,
        "simulated": run.simulated,
        "feature": run.task.feature,
        "reference": named if ground.reference else None,
        "pixel_area_m2": run.grid.pixel_area_m2,
        "ensemble_sizes": sizes,
        "notes": notes,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with whole(path) as target:
        target.write_text(json.dumps(content, indent=2, allow_nan=False), encoding="utf-8")
