"""A member goes on learning on other ground, beginning as exactly what it was."""

import json

import pytest

from geoseg.errors import ModelError, TrainingError
from geoseg.models.card import read_card
from geoseg.models.network import load_network
from geoseg.processor import has_bfloat16
from geoseg.tasks import find_task
from geoseg.training.dataset import read_dataset
from geoseg.training.history import history_path, read_history
from geoseg.training.losses import make_loss
from geoseg.training.sampling import make_ready
from geoseg.training.scoring import score
from geoseg.training.settings import TrainSettings
from geoseg.training.trainer import train_member
from tests.training.made_up import wet_scene, write_pair


@pytest.fixture
def start(dataset, settings, tmp_path):
    short = settings.model_copy(update={"max_steps": 12, "steps_per_epoch": 12})
    return train_member(dataset, short, tmp_path / "zoo")


@pytest.fixture
def elsewhere(tmp_path):
    for seed in (11, 12):
        bands, label = wet_scene(seed)
        write_pair(tmp_path / "elsewhere", f"new{seed}", bands + 300, label)
    return tmp_path / "elsewhere"


def tuning(start, **changes):
    choices = {"task": "wetlands", "setting": "landsat", "start_from": str(start), "crop": 64,
               "batch": 2, "max_steps": 2, "steps_per_epoch": 1, "validation": ("new12",),
               "device": "cpu"}  # fmt: skip
    return TrainSettings(**choices | changes)


def test_before_the_first_step_it_scores_as_the_member_it_starts_from(start, elsewhere, tmp_path):
    card_path = train_member(elsewhere, tuning(start), tmp_path / "own")
    before = read_card(start)
    scenes = read_dataset(elsewhere, find_task("wetlands"), "landsat")
    judged = [make_ready(scene, before.bands) for scene in scenes if scene.name == "new12"]
    network = load_network(before, start.with_suffix(".safetensors"))
    expected = score(network, judged, make_loss("Dice"), reduced_precision=has_bfloat16())
    first = read_history(history_path(tmp_path / "own", tuning(start)))[0]
    assert (first["step"], first["loss"]) == (0, None)
    assert first["f1"] == pytest.approx(expected.f1, abs=1e-6)
    assert first["validation_loss"] == pytest.approx(expected.loss, abs=1e-5)
    assert read_card(card_path).validation_f1 >= round(expected.f1, 4)


def test_statistics_network_and_origin_are_those_of_the_start(start, elsewhere, tmp_path):
    card, before = (
        read_card(train_member(elsewhere, tuning(start), tmp_path / "own")),
        read_card(start),
    )
    assert card.name == "tiny-tuned"
    assert card.bands == before.bands
    assert (card.architecture, card.encoder, card.options) == (
        before.architecture, before.encoder, before.options,
    )  # fmt: skip
    assert card.learning_rate == pytest.approx(3e-4)
    assert card.trained_on.endswith(f"; before that: {before.trained_on}")


def test_a_member_of_another_setting_or_without_card_is_refused(start, elsewhere, tmp_path):
    card = json.loads(start.read_text())
    start.write_text(json.dumps(card | {"setting": "other"}))
    with pytest.raises(TrainingError, match="maps wetlands from setting other, this training is"):
        train_member(elsewhere, tuning(start), tmp_path / "own")
    with pytest.raises(ModelError, match="no card at"):
        train_member(elsewhere, tuning(tmp_path / "none.json"), tmp_path / "own")
