"""A task of one's own the whole way: polygons with classes, trees, a zoo, a map, a colleague."""

import json
import threading

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from shapely import box

from geoseg import pipeline
from geoseg.errors import SettingsError
from geoseg.jobs import queue, worker
from geoseg.jobs.queue import Job
from geoseg.models.zoo import list_members
from geoseg.pipeline import RunRequest
from geoseg.tasks.own import OwnTask
from geoseg.training.ground import TrainingArea
from geoseg.training.tree_settings import TreeSettings
from geoseg.workspace.tasks import pack_task, receive, save_task
from geoseg.workspace.trainings import TrainingRequest, read_results_of, read_training
from geoseg.workspace.zoos import get_zoo
from tests.pipeline import tiny

SIDE = 192
TASK = OwnTask(
    name="covers", title="Covers", feature="cover", bands=[{"name": "wet"}, {"name": "green"}],
    classes=[{"name": "other"}, {"name": "heath", "colour": "#8c510a"},
             {"name": "fen", "colour": "#2b8cbe"}],
    min_area_m2=0,
)  # fmt: skip


@pytest.fixture
def area(tmp_path):
    """Squares of three covers that the two bands tell apart, outlined with their names."""
    rng = np.random.default_rng(0)
    rows, cols = np.indices((SIDE, SIDE)) // 32
    truth = ((rows + cols) % 3).astype(np.uint8)
    noise = rng.normal(0, 0.05, (2, SIDE, SIDE))
    bands = {"wet": noise[0] + (truth == 2), "green": noise[1] + (truth == 1)}
    stack = tiny.write_raster(
        tmp_path / "stack.tif", {name: values.astype(np.float32) for name, values in bands.items()}
    )
    with rasterio.open(stack) as raster:
        transform, crs = raster.transform, raster.crs
    shapes, names = [], []
    for row in range(SIDE // 32):
        for col in range(SIDE // 32):
            if label := (row + col) % 3:
                (left, top), (right, bottom) = (
                    transform * (32 * c, 32 * r) for r, c in ((row, col), (row + 1, col + 1))
                )
                shapes.append(box(left, bottom, right, top))
                names.append(TASK.classes[label].name)
    reference = tmp_path / "covers.gpkg"
    gpd.GeoDataFrame({"class": names}, geometry=shapes, crs=crs).to_file(reference)
    return TrainingArea(id="moor", title="Moor", rasters=(stack,), reference=reference)


def test_from_polygons_to_a_map_and_to_a_colleague(area, tmp_path, monkeypatch):
    save_task(TASK)
    trees = tuple(
        TreeSettings(task="covers", setting="all", method=method, trees=5, pixels=500)
        for method in ("cart", "forest")
    )
    asked = TrainingRequest(title="Moor", areas=(area,), plan="trees", trees=trees)
    training_id = queue.submit_training(asked)
    assert queue.take() == Job("trainings", training_id)
    worker.work(Job("trainings", training_id), threading.Event())
    state = read_training(training_id)
    assert (state.status, state.message) == ("finished", "")
    assert state.per_member == {"cart": (3, 3), "forest": (3, 3)}
    assert all(row.is_trained for row in read_results_of(training_id).values())

    assert "blocks of ground" in get_zoo(state.zoo).trained_on

    sent = pack_task("covers", state.zoo, tmp_path / "covers.geoseg.zip")
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "theirs"))
    zoo = receive(sent).zoo
    assert {member.card.name for member in list_members(zoo.models)} == {"cart", "forest"}
    asked = RunRequest(
        rasters=area.rasters, models=zoo.models, reference=area.reference,
        settings={"task": "covers", "setting": "all", "ensemble_size": 2, "min_area_m2": 0},
    )  # fmt: skip
    pipeline.run(asked, tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert {one["name"] for one in metrics["classes"]} >= {"heath", "fen"}
    assert metrics["macro_f1"] > 0.9


def test_a_training_needs_something_to_train(area):
    with pytest.raises(SettingsError, match="at least one network or tree"):
        TrainingRequest(title="None", areas=(area,))
