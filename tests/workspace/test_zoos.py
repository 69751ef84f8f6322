"""The shipped zoo stands first, a user's own ones are made, listed, used and deleted."""

import shutil

import pytest

from geoseg import workspace
from geoseg.errors import DiskError, WorkspaceError
from geoseg.models.zoo import PRETRAINED, list_members
from geoseg.pipeline import RunRequest
from geoseg.workspace.zoos import SHIPPED, Zoo, add_zoo, delete_zoo, get_zoo, list_zoos
from tests.pipeline import tiny

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def files(tmp_path):
    """Arguments of `add_zoo`: where members are, and which files."""
    weights = tiny.write_member(tmp_path / "trained/landslides/s2", "tiny", 0.7, seed=1)
    return tmp_path / "trained", [weights, weights.with_suffix(".json")]


def zoo(**changes):
    choices = {"title": "My hills", "task": "landslides", "setting": "s2", "trained_on": "hills"}
    return Zoo(**choices | changes)


def test_the_shipped_zoo_is_always_there_and_first():
    (shipped,) = list_zoos()
    assert (shipped.id, shipped.folder, shipped.models) == (SHIPPED, PRETRAINED, None)
    assert get_zoo(SHIPPED) == shipped
    with pytest.raises(WorkspaceError, match="cannot be deleted"):
        delete_zoo(SHIPPED)


def test_members_of_an_own_zoo_are_found(files):
    made = add_zoo(zoo(), *files)
    assert list_zoos()[1] == made == get_zoo(made.id)
    (member,) = list_members(made.models, "landslides", "s2")
    assert member.card.name == "tiny"
    assert member.weights == made.folder / "landslides" / "s2" / "tiny.safetensors"


def test_zoos_are_listed_newest_first_and_by_task(files):
    old = add_zoo(zoo(created="2026-01-01T00:00:00+00:00"), *files)
    new = add_zoo(zoo(created="2026-02-01T00:00:00+00:00"), *files)
    assert [z.id for z in list_zoos()] == [SHIPPED, new.id, old.id]
    assert [z.id for z in list_zoos("wetlands")] == [SHIPPED]


def test_a_zoo_in_use_is_kept_and_then_deleted(files):
    made = add_zoo(zoo(), *files)
    request = RunRequest(rasters=["a.tif"], settings={"setting": "s2"}, models=made.models)
    run_id = workspace.create_run(request, "demo")
    with pytest.raises(WorkspaceError, match="a run still uses 'My hills'"):
        delete_zoo(made.id)
    workspace.request_cancel(run_id)
    delete_zoo(made.id)
    assert not made.folder.exists()
    with pytest.raises(WorkspaceError, match="no zoo"):
        get_zoo(made.id)


def test_a_full_disk_leaves_no_half_zoo(files, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    made = zoo()
    with pytest.raises(DiskError, match="No space left"):
        add_zoo(made, *files)
    assert not made.folder.exists()


def test_an_id_never_leaves_the_workspace():
    with pytest.raises(WorkspaceError, match="is not an id"):
        get_zoo("../../etc")
