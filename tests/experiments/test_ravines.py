"""The pieces of Article VI again: grounds, counts of several runs, lines of several areas."""

import json

import geopandas as gpd
import pytest
import rasterio
import shapely

from geoseg.cli import main
from geoseg.evaluation.lines import compare_lines
from geoseg.experiments import ravines
from geoseg.experiments.ravines import (
    GROUND,
    LIKE,
    OTHER,
    TRAINED,
    Extent,
    count_classes,
    lines_together,
    make_ground,
)
from geoseg.experiments.settings import ExperimentSettings, Watch

SMALL = Extent(size=256, teaching=1, judging=1, held_out=1, blind=1)


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ravines.EXTENTS, "quick", SMALL)
        return make_ground(ExperimentSettings(), tmp_path_factory.mktemp("ground"), Watch())


def world_of(path):
    with rasterio.open(path) as raster:
        return raster.tags()["GEOSEG_WORLD"]


def seeds(paths):
    found = []
    for path in paths:
        with rasterio.open(path) as raster:
            found.append(raster.tags()["GEOSEG_SEED"])
    return found


def test_setting_one_learns_from_two_areas_and_setting_two_from_the_first(ground):
    worlds = {
        name: {world_of(path) for path in (folder / "train_val" / "input").glob("*.tif")}
        for name, folder in ground.datasets.items()
    }
    assert worlds == {"setting1": set(GROUND), "setting2": {GROUND[0]}}
    assert {name: len(judges) for name, judges in ground.judges.items()} == {
        "setting1": 2, "setting2": 1,
    }  # fmt: skip


def test_no_ground_is_judged_by_pixels_or_blind_that_a_network_has_seen(ground):
    taught = seeds((ground.datasets["setting1"] / "train_val" / "input").glob("*.tif"))
    unseen = [*ground.held_out["setting1"], *ground.areas[LIKE], *ground.areas[OTHER]]
    assert not set(taught) & set(seeds(area.stack for area in unseen))
    assert world_of(ground.areas[OTHER][0].stack) not in GROUND
    assert all(area.lines is not None for area in ground.areas[TRAINED])


def test_counts_of_runs_add_up(tmp_path):
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        matrix = [[5, 1, 0], [2, 7, 1], [0, 1, 3]]
        (folder / "metrics.json").write_text(json.dumps({"class_matrix": matrix}))
    counts = count_classes([tmp_path / "1", tmp_path / "2"])
    sharp = counts.confusion(2).metrics()
    assert sharp["precision"] == pytest.approx(3 / 4)
    assert sharp["recall"] == pytest.approx(3 / 4)
    assert counts.matrix.sum() == 40


def test_lines_of_areas_are_weighted_by_length_and_ground():
    crs = "EPSG:32633"
    outline = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 10)], crs=crs)
    away = gpd.GeoDataFrame(geometry=[shapely.box(0, 50, 300, 60)], crs=crs)
    line = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 5), (200, 5)])], crs=crs)
    both = lines_together([compare_lines(outline, line), compare_lines(away, line)])
    assert both["overlap"] == pytest.approx(100 / 400, rel=1e-5)
    assert both["coverage"] == pytest.approx(1000 / 4000, rel=1e-5)
    assert both["outlines"] == 2
    assert lines_together([])["overlap"] is None


@pytest.mark.slow
def test_the_command_makes_both_tables_and_runs_that_can_be_compared(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(ravines.EXTENTS, "quick", SMALL)
    assert main(["experiment", "ravines", "--out", str(tmp_path), "--max-steps", "2"]) == 0
    page = capsys.readouterr().out
    assert "Table 3" in page
    assert "Table 4" in page
    assert "The data differ" in page
    assert (tmp_path / "table.csv").is_file()
    for name in ("setting1", "setting2", "union"):
        assert (tmp_path / "runs" / f"like1-{name}" / "report.html").is_file()
    assert (tmp_path / "compared" / "other1" / "metrics.json").is_file()
