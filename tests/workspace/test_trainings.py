"""Trainings live in folders of their own; what is usable of them becomes a zoo."""

import json

import pytest

from geoseg import workspace
from geoseg.errors import SettingsError, WorkspaceError
from geoseg.training.ground import AreaDataset
from geoseg.workspace import trainings
from geoseg.workspace.zoos import get_zoo, list_zoos
from tests.pipeline import tiny
from tests.workspace.made_up import member, training_request

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def training(tmp_path):
    return trainings.create_training(training_request(tmp_path / "area"))


def members_folder(training_id):
    return trainings.training_folder(training_id) / "members" / "landslides" / "s2"


def test_a_request_comes_back_from_its_folder(tmp_path):
    asked = training_request(tmp_path / "area", member(), member(name="other"), plan="ensemble")
    training_id = trainings.create_training(asked)
    assert trainings.read_training_request(training_id) == asked
    state = trainings.read_training(training_id)
    assert (state.status, state.title, state.area_ids) == ("queued", "My hill", ("hill",))
    assert asked.steps == {"tiny": 8, "other": 8}


def test_a_request_needs_ground_and_a_network(tmp_path):
    with pytest.raises(SettingsError, match="areas"):
        training_request(tmp_path, areas=())
    with pytest.raises(SettingsError, match="members"):
        training_request(tmp_path, members=())


def test_runs_and_trainings_wait_in_one_line(training, tmp_path):
    from geoseg.pipeline import RunRequest

    request = RunRequest(rasters=["a.tif"], settings={"setting": "s2"})
    run_id = workspace.create_run(request, "hill")
    assert trainings.read_training(training).queue_position == 1
    assert workspace.read_state(run_id).queue_position == 2


def test_curves_are_read_while_they_are_written(training):
    folder = members_folder(training)
    folder.mkdir(parents=True)
    whole = json.dumps({"step": 4, "f1": 0.5, "loss": 0.7})
    (folder / "tiny.history.jsonl").write_text(f'{whole}\n{{"step": 8, "f1"')
    assert trainings.read_histories(training) == {"tiny": [{"step": 4, "f1": 0.5, "loss": 0.7}]}


def test_nothing_is_published_before_a_network_is_usable(training):
    assert trainings.publish(training) is None
    assert len(list_zoos()) == 1


def test_what_is_usable_becomes_a_zoo_again_and_again(training):
    for count in (1, 2):
        tiny.write_member(members_folder(training), f"tiny{count}", 0.5, seed=count)
        zoo = trainings.publish(training)
        assert get_zoo(training) == zoo
        assert len(list(zoo.folder.rglob("*.safetensors"))) == count
    assert (zoo.title, zoo.task, zoo.setting) == ("My hill", "landslides", "s2")
    assert trainings.read_training(training).zoo == training
    trainings.TRAININGS.change(training, status="finished")
    trainings.delete_training(training)
    assert get_zoo(training) == zoo


def test_doubts_are_told_where_they_stand(tmp_path):
    split = AreaDataset(training=("a", "b", "c"), validation=("d",), block_pixels=64)
    request = training_request(tmp_path)
    same_ground, few = trainings.doubts(request, split)
    assert "same ground" in same_ground
    assert "Only 1 block " in few
    apart = request.model_copy(update={"validate_on": "hill"})
    many = AreaDataset(training=("a",), validation=("b", "c", "d"), block_pixels=64)
    assert trainings.doubts(apart, many) == ()
    made_up = request.areas[0].model_copy(update={"simulated": True})
    simulated = apart.model_copy(update={"areas": (made_up,)})
    assert "simulated ground only" in trainings.doubts(simulated, many)[0]


def test_a_stopped_training_can_wait_again(training):
    trainings.stop_training(training)
    assert trainings.read_training(training).status == "cancelled"
    trainings.wait_again(training)
    assert trainings.read_training(training).status == "queued"
    assert not trainings.TRAININGS.cancel_requested(training)


def test_an_area_a_training_still_reads_is_kept(training, tmp_path):
    path = tmp_path / "area" / "stack.tif"
    workspace.save_area(workspace.Area(id="hill", title="Hill", rasters=(path,)))
    with pytest.raises(WorkspaceError, match="a training still reads 'Hill'"):
        workspace.delete_area("hill")
    trainings.stop_training(training)
    workspace.delete_area("hill")


def test_an_unknown_training_is_named():
    with pytest.raises(WorkspaceError, match="no training 123"):
        trainings.read_training("123")
