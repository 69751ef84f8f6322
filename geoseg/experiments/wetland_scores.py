"""Class maps and field points of several areas -> the numbers of Article II's tables."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio

from geoseg.evaluation.counts import UNKNOWN, Confusion
from geoseg.evaluation.points import accuracies, score_points
from geoseg.experiments.table import Numbers
from geoseg.tasks.wetlands import WETLANDS

TOLERANCE_M = 10.0
"""One Sentinel-2 pixel, as accepted in the article for edges of wetlands."""
MATRIX = {"wetland": (491, 351), "other": (56, 4068)}
"""Table 2 of the article: points by what the map says, of wetland and of other ground."""
PUBLISHED = accuracies(Confusion(tp=491, fp=351, fn=56, tn=4068)) | {"area": 0.127}
OLD_PUBLISHED = {"sensitivity": 0.422, "area": 0.056}
"""Of the map 1:50,000; its area share is of the whole country."""


def points_together(
    maps: Iterable[Path], points: Iterable[gpd.GeoDataFrame]
) -> tuple[Confusion, Confusion]:
    """Return the points of several areas at their pixel, and with the tolerance."""
    at_point, within = Confusion(), Confusion()
    for path, frame in zip(maps, points, strict=True):
        if len(frame):
            scores = score_points(
                frame, path, feature=WETLANDS.feature, column="class", tolerance_m=TOLERANCE_M
            )
            at_point, within = at_point + scores.at_point, within + scores.within
    return at_point, within


def matrix_row(wetland: int, other: int, right: int) -> Numbers:
    """Return a row of the error matrix; `right` of its points are of the class it is mapped as."""
    total = wetland + other
    users = 100 * right / total if total else None
    return {"wetland": wetland, "other": other, "total": total, "users": users}


def producers(scores: dict[str, Any]) -> Numbers:
    """Return the producer's accuracies of both classes, percent to one digit."""
    found = scores["producers"]
    pairs = {"wetland": found["feature"], "other": found["background"]}
    return {key: None if value is None else round(100 * value, 1) for key, value in pairs.items()}


def map_scores(maps: Sequence[Path], points: Sequence[gpd.GeoDataFrame]) -> Numbers:
    """Return what points and area tell of one map of several areas."""
    at_point, within = points_together(maps, points)
    balanced = at_point.metrics()["balanced_accuracy"]
    scores = flat(accuracies(within) | {"area": area_share(maps)})
    return {**scores, "at_point": balanced}


def flat(scores: dict[str, Any]) -> Numbers:
    """Return the accuracies that stand in the table of rounds."""
    names = ("sensitivity", "specificity", "balanced_accuracy", "area")
    return {name: scores[name] for name in names} | {"users": scores["users"]["feature"]}


def area_share(maps: Iterable[Path]) -> float | None:
    """Return the share of the known pixels of several class maps that is mapped."""
    mapped = known = 0
    for path in maps:
        with rasterio.open(path) as raster:
            ids = raster.read(1)
        mapped += int(np.count_nonzero((ids != 0) & (ids != UNKNOWN)))
        known += int(np.count_nonzero(ids != UNKNOWN))
    return mapped / known if known else None


def pixel_iou(runs: Iterable[Path]) -> float | None:
    """Return the IoU of all pixels of several runs together."""
    found = Confusion()
    for run in runs:
        record = json.loads((run / "metrics.json").read_bytes())
        found += Confusion(*(record[kind] for kind in ("tp", "fp", "fn", "tn")))
    return found.metrics()["iou"]
