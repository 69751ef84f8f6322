"""A task a user made: checked at birth, read from the workspace, known wherever tasks are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.errors import SettingsError
from geoseg.tasks import LANDSLIDES, all_tasks, find_task
from geoseg.tasks.own import OwnTask, own_folder, task_name

GOOD = {
    "name": "rock-glaciers",
    "title": "Rock glaciers",
    "feature": "rock glacier",
    "bands": [{"name": "slope", "unit": "degrees"}, {"name": "B8"}],
    "classes": [
        {"name": "other ground"},
        {"name": "active", "colour": "#D7301F"},
        {"name": "relict", "colour": "#2b8cbe"},
    ],
    "min_area_m2": 500,
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path))
    own_folder().mkdir()
    return tmp_path


def put(task: OwnTask) -> None:
    (own_folder() / f"{task.name}.json").write_text(task.to_json())


def test_a_task_in_the_workspace_is_known_by_name(home):
    put(OwnTask(**GOOD))
    task = find_task("rock-glaciers")
    assert task.setting(task.default_setting).bands == ("slope", "B8")
    assert [(label.id, label.colour) for label in task.classes] == [
        (0, "#9aa0a6"), (1, "#d7301f"), (2, "#2b8cbe"),
    ]  # fmt: skip
    assert task.outputs == 3
    assert task.band("slope").unit == "degrees"
    assert list(all_tasks())[-1] == "rock-glaciers"


def test_a_changed_file_is_read_again(home):
    put(OwnTask(**GOOD))
    assert find_task("rock-glaciers").min_area_m2 == 500
    put(OwnTask(**GOOD | {"min_area_m2": 2500, "title": "Rock glaciers of the valley"}))
    assert find_task("rock-glaciers").min_area_m2 == 2500


def test_a_declared_task_is_never_replaced(home):
    put(OwnTask(**GOOD | {"name": "landslides"}))
    assert find_task("landslides") is LANDSLIDES
    assert all_tasks()["landslides"] is LANDSLIDES


def test_a_damaged_file_hides_no_other_task(home):
    put(OwnTask(**GOOD))
    (own_folder() / "broken.json").write_text("{")
    assert "rock-glaciers" in all_tasks()
    with pytest.raises(SettingsError, match=r"no task 'broken'; choose one of .*rock-glaciers"):
        find_task("broken")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "../up"}, "small letters, digits and dashes"),
        ({"bands": []}, "bands"),
        ({"bands": [{"name": "a/b"}]}, "a band is called"),
        ({"bands": [{"name": "A"}, {"name": "a"}]}, "every band has a name of its own"),
        ({"classes": [{"name": "only"}]}, "classes"),
        ({"classes": [{"name": "a"}, {"name": "b", "colour": "red"}]}, "#rrggbb"),
        ({"classes": [{"name": "a"}, {"name": " "}]}, "empty"),
        ({"code": "print()"}, "code"),
    ],
)
def test_a_fault_is_one_sentence(change, words):
    with pytest.raises(SettingsError, match=words):
        OwnTask(**GOOD | change)


@given(st.text(max_size=80))
def test_every_title_makes_a_name(title):
    name = task_name(title)
    assert OwnTask(**GOOD | {"name": name}).name == name


def test_the_example_of_the_docs_is_a_task():
    docs = Path(__file__).resolve().parents[2] / "docs" / "own_tasks.md"
    example = docs.read_text().split("```json\n")[1].split("```")[0]
    assert OwnTask.from_json(example).declare().setting("all").bands == (
        "slope", "elevation", "cover",
    )  # fmt: skip
