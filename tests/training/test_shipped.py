"""The shipped zoo: enough members, sound files, never the demo area, a licence on every card."""

from pathlib import Path

import pytest

from geoseg.models.network import load_network
from geoseg.models.zoo import list_members, verify
from geoseg.simulate import DEMO_SEED
from geoseg.tasks import TASKS, find_task
from geoseg.training.shipped import SEEDS, landslide_members, wetland_members

PRETRAINED = Path(__file__).parents[2] / "pretrained"
FOLDERS = [(task.name, setting.name) for task in TASKS.values() for setting in task.settings]
LARGEST_BYTES = 25_000_000
ARCHITECTURES = {"landslides": 4, "wetlands": 3}

pytestmark = pytest.mark.weights


def shipped(task, setting):
    members = list_members(PRETRAINED, task, setting)
    if not members:
        pytest.skip(f"no members of {task}/{setting} in pretrained/")
    return members


@pytest.mark.parametrize(("task", "setting"), FOLDERS)
def test_at_least_four_members_a_setting_load_and_read_the_settings_bands(task, setting):
    members = shipped(task, setting)
    assert len(members) >= 4
    assert len({member.card.architecture for member in members}) >= ARCHITECTURES[task]
    for member in members:
        verify(member)
        assert member.card.band_names == find_task(task).setting(setting).bands
        load_network(member.card, member.weights)


@pytest.mark.parametrize(("task", "setting"), FOLDERS)
def test_every_card_says_what_the_member_learned_from(task, setting):
    for member in shipped(task, setting):
        card = member.card
        assert str(DEMO_SEED) not in card.trained_on
        assert card.simulated == (task == "landslides")
        assert ("simulated" in card.trained_on) == card.simulated
        assert card.licence == ("MIT" if card.simulated else "CC BY-SA 4.0")
        assert card.simulated or "Wageningen University" in card.attribution
        assert card.validation_f1 > 0.4


def test_the_zoo_stays_small():
    assert sum(path.stat().st_size for path in PRETRAINED.rglob("*")) < LARGEST_BYTES


def test_the_demo_area_is_not_among_the_training_scenes():
    assert DEMO_SEED not in SEEDS


def test_the_plan_of_the_zoo_names_every_member_once(tmp_path):
    for seed in range(5):
        path = tmp_path / "train_val/input" / f"simulated{seed}_input.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    landslides = list(landslide_members(tmp_path, "s1", 6))
    wetlands = list(wetland_members(6))
    for members in (landslides, wetlands):
        assert len({member.member_name for member in members}) == len(members) == 4
    assert len({member.validation for member in wetlands}) == 4
    assert landslides[0].validation == ("simulated1", "simulated2", "simulated3", "simulated4")
