import threading

import pytest

from geoseg import workspace
from geoseg.errors import WorkspaceError
from geoseg.pipeline import RunRequest
from geoseg.workspace.files import write_whole


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def request(**changes):
    choices = {"rasters": ["stack.tif"], "settings": {"setting": "s1s2"}, "title": "A valley"}
    return RunRequest(**choices | changes)


def test_a_request_comes_back_from_its_folder_with_full_paths():
    asked = request(reference="truth.tif", bands={"dNDVI": "a.tif#2"})
    run_id = workspace.create_run(asked, "demo")
    assert workspace.read_request(run_id) == asked.absolute()
    assert workspace.read_request(run_id).rasters[0].is_absolute()


def test_a_new_run_is_queued_and_has_no_products():
    run_id = workspace.create_run(request(), "demo")
    state = workspace.read_state(run_id)
    assert (state.status, state.area_id, state.title) == ("queued", "demo", "A valley")
    assert workspace.products(run_id) == []
    with pytest.raises(WorkspaceError, match="no record yet"):
        workspace.read_record(run_id)


def test_ids_sort_by_time_and_history_shows_the_newest_first():
    ids = [workspace.create_run(request(), "demo") for _ in range(5)]
    assert ids == sorted(ids)
    assert [state.id for state in workspace.list_runs()] == ids[::-1]


def test_queued_runs_know_their_place():
    first, second, third = (workspace.create_run(request(), "demo") for _ in range(3))
    workspace.change_state(first, status="running")
    assert [workspace.read_state(i).queue_position for i in (first, second, third)] == [None, 1, 2]
    assert [s.queue_position for s in workspace.list_runs()] == [2, 1, None]


@pytest.mark.parametrize("bad", ["../../etc", "a/b", "", ".", "A", "x\n", "-x", "x" * 65, "a.b"])
def test_an_id_never_leaves_the_workspace(bad):
    for ask in (workspace.read_state, workspace.delete_run, workspace.get_area):
        with pytest.raises(WorkspaceError, match="is not an id"):
            ask(bad)


def test_an_unknown_run_is_named():
    with pytest.raises(WorkspaceError, match="no run 123"):
        workspace.read_state("123")


def test_cancelling_a_queued_run_works_at_once():
    run_id = workspace.create_run(request(), "demo")
    workspace.request_cancel(run_id)
    assert workspace.read_state(run_id).status == "cancelled"
    assert workspace.cancel_requested(run_id)


def test_cancelling_a_running_run_only_asks_and_a_finished_one_stays():
    run_id = workspace.create_run(request(), "demo")
    workspace.change_state(run_id, status="running")
    assert not workspace.cancel_requested(run_id)
    workspace.request_cancel(run_id)
    assert workspace.read_state(run_id).status == "running"
    assert workspace.cancel_requested(run_id)
    workspace.change_state(run_id, status="finished")
    workspace.request_cancel(run_id)
    assert workspace.read_state(run_id).status == "finished"


def test_a_running_run_is_not_deleted_and_a_deleted_one_counts_as_cancelled():
    run_id = workspace.create_run(request(), "demo")
    workspace.change_state(run_id, status="running")
    with pytest.raises(WorkspaceError, match="still stopping"):
        workspace.delete_run(run_id)
    workspace.change_state(run_id, status="cancelled")
    workspace.delete_run(run_id)
    assert workspace.list_runs() == []
    assert workspace.cancel_requested(run_id)


def test_products_carry_plain_titles_and_nothing_else_of_the_folder():
    run_id = workspace.create_run(request(), "demo")
    folder = workspace.run_folder(run_id)
    for name in ("probability.tif", "probability.qml", "run.json", "secret.txt", "other.qml"):
        (folder / name).write_text("{}")
    found = workspace.products(run_id)
    assert [p.name for p in found] == ["probability.tif", "run.json", "probability.qml"]
    assert found[0].title.startswith("Probability")
    assert found[0].bytes == 2
    with pytest.raises(WorkspaceError, match=r"no product 'state\.json'"):
        workspace.product(run_id, "state.json")


def test_a_state_is_never_read_half_written(home):
    run_id = workspace.create_run(request(), "demo")
    stop = threading.Event()

    def write():
        done = 0
        while not stop.is_set():
            done += 1
            workspace.change_state(run_id, done=done, message="x" * (done % 997))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(300):
            assert workspace.read_state(run_id).id == run_id
    finally:
        stop.set()
        writer.join()
    assert not list(workspace.run_folder(run_id).glob(".state*"))


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "state.json"
    write_whole(target, "old")
    monkeypatch.setattr("pathlib.Path.replace", _full_disk)
    with pytest.raises(Exception, match="No space left"):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def _full_disk(*_):
    raise OSError(28, "No space left on device")
