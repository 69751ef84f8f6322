import threading

import pytest

from geoseg import pipeline, workspace
from geoseg.errors import BandError, RunCancelledError
from geoseg.jobs import kinds, queue, recovery, worker
from geoseg.jobs.queue import Job
from geoseg.progress import Event, stop_if
from geoseg.workspace import comparisons


@pytest.fixture
def play(monkeypatch):
    """Replace the pipeline by a play and work on one run."""

    def work(run_id, act, stopping=None):
        monkeypatch.setattr(pipeline, "run", act)
        assert queue.take() == Job("runs", run_id)
        worker.work(Job("runs", run_id), stopping or threading.Event())
        return workspace.read_state(run_id)

    return work


def finish(request, out, progress, cancelled):
    for done in (1, 2, 3, 4):
        for member in ("a", "b"):
            progress(Event("predicting", done, 4, member))
    (out / "run.json").write_text("{}")


def test_a_run_finishes_with_every_member_counted(request_of, play):
    run_id = queue.submit(request_of(), "demo")
    state = play(run_id, finish)
    assert (state.status, state.attempts) == ("finished", 1)
    assert state.per_member == {"a": (4, 4), "b": (4, 4)}
    assert (state.done, state.total) == (8, 8)
    assert [p.name for p in workspace.products(run_id)] == ["run.json"]
    assert "predicting" in (workspace.run_folder(run_id) / "log.txt").read_text()


def test_a_mistake_of_the_user_becomes_the_message(request_of, play):
    def act(*_):
        raise BandError("setting s2 needs dNDVI; add its file")

    state = play(queue.submit(request_of(), "demo"), act)
    assert (state.status, state.message) == ("failed", "setting s2 needs dNDVI; add its file")


def test_a_fault_of_the_program_is_told_and_stays_loud(request_of, play):
    def act(*_):
        raise ZeroDivisionError("oh")

    run_id = queue.submit(request_of(), "demo")
    with pytest.raises(ZeroDivisionError):
        play(run_id, act)
    state = workspace.read_state(run_id)
    assert state.status == "failed"
    assert "ZeroDivisionError: oh" in state.message
    assert "Traceback" in (workspace.run_folder(run_id) / "log.txt").read_text()


def test_a_cancel_ends_a_running_run(request_of, play):
    def act(request, out, progress, cancelled):
        workspace.request_cancel(out.name)
        stop_if(cancelled)

    state = play(queue.submit(request_of(), "demo"), act)
    assert state.status == "cancelled"
    assert queue.take() is None


def test_closing_the_app_lets_the_run_wait_again_without_blame(request_of, play):
    stopping = threading.Event()

    def act(request, out, progress, cancelled):
        stopping.set()
        stop_if(cancelled)

    run_id = queue.submit(request_of(), "demo")
    state = play(run_id, act, stopping)
    assert (state.status, state.attempts, state.message) == (
        "queued",
        0,
        kinds.PREDICTION.interrupted,
    )
    assert play(run_id, finish).message == ""


def test_a_run_deleted_at_work_ends_quietly(request_of, monkeypatch):
    def act(request, out, progress, cancelled):
        workspace.change_state(out.name, status="cancelled")
        workspace.delete_run(out.name)
        progress(Event("predicting", 1, 2, "a"))
        assert cancelled()
        raise RunCancelledError("gone")

    run_id = queue.submit(request_of(), "demo")
    monkeypatch.setattr(pipeline, "run", act)
    worker.work(Job("runs", run_id), threading.Event())
    assert workspace.list_runs() == []


def test_an_orphan_is_continued_once_and_fails_the_second_time(request_of):
    run_id = queue.submit(request_of(), "demo")
    for attempt, expected in ((1, "queued"), (2, "failed")):
        assert queue.take() == Job("runs", run_id)
        workspace.change_state(run_id, status="running", attempts=attempt, stage="predicting")
        left = workspace.run_folder(run_id) / ".partial-1-x"
        left.mkdir()
        recovery.recover()
        state = workspace.read_state(run_id)
        assert state.status == expected
        assert not left.exists()
    assert state.message == kinds.PREDICTION.given_up
    assert queue.take() is None


def test_an_orphan_is_settled_by_what_it_left(request_of):
    done, unwanted, lost = (queue.submit(request_of(), "demo") for _ in range(3))
    while queue.take():
        pass
    for run_id in (done, unwanted):
        workspace.change_state(run_id, status="running", attempts=1)
    (workspace.run_folder(done) / "run.json").write_text("{}")
    workspace.request_cancel(unwanted)
    recovery.recover()
    states = [workspace.read_state(run_id).status for run_id in (done, unwanted, lost)]
    assert states == ["finished", "cancelled", "queued"]
    assert queue.take() == Job("runs", lost)


def test_a_run_with_a_reference_is_compared_next(request_of, play):
    def act(_request, out, *_):
        (out / "reference.tif").touch()

    run_id = queue.submit(request_of(), "demo")
    assert play(run_id, act).status == "finished"
    job = queue.take()
    assert job.kind == "comparisons"
    assert comparisons.read_comparison(job.id).run_id == run_id
