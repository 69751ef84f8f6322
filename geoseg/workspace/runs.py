"""Run folders on the server's disk: request, state, log, products; history survives restarts."""

import json
from typing import Any

from geoseg.errors import WorkspaceError
from geoseg.pipeline.products import RECORD, Product, list_products
from geoseg.pipeline.request import RunRequest
from geoseg.tasks import ClassLabel, all_tasks
from geoseg.workspace.ledger import ACTIVE, JobState, Ledger


class RunState(JobState):
    """Where a run stands; members are counted in tiles."""

    area_id: str


RUNS = Ledger("runs", "run", RunState)
run_folder, read_state, list_runs = RUNS.folder, RUNS.read, RUNS.every
write_state, change_state, log_line = RUNS.write, RUNS.change, RUNS.log
request_cancel, cancel_requested = RUNS.request_cancel, RUNS.cancel_requested
__all__ = [
    "ACTIVE",
    "RUNS",
    "RunState",
    "cancel_requested",
    "change_state",
    "create_run",
    "delete_run",
    "list_runs",
    "log_line",
    "product",
    "products",
    "read_record",
    "read_request",
    "read_state",
    "request_cancel",
    "run_classes",
    "run_folder",
    "write_state",
]


def create_run(request: RunRequest, area_id: str) -> str:
    """Write the folder of a new queued run and return its id."""
    title = request.title or request.rasters[0].stem
    return RUNS.create(request.absolute(), title=title, area_id=area_id)


def delete_run(run_id: str) -> None:
    """Remove a run with its products, its explanations, and every comparison it was part of.

    Raises:
        WorkspaceError: The run is still running.
    """
    from geoseg.workspace.comparisons import delete_comparisons_of
    from geoseg.workspace.explanations import delete_explanations_of

    RUNS.delete(run_id)
    delete_comparisons_of(run_id)
    delete_explanations_of(run_id)


def read_request(run_id: str) -> RunRequest:
    """Return what the user asked for."""
    return RunRequest.from_json(RUNS.request(run_id))


def products(run_id: str) -> list[Product]:
    """Return the files of a finished run with plain titles; none before it has finished."""
    folder = run_folder(run_id)
    return list_products(folder) if (folder / RECORD).is_file() else []


def product(run_id: str, name: str) -> Product:
    """Return one file of a finished run.

    Raises:
        WorkspaceError: The run has no product of that name.
    """
    for candidate in products(run_id):
        if candidate.name == name:
            return candidate
    raise WorkspaceError(f"run {run_id} has no product {name[:80]!r}; its list shows what there is")


def read_record(run_id: str) -> dict[str, Any]:
    """Return run.json of a finished run.

    Raises:
        WorkspaceError: The run has not finished.
    """
    path = run_folder(run_id) / RECORD
    if not path.is_file():
        raise WorkspaceError(f"run {run_id} has no record yet; wait until it has finished")
    return json.loads(path.read_text(encoding="utf-8"))


def run_classes(run_id: str) -> tuple[ClassLabel, ...]:
    """Return the feature classes a run tells apart; none where it maps one."""
    task = all_tasks().get(read_request(run_id).settings.task)
    if task is None or task.outputs == 1:
        return ()
    return tuple(label for label in task.classes if label.id)
