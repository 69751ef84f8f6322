"""What can go wrong with a user's data or disk is one sentence, and what was trained is kept."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from geoseg.errors import DiskError, SettingsError, TrainingError
from geoseg.models.card import read_card
from geoseg.models.network import load_network
from geoseg.tasks import find_task
from geoseg.training import dataset as dataset_module
from geoseg.training import trainer
from geoseg.training.dataset import UNKNOWN, read_dataset, split
from geoseg.training.history import read_history
from geoseg.training.settings import TrainSettings
from geoseg.training.trainer import train_member
from tests.training.made_up import wet_scene, write_pair

WETLANDS = find_task("wetlands")


def read(folder):
    return read_dataset(folder, WETLANDS, "landsat")


def change_label(folder, name="scene0", **profile):
    path = folder / "train_val/label" / f"{name}_label.tif"
    with rasterio.open(path) as raster:
        values, old = raster.read(), raster.profile
    with rasterio.open(path, "w", **old | profile) as raster:
        raster.write(values)


def test_labels_with_other_values_are_named(tmp_path):
    bands, label = wet_scene(0)
    label[0, :3] = (2, 3, UNKNOWN)
    write_pair(tmp_path, "scene", bands, label)
    with pytest.raises(TrainingError, match="holds the values 2, 3; a label is 1 on the feature"):
        read(tmp_path)


def test_a_label_in_another_reference_system_is_refused(dataset):
    change_label(dataset, crs="EPSG:32637")
    with pytest.raises(TrainingError, match=r"is in EPSG:32637, scene0_input\.tif in EPSG:32636"):
        read(dataset)


def test_a_label_beside_its_input_is_refused_but_rounding_is_not(dataset):
    change_label(dataset, transform=Affine(30, 0, 5e5 + 1e-6, 0, -30, 1e6))
    read(dataset)
    change_label(dataset, transform=Affine(30, 0, 5e5 + 60, 0, -30, 1e6))
    with pytest.raises(TrainingError, match=r"scene0_label.tif lies 2\.0 pixels beside"):
        read(dataset)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_label_without_a_place_is_taken_by_its_size(dataset):
    change_label(dataset, crs=None, transform=Affine.identity())
    assert len(read(dataset)) == 3


def test_an_area_without_a_positive_pixel_teaches_where_others_have_some(
    dataset, settings, tmp_path
):
    bands, label = wet_scene(9)
    write_pair(dataset, "bare", bands, label * 0)
    scenes = read(dataset)
    for seed in range(8):
        assert split(scenes, (), seed)[1][0].name != "bare"
    short = settings.model_copy(
        update={"max_steps": 2, "steps_per_epoch": 2, "positive_share": 1.0}
    )
    assert train_member(dataset, short, tmp_path / "zoo").exists()


def test_an_area_smaller_than_the_crop_teaches_and_judges(tmp_path, settings):
    for name, side in (("small", 40), ("big", 96), ("tiny", 24)):
        write_pair(tmp_path / "data", name, *wet_scene(1, side))
    for recipe in ("quick", "thesis"):
        short = settings.model_copy(
            update={"max_steps": 2, "steps_per_epoch": 2, "recipe": recipe, "validation": ("tiny",)}
        )
        assert train_member(tmp_path / "data", short, tmp_path / recipe).exists()


def test_a_dataset_larger_than_memory_is_told_before_it_is_read(dataset, monkeypatch):
    class Little:
        available = 1_000_000

    monkeypatch.setattr(dataset_module.psutil, "virtual_memory", Little)
    with pytest.raises(TrainingError, match=r"needs about 0\.0 GB of memory to train on 6 bands"):
        read(dataset)


def test_a_file_that_is_no_raster_is_named(dataset):
    (dataset / "train_val/input/scene1_input.tif").write_text("not a raster")
    with pytest.raises(TrainingError, match=r"scene1_input\.tif is a text file, not a GeoTIFF"):
        read(dataset)


@pytest.mark.parametrize("when", ["weights", "card", "checkpoint", "history"])
def test_a_disk_that_fills_leaves_the_best_member_whole(
    dataset, settings, tmp_path, monkeypatch, when
):
    endings = {"weights": ".partial", "card": ".json.partial", "checkpoint": ".checkpoint.partial"}
    short = settings.model_copy(update={"max_steps": 30, "steps_per_epoch": 5})
    kept = tmp_path / "zoo/tiny.json"
    for name in ("write_bytes", "write_text", "open"):
        real = getattr(Path, name)

        def full(path, *given, real=real, name=name, **more):
            filling = path.name == f"tiny{endings.get(when, '.history.jsonl')}"
            if filling and kept.exists() and (name != "open" or given == ("a",)):
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(path, *given, **more)

        monkeypatch.setattr(Path, name, full)
    with pytest.raises(DiskError, match=r"No space left on device; free space .* is kept in"):
        train_member(dataset, short, tmp_path / "zoo")
    monkeypatch.undo()
    load_network(read_card(kept), kept.with_suffix(".safetensors"))
    assert not list((tmp_path / "zoo").glob("*.partial"))
    assert not list((tmp_path / "zoo").glob("*.next"))


def test_a_torn_history_line_is_left_out_and_a_resumed_run_repeats_none(
    dataset, settings, tmp_path, monkeypatch
):
    short = settings.model_copy(update={"max_steps": 6, "steps_per_epoch": 2})
    real, calls = trainer.store, []

    def broken(path, training):
        calls.append(training.standing.step)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, training)

    monkeypatch.setattr(trainer, "store", broken)
    with pytest.raises(DiskError):
        train_member(dataset, short, tmp_path)
    history = tmp_path / "tiny.history.jsonl"
    assert [row["step"] for row in read_history(history)] == [2, 4, 6]
    history.write_text(history.read_text() + '{"step": 7, "ep')
    train_member(dataset, short, tmp_path, resume=True)
    rows = read_history(history)
    assert [row["step"] for row in rows] == [2, 4, 6]
    assert list(rows[0]) == ["step", "epoch", "loss", "validation_loss", "f1", "precision",
                             "recall", "best_f1", "learning_rate", "seconds"]  # fmt: skip
    assert rows[-1]["best_f1"] == max(row["f1"] for row in rows)
    assert all(np.isfinite(row["loss"]) for row in rows)
    assert json.loads((tmp_path / "tiny.json").read_text())["validation_f1"] == pytest.approx(
        rows[-1]["best_f1"], abs=1e-4
    )


def test_unknown_architectures_and_losses_answer_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"'Unet', 'UnetPlusPlus'.* got 'Transformer'"):
        TrainSettings(task="wetlands", setting="landsat", architecture="Transformer")
    with pytest.raises(SettingsError, match=r"'BCE', 'Dice'.* got 'Hinge'"):
        TrainSettings(task="wetlands", setting="landsat", loss="Hinge")
