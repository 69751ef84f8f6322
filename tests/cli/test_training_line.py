import json

import pytest
import rasterio

from geoseg.cli import main
from geoseg.cli.simulate import SEEDS_APART, Scenes
from geoseg.simulate import DEMO_SEED


@pytest.fixture
def scenes(tmp_path, capsys):
    arguments = "simulate --scenes 2 --seed 3 --size 96 --json --out".split()
    assert main([*arguments, str(tmp_path / "scenes")]) == 0
    made = json.loads(capsys.readouterr().out)
    assert len(made["files"]) == 4
    return tmp_path / "scenes"


def test_simulated_scenes_say_so_and_can_train_a_network(scenes, tmp_path, capsys):
    with rasterio.open(next(scenes.glob("train_val/input/*.tif"))) as raster:
        assert raster.count == 15
        assert raster.tags()["SIMULATED"] == "yes"
    out = tmp_path / "zoo"
    arguments = "--setting s2 --arch Linknet --encoder tu-resnet10t --max-steps 1 --json".split()
    assert main(["train", str(scenes), *arguments, "--out", str(out)]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["simulated"]
    assert main(["models", "verify", "--models", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verified": 1}


def test_training_without_a_dataset_is_told(tmp_path, capsys):
    arguments = ["train", str(tmp_path), "--setting", "s2", "--out", str(tmp_path / "zoo")]
    assert main(arguments) == 2
    assert "is not a dataset" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_demo_area_is_never_among_training_scenes():
    seed, number = divmod(DEMO_SEED, SEEDS_APART)
    assert Scenes(seed, number + 1, 64)[number].seed != DEMO_SEED
    assert Scenes(seed, number + 1, 64)[number - 1].seed == DEMO_SEED - 1
