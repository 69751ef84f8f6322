"""A run request -> a place in the queue on disk; the worker takes run ids out of it."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from huey import SqliteHuey

from geoseg.errors import WorkspaceError
from geoseg.pipeline.request import RunRequest
from geoseg.workspace import create_run, list_runs, read_state, root
from geoseg.workspace.files import make_folder

DATABASE = "queue.db"
FIRST, LAST = 1, 0
"""Priorities: a run that was interrupted goes before those that wait."""


def submit(request: RunRequest, area_id: str) -> str:
    """Put a run in the queue and return its id; the page may be closed from here on."""
    run_id = create_run(request, area_id)
    enqueue(run_id)
    return run_id


def enqueue(run_id: str, priority: int = LAST) -> None:
    """Put a run's id in the queue."""
    queue, task = _open(make_folder(root()) / DATABASE)
    queue.enqueue(task.s(run_id, priority=priority))


def take() -> str | None:
    """Take the id of the next run that still waits; None where nobody waits."""
    queue, _ = _open(make_folder(root()) / DATABASE)
    while task := queue.dequeue():
        if _waits(task.args[0]):
            return str(task.args[0])
    return None


def missing_in_queue() -> list[str]:
    """Return runs that wait by their state but are in no queue, oldest first."""
    queue, _ = _open(make_folder(root()) / DATABASE)
    queued = {task.args[0] for task in queue.pending()}
    waiting = [state.id for state in reversed(list_runs()) if state.status == "queued"]
    return [run_id for run_id in waiting if run_id not in queued]


def _waits(run_id: str) -> bool:
    """Tell whether a run of the queue is still wanted: it may be cancelled or deleted by now."""
    try:
        return read_state(run_id).status == "queued"
    except WorkspaceError:
        return False


@lru_cache(maxsize=4)
def _open(path: Path) -> tuple[SqliteHuey, Any]:
    """Open the queue; a task of it holds a run's id, and the worker does the deed."""
    queue = SqliteHuey("geoseg", filename=str(path), strict_fifo=True, results=False)

    def work(run_id: str) -> str:
        return run_id

    return queue, queue.task()(work)
