"""What a worker that died left behind -> runs back in the queue, or a clear failure."""

from contextlib import suppress

from geoseg.errors import WorkspaceError
from geoseg.jobs.queue import FIRST, enqueue, missing_in_queue
from geoseg.pipeline.partial import remove_leftovers
from geoseg.pipeline.products import RECORD
from geoseg.workspace import (
    RunState,
    cancel_requested,
    change_state,
    list_runs,
    log_line,
    run_folder,
)
from geoseg.workspace.files import now

MOST_ATTEMPTS = 2
CONTINUED = "continued after the worker stopped; it began again from the first tile"
GIVEN_UP = (
    "the worker stopped twice while working on this run, most likely for want of memory; "
    "choose fewer members or smaller tiles and start it again"
)


def recover() -> None:
    """Settle every run that says it is running; only a new, sole worker may call this."""
    for state in reversed(list_runs()):
        if state.status == "running":
            remove_leftovers(run_folder(state.id), sole=True)
            _settle(state)
    for run_id in missing_in_queue():
        enqueue(run_id)


def put_back(state: RunState, message: str, attempts: int) -> None:
    """Let a run wait again, before those that have not begun."""
    change_state(
        state.id, status="queued", stage="waiting", done=0, total=0, per_member={},
        message=message, attempts=attempts,
    )  # fmt: skip
    log_line(state.id, message)
    enqueue(state.id, FIRST)


def end(run_id: str, status: str, message: str = "") -> None:
    """Write the last state of a run; one that was deleted meanwhile needs none."""
    with suppress(WorkspaceError):
        change_state(run_id, status=status, stage=status, message=message, finished=now())
        log_line(run_id, f"{status} {message}".strip())


def _settle(state: RunState) -> None:
    if (run_folder(state.id) / RECORD).is_file():
        end(state.id, "finished")
    elif cancel_requested(state.id):
        end(state.id, "cancelled", "cancelled; its unfinished files were removed")
    elif state.attempts >= MOST_ATTEMPTS:
        end(state.id, "failed", GIVEN_UP)
    else:
        put_back(state, CONTINUED, state.attempts)
