"""Article II again, in small: error matrix, both rounds, further rectangles where maps disagree."""

import json

import geopandas as gpd
import numpy as np
import pytest

from geoseg.experiments import ExperimentSettings, Watch
from geoseg.experiments.wetland_scores import MATRIX, PUBLISHED, area_share, matrix_row
from geoseg.experiments.wetlands import Extent, run_wetlands


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A whole experiment of two networks of one step on one area."""
    out = tmp_path_factory.mktemp("wetlands")
    extent = Extent(128, 1, 1, (0.2, 0.3), 2, 32, 4, batch=2)
    return out, run_wetlands(ExperimentSettings(max_steps=1), out, Watch(), extent)


def test_the_published_accuracies_follow_from_the_published_matrix():
    assert PUBLISHED["sensitivity"] == pytest.approx(0.898, abs=5e-4)
    assert PUBLISHED["specificity"] == pytest.approx(0.921, abs=5e-4)
    assert PUBLISHED["balanced_accuracy"] == pytest.approx(0.909, abs=6e-4)
    assert matrix_row(*MATRIX["wetland"], 491)["users"] == pytest.approx(58.3, abs=0.05)
    assert matrix_row(*MATRIX["other"], 4068)["users"] == pytest.approx(98.6, abs=0.05)
    assert matrix_row(0, 0, 0)["users"] is None


def test_the_matrix_adds_up_to_the_points(made):
    out, (matrix, _) = made
    wetland, other, total, _ = (row.ours for row in matrix.rows)
    for key in ("wetland", "other", "total"):
        assert wetland[key] + other[key] == total[key]
    points = gpd.read_file(out / "data" / "area1_points.gpkg")
    assert total["total"] == len(points)
    assert total["wetland"] == points["class"].sum()
    assert matrix.rows[2].published == {"wetland": 547, "other": 4419, "total": 4966}


def test_further_rectangles_lie_apart_from_the_first(made):
    out, _ = made
    first = gpd.read_file(out / "data" / "first" / "area1_rectangles.gpkg")
    second = gpd.read_file(out / "data" / "second" / "area1_rectangles.gpkg")
    assert len(first) == 2
    assert len(second) == len(first) + (second["part"] == "second").sum()
    shapes = list(second.geometry)
    for number, shape in enumerate(shapes):
        assert all(shape.intersection(other).area == 0 for other in shapes[:number])


def test_both_rounds_and_the_old_map_have_their_rows(made):
    out, (_, rounds) = made
    assert [row.names[0] for row in rounds.rows] == ["First round", "Second round", "Old map"]
    record = json.loads((out / "runs" / "area1-second" / "metrics.json").read_bytes())
    assert rounds.rows[1].ours["iou"] == record["iou"]
    share = area_share([out / "runs" / "area1-second" / "classes.tif"])
    assert rounds.rows[1].ours["area"] == share
    assert np.isclose(rounds.rows[1].published["area"], 0.127)
    assert (out / "compared" / "area1" / "run_vs_run.tif").is_file()
    assert (out / "figures" / "confusion-area1.png").is_file()
