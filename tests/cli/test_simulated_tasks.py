"""Every task's simulated scenes train a network whose map has the task's classes."""

import json

import numpy as np
import pytest
import rasterio

from geoseg.cli import main
from geoseg.tasks import find_task

SMALL = "--arch Linknet --encoder tu-resnet10t --max-steps 1 --json"
CASES = [
    ("wetlands", "sentinel2", 96, ("input", "label")),
    ("bedrock", "terrain", 96, ("input", "label", "terrain")),
    ("ravines", "terrain", 192, ("input", "label", "lines", "terrain")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_from_a_seed_to_a_map_of_the_task(tmp_path, capsys, case):
    task, setting, size, kinds = case
    scenes, zoo, out = (tmp_path / name for name in ("scenes", "zoo", "map"))
    arguments = f"simulate --task {task} --scenes 3 --seed 5 --size {size} --json --out {scenes}"
    assert main(arguments.split()) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["parts"] == {"train": 1, "validation": 1, "test": 1}
    assert len(made["files"]) == 3 * len(kinds)
    assert {folder.name for folder in (scenes / "test").iterdir()} == set(kinds)
    arguments = f"train {scenes} --task {task} --setting {setting} {SMALL} --out {zoo}"
    assert main(arguments.split()) == 0
    assert json.loads(capsys.readouterr().out)["simulated"]
    stack = next((scenes / "test" / "input").iterdir())
    arguments = f"predict {stack} --task {task} --setting {setting} --models {zoo} --out {out}"
    assert main(f"{arguments} --min-area 0 --json".split()) == 0
    with rasterio.open(out / "classes.tif") as raster:
        ids = {label.id for label in find_task(task).classes}
        assert set(np.unique(raster.read(1))) <= ids | {255}


def test_a_task_without_networks_is_told_in_a_sentence(tmp_path, capsys):
    assert main(f"simulate --task ravines --scenes 1 --size 192 --out {tmp_path}".split()) == 0
    stack = next((tmp_path / "train_val" / "input").iterdir())
    (tmp_path / "zoo").mkdir()
    arguments = f"predict {stack} --task ravines --models {tmp_path / 'zoo'} --out {tmp_path}/map"
    assert main(arguments.split()) == 2
    assert "no trained networks for task ravines" in capsys.readouterr().err
