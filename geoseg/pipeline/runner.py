"""One run from first check to last product: the line of the product, read from top to bottom."""

import json
import resource
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import geopandas as gpd

from geoseg.evaluation.by_ground import mapped_words
from geoseg.exports.record import RunFacts, make_record, write_record
from geoseg.exports.report import write_report
from geoseg.exports.stac import write_stac
from geoseg.exports.styles import write_styles
from geoseg.exports.taught_ground import write_taught_ground
from geoseg.files.partial import partial_folder
from geoseg.inference.arithmetic import computed_in, fast_note
from geoseg.inference.member import Member
from geoseg.inference.observer import NOBODY
from geoseg.inference.runtime import load_members
from geoseg.inference.streaming import own_threshold, predict_strips
from geoseg.pipeline.maps import Mapped, Scores, write_maps
from geoseg.pipeline.metrics import write_scores
from geoseg.pipeline.outlining import draw_outlines
from geoseg.pipeline.plan import Plan, make_plan
from geoseg.pipeline.products import RUN, TITLES, remove_side_files
from geoseg.pipeline.request import RunRequest
from geoseg.pipeline.sizes import NAME as SIZES
from geoseg.pipeline.sizes import LastRead, SizeCounts
from geoseg.pipeline.stages import Stages
from geoseg.pipeline.traps import look_at_traps
from geoseg.progress import Cancelled, Progress, stop_if


def run_request(
    request: RunRequest, out: Path, progress: Progress, cancelled: Cancelled
) -> dict[str, Any]:
    """Make every product of a run in `out` and return the content of run.json."""
    stages = Stages(progress, cancelled)
    with stages.stage("checking rasters, networks and reference"):
        plan = make_plan(request, out, cancelled)
        settings = plan.request.settings
    with partial_folder(out, RUN) as folder:
        with stages.stage("preparing networks"):
            shape = plan.stack.grid.shape
            members = load_members(plan.members, settings, shape, progress, cancelled)
        with stages.stage("predicting"):
            mapped, sizes = _map(plan, members, folder, progress, cancelled)
        with stages.stage("drawing outlines"):
            outlines = draw_outlines(
                folder, plan.task, settings, progress, cancelled, simulated=plan.simulated
            )
        with stages.stage("looking at known traps"):
            traps = {"traps": look_at_traps(plan, outlines, progress, cancelled)}
        write_taught_ground(plan.ground, folder, simulated=plan.simulated)
        metrics = _write_scores(mapped.scores, sizes, plan, folder) if mapped.scores else None
        with stages.stage("writing the report"):
            write_styles(folder, plan.task.classes)
            write_record(
                _record(plan, mapped, outlines, stages, metrics, members=members) | traps, folder
            )
            write_report(folder, layers=plan.stack.layers)
            write_stac(folder, TITLES)
            remove_side_files(folder)
        stop_if(cancelled)
        record = _record(plan, mapped, outlines, stages, metrics, members=members) | traps
        path = write_record(record, folder, sealed=True)
        record = json.loads(path.read_bytes())
    return record


def _map(
    plan: Plan,
    members: Sequence[Member],
    folder: Path,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[Mapped, SizeCounts | None]:
    """Predict and write every raster; with a reference count every member and size against it."""
    settings, mix, sizes = plan.request.settings, plan.mix, None
    with ExitStack() as files:
        truth = None
        if plan.reference is not None:
            truth = LastRead(files.enter_context(plan.reference.open()))
            names = [member.name for member in members]
            own = own_threshold(settings.threshold, mix.temperature)
            sizes = SizeCounts(names, truth, own, plan.ground)
        # Closed at once on a fault: its reading thread must not wait for the collector.
        strips = predict_strips(
            plan.stack, members, settings, progress, cancelled, mix=mix, observer=sizes or NOBODY
        )
        files.enter_context(closing(strips))
        return write_maps(strips, plan, folder, truth), sizes


def _write_scores(
    scores: Scores, sizes: SizeCounts | None, plan: Plan, folder: Path
) -> dict[str, Any]:
    """Write metrics.json, curves.json and ensemble_sizes.json; return the metrics."""
    further = {SIZES: sizes.record()} if sizes is not None else {}
    threshold = plan.request.settings.threshold
    return write_scores(scores, folder, threshold, plan.task.classes, further)


def _record(
    plan: Plan,
    mapped: Mapped,
    outlines: gpd.GeoDataFrame,
    stages: Stages,
    metrics: dict[str, Any] | None,
    *,
    members: Sequence[Member],
) -> dict[str, Any]:
    """Return what run.json tells, file sizes apart."""
    request, grid = plan.request, plan.stack.grid
    slow = fast_note(request.settings.precision, members)
    facts = RunFacts(
        settings=request.settings,
        task=plan.task,
        members=[member.card for member in plan.members],
        grid=grid,
        title=request.title,
        simulated=plan.simulated,
        inputs=request.rasters,
        bands={layer.name: layer.key for layer in plan.stack.layers},
        found={layer.name: layer.how for layer in plan.stack.layers},
        reference=request.reference,
        notes=(*plan.notes, *([slow] if slow else [])),
        warnings=plan.warnings,
        timings_s=stages.seconds,
        valid_pixels=mapped.valid_pixels,
        feature_area_m2=mapped.feature_area_m2,
        polygons=len(outlines),
        metrics=metrics,
        computed_in=computed_in(members),
        combination=plan.combination.record(),
        ground=plan.ground.record()
        | mapped_words(plan.ground, mapped.valid_pixels, mapped.taught_pixels),
    )
    return make_record(facts) | {"peak_memory_bytes": _peak_memory_bytes()}


def _peak_memory_bytes() -> int:
    """Return the most memory this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024  # kilobytes everywhere but on a Mac
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
