"""Several classes: five losses, validation by class, a card with names, a run with scores by class."""

import csv
import json
import math

import numpy as np
import pytest
import torch

from geoseg import pipeline
from geoseg.errors import SettingsError, TrainingError
from geoseg.mapping.classes import classify
from geoseg.models.card import read_card
from geoseg.settings import RunSettings, TileSettings
from geoseg.tasks import custom_task, find_task
from geoseg.training.dataset import UNKNOWN, read_dataset, split
from geoseg.training.from_areas import write_area_dataset
from geoseg.training.grid import GridSettings
from geoseg.training.grid_run import train_grid
from geoseg.training.ground import TrainingArea
from geoseg.training.history import read_history
from geoseg.training.losses import make_loss
from geoseg.training.sampling import CropSampler, make_ready
from geoseg.training.scores import Hits, Scores, count_classes
from geoseg.training.scoring import of_logits
from geoseg.training.settings import LOSSES, TrainSettings
from geoseg.training.trainer import train_member
from tests.training.made_up import write_pair, write_raster

BANDS, CLASSES = ("slope", "tpi"), ("none", "smooth", "sharp")
TASK = custom_task({"terrain": [(band, "") for band in BANDS]}, classes=CLASSES)
SMALL = {
    "task": "custom", "setting": "terrain", "bands": BANDS, "classes": CLASSES, "crop": 64,
    "batch": 4, "steps_per_epoch": 20, "max_steps": 60, "validation": ("scene2",), "device": "cpu",
}  # fmt: skip
TINY = {"architecture": "Linknet", "encoder": "tu-resnet10t", "options": {"encoder_depth": 3}}


def ravine_scene(seed, side=96):
    """Two noisy bands; the first is high in a stripe of class 1, both in one of class 2."""
    rng = np.random.default_rng(seed)
    rows = np.indices((side, side))[0]
    label = np.zeros((side, side), np.uint8)
    label[np.abs(rows - rng.integers(20, 40)) < 8] = 1
    label[np.abs(rows - rng.integers(60, 80)) < 8] = 2
    bands = rng.normal(10, 1, (2, side, side)).astype(np.float32)
    bands[0] += np.float32(4) * (label > 0)
    bands[1] += np.float32(4) * (label == 2)
    return bands, label


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ravines")
    for seed in range(3):
        write_pair(folder, f"scene{seed}", *ravine_scene(seed), BANDS)
    bands, label = ravine_scene(9)
    write_raster(folder / "test/input/scene9_input.tif", bands, BANDS, float("nan"))
    write_raster(folder / "test/label/scene9_label.tif", label[None])
    return folder


@pytest.fixture(scope="module")
def zoo(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("zoo")
    train_member(dataset, TrainSettings(name="tiny", **SMALL, **TINY), out)
    return out


def test_a_network_tells_three_classes_apart(zoo):
    card = read_card(zoo / "tiny.json")
    assert (card.classes, card.class_names) == (3, CLASSES)
    last = read_history(zoo / "tiny.history.jsonl")[-1]
    assert list(last["f1_by_class"]) == ["smooth", "sharp"]
    assert last["f1"] == pytest.approx(sum(last["f1_by_class"].values()) / 2, abs=1e-5)
    assert card.validation_f1 > 0.8


def test_a_run_of_several_classes_writes_scores_by_class(zoo, dataset, tmp_path):
    raster = dataset / "test/input/scene9_input.tif"
    settings = RunSettings(
        task="custom", setting="terrain", ensemble_size=1, device="cpu",
        tiles=TileSettings(size=96, overlap=32),
    )  # fmt: skip
    request = pipeline.RunRequest(
        rasters=(raster,), settings=settings, models=zoo,
        reference=dataset / "test/label/scene9_label.tif",
    )  # fmt: skip
    pipeline.run(request, tmp_path / "run")
    metrics = json.loads((tmp_path / "run/metrics.json").read_text())
    assert [row["name"] for row in metrics["classes"]] == list(CLASSES)
    assert metrics["macro_f1"] == pytest.approx(np.mean([r["f1"] for r in metrics["classes"][1:]]))
    assert metrics["macro_f1"] > 0.8
    assert sum(map(sum, metrics["class_matrix"])) == metrics["tp"] + sum(
        metrics[kind] for kind in ("fp", "fn", "tn")
    )


@pytest.mark.parametrize("name", LOSSES)
def test_unknown_pixels_add_nothing_to_a_loss_of_classes(name):
    logits = torch.randn((2, 3, 4, 4), generator=torch.Generator().manual_seed(1))
    label = torch.arange(32).reshape(2, 4, 4).remainder(3).to(torch.uint8)
    label[0, 0] = UNKNOWN
    other = logits.clone()
    other[0, :, 0] = 40.0
    loss = make_loss(name, classes=3)
    assert float(loss(logits, label)) == float(loss(other, label))
    assert float(loss(logits, torch.full_like(label, UNKNOWN))) == 0
    right = 40.0 * torch.nn.functional.one_hot(label.long() % 3, 3).movedim(-1, 1) - 20
    assert float(loss(right, label)) < 0.01 < float(loss(logits, label))


def test_cross_entropy_and_dice_by_hand():
    logits = torch.tensor([[[[2.0, 0.0]], [[0.0, 1.0]], [[0.0, 0.0]]]])
    label = torch.tensor([[[0, 1]]], dtype=torch.uint8)
    first = math.exp(2) / (math.exp(2) + 2)
    second = math.e / (math.e + 2)
    expected = -(math.log(first) + math.log(second)) / 2
    assert float(make_loss("BCE", classes=3)(logits, label)) == pytest.approx(expected, rel=1e-5)
    sums = first + 1 / (math.e + 2), second + 1 / (math.exp(2) + 2)
    # The third class is in no label, so it does not count, but the mean is over three.
    dice = [1 - 2 * p / (s + 1) for p, s in zip((first, second), sums, strict=True)]
    assert float(make_loss("Dice", classes=3)(logits, label)) == pytest.approx(sum(dice) / 3)


def test_the_decision_in_training_is_that_of_a_run():
    logits = torch.randn((3, 20, 20), generator=torch.Generator().manual_seed(2))
    expected = classify(logits.softmax(0).numpy(), 0.5)
    assert (of_logits(logits) == expected).all()


def test_scores_by_hand():
    label, mapped = np.uint8([[0, 1, 1, 2, UNKNOWN]]), np.uint8([[1, 1, 0, 2, 2]])
    counted = count_classes(mapped, label, 2)
    assert counted == [Hits(1, 2, 2), Hits(1, 1, 1)]
    found = Scores.of(counted, 0.0)
    assert found.f1 == (0.5 + 1) / 2
    assert (found.precision, found.recall) == (2 / 3, 2 / 3)


def test_crops_are_anchored_on_rare_classes_as_often_as_on_common_ones():
    bands, label = ravine_scene(0, 256)
    label[label == 2] = 0
    label[200, 200] = 2
    folder_scene = scene_of(bands, label)
    ready = make_ready(folder_scene, statistics(), 32, (1, 2))
    sampler = CropSampler([ready], 32, 8, 1.0, 0.0, 0)
    drawn = [sampler.draw(step)[1] for step in range(40)]
    share = np.mean([(crop == 2).any() for batch in drawn for crop in batch.numpy()])
    assert 0.4 < share < 0.6


def test_ids_outside_the_legend_are_refused(tmp_path):
    bands, label = ravine_scene(0)
    label[0, 0] = 7
    write_pair(tmp_path, "scene", bands, label, BANDS)
    with pytest.raises(TrainingError, match="holds the values 7; the classes of task custom are 0"):
        read_dataset(tmp_path, TASK, "terrain")


def test_a_class_without_a_pixel_on_one_side_is_named(dataset):
    scenes = read_dataset(dataset, TASK, "terrain")
    for scene in scenes[:2]:
        scene.label[scene.label == 2] = 0
    with pytest.raises(TrainingError, match="for training hold no pixel of class 2, sharp"):
        split(scenes, ("scene2",), 0, TASK.classes[1:])


def test_a_grid_tells_the_scores_of_every_class(dataset, tmp_path):
    grid = GridSettings(
        architectures=("Linknet",), losses=("Lovasz",), learning_rates=(0.01,), shapes="compact",
        at_once=1, **SMALL | {"max_steps": 20},
    )  # fmt: skip
    with train_grid(dataset, grid, tmp_path).open() as file:
        row = next(csv.DictReader(file))
    for column in ("validation_f1_smooth", "validation_f1_sharp", "test_f1_sharp"):
        assert 0 <= float(row[column]) <= 1
    again = train_grid(dataset, grid, tmp_path)
    assert again.read_text().splitlines()[0].endswith("test_f1_smooth,test_f1_sharp")


def test_areas_with_class_references_become_blocks_of_class_ids(tmp_path):
    bands, label = ravine_scene(3, 320)
    label[:, ::7] = 2
    label[:, ::5] = 1
    stack = write_area(tmp_path / "stack.tif", bands, BANDS)
    truth = write_area(tmp_path / "truth.tif", label[None], ("truth",))
    area = TrainingArea(id="a", title="A", rasters=(stack,), reference=truth)
    write_area_dataset([area], TASK, "terrain", tmp_path / "blocks")
    scenes = read_dataset(tmp_path / "blocks", TASK, "terrain")
    assert {int(one) for scene in scenes for one in np.unique(scene.label)} == {0, 1, 2}
    odd = write_area(tmp_path / "odd.tif", label[None] * 2, ("truth",))
    area = TrainingArea(id="a", title="A", rasters=(stack,), reference=odd)
    with pytest.raises(
        TrainingError, match=r"odd\.tif holds the class ids 4; task custom has 0 no"
    ):
        write_area_dataset([area], TASK, "terrain", tmp_path / "others")


def write_area(path, values, names):
    write_raster(path, values, names)
    return path


def scene_of(bands, label):
    from geoseg.training.dataset import LabelledScene

    return LabelledScene("made", bands, label, True)


def statistics():
    from geoseg.models.card import BandStatistics

    return [BandStatistics(name=name, mean=10, std=1) for name in BANDS]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"task": "wetlands", "setting": "landsat", "bands": BANDS}, "has its own bands"),
        ({"task": "custom", "setting": "own"}, "needs the names of its bands"),
        ({"task": "custom", "setting": "own", "bands": ("A", "A")}, "each once"),
        ({"task": "custom", "setting": "own", "bands": BANDS, "classes": ("one",)}, "2 to 32"),
    ],
)
def test_bands_and_classes_belong_to_the_users_own_task(choices, words):
    with pytest.raises(SettingsError, match=words):
        _ = TrainSettings(**choices).declared


def test_a_declared_task_stays_as_it_is():
    assert TrainSettings(task="wetlands", setting="landsat").declared is find_task("wetlands")
    assert custom_task({"rgb": [("red", "")]}).classes[1].name == "feature"
