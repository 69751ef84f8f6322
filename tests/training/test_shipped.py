"""The shipped zoo: enough members, sound files, never the demo area, a licence on every card."""

from collections import Counter
from pathlib import Path

import pytest

from geoseg.models.card import ARCHITECTURES
from geoseg.models.network import load_network
from geoseg.models.zoo import list_members, verify
from geoseg.simulate import DEMO_SEED
from geoseg.tasks import TASKS, find_task
from geoseg.training import shipped_tasks
from geoseg.training.grid import GridSettings, grid_members
from geoseg.training.results import TRAINED as DONE
from geoseg.training.results import Result
from geoseg.training.shipped import (
    GROUPS,
    KEPT,
    SEEDS,
    TRAINED,
    scenes_for,
    shipped_members,
    shipped_names,
    spread,
)

PRETRAINED = Path(__file__).parents[2] / "pretrained"
FOLDERS = [(task.name, setting.name) for task in TASKS.values() for setting in task.settings]
LARGEST_BYTES = 100_000_000
FEWEST, FEWEST_SMALL = 20, 5
SMALL = {(group.task, group.setting) for group in shipped_tasks.GROUPS.values()}
REAL = ("wetlands", "landsat")

pytestmark = pytest.mark.weights


def shipped(task, setting):
    members = list_members(PRETRAINED, task, setting)
    if not members:
        pytest.skip(f"no members of {task}/{setting} in pretrained/")
    return members


@pytest.mark.parametrize(("task", "setting"), FOLDERS)
def test_enough_members_of_every_architecture_load_and_read_the_settings_bands(task, setting):
    members = shipped(task, setting)
    small = (task, setting) in SMALL
    assert len(members) >= (FEWEST_SMALL if small else FEWEST)
    assert small or {member.card.architecture for member in members} == set(ARCHITECTURES)
    for member in members:
        verify(member)
        assert member.card.band_names == find_task(task).setting(setting).bands
        load_network(member.card, member.weights)


@pytest.mark.parametrize(("task", "setting"), FOLDERS)
def test_every_card_says_what_the_member_learned_from(task, setting):
    for member in shipped(task, setting):
        card = member.card
        assert str(DEMO_SEED) not in card.trained_on
        assert card.simulated == ((task, setting) != REAL)
        assert ("simulated" in card.trained_on) == card.simulated
        assert card.licence == ("MIT" if card.simulated else "CC BY-SA 4.0")
        assert card.simulated or "Wageningen University" in card.attribution
        assert card.validation_f1 > 0.3


def test_the_zoo_stays_small():
    files = [path for path in PRETRAINED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST_BYTES


@pytest.mark.parametrize("group", shipped_tasks.GROUPS.values(), ids=shipped_tasks.GROUPS)
def test_every_task_has_members_judged_on_scenes_that_did_not_teach(group):
    members = shipped_tasks.shipped_members(group)
    assert len({member.member_name for member in members}) == len(members) >= FEWEST_SMALL
    uses = [set(shipped_tasks.scenes_for(group, part)) for part in ("train", "validation", "test")]
    assert all(uses)
    assert len(set.union(*uses)) == sum(map(len, uses)) == group.scenes


def test_neither_the_demo_area_nor_the_test_scene_teaches_or_judges():
    assert DEMO_SEED not in SEEDS
    teaching, judging = set(scenes_for("train")), set(scenes_for("validation"))
    assert (len(teaching), len(judging), len(scenes_for("test"))) == (16, 4, 1)
    assert not (teaching | judging) & set(scenes_for("test"))


def test_the_spread_holds_the_thesis_grid_once_and_every_beginning_is_fair():
    grid = GridSettings(task="landslides", setting="s1")
    published = {(m.architecture, m.loss, m.learning_rate) for m in grid_members(grid)}
    assert set(spread()) == published
    assert len(spread()) == 90
    for choice in range(3):
        counts = Counter(member[choice] for member in spread()[:TRAINED])
        assert max(counts.values()) - min(counts.values()) <= 2


@pytest.mark.parametrize("group", GROUPS)
def test_the_plan_of_a_group_names_every_member_once(group):
    members = shipped_members(group)
    assert len({member.member_name for member in members}) == len(members) == TRAINED
    assert len({member.validation for member in members}) == 1


def test_the_best_are_shipped_and_the_best_of_every_architecture_with_them():
    rows = [
        Result(f"{kind}{n}", "s1", kind, "e", "BCE", 0.001, DONE, validation_f1=f1 - n / 100)
        for kind, f1 in (("Unet", 0.9), ("PAN", 0.2))
        for n in range(KEPT)
    ]
    names = shipped_names(rows)
    assert len(names) == KEPT
    assert names == [f"Unet{n}" for n in range(KEPT - 1)] + ["PAN0"]
