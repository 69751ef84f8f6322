"""Run folders on the server's disk: request, state, log, products; history survives restarts."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from geoseg.errors import WorkspaceError
from geoseg.pipeline.products import RECORD, Product, list_products
from geoseg.pipeline.request import RunRequest
from geoseg.settings import Settings
from geoseg.workspace.files import checked, make_folder, new_id, now, root, write_whole

RUNS, STATE, REQUEST, LOG, CANCEL = "runs", "state.json", "request.json", "log.txt", "cancel"
ACTIVE = ("queued", "running")
"""States of a run that may still change."""


class RunState(Settings):
    """Where a run stands; written by the worker, read by pages and API."""

    version: Literal[1] = 1
    id: str
    title: str
    area_id: str
    status: Literal["queued", "running", "finished", "failed", "cancelled"] = "queued"
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    per_member: dict[str, tuple[int, int]] = Field(default_factory=dict)
    """Member name -> (tiles done, tiles of the run)."""
    message: str = ""
    created: str
    started: str | None = None
    finished: str | None = None
    attempts: int = 0
    queue_position: int | None = None
    """1 is next; None where the run does not wait."""


def create_run(request: RunRequest, area_id: str) -> str:
    """Write the folder of a new queued run and return its id."""
    run_id = new_id()
    folder = make_folder(checked(RUNS, run_id))
    write_whole(folder / REQUEST, request.absolute().to_json())
    title = request.title or request.rasters[0].stem
    write_state(RunState(id=run_id, title=title, area_id=area_id, created=now()))
    return run_id


def run_folder(run_id: str) -> Path:
    """Return the folder that holds a run's state and, once finished, its products.

    Raises:
        WorkspaceError: There is no run of that id.
    """
    folder = checked(RUNS, run_id)
    if not (folder / STATE).is_file():
        raise WorkspaceError(f"no run {run_id} in the workspace; choose one of the history")
    return folder


def read_request(run_id: str) -> RunRequest:
    """Return what the user asked for."""
    return RunRequest.from_json((run_folder(run_id) / REQUEST).read_bytes())


def read_state(run_id: str) -> RunState:
    """Return where the run stands, its place in the queue included."""
    state = _stored(run_folder(run_id))
    if state.status != "queued":
        return state
    waiting = sum(other.status == "queued" for other in _all_stored() if other.id < run_id)
    return state.model_copy(update={"queue_position": waiting + 1})


def write_state(state: RunState) -> None:
    """Replace the state of a run in one step."""
    write_whole(checked(RUNS, state.id) / STATE, state.to_json())


def change_state(run_id: str, **changes: Any) -> RunState:
    """Change some fields of the state; two processes that do so wait for each other."""
    with _locked(run_folder(run_id)) as folder:
        state = RunState(**{**_stored(folder).model_dump(), **changes})
        write_state(state)
    return state


def list_runs() -> list[RunState]:
    """Return every run, newest first."""
    states = _all_stored()
    waiting = [state.id for state in states if state.status == "queued"]
    placed = [
        state.model_copy(update={"queue_position": waiting.index(state.id) + 1})
        if state.status == "queued"
        else state
        for state in states
    ]
    return placed[::-1]


def request_cancel(run_id: str) -> None:
    """Stop a queued run at once; ask a running one to stop at its next tile."""
    folder = run_folder(run_id)
    with _locked(folder):
        state = _stored(folder)
        if state.status not in ACTIVE:
            return
        (folder / CANCEL).touch()
        if state.status == "queued":
            changes = {"status": "cancelled", "stage": "cancelled", "finished": now(),
                       "message": "cancelled before it began"}  # fmt: skip
            write_state(state.model_copy(update=changes))


def cancel_requested(run_id: str) -> bool:
    """Tell whether somebody asked the run to stop; a run whose folder is gone stops too."""
    folder = checked(RUNS, run_id)
    return (folder / CANCEL).exists() or not folder.exists()


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


def delete_run(run_id: str) -> None:
    """Remove a run with its products.

    Raises:
        WorkspaceError: It is still running.
    """
    request_cancel(run_id)
    if read_state(run_id).status == "running":
        raise WorkspaceError("the run is still stopping; delete it in a moment")
    shutil.rmtree(run_folder(run_id), ignore_errors=True)


def log_line(run_id: str, text: str) -> None:
    """Add a line with the time to the run's log."""
    with (run_folder(run_id) / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{now()} {text}\n")


def _all_stored() -> list[RunState]:
    """Return every run, oldest first; one that is just being made or deleted is left out."""
    states = []
    for path in sorted((root() / RUNS).glob(f"*/{STATE}")):
        with suppress(FileNotFoundError):
            states.append(_stored(path.parent))
    return states


def _stored(folder: Path) -> RunState:
    return RunState.from_json((folder / STATE).read_bytes())


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
