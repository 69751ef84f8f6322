"""The report of a run, page or PDF, made anew where something it tells was found since."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geoseg.errors import GeosegError
from geoseg.evaluation.ground import ground_stack
from geoseg.evaluation.object_files import read_outlines
from geoseg.evaluation.traps import tabulate_ground
from geoseg.exports.report import NAME as PAGE
from geoseg.exports.report import PDF_NAME as PDF
from geoseg.exports.report import write_report
from geoseg.exports.report_traps import trap_record
from geoseg.grid import Grid
from geoseg.pipeline.plan import resolve_task
from geoseg.pipeline.request import RunRequest
from geoseg.stack.opening import open_stack
from geoseg.stack.stack import Layer
from geoseg.tasks import Task
from geoseg.tasks.traps import traps_of
from geoseg.workspace.comparisons import comparison_folder, find_comparison
from geoseg.workspace.runs import read_record, read_request, run_folder
from geoseg.workspace.traps import CHOICE, read_trap_settings

REPORTS = (PAGE, PDF)


def ensure_report(run_id: str, name: str) -> Path:
    """Return the report of a finished run; it is written where it is missing or tells too little.

    Args:
        run_id: The run.
        name: One of `REPORTS`.

    Raises:
        WorkspaceError: The run has not finished.
        DiskError: The disk is full or the folder is not writable.
    """
    folder = run_folder(run_id)
    record, path, comparison = read_record(run_id), folder / name, _comparison(run_id)
    told = [folder / CHOICE, *([comparison / "metrics.json"] if comparison else [])]
    if path.is_file() and not _newer(told, path):
        return path
    request = read_request(run_id)
    task = resolve_task(request.settings.task, request.models)
    return write_report(
        folder,
        path,
        layers=_layers(request, task),
        comparison=comparison,
        traps=_traps(run_id, request, task, Grid.from_record(record["grid"])),
    )


def _comparison(run_id: str) -> Path | None:
    """Return the folder of the run's own comparison, where it is finished."""
    state = find_comparison(run_id)
    finished = state is not None and state.status == "finished"
    return comparison_folder(state.id) if state and finished else None


def _newer(files: Sequence[Path], than: Path) -> bool:
    since = than.stat().st_mtime_ns
    return any(file.stat().st_mtime_ns > since for file in files if file.is_file())


def _layers(request: RunRequest, task: Task) -> Sequence[Layer]:
    """Return the run's bands for the ground of the maps; none where their files are gone."""
    try:
        chosen = request.settings
        stack = open_stack(request.rasters, task, chosen.setting, request.bands, fill=chosen.fill)
    except GeosegError:
        return ()
    return stack.layers


def _traps(run_id: str, request: RunRequest, task: Task, grid: Grid) -> dict[str, Any] | None:
    """Return what the rules chosen for the run mark; None where the ground cannot be read."""
    if not traps_of(task):
        return None
    try:
        stack = ground_stack(request.rasters, task, grid, request.bands)
        table = tabulate_ground(read_outlines(run_folder(run_id) / "polygons.gpkg"), stack, task)
    except GeosegError:
        return None
    return trap_record(table, read_trap_settings(run_id, task))


__all__ = ["PAGE", "PDF", "REPORTS", "ensure_report"]
