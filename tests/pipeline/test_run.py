import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from geoseg import pipeline
from geoseg.errors import OutputError, RunCancelledError
from geoseg.evaluation import count
from tests.pipeline import tiny

CONTRACT = {
    "probability.tif", "spread.tif", "agreement.tif", "coverage.tif", "classes.tif",
    "polygons.gpkg", "polygons.shp.zip", "polygons.geojson", "polygons.kml", "run.json",
    "report.html", "stac.json", "entropy.tif", "mutual_information.tif", "single_best.tif",
}  # fmt: skip
WITH_REFERENCE = {
    "metrics.json",
    "curves.json",
    "confusion.tif",
    "reference.tif",
    "ensemble_sizes.json",
}


@pytest.fixture(scope="module")
def finished(zoo, tmp_path_factory):
    """A run of two members with a reference: its folder, record and events."""
    place = tmp_path_factory.mktemp("run")
    stack = tiny.write_raster(place / "stack.tif", tiny.scene_values())
    reference = tiny.write_reference(place / "truth.tif")
    events = []
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, reference=reference, title="A valley",
        settings={"setting": "s2", "ensemble_size": 2},
    )  # fmt: skip
    record = pipeline.run(request, place / "out", events.append)
    return place / "out", record, events


def band(folder, name):
    with rasterio.open(folder / f"{name}.tif") as raster:
        return raster.read(1)


def test_every_file_of_the_contract_is_there_and_listed(finished):
    folder, record, _ = finished
    names = {path.name for path in folder.iterdir()}
    assert names >= CONTRACT | WITH_REFERENCE
    assert names - CONTRACT - WITH_REFERENCE == {n for n in names if n.endswith(".qml")}
    assert {p.name for p in pipeline.list_products(folder)} == names
    assert set(record["files"]) == names - {"run.json"}


def test_the_record_is_what_lies_on_disk(finished):
    folder, record, _ = finished
    assert json.loads((folder / "run.json").read_text()) == record
    assert [m["name"] for m in record["members"]] == ["tiny1", "tiny2"]
    assert {"predicting", "preparing networks"} <= set(record["timings_s"])
    assert record["peak_memory_bytes"] > 1e7


def test_no_data_is_where_every_band_is_missing_and_coverage_says_the_rest(finished):
    folder, _, _ = finished
    coverage = band(folder, "coverage")
    assert (coverage[:, :18] == 255).all()
    assert (coverage[:, 18:20] == 50).all()
    assert (coverage[:, 20:] == 100).all()
    missing = coverage == 255
    for name in ("probability", "spread", "agreement"):
        np.testing.assert_array_equal(np.isnan(band(folder, name)), missing)
    np.testing.assert_array_equal(band(folder, "classes") == 255, missing)


def test_the_classes_are_the_probability_at_the_threshold(finished):
    folder, _, _ = finished
    probability, classes = band(folder, "probability"), band(folder, "classes")
    known = classes != 255
    np.testing.assert_array_equal(classes[known] == 1, probability[known] >= 0.5)


def test_the_metrics_are_those_of_the_maps(finished):
    folder, record, _ = finished
    counts = count(band(folder, "classes"), band(folder, "reference"))
    metrics = json.loads((folder / "metrics.json").read_text())
    assert {key: metrics[key] for key in counts.record()} == counts.record()
    assert record["metrics"] == metrics
    kinds = np.bincount(band(folder, "confusion").ravel(), minlength=256)
    assert kinds[1:5].tolist() == [counts.tp, counts.fp, counts.fn, counts.tn]


def test_all_layers_lie_on_the_rasters_grid_and_say_their_settings(finished):
    folder, record, _ = finished
    for path in folder.glob("*.tif"):
        with rasterio.open(path) as raster:
            assert raster.shape == tiny.SHAPE
            assert raster.crs.to_epsg() == 32633
            assert json.loads(raster.tags()["GEOSEG_SETTINGS"]) == record["settings"]


def test_two_members_are_the_mean_of_single_runs(finished, zoo, stack, tmp_path):
    folder, _, _ = finished
    singles = []
    for name in ("tiny1", "tiny2"):
        request = pipeline.RunRequest(
            rasters=(stack,), models=zoo, settings={"setting": "s2", "members": [name]}
        )
        pipeline.run(request, tmp_path / name)
        singles.append(band(tmp_path / name, "probability"))
    np.testing.assert_allclose(band(folder, "probability"), np.mean(singles, axis=0), atol=1e-5)
    np.testing.assert_allclose(band(folder, "spread"), np.std(singles, axis=0), atol=1e-5)


def test_progress_counts_every_member_to_its_end(finished):
    _, _, events = finished
    last = {e.member: e for e in events if e.stage == "predicting" and e.member}
    assert set(last) == {"tiny1", "tiny2"}
    assert all(event.done == event.total for event in last.values())


@pytest.mark.parametrize("at", range(0, 12, 2))
def test_a_cancel_at_any_moment_leaves_the_folder_as_it_was(at, zoo, stack, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    old = '{"geoseg": "0", "files": {}}'
    (out / "run.json").write_text(old)
    asked = iter(range(10_000))
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, settings={"setting": "s2", "ensemble_size": 2}
    )
    with pytest.raises(RunCancelledError):
        pipeline.run(request, out, cancelled=lambda: next(asked) >= at)
    assert {path.name: path.read_text() for path in out.iterdir()} == {"run.json": old}


def test_a_run_replaces_its_own_products_and_nothing_else(zoo, stack, tmp_path):
    out = tmp_path / "out"
    settings = {"setting": "s2", "ensemble_size": 1}
    request = pipeline.RunRequest(rasters=(stack,), models=zoo, settings=settings)
    record = pipeline.run(request, out)
    assert set(record["sha256"]) == set(record["files"])
    (out / "notes.txt").write_text("mine")
    pipeline.run(request, out)
    assert (out / "notes.txt").read_text() == "mine"
    (out / "report.pdf").write_text("by hand")
    with pytest.raises(OutputError, match=r"report\.pdf"):
        pipeline.run(request, out)
    (out / "report.pdf").unlink()
    link = tmp_path / "same.tif"
    link.symlink_to(out / "probability.tif")
    for changed in ({"rasters": (stack, out / "probability.tif")}, {"aoi": link}):
        with pytest.raises(OutputError, match="is an input"):
            pipeline.run(request.model_copy(update=changed), out)


def test_widened_outlines_join_and_grow_by_what_was_asked(finished, zoo, tmp_path):
    folder, record, _ = finished
    request = pipeline.RunRequest(
        rasters=(folder.parent / "stack.tif",), models=zoo,
        settings={"setting": "s2", "ensemble_size": 2, "buffer_m": 15},
    )  # fmt: skip
    wide = pipeline.run(request, tmp_path / "wide")
    drawn = gpd.read_file(folder / "polygons.gpkg")
    grown = gpd.read_file(tmp_path / "wide" / "polygons.gpkg")
    mapped_m2 = record["summary"]["feature_area_m2"]
    assert wide["summary"]["feature_area_m2"] == mapped_m2 > 0
    assert 0 < len(grown) <= len(drawn)
    widened = drawn.buffer(15, quad_segs=4).union_all()
    assert grown["area_m2"].sum() == pytest.approx(widened.area)
