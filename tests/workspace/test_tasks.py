"""Own tasks: made once, packed with a zoo, taken by a colleague, deleted when nothing needs them."""

import numpy as np
import pytest

from geoseg.errors import ArchiveError, WorkspaceError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.trees import save_arrays
from geoseg.models.zoo import list_members
from geoseg.tasks import all_tasks
from geoseg.tasks.own import OwnTask
from geoseg.workspace.tasks import delete_task, get_task, pack_task, receive, save_task
from geoseg.workspace.zoos import Zoo, add_zoo, delete_zoo, list_zoos

TASK = OwnTask(
    name="screes", title="Screes", feature="scree", bands=[{"name": "slope"}],
    classes=[{"name": "other"}, {"name": "scree", "colour": "#d7301f"}],
)  # fmt: skip


@pytest.fixture
def zoo(home, tmp_path):
    """A zoo of one tree in the workspace of the sender."""
    save_task(TASK)
    place = tmp_path / "made" / "screes" / "all"
    place.mkdir(parents=True)
    arrays = {
        "roots": np.array([0], np.int32), "left": np.array([-1], np.int32),
        "right": np.array([-1], np.int32), "column": np.zeros(1, np.int32),
        "limit": np.array([np.inf], np.float32), "share": np.array([[1, 0]], np.float32),
    }  # fmt: skip
    card = Card(
        name="cart", task="screes", setting="all", architecture="CART", encoder="rules",
        bands=(BandStatistics(name="slope", mean=0, std=1),), loss="Gini", learning_rate=0,
        trained_on="a slope", simulated=False, licence="CC0-1.0",
        sha256=save_arrays(arrays, place / "cart.safetensors"),
    )  # fmt: skip
    (place / "cart.json").write_text(card.to_json())
    return add_zoo(
        Zoo(title="Anna's screes", task="screes", setting="all", warnings=("Few blocks.",)),
        tmp_path / "made", place.iterdir(),
    )  # fmt: skip


@pytest.fixture
def sent(zoo, tmp_path):
    return pack_task("screes", zoo.id, tmp_path / "screes.geoseg.zip")


@pytest.fixture
def colleague(sent, tmp_path, monkeypatch):
    """The workspace of somebody else."""
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "theirs"))
    return tmp_path / "theirs"


def test_a_colleague_gets_task_and_zoo(sent, colleague, zoo):
    found = receive(sent)
    assert found.is_new
    assert get_task("screes") == TASK
    assert (found.zoo.title, found.zoo.warnings) == (zoo.title, zoo.warnings)
    (member,) = list_members(found.zoo.folder, "screes", "all")
    assert member.weights.is_file()
    assert not (colleague / ".incoming").exists()


def test_the_same_task_again_is_no_fault_another_is(sent, colleague):
    save_task(TASK.model_copy(update={"title": "My screes"}))
    with pytest.raises(WorkspaceError, match="there is another task screes"):
        receive(sent)
    assert [zoo.task for zoo in list_zoos("screes")] == [""]
    assert receive(sent, "annas-screes").zoo.task == "annas-screes"
    assert not receive(sent, "annas-screes").is_new


def test_nothing_stays_of_a_bad_file(sent, colleague):
    sent.write_bytes(sent.read_bytes()[:-300])
    with pytest.raises(ArchiveError):
        receive(sent)
    assert "screes" not in all_tasks()
    assert not any(colleague.rglob("*.safetensors"))


def test_a_task_goes_when_nothing_is_of_it(zoo):
    with pytest.raises(WorkspaceError, match='zoo "Anna\'s screes" is still of the task'):
        delete_task("screes")
    delete_zoo(zoo.id)
    delete_task("screes")
    with pytest.raises(WorkspaceError, match="no own task 'screes'"):
        get_task("screes")


@pytest.mark.parametrize("name", ["landslides", "custom"])
def test_the_names_of_geoseg_stay_its_own(home, name):
    with pytest.raises(WorkspaceError, match="give yours another name"):
        save_task(TASK.model_copy(update={"name": name}))


def test_a_zoo_of_something_else_is_not_packed(zoo, tmp_path):
    with pytest.raises(WorkspaceError, match="not landslides"):
        pack_task("landslides", zoo.id, tmp_path / "x.geoseg.zip")
