"""Two finished runs of one place -> a third: the union of their maps, a run's folder like theirs."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from geoseg.exports.record import Record, read_record, write_record
from geoseg.exports.report import write_report
from geoseg.exports.stac import write_stac
from geoseg.exports.styles import write_styles
from geoseg.exports.taught_ground import write_taught_ground
from geoseg.files.outputs import check_folder
from geoseg.files.partial import claims_of, partial_folder
from geoseg.pipeline.metrics import write_scores
from geoseg.pipeline.outlining import draw_outlines
from geoseg.pipeline.products import RUN, TITLES, remove_side_files
from geoseg.pipeline.stages import Stages
from geoseg.pipeline.uniting_maps import Pair, United, open_truth, write_union
from geoseg.pipeline.uniting_record import united_record
from geoseg.progress import Cancelled, Progress, never, silent, stop_if
from geoseg.settings import RunSettings, Settings


class UniteRequest(Settings):
    """Everything of one union that a user decides."""

    version: Literal[1] = 1
    first: Path
    """Folder of a finished run."""
    second: Path
    """Folder of another on the same grid, of the same task and threshold."""
    reference: Path | None = None
    """Mapped truth; None takes the reference of the runs, where they have one."""
    positive: tuple[int, ...] = ()
    """Class ids of a land-cover reference that count as the feature; empty takes the task's."""
    buffer_m: float | None = None
    """By how much outlines are widened; None takes that of the first run."""
    min_area_m2: float | None = None
    """Smaller outlines are left out; None takes that of the first run."""
    title: str = ""


def unite(
    request: UniteRequest, out: Path, progress: Progress = silent, cancelled: Cancelled = never
) -> dict[str, Any]:
    """Make the union of two runs in `out` and return its record, the content of run.json.

    A pixel is the feature where one of the runs says so, and takes the class of the run whose
    probability is higher; probability, spread and the other layers come from that run too.

    Raises:
        ExportError: A folder is not that of a finished run.
        GridError: The runs lie on different grids.
        SettingsError: They map different things, or part yes from no at different probabilities.
        RunCancelledError: `cancelled` answered True.
    """
    stages = Stages(progress, cancelled)
    with stages.stage("checking the runs and the reference"):
        inputs = (request.first, request.second, request.reference)
        check_folder(out, RUN, inputs, claims_of(out, RUN))
        pair = Pair.open(request.first, request.second)
        truth = open_truth(pair, request.reference, request.positive)
        settings = _settings(request, pair)
    with partial_folder(out, RUN) as folder, ExitStack() as files:
        with stages.stage("uniting maps"):
            united = write_union(pair, settings, folder, files.enter_context(truth), stages)
        with stages.stage("drawing outlines"):
            outlines = draw_outlines(
                folder, pair.task, settings, progress, cancelled, simulated=pair.simulated
            )
        write_taught_ground(pair.ground, folder, simulated=pair.simulated)
        metrics = None
        if united.scores is not None:
            metrics = write_scores(united.scores, folder, settings.threshold, pair.task.classes)
        record = united_record(pair, settings, united, metrics) | {"title": _title(request, pair)}
        record["summary"]["polygons"] = len(outlines)
        with stages.stage("writing the report"):
            record = _finish(record | {"timings_s": stages.seconds}, pair, folder)
        stop_if(cancelled)
    return record


def _finish(record: Record, pair: Pair, folder: Path) -> Record:
    """Write styles, record, report and catalogue entry, each from those before."""
    write_styles(folder, pair.task.classes)
    write_record(record, folder)
    write_report(folder)
    write_stac(folder, TITLES)
    remove_side_files(folder)
    path = write_record(record, folder, sealed=True)
    written: Record = json.loads(path.read_bytes())
    return written


def _settings(request: UniteRequest, pair: Pair) -> RunSettings:
    """Return the choices of the first run, with the members of both."""
    chosen = {
        name: value
        for name in ("buffer_m", "min_area_m2")
        if (value := getattr(request, name)) is not None
    }
    names = tuple(card["name"] for card in pair.cards)
    own = RunSettings(**read_record(pair.first.folder)["settings"])
    changed = {"members": names, "ensemble_size": len(names), "combination": "mean"}
    return RunSettings(**(own.model_dump() | changed | chosen))


def _title(request: UniteRequest, pair: Pair) -> str:
    return request.title or f"{pair.first.title} united with {pair.second.title}"


__all__ = ["UniteRequest", "United", "unite"]
