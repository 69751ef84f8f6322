"""The worker as a real process: killed in mid-run, started again, stopped, told to cancel."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest

from geoseg import workspace
from geoseg.jobs import kinds, queue
from geoseg.jobs.heartbeat import device_lock, is_served, worker_status
from geoseg.jobs.supervisor import Supervisor
from geoseg.jobs.worker import BUSY
from geoseg.pipeline import RunRequest
from tests.pipeline import tiny

LONG_S = 240.0


@pytest.fixture
def long_request(zoo, tmp_path):
    """A run of many small tiles, so that there is time to interrupt it."""
    rng = np.random.default_rng(0)
    values = {name: rng.normal(0, 0.1, (640, 640)).astype(np.float32) for name in tiny.BANDS}
    stack = tiny.write_raster(tmp_path / "long.tif", values)
    tiles = {"size": 32, "overlap": 0}
    return RunRequest(
        rasters=(stack,), models=zoo,
        settings={"setting": "s2", "ensemble_size": 2, "tiles": tiles},
    )  # fmt: skip


@contextmanager
def worker():
    process = subprocess.Popen([sys.executable, "-m", "geoseg.jobs.worker"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(happened):
    end = time.monotonic() + LONG_S
    while not (result := happened()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return result


def predicting(run_id):
    state = workspace.read_state(run_id)
    assert state.status in ("queued", "running"), state.message
    return state.stage == "predicting" and state.done > 0


def pid_at_work(run_id):
    status = worker_status()
    return status.pid if status and status.job and status.job.id == run_id else None


def ended(run_id):
    return workspace.read_state(run_id).status not in ("queued", "running")


def test_a_killed_worker_is_followed_by_a_finished_run_or_a_clear_failure(long_request):
    run_id = queue.submit(long_request, "demo")
    with worker() as first:
        wait_until(lambda: predicting(run_id))
        assert wait_until(lambda: pid_at_work(run_id)) == first.pid
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert workspace.read_state(run_id).status == "running"
    assert not is_served()
    assert list(workspace.run_folder(run_id).glob(".partial-*"))
    with worker():
        wait_until(lambda: ended(run_id))
    state = workspace.read_state(run_id)
    assert (state.status, state.attempts) == ("finished", 2)
    assert kinds.PREDICTION.continued in (workspace.run_folder(run_id) / "log.txt").read_text()
    assert {"probability.tif", "report.html"} <= {p.name for p in workspace.products(run_id)}
    assert not list(workspace.run_folder(run_id).glob(".partial-*"))


def test_a_second_worker_leaves_at_once(home):
    with device_lock() as mine:
        assert mine
        second = subprocess.run([sys.executable, "-m", "geoseg.jobs.worker"], check=False)
    assert second.returncode == BUSY


def test_the_supervisor_starts_one_worker_and_ends_it(home):
    supervisor = Supervisor()
    supervisor.start()
    try:
        status = wait_until(worker_status)
        supervisor.check()
        Supervisor().start()
        assert worker_status().pid == status.pid
        os.kill(status.pid, signal.SIGKILL)
        wait_until(lambda: supervisor.check() or (worker_status() or status).pid != status.pid)
    finally:
        supervisor.stop()
    assert not is_served()


def stopped_between_writes(pid, run_id):
    """Freeze the worker; let it go on where it holds the lock of the run's state just then."""
    os.kill(pid, signal.SIGSTOP)
    with (workspace.run_folder(run_id) / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.kill(pid, signal.SIGCONT)
            return False
    return True


def test_a_run_that_ignores_a_cancel_has_its_worker_killed(long_request):
    run_id = queue.submit(long_request, "demo")
    supervisor = Supervisor(cancel_patience_s=0.0)
    supervisor.start()
    try:
        wait_until(lambda: predicting(run_id))
        pid = wait_until(lambda: pid_at_work(run_id))
        wait_until(lambda: stopped_between_writes(pid, run_id))
        workspace.request_cancel(run_id)
        time.sleep(0.05)
        wait_until(lambda: supervisor.check() or ended(run_id))
        assert workspace.read_state(run_id).status == "cancelled"
        assert wait_until(worker_status).pid != pid
    finally:
        supervisor.stop()
