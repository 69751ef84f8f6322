"""A fifth task on real ground: where landslides start in southern Ecuador, from 350 points.

    python examples/slide_ground.py DATA/ecuador_landslides slide-ground

DATA holds ta.tif (a 10 m terrain model) and points.csv of the R package spDataLarge (CC0). Predictors are
derived, a forest learns from the points of four of five blocks of ground, and maps; the points of
the fifth block judge, in turn. The last map learns from all points.
"""

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from sklearn.cluster import KMeans
from sklearn.metrics import f1_score, roc_auc_score

from geoseg import pipeline
from geoseg.exports.derived import derive_terrain
from geoseg.settings import RunSettings
from geoseg.tasks import find_task
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees

TASK, BLOCKS, HALF = find_task("slide_ground"), 5, 0.5
ATTRIBUTION = "southern Ecuador, spDataLarge (CC0)"


def main(data: Path, out: Path) -> None:
    """Learn and judge by every setting, and print one line each."""
    stack = out / "dataset/train_val/input/ecuador_input.tif"
    stack.parent.mkdir(parents=True, exist_ok=True)
    wanted = dict.fromkeys(name for s in TASK.settings for name in TASK.derived(s.name))
    derive_terrain(data / "ta.tif", tuple(wanted), stack)
    points = read_points(data / "points.csv")
    places = np.column_stack([points.geometry.x, points.geometry.y])
    block = KMeans(BLOCKS, random_state=0, n_init=5).fit_predict(places)
    for setting in TASK.settings:
        answers = np.full(len(points), np.nan)
        for number in range(BLOCKS):
            judging = block == number
            folder = out / setting.name / f"without-block-{number}"
            probability = learn_and_map(points[~judging], stack, setting.name, folder)
            answers[judging] = at(points[judging], probability)
        learn_and_map(points, stack, setting.name, out / setting.name / "all")
        print(
            f"{setting.name}: area under the curve {roc_auc_score(points['class'], answers):.2f}, "
            f"F1 {f1_score(points['class'], answers >= HALF):.2f} at {len(points)} points, each "
            "judged by a forest that learned in other blocks"
        )


def read_points(path: Path) -> gpd.GeoDataFrame:
    """Return the points with a column class: 1 where a landslide started."""
    table = pd.read_csv(path)
    slid = table["lslpts"].astype(str).str.upper() == "TRUE"
    places = gpd.points_from_xy(table["x"], table["y"])
    return gpd.GeoDataFrame({"class": slid.astype(int)}, geometry=places, crs=32717)


def learn_and_map(points: gpd.GeoDataFrame, stack: Path, setting: str, folder: Path) -> Path:
    """Train a forest from points, map the whole terrain, and return the probability."""
    folder.mkdir(parents=True, exist_ok=True)
    points.to_file(folder / "points.gpkg")
    settings = TreeSettings(
        task=TASK.name, setting=setting, method="forest", trees=300, min_leaf=3,
        points=str(folder / "points.gpkg"), attribution=ATTRIBUTION, licence="CC0",
    )  # fmt: skip
    train_trees(stack.parents[2], settings, folder / "members")
    request = pipeline.RunRequest(
        rasters=(stack,), models=folder / "members",
        settings=RunSettings(task=TASK.name, setting=setting, ensemble_size=1),
    )  # fmt: skip
    pipeline.run(request, folder / "run")
    return folder / "run" / "probability.tif"


def at(points: gpd.GeoDataFrame, raster: Path) -> np.ndarray:
    """Return a raster's values at points."""
    with rasterio.open(raster) as file:
        places = list(zip(points.geometry.x, points.geometry.y, strict=True))
        return np.array([value[0] for value in file.sample(places)])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
