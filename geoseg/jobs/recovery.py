"""What a worker that died left behind -> work back in the queue, or a clear end."""

from contextlib import suppress

from geoseg.errors import GeosegError, WorkspaceError
from geoseg.jobs.kinds import KINDS, Kind
from geoseg.jobs.queue import FIRST, Job, enqueue, missing_in_queue
from geoseg.workspace.files import now
from geoseg.workspace.ledger import JobState

MOST_ATTEMPTS = 2


def recover() -> None:
    """Settle all work that says it is running; only a new, sole worker may call this."""
    for kind in KINDS.values():
        for state in reversed(kind.ledger.every()):
            if state.status == "running":
                kind.tidy(state.id)
                _settle(kind, state)
    for job in missing_in_queue():
        enqueue(job)


def put_back(kind: Kind, state: JobState, message: str, attempts: int) -> None:
    """Let work wait again, before what has not begun."""
    kind.ledger.change(
        state.id, status="queued", stage="waiting", done=0, total=0, per_member={},
        message=message, attempts=attempts,
    )  # fmt: skip
    kind.ledger.log(state.id, message)
    enqueue(Job(kind.ledger.kind, state.id), FIRST)


def end(kind: Kind, job_id: str, status: str, message: str = "") -> None:
    """Keep what is usable and write the last state; work that was deleted meanwhile needs none."""
    try:
        kind.keep(job_id)
    except GeosegError as reason:
        status, message = "failed", f"{message}; {reason}" if message else str(reason)
    with suppress(WorkspaceError):
        kind.ledger.change(job_id, status=status, stage=status, message=message, finished=now())
        kind.ledger.log(job_id, f"{status} {message}".strip())


def _settle(kind: Kind, state: JobState) -> None:
    if kind.is_done(state.id):
        end(kind, state.id, "finished")
    elif kind.ledger.cancel_requested(state.id):
        end(kind, state.id, "cancelled", kind.cancelled)
    elif state.attempts >= MOST_ATTEMPTS:
        end(kind, state.id, "failed", kind.given_up)
    else:
        put_back(kind, state, kind.continued, state.attempts)
