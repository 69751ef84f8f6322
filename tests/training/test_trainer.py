"""A tiny network learns a scene; stopping, resuming and faults keep what was trained."""

import json

import pytest
import torch

from geoseg.errors import DiskError, ModelError, RunCancelledError, SettingsError, TrainingError
from geoseg.models.card import read_card
from geoseg.models.network import load_network
from geoseg.training import starting
from geoseg.training.settings import TrainSettings
from geoseg.training.trainer import train_member


def test_a_tiny_network_learns_a_scene_in_seconds(dataset, settings, tmp_path):
    card = read_card(train_member(dataset, settings, tmp_path / "zoo"))
    assert card.validation_f1 > 0.85
    assert card.band_names == ("B1", "B2", "B3", "B4", "B5", "B7")
    assert card.trained_on == "3 scenes of dataset, 1 of them for validation"
    assert not card.simulated
    load_network(card, tmp_path / "zoo/tiny.safetensors")
    assert sorted(p.name for p in (tmp_path / "zoo").iterdir()) == [
        "tiny.history.jsonl",
        "tiny.json",
        "tiny.safetensors",
    ]


def test_the_thesis_recipe_lowers_its_loss(dataset, settings, tmp_path):
    short = settings.model_copy(update={"recipe": "thesis", "max_steps": 12, "steps_per_epoch": 6})
    assert short.completed.averaging == 0
    assert read_card(train_member(dataset, short, tmp_path)).recipe == "thesis"


def test_a_resumed_run_equals_an_uninterrupted_one(dataset, settings, tmp_path):
    short = settings.model_copy(update={"max_steps": 12, "steps_per_epoch": 4})
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train_member(dataset, short, whole)
    asked = iter([False] * 6 + [True] * 100)
    with pytest.raises(RunCancelledError):
        train_member(dataset, short, broken, cancelled=lambda: next(asked))
    assert (broken / "tiny.checkpoint").exists()
    train_member(dataset, short, broken, resume=True)
    cards = [read_card(folder / "tiny.json") for folder in (whole, broken)]
    assert cards[0].sha256 == cards[1].sha256
    assert not (broken / "tiny.checkpoint").exists()


def test_resuming_with_other_settings_is_refused(dataset, settings, tmp_path):
    asked = iter([False] * 21 + [True])
    with pytest.raises(RunCancelledError):
        train_member(dataset, settings, tmp_path, cancelled=lambda: next(asked))
    other = settings.model_copy(update={"loss": "BCE"})
    with pytest.raises(TrainingError, match="other settings"):
        train_member(dataset, other, tmp_path, resume=True)


def test_a_loss_that_is_no_number_is_told_and_the_best_member_is_kept(
    dataset, settings, tmp_path, monkeypatch
):
    calls = iter(range(1000))

    def breaking(name, all_known, classes):
        return lambda logits, label: logits.mean() * (float("nan") if next(calls) > 25 else 1)

    monkeypatch.setattr(starting, "make_loss", breaking)
    with pytest.raises(TrainingError, match="no longer a number"):
        train_member(dataset, settings, tmp_path)
    card = read_card(tmp_path / "tiny.json")
    load_network(card, tmp_path / "tiny.safetensors")


def test_progress_counts_steps_and_tells_the_validation_score(dataset, settings, tmp_path):
    events = []
    short = settings.model_copy(update={"max_steps": 4, "steps_per_epoch": 2})
    train_member(dataset, short, tmp_path, progress=events.append)
    steps = [event.done for event in events if event.stage == "training tiny"]
    assert steps == [1, 2, 3, 4]
    assert sum("validation F1" in event.stage for event in events) == 2


def test_the_global_random_state_is_left_alone(dataset, settings, tmp_path):
    before = torch.random.get_rng_state()
    train_member(dataset, settings.model_copy(update={"max_steps": 2}), tmp_path)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_folder_that_cannot_be_written_is_told(dataset, settings, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DiskError, match="cannot be written"):
        train_member(dataset, settings, tmp_path / "taken")


def test_an_unknown_encoder_is_told(dataset, settings, tmp_path):
    with pytest.raises(ModelError, match="cannot be built"):
        train_member(dataset, settings.model_copy(update={"encoder": "tu-nothing"}), tmp_path)


def test_settings_survive_json_and_refuse_nonsense():
    settings = TrainSettings(task="wetlands", setting="landsat", max_steps=7)
    assert TrainSettings.from_json(settings.to_json()) == settings
    assert settings.member_name == "Unet-Dice-0.003"
    assert json.loads(settings.to_json())["max_steps"] == 7
    with pytest.raises(SettingsError, match="architecture"):
        TrainSettings(task="wetlands", setting="landsat", architecture="Transformer")
    with pytest.raises(SettingsError, match="letters, digits"):
        TrainSettings(task="wetlands", setting="landsat", name="../up")
