"""The app's watch over its worker process: start, restart, end, and stop what ignores a cancel."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import geoseg
from geoseg.errors import WorkspaceError
from geoseg.jobs.heartbeat import is_served, worker_status
from geoseg.jobs.kinds import KINDS
from geoseg.workspace import root
from geoseg.workspace.files import HOME, make_folder
from geoseg.workspace.ledger import CANCEL

LOOK_EVERY_S = 1.0
STOP_PATIENCE_S = 10.0
LONGEST_PAUSE_S = 30.0
WORKER_LOG = "worker.log"


class Supervisor:
    """Keeps one worker process alive on the workspace, unless another app already does."""

    def __init__(self, cancel_patience_s: float | None = None) -> None:
        self.cancel_patience_s = cancel_patience_s
        """How long work may ignore a cancel; None lets each kind of work say."""
        self._process: subprocess.Popen[bytes] | None = None
        self._pause_s = 1.0
        self._not_before = 0.0

    def start(self) -> None:
        """Start the worker where nobody serves the workspace yet."""
        if self._alive() or is_served() or time.monotonic() < self._not_before:
            return
        # A worker that dies at once is not started again in a hot loop.
        self._not_before = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        with (make_folder(root()) / WORKER_LOG).open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "geoseg.jobs.worker"],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal reaches the app, which ends us.
            )

    def check(self) -> None:
        """Look once: kill a worker that does not heed a cancel, start one that is missing."""
        deaf = self._deaf_worker()
        if deaf is not None:
            self._kill(deaf)
        if self._alive() and time.monotonic() > self._not_before + self._pause_s:
            self._pause_s = 1.0
        self.start()

    def stop(self) -> None:
        """End the own worker; the work at hand waits again for the next start."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """End the own worker and start a new one."""
        self.stop()
        self._not_before = 0.0
        self.start()

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _deaf_worker(self) -> int | None:
        """Return the process id of a worker whose work was asked to stop long ago."""
        status = worker_status()
        if status is None or status.job is None:
            return None
        kind = KINDS[status.job.kind]
        try:
            flag = kind.ledger.folder(status.job.id) / CANCEL
            asked_s_ago = time.time() - flag.stat().st_mtime
            if kind.ledger.read(status.job.id).status != "running":
                return None
        except (FileNotFoundError, WorkspaceError):
            return None
        patience_s = self.cancel_patience_s
        return (
            status.pid
            if asked_s_ago > (kind.patience_s if patience_s is None else patience_s)
            else None
        )

    def _kill(self, process_id: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
        if self._process is not None and self._process.pid == process_id:
            self._process.wait(STOP_PATIENCE_S)


@asynccontextmanager
async def supervised(look_every_s: float = LOOK_EVERY_S) -> AsyncIterator[Supervisor]:
    """Keep a worker alive for the life of an app."""
    supervisor = Supervisor()
    await asyncio.to_thread(supervisor.start)
    watch = asyncio.create_task(_watch(supervisor, look_every_s))
    try:
        yield supervisor
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await asyncio.to_thread(supervisor.stop)


async def _watch(supervisor: Supervisor, look_every_s: float) -> None:
    while True:
        await asyncio.sleep(look_every_s)
        await asyncio.to_thread(supervisor.check)


def _environment() -> dict[str, str]:
    """Return the worker's environment: same workspace, same package, whatever folder it starts in."""
    package = str(Path(geoseg.__file__).parent.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, HOME: str(root()), "PYTHONPATH": os.pathsep.join(paths)}
