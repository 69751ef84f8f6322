"""Comparisons of runs in the workspace: found again, made once, gone with their run."""

import pytest

from geoseg import workspace
from geoseg.comparison import CompareRequest
from geoseg.errors import WorkspaceError
from geoseg.jobs import kinds, queue
from geoseg.jobs.queue import Job
from geoseg.pipeline import RunRequest
from geoseg.workspace import comparisons
from tests.comparison import made_up


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def make_run(shift=5):
    """Put a made-up finished run into the workspace."""
    request = RunRequest(rasters=["stack.tif"], settings={"setting": "s2"}, title="A valley")
    run_id = workspace.create_run(request, "demo")
    made_up.make_run(workspace.run_folder(run_id), shift=shift)
    workspace.change_state(run_id, status="finished")
    return run_id


def test_the_same_request_finds_the_same_comparison():
    first, second = make_run(), make_run(2)
    assert comparisons.find_comparison(first) is None
    made = queue.submit_comparison(first)
    assert queue.submit_comparison(first) == made
    assert comparisons.find_comparison(first).id == made
    assert comparisons.find_comparison(first, second) is None
    beside = queue.submit_comparison(first, second)
    assert beside != made
    assert comparisons.find_comparison(first, second).other_id == second
    own = CompareRequest(run=workspace.run_folder(first), boundary_m=30)
    assert comparisons.find_comparison(first, request=own) is None


def test_a_failed_comparison_is_made_again():
    run_id = make_run()
    made = queue.submit_comparison(run_id)
    comparisons.COMPARISONS.change(made, status="failed")
    assert queue.submit_comparison(run_id) != made
    assert comparisons.find_comparison(run_id).status == "queued"


def test_the_worker_compares_a_run_and_its_files_can_be_asked_for():
    run_id = make_run()
    made = queue.submit_comparison(run_id)
    assert queue.take() == Job("comparisons", made)
    kinds.COMPARISON.work(made, lambda: False)
    assert kinds.COMPARISON.is_done(made)
    names = {file.name for file in comparisons.list_files(comparisons.comparison_folder(made))}
    assert {"metrics.json", "confusion.tif", "figures/performance_diagram.html"} <= names
    assert comparisons.comparison_file(made, "areas.csv").media_type == "text/csv"
    with pytest.raises(WorkspaceError, match="has no file"):
        comparisons.comparison_file(made, "../state.json")
    assert comparisons.read_comparison(made).stage == "drawing figures"


def test_deleting_a_run_deletes_its_comparisons():
    first, second = make_run(), make_run(2)
    beside, alone = queue.submit_comparison(first, second), queue.submit_comparison(first)
    workspace.delete_run(second)
    with pytest.raises(WorkspaceError, match="no comparison"):
        comparisons.read_comparison(beside)
    assert comparisons.read_comparison(alone).status == "queued"


def test_a_comparison_at_work_whose_run_is_deleted_removes_itself():
    run_id = make_run()
    made = queue.submit_comparison(run_id)
    comparisons.COMPARISONS.change(made, status="running")
    workspace.delete_run(run_id)
    assert comparisons.COMPARISONS.cancel_requested(made)
    kinds.COMPARISON.keep(made)
    with pytest.raises(WorkspaceError, match="no comparison"):
        comparisons.read_comparison(made)
