"""Which process serves this workspace: a lock that dies with it, and a file that says it lives."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from geoseg.errors import DiskError
from geoseg.jobs.queue import Job
from geoseg.settings import Settings
from geoseg.workspace.files import make_folder, now, root, write_whole

LOCK, STATUS = "worker.lock", "worker.json"
BEAT_S = 2.0
PATIENCE_S = 2.0
"""How long a new worker waits for the lock: whoever merely looks holds it for a moment."""


class WorkerStatus(Settings):
    """The worker as it last described itself."""

    pid: int
    job: Job | None
    """What it works on."""
    beat: str


@contextmanager
def device_lock(patience_s: float = PATIENCE_S) -> Iterator[bool]:
    """Hold the workspace's only worker place; yields False where another process has it."""
    with (make_folder(root()) / LOCK).open("a") as lock:
        end = time.monotonic() + patience_s
        while not (mine := _try_lock(lock.fileno())) and time.monotonic() < end:
            time.sleep(0.05)
        if mine:
            # What a dead worker said of itself must not pass for the new one's word.
            (root() / STATUS).unlink(missing_ok=True)
        yield mine


def is_served() -> bool:
    """Tell whether a worker process holds the workspace; the kernel frees the lock of a dead one."""
    path = root() / LOCK
    if not path.exists():
        return False
    with path.open("a") as lock:
        return not _try_lock(lock.fileno())


def worker_status() -> WorkerStatus | None:
    """Return what the living worker says of itself; None where there is none."""
    path = root() / STATUS
    if not is_served() or not path.is_file():
        return None
    return WorkerStatus.from_json(path.read_bytes())


class Heartbeat:
    """Tells every two seconds what the process works on."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self._path: Path = root() / STATUS
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while True:
            status = WorkerStatus(pid=os.getpid(), job=self.job, beat=now())
            with suppress(DiskError):  # A full disk must not silence the work that frees it.
                write_whole(self._path, status.to_json())
            if self._over.wait(BEAT_S):
                return


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
