"""An explanation tells what hiding bands changes, and its baseline is the run itself."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from geoseg import pipeline
from geoseg.errors import ExportError, ModelError, RasterError, SettingsError
from geoseg.pipeline.explain import explain_run
from geoseg.pipeline.explain_request import ExplainSettings
from tests.pipeline import tiny


@pytest.fixture(scope="module")
def made(zoo, tmp_path_factory):
    """A finished run with a threshold in the middle of its probabilities, so that it has outlines."""
    place = tmp_path_factory.mktemp("why")
    stack = tiny.write_raster(place / "stack.tif", tiny.scene_values())
    truth = tiny.write_reference(place / "truth.tif")

    def run(name, threshold, reference=truth, **choices):
        settings = {"setting": "s2", "ensemble_size": 2, "threshold": threshold} | choices
        request = pipeline.RunRequest(
            rasters=(stack,), models=zoo, reference=reference, settings=settings
        )
        pipeline.run(request, place / name)
        return place / name

    middle = float(np.nanmedian(probability(run("first", 0.5))))
    return run, run("out", middle), stack


def probability(folder):
    with rasterio.open(folder / "probability.tif") as raster:
        return raster.read(1)


@pytest.fixture
def settings(zoo):
    return lambda **changes: ExplainSettings(models=zoo, **changes)


def test_the_whole_area(made, settings):
    _, folder, _ = made
    record = explain_run(folder, settings())
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["tiles"] == record["tiles_in_all"] == 1
    assert {row["name"] for row in record["bands"]} == {"CART_landcover", "dNDVI"}
    assert record["groups"] == []
    metrics = json.loads((folder / "metrics.json").read_text())
    assert record["baseline"]["f1"] == pytest.approx(metrics["f1"])
    mapped = probability(folder)
    mapped = mapped[mapped >= np.float32(record["threshold"])]
    assert record["baseline"]["mean_probability"] == pytest.approx(mapped.mean(), abs=1e-6)
    losses = [row["f1_fall"] for row in record["bands"]]
    assert losses == sorted(losses, reverse=True)
    assert all(len(row["fall_by_member"]) == 2 for row in record["bands"])
    assert any("F1 there is" in sentence for sentence in record["words"])


def test_an_outline_has_the_mean_probability_of_the_run(made, settings):
    _, folder, _ = made
    outlines = gpd.read_file(folder / "polygons.gpkg")
    record = explain_run(folder, settings(polygon=2))
    row = outlines[outlines["id"] == 2].iloc[0]
    assert record["target"]["area_m2"] == row["area_m2"]
    assert record["baseline"]["mean_probability"] == pytest.approx(row["mean_prob"], abs=1e-4)
    assert record["baseline"]["pixels"] * 100 == pytest.approx(row["area_m2"])
    assert all(row["f1_fall"] is None for row in record["bands"])
    assert "Inside outline 2" in record["words"][0]


def test_a_point_finds_its_outline(made, settings):
    _, folder, _ = made
    outlines = gpd.read_file(folder / "polygons.gpkg")
    inside = outlines.geometry.representative_point().to_crs(4326)
    record = explain_run(folder, settings(point=(inside.iloc[0].x, inside.iloc[0].y)))
    assert record["target"]["polygon"] == outlines.iloc[0]["id"]


def test_a_point_without_an_outline_stands_for_the_ground_around_it(made, settings, tmp_path):
    run, _, _ = made
    folder = run("none", 0.999999)
    point = gpd.GeoSeries.from_xy([500_500], [6_799_600], crs=32633).to_crs(4326).iloc[0]
    record = explain_run(folder, settings(point=(point.x, point.y)))
    assert (record["target"]["kind"], record["target"]["polygon"]) == ("point", None)
    assert 20 <= record["baseline"]["pixels"] <= 40
    area = explain_run(folder, settings())
    assert area["baseline"]["mean_probability"] is None
    assert "Nothing is mapped" in area["words"][0]
    with pytest.raises(SettingsError, match="no outline; explain the whole area"):
        explain_run(folder, settings(polygon=1))


def test_without_a_reference_the_fall_of_probability_decides(made, settings):
    run, folder, _ = made
    threshold = json.loads((folder / "run.json").read_text())["settings"]["threshold"]
    record = explain_run(run("bare", threshold, reference=None), settings())
    assert record["baseline"]["f1"] is None
    falls = [row["fall"] for row in record["bands"]]
    assert falls == sorted(falls, reverse=True)


def test_several_tiles_give_the_same_as_one(made, settings):
    """The baseline of an outline does not depend on where the tiles' borders lie."""
    run, folder, _ = made
    threshold = json.loads((folder / "run.json").read_text())["settings"]["threshold"]
    tiled = run("tiled", threshold, tiles={"size": 64, "overlap": 32})
    outlines = gpd.read_file(tiled / "polygons.gpkg")
    largest = outlines.sort_values("area_m2").iloc[-1]
    record = explain_run(tiled, settings(polygon=int(largest["id"])))
    assert record["tiles"] > 1
    assert record["baseline"]["mean_probability"] == pytest.approx(largest["mean_prob"], abs=1e-4)
    few = explain_run(tiled, settings(tiles=2))
    assert (few["tiles"], few["tiles_in_all"]) == (2, 4)
    assert any("2 of 4 tiles" in sentence for sentence in few["words"])


def test_bad_input_is_told_in_a_sentence(made, settings, tmp_path, zoo):
    _, folder, stack = made
    with pytest.raises(SettingsError, match="no outline 999 in this run; choose one of 1 to"):
        explain_run(folder, settings(polygon=999))
    with pytest.raises(SettingsError, match="lies outside the map"):
        explain_run(folder, settings(point=(0.0, 0.0)))
    with pytest.raises(SettingsError, match="not both"):
        settings(polygon=1, point=(0.0, 0.0))
    with pytest.raises(ExportError, match=r"no run\.json"):
        explain_run(tmp_path, settings())
    away = tmp_path / "deep" / "er" / "moved"
    shutil.copytree(folder, away)
    with pytest.raises(RasterError, match=r"made of stack\.tif, which is not beside it"):
        explain_run(away, settings())
    assert explain_run(away, settings(rasters=(stack,)))["tiles"] == 1
    other = tiny.write_zoo(tmp_path / "other")
    tiny.write_member(other / "landslides" / "s2", "tiny2", 0.7, seed=99)
    with pytest.raises(ModelError, match=r"asked tiny2, which .* does not hold any more"):
        explain_run(folder, ExplainSettings(models=other))
