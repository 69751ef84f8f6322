"""Queue -> finished runs and trainings, one after the other, in one process a device.

`python -m geoseg.jobs.worker` serves the workspace of GEOSEG_HOME; app and supervisor start it so.
"""

import os
import signal
import sys
import threading
import traceback
from types import TracebackType

from geoseg.errors import GeosegError, RunCancelledError
from geoseg.jobs.heartbeat import Heartbeat, device_lock
from geoseg.jobs.kinds import KINDS, Kind
from geoseg.jobs.queue import Job, take
from geoseg.jobs.recovery import end, put_back, recover
from geoseg.workspace.files import now

BUSY = 75
"""Exit status where another process serves this workspace."""
LOOK_AGAIN_S = 0.5


def main() -> int:
    """Serve until told to stop, or until the app that started this process is gone."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with device_lock() as mine:
        if not mine:
            return BUSY
        recover()
        with Heartbeat() as heartbeat:
            serve(stopping, heartbeat)
    return 0


def serve(stopping: threading.Event, heartbeat: Heartbeat) -> None:
    """Work on what waits, look again while nothing does."""
    parent = os.getppid()
    while not stopping.is_set() and os.getppid() == parent:
        job = take()
        if job is None:
            stopping.wait(LOOK_AGAIN_S)
            continue
        heartbeat.job = job
        work(job, stopping)
        heartbeat.job = None


def work(job: Job, stopping: threading.Event) -> None:
    """Bring one piece of work to its end: finished, failed, cancelled or waiting again."""
    kind = KINDS[job.kind]
    attempts = kind.ledger.read(job.id).attempts
    state = kind.ledger.change(
        job.id, status="running", stage="starting", started=now(), attempts=attempts + 1
    )
    try:
        with FaultTold(kind, job.id):
            kind.work(job.id, lambda: stopping.is_set() or kind.ledger.cancel_requested(job.id))
    except RunCancelledError:
        if kind.ledger.cancel_requested(job.id):
            end(kind, job.id, "cancelled", kind.cancelled)
        else:
            put_back(kind, state, kind.interrupted, attempts)
    except GeosegError as reason:
        end(kind, job.id, "failed", str(reason))
    else:
        end(kind, job.id, "finished")


class FaultTold:
    """Writes a fault of the program into the state before it ends this process, loudly."""

    def __init__(self, kind: Kind, job_id: str) -> None:
        self.kind = kind
        self.job_id = job_id

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if fault is None or isinstance(fault, GeosegError) or not isinstance(fault, Exception):
            return
        trail = "".join(traceback.format_exception(kind, fault, trace))
        self.kind.ledger.log(self.job_id, trail)
        end(
            self.kind,
            self.job_id,
            "failed",
            f"a fault of the program ({type(fault).__name__}: {fault}); "
            f"please report it with the log of this {self.kind.ledger.noun}",
        )


if __name__ == "__main__":
    sys.exit(main())
