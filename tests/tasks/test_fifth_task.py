"""A task is one file and one page: slide-prone ground is named nowhere else, and runs end to end."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from geoseg.cli import main
from geoseg.simulate.files import write_scene
from geoseg.simulate.kinds import make_scene
from geoseg.tasks import TASKS, find_task

REPOSITORY = Path(__file__).resolve().parents[2]
NAME = "slide_ground"
STEEP = 20.0
"""Degrees: the made-up truth of the walk."""


def test_the_task_is_named_in_its_own_file_alone():
    files = [*REPOSITORY.glob("geoseg/**/*.py"), *REPOSITORY.glob("pages/*.py")]
    naming = [path.name for path in files if NAME in path.read_text().lower()]
    assert naming == [f"{NAME}.py"]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_its_page(name):
    page = (REPOSITORY / "docs" / "tasks" / f"{name}.md").read_text()
    assert all(f"`{setting.name}`" in page for setting in find_task(name).settings)


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """Predictors of simulated terrain, and points that call steep ground slide-prone."""
    folder = tmp_path_factory.mktemp("ground")
    stack, _ = write_scene(folder, make_scene("bedrock", 7, 160), "hills")
    terrain = stack.with_name("hills_terrain.tif")
    derived = folder / "dataset/train_val/input/hills_input.tif"
    derived.parent.mkdir(parents=True)
    predictors = ",".join(find_task(NAME).derived("shape-height"))
    assert (
        main(["derive", "terrain", str(terrain), "--predictors", predictors, "--out", str(derived)])
        == 0
    )
    with rasterio.open(derived) as raster:
        slope = raster.read(raster.descriptions.index("slope") + 1)
        rows, cols = np.nonzero(np.isfinite(slope))
        chosen = np.random.default_rng(2).choice(len(rows), 300, replace=False)
        rows, cols = rows[chosen], cols[chosen]
        steep = (slope[rows, cols] > STEEP).astype(int)
        x, y = rasterio.transform.xy(raster.transform, rows, cols)
        crs = raster.crs
    points = gpd.GeoDataFrame({"class": steep}, geometry=gpd.points_from_xy(x, y), crs=crs)
    points.to_file(folder / "points.gpkg")
    return folder


def test_it_learns_from_points_and_maps_like_every_other_task(ground):
    dataset, zoo, out = ground / "dataset", ground / "zoo", ground / "map"
    words = ["--task", NAME, "--setting", "shape"]
    train = [
        "train",
        str(dataset),
        *words,
        "--method",
        "forest",
        "--points",
        str(ground / "points.gpkg"),
    ]
    assert main([*train, "--out", str(zoo)]) == 0
    stack = dataset / "train_val/input/hills_input.tif"
    assert (
        main(
            [
                "predict",
                str(stack),
                *words,
                "--models",
                str(zoo),
                "--ensemble-size",
                "1",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    record = json.loads((out / "run.json").read_bytes())
    assert record["task"]["title"] == find_task(NAME).title
    assert not record["warnings"]
    with rasterio.open(out / "classes.tif") as raster, rasterio.open(stack) as bands:
        mapped = raster.read(1)
        slope = bands.read(bands.descriptions.index("slope") + 1)
    known = (mapped != 255) & np.isfinite(slope)
    assert ((mapped == 1) == (slope > STEEP))[known].mean() > 0.95
