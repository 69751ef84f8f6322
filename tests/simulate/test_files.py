"""Files of simulated scenes read back as they were made, in the published layout."""

import csv
import json

import numpy as np
import pytest
import rasterio

from geoseg.errors import DiskError, RunCancelledError
from geoseg.grid import Grid
from geoseg.simulate import demo_area, simulate_scene, write_dataset, write_scene
from geoseg.simulate.files import parts
from geoseg.simulate.worlds import world_of
from geoseg.tasks import LANDSLIDES


@pytest.fixture(scope="module")
def small():
    return [simulate_scene(seed, 64) for seed in range(4)]


def test_a_written_scene_reads_back(tmp_path, small):
    stack, reference = write_scene(tmp_path, small[0])
    with rasterio.open(stack) as raster:
        np.testing.assert_array_equal(raster.read(), small[0].bands)
        assert raster.descriptions == tuple(band.name for band in LANDSLIDES.bands)
        assert raster.tags()["SIMULATED"] == "yes"
        assert np.isnan(raster.nodata)
        grid = Grid(raster.crs, raster.transform, raster.width, raster.height)
    assert grid.same_as(small[0].grid)
    with rasterio.open(reference) as raster:
        np.testing.assert_array_equal(raster.read(1), small[0].reference)


def test_a_dataset_has_the_published_layout(tmp_path, small):
    write_dataset(tmp_path, small, seed=1)
    for part, count in (("train_val", 3), ("test", 1)):
        inputs = sorted(path.name for path in (tmp_path / part / "input").iterdir())
        labels = sorted(path.name for path in (tmp_path / part / "label").iterdir())
        assert len(inputs) == len(labels) == count
        assert [n.split("_")[0] for n in inputs] == [n.split("_")[0] for n in labels]


@pytest.mark.parametrize("seed", [0, 1, 1001])
def test_twenty_one_scenes_are_split_as_published(seed):
    split = parts(21, seed)
    assert [split.count(part) for part in ("train", "validation", "test")] == [16, 4, 1]
    assert split == parts(21, seed)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 22, 100])
def test_every_scene_has_one_part_and_some_teach(count):
    split = parts(count, 3)
    assert len(split) == count
    assert set(split) <= {"train", "validation", "test"}
    assert "train" in split


def test_what_each_scene_is_for_is_told_beside_the_layout(tmp_path):
    scenes = [simulate_scene(seed, 64) for seed in range(7)]
    write_dataset(tmp_path, scenes, seed=2)
    split = json.loads((tmp_path / "split.json").read_text())
    assert [len(split[part]) for part in ("train", "validation", "test")] == [5, 1, 1]
    for part, names in split.items():
        folder = tmp_path / ("test" if part == "test" else "train_val")
        for name in names:
            assert (folder / "input" / f"{name}_input.tif").exists()
    with (tmp_path / "scenes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [scene.name for scene in scenes]
    for row, scene in zip(rows, scenes, strict=True):
        assert row["world"] == scene.world == world_of(scene.seed).name
        assert int(row["slides"]) == scene.facts["slides"] > 0
        assert float(row["slide_share"]) == pytest.approx(scene.reference.mean(), abs=1e-5)
        assert row["name"] in split[row["part"]]


def test_a_folder_that_cannot_be_written_is_told(tmp_path, small):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DiskError, match="cannot be written"):
        write_scene(tmp_path / "taken", small[0])


def test_writing_stops_when_asked(tmp_path, small):
    with pytest.raises(RunCancelledError):
        write_dataset(tmp_path, small, seed=1, cancelled=lambda: True)


def test_the_demo_area_is_ready_in_seconds_and_says_it_is_simulated(tmp_path):
    stack, reference = demo_area(tmp_path)
    with rasterio.open(stack) as raster, rasterio.open(reference) as truth:
        assert "SIMULATED" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"]
        assert raster.shape == truth.shape == (512, 512)
