"""Why a run says what it says is found out by the worker, once, and goes with its run."""

import threading

import pytest

from geoseg.errors import WorkspaceError
from geoseg.jobs import queue, worker
from geoseg.jobs.queue import Job
from geoseg.pipeline import RunRequest
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.workspace import delete_run, read_state
from geoseg.workspace.explanations import (
    EXPLANATIONS,
    explanations_of,
    find_explanation,
    read_explanation,
    read_explanation_state,
)

AREA = ExplainSettings()


@pytest.fixture
def run_id(stack, zoo, reference, monkeypatch):
    """A finished run, made by the worker."""
    monkeypatch.setenv("GEOSEG_THREADS", "1")
    request = RunRequest(
        rasters=(stack,), models=zoo, reference=reference, title="A valley",
        settings={"setting": "s2", "ensemble_size": 2, "threshold": 0.3},
    )  # fmt: skip
    run_id = queue.submit(request, "hill")
    work_all()
    assert read_state(run_id).status == "finished"
    return run_id


def work_all():
    while job := queue.take():
        worker.work(job, threading.Event())


def test_the_worker_explains_a_run(run_id):
    explanation_id = queue.submit_explanation(run_id, AREA)
    assert queue.submit_explanation(run_id, AREA) == explanation_id
    with pytest.raises(WorkspaceError, match="not finished yet"):
        read_explanation(explanation_id)
    assert queue.take() == Job("explanations", explanation_id)
    worker.work(Job("explanations", explanation_id), threading.Event())
    state = find_explanation(run_id, AREA)
    assert (state.id, state.status, state.message) == (explanation_id, "finished", "")
    assert state.title == "Why of A valley"
    assert {row["name"] for row in read_explanation(state.id)["bands"]} == {
        "CART_landcover", "dNDVI",
    }  # fmt: skip
    assert queue.submit_explanation(run_id, AREA) == explanation_id
    delete_run(run_id)
    assert EXPLANATIONS.every() == []


def test_what_stands_in_the_way_is_told_and_may_be_asked_again(run_id):
    settings = ExplainSettings(polygon=99_999)
    explanation_id = queue.submit_explanation(run_id, settings)
    work_all()
    state = read_explanation_state(explanation_id)
    assert state.status == "failed"
    assert "no outline 99999 in this run" in state.message
    assert queue.submit_explanation(run_id, settings) != explanation_id
    assert len(explanations_of(run_id)) == 2
