"""The page Compare: every view opens with and without a reference, and the address decides."""

import numpy as np
import pytest

from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid
from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.tasks import find_task
from geoseg.ui import compare_views
from geoseg.workspace import read_record, read_request, read_state, run_folder
from geoseg.workspace.area_maps import keep_map
from geoseg.workspace.comparisons import COMPARISONS, list_comparisons
from tests.ui.conftest import make_run
from tests.ui.test_pages import opened

NAMES = [view.name for view in compare_views.VIEWS]


def switch(app):
    return next(group for group in app.get("button_group") if group.key == "chosen_view")


@pytest.mark.parametrize("view", NAMES)
def test_a_view_opens_with_a_reference(finished_run, view):
    app = opened("compare.py", run=finished_run, view=view)
    assert not app.exception
    assert not app.error
    assert switch(app).value == view


@pytest.mark.parametrize("view", NAMES)
def test_a_view_opens_without_a_reference(run_without_reference, view):
    app = opened("compare.py", run=run_without_reference, view=view)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("view", NAMES)
def test_a_view_opens_with_a_run_of_an_older_version(older_run, view):
    app = opened("compare.py", run=older_run, view=view)
    assert not app.exception
    assert not app.error


def test_the_map_comes_first_and_an_unknown_view_is_the_map(finished_run):
    assert switch(opened("compare.py")).value == "map"
    assert switch(opened("compare.py", view="nonsense")).value == "map"


def test_the_switch_writes_the_address(finished_run):
    app = opened("compare.py")
    switch(app).set_value("scores").run()
    assert not app.exception
    assert app.query_params["view"] == "scores"
    assert any(tile.label == "F1" for tile in app.metric)


def test_a_new_address_moves_the_switch(finished_run):
    app = opened("compare.py", view="scores")
    app.query_params["view"] = "map"
    app.run()
    assert switch(app).value == "map"


def test_another_run_of_the_same_grid_is_offered(demo_area, finished_run):
    other = make_run(demo_area, with_reference=True)
    app = opened("compare.py", run=finished_run, other=other)
    assert not app.exception
    beside = next(box for box in app.selectbox if box.label == "Beside it")
    assert beside.value == other
    beside.set_value("").run()
    assert "other" not in app.query_params


def test_a_run_of_another_grid_is_not_offered(demo_area, finished_run):
    other = make_run(demo_area, with_reference=True)
    record = run_folder(other) / "run.json"
    text = record.read_text()
    assert text.count('"width": 48') == 1
    record.write_text(text.replace('"width": 48', '"width": 49'))
    app = opened("compare.py", run=finished_run)
    beside = next(box for box in app.selectbox if box.label == "Beside it")
    assert len(beside.options) == 1


def test_a_run_with_a_reference_is_compared_by_itself_once(finished_run):
    app = opened("compare.py", run=finished_run)
    (state,) = list_comparisons()
    assert (state.run_id, state.status) == (finished_run, "queued")
    assert any("Waiting for the machine" in bar.proto.text for bar in app.get("progress"))
    app.run()
    assert len(list_comparisons()) == 1


def test_without_a_reference_nothing_is_compared(run_without_reference):
    app = opened("compare.py", run=run_without_reference)
    assert list_comparisons() == []
    assert not app.get("progress")


def test_a_failed_comparison_says_why_and_can_be_made_again(finished_run):
    opened("compare.py", run=finished_run)
    (state,) = list_comparisons()
    COMPARISONS.change(state.id, status="failed", message="the disk is full; free some space")
    app = opened("compare.py", run=finished_run)
    assert "the disk is full" in app.warning[0].value
    next(button for button in app.button if button.label == "Compare again").click().run()
    assert not app.exception
    assert sorted(state.status for state in list_comparisons()) == ["failed", "queued"]


def test_two_runs_are_compared_as_a_pair(demo_area, finished_run):
    other = make_run(demo_area, with_reference=True)
    opened("compare.py", run=finished_run, other=other)
    assert [(state.run_id, state.other_id) for state in list_comparisons()] == [
        (finished_run, other)
    ]


@pytest.fixture
def compared(finished_run):
    """A finished run whose comparison is finished too."""
    comparison_id = submit_comparison(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    return finished_run


@pytest.mark.parametrize("view", NAMES)
def test_a_view_opens_with_a_finished_comparison(compared, view):
    app = opened("compare.py", run=compared, view=view)
    assert not app.exception
    assert not app.error
    assert not app.get("progress")


@pytest.fixture
def old_map(finished_run, tmp_path):
    """A map that is no run, kept with the study area of the run."""
    state, record = read_state(finished_run), read_record(finished_run)
    grid = Grid.from_record(record["grid"])
    path = tmp_path / "old.tif"
    values = np.zeros(grid.shape, np.uint8)
    values[: grid.height // 2] = 7
    with RasterWriter(path, grid, ["class"], "uint8", 255) as writer:
        writer.write(0, values)
    task = find_task(read_request(finished_run).settings.task)
    return keep_map(state.area_id, "old.tif", path.read_bytes(), ("7",), (grid, task))


@pytest.mark.parametrize("view", NAMES)
def test_a_map_that_is_no_run_stands_beside_a_run(finished_run, old_map, view):
    beside = f"map-{old_map.id}"
    opened("compare.py", run=finished_run, other=beside)
    state = list_comparisons()[0]
    assert "old.tif" in state.title
    comparing.work(state.id, never)
    COMPARISONS.change(state.id, status="finished")
    app = opened("compare.py", run=finished_run, other=beside, view=view)
    assert not app.exception
    assert not app.error
    box = next(box for box in app.selectbox if box.label == "Beside it")
    assert box.value == beside
    if view == "scores":
        assert any("old.tif" in text.value for text in app.markdown)


def test_a_map_beside_needs_no_reference(run_without_reference, tmp_path):
    state, record = read_state(run_without_reference), read_record(run_without_reference)
    grid = Grid.from_record(record["grid"])
    with RasterWriter(tmp_path / "old.tif", grid, ["class"], "uint8", 255) as writer:
        writer.write(0, np.eye(*grid.shape, dtype=np.uint8))
    task = find_task(read_request(run_without_reference).settings.task)
    found = keep_map(
        state.area_id, "old.tif", (tmp_path / "old.tif").read_bytes(), (), (grid, task)
    )
    opened("compare.py", run=run_without_reference, other=f"map-{found.id}")
    (waiting,) = list_comparisons()
    comparing.work(waiting.id, never)
    COMPARISONS.change(waiting.id, status="finished")
    for view in NAMES:
        app = opened("compare.py", run=run_without_reference, other=f"map-{found.id}", view=view)
        assert not app.exception
        assert not app.error
