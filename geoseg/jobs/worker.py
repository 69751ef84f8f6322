"""Queue -> finished runs, one after the other, in one process a device.

`python -m geoseg.jobs.worker` serves the workspace of GEOSEG_HOME; app and supervisor start it so.
"""

import os
import signal
import sys
import threading
import traceback
from types import TracebackType

from geoseg import pipeline
from geoseg.errors import GeosegError, RunCancelledError
from geoseg.jobs.heartbeat import Heartbeat, device_lock
from geoseg.jobs.queue import take
from geoseg.jobs.recovery import end, put_back, recover
from geoseg.jobs.watch import Watch
from geoseg.workspace import (
    cancel_requested,
    change_state,
    log_line,
    read_request,
    read_state,
    run_folder,
)
from geoseg.workspace.files import now

BUSY = 75
"""Exit status where another process serves this workspace."""
LOOK_AGAIN_S = 0.5
INTERRUPTED = "waits again because the app was closed; it will begin from the first tile"


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
        run_id = take()
        if run_id is None:
            stopping.wait(LOOK_AGAIN_S)
            continue
        heartbeat.run_id = run_id
        work(run_id, stopping)
        heartbeat.run_id = None


def work(run_id: str, stopping: threading.Event) -> None:
    """Bring one run to its end: finished, failed with the reason, cancelled or waiting again."""
    attempts = read_state(run_id).attempts
    state = change_state(
        run_id, status="running", stage="starting", started=now(), attempts=attempts + 1
    )
    try:
        with FaultTold(run_id):
            request = read_request(run_id)
            chosen = request.settings
            watch = Watch(run_id, len(chosen.members) or chosen.ensemble_size)
            pipeline.run(
                request,
                run_folder(run_id),
                watch,
                lambda: stopping.is_set() or cancel_requested(run_id),
            )
    except RunCancelledError as reason:
        if cancel_requested(run_id):
            end(run_id, "cancelled", str(reason))
        else:
            put_back(state, INTERRUPTED, attempts)
    except GeosegError as reason:
        end(run_id, "failed", str(reason))
    else:
        end(run_id, "finished")


class FaultTold:
    """Writes a fault of the program into the run before it ends this process, loudly."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id

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
        log_line(self.run_id, "".join(traceback.format_exception(kind, fault, trace)))
        end(
            self.run_id,
            "failed",
            f"a fault of the program ({type(fault).__name__}: {fault}); "
            "please report it with the log of this run",
        )


if __name__ == "__main__":
    sys.exit(main())
