import pytest

from geoseg import workspace
from geoseg.errors import SettingsError, TakenError, WorkspaceError
from geoseg.pipeline import RunRequest
from geoseg.workspace.areas import add_beside


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def area(**changes):
    return workspace.Area(**{"title": "My valley", "rasters": ["stack.tif"]} | changes)


def test_an_area_is_not_saved_over_another_unless_that_is_chosen(home):
    first = workspace.add_area(area(title="Hill"))
    with pytest.raises(TakenError, match="'Hill' of the id"):
        workspace.add_area(first.model_copy(update={"title": "Dale"}))
    assert workspace.get_area(first.id).title == "Hill"
    workspace.add_area(first.model_copy(update={"title": "Dale"}), replace=True)
    assert workspace.get_area(first.id).title == "Dale"


def test_nothing_takes_the_id_of_the_demo_even_before_it_is_made(home):
    with pytest.raises(TakenError, match="never replaced"):
        workspace.add_area(area(id="demo", title="mine"), replace=True)


def test_an_area_beside_another_has_its_own_name_and_files(home):
    first = workspace.save_area(area(title="Hill"))
    file = workspace.new_upload_folder(first.id) / "a.tif"
    file.write_text("pixels")
    first = workspace.save_area(first.model_copy(update={"rasters": (file,)}))
    second = add_beside(first)
    assert (second.title, workspace.get_area(first.id).title) == ("Hill (2)", "Hill")
    workspace.delete_area(first.id)
    assert second.rasters[0].read_text() == "pixels"


def test_a_saved_area_comes_back():
    saved = workspace.save_area(area(reference="truth.tif", bands={"B1": "stack.tif#1"}))
    assert workspace.get_area(saved.id) == saved
    assert saved.rasters[0].is_absolute()
    assert workspace.list_areas() == [saved]


def test_the_demo_stands_first_then_the_newest():
    old = workspace.save_area(area(created="2026-01-01T00:00:00+00:00"))
    demo = workspace.save_area(area(id="demo", kind="demo", created="2025-01-01T00:00:00+00:00"))
    new = workspace.save_area(area(created="2026-02-01T00:00:00+00:00"))
    assert [a.id for a in workspace.list_areas()] == [demo.id, new.id, old.id]


def test_an_area_needs_a_raster():
    with pytest.raises(SettingsError, match="rasters"):
        area(rasters=[])


def test_deleting_an_area_takes_its_uploads_along():
    saved = workspace.save_area(area())
    upload = workspace.new_upload_folder(saved.id) / "stack.tif"
    upload.write_text("x")
    workspace.delete_area(saved.id)
    assert not upload.exists()
    with pytest.raises(WorkspaceError, match="no study area"):
        workspace.get_area(saved.id)


def test_an_area_a_run_still_reads_is_kept():
    saved = workspace.save_area(area())
    request = RunRequest(rasters=saved.rasters, settings={"setting": "s1"})
    run_id = workspace.create_run(request, saved.id)
    with pytest.raises(WorkspaceError, match="a run still reads 'My valley'"):
        workspace.delete_area(saved.id)
    workspace.request_cancel(run_id)
    workspace.delete_area(saved.id)


def test_only_offered_folders_are_listed(tmp_path, monkeypatch):
    inside, outside = tmp_path / "data", tmp_path / "private"
    for folder in (inside / "deep", outside):
        folder.mkdir(parents=True)
        (folder / "map.TIF").write_text("x")
    (inside / "notes.txt").write_text("x")
    (inside / "sneaky.tif").symlink_to(outside / "map.TIF")
    monkeypatch.setenv("GEOSEG_DATA", f"{inside}:{tmp_path / 'missing'}")
    assert workspace.data_folders() == [inside]
    assert workspace.list_folder_rasters() == [inside / "deep" / "map.TIF"]
    with pytest.raises(WorkspaceError, match="not in a folder this server offers"):
        workspace.list_folder_rasters(outside)
    for path in (outside / "map.TIF", inside / ".." / "private" / "map.TIF", inside / "sneaky.tif"):
        with pytest.raises(WorkspaceError, match="not in a folder this server offers"):
            workspace.require_offered(path)
    upload = workspace.new_upload_folder("mine") / "a.tif"
    assert workspace.require_offered(upload) == upload.resolve()
