"""Maps on disk against references on disk: the same counts as in memory."""

import json

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from sklearn.metrics import f1_score, matthews_corrcoef

from geoseg.errors import GridError, RasterError, ReferenceMapError, RunCancelledError
from geoseg.evaluation import Confusion, count, evaluate_files
from geoseg.tasks import WETLANDS
from geoseg.tasks.ravines import RAVINES

PLACE = Affine(10, 0, 500_000, 0, -10, 6_600_000)
RNG = np.random.default_rng(7)
TRUTH = (RNG.random((700, 530)) < 0.3).astype(np.uint8)
MAPPED = np.where(RNG.random(TRUTH.shape) < 0.9, TRUTH, 1 - TRUTH).astype(np.uint8)
MAPPED[:20] = 255


@pytest.fixture
def write(tmp_path):
    def write_raster(name, values, *, transform=PLACE, nodata=None, tags=()):
        values = np.asarray(values)
        values = values[np.newaxis] if values.ndim == 2 else values
        bands, height, width = values.shape
        path = tmp_path / name
        with rasterio.open(
            path, "w", driver="GTiff", count=bands, height=height, width=width,
            dtype=values.dtype, crs="EPSG:32633", transform=transform, nodata=nodata,
        ) as dataset:  # fmt: skip
            dataset.write(values)
            dataset.update_tags(**dict(tags))
        return path

    return write_raster


def test_files_give_the_counts_of_their_arrays(write):
    classes, truth = write("classes.tif", MAPPED, nodata=255), write("truth.tif", TRUTH)
    found = evaluate_files(classes, truth)
    assert found.confusion == count(MAPPED, TRUTH)
    record = json.loads(json.dumps(found.record()))
    assert record["f1"] == found.confusion.metrics()["f1"]
    assert record["tp"] == found.confusion.tp
    assert record["threshold"] is None
    assert record["notes"] == ["truth.tif: class 1 counts as landslide, 0 as none"]


def test_tags_of_the_map_tell_task_and_threshold(write):
    tags = {"GEOSEG_TASK": "wetlands", "GEOSEG_SETTINGS": '{"threshold": 0.4}'}
    classes = write("classes.tif", MAPPED, nodata=255, tags=tags)
    found = evaluate_files(classes, write("cover.tif", np.where(TRUTH, 6, 3).astype(np.uint8)))
    assert found.confusion == count(MAPPED, TRUTH)
    assert found.threshold == 0.4


def test_areas_are_counted_each_on_its_own(write, tmp_path):
    left, right, top = 500_000, 505_300, 6_600_000
    shapes = [
        shapely.box(left, top - 3000, left + 2000, top),
        shapely.box(left + 1000, top - 7000, right, top - 2000),
        shapely.box(0, 0, 1, 1),
    ]
    frame = geopandas.GeoDataFrame({"Name": ["A", "B", "far"]}, geometry=shapes, crs="EPSG:32633")
    frame.to_file(tmp_path / "areas.gpkg")
    found = evaluate_files(
        write("classes.tif", MAPPED, nodata=255),
        write("truth.tif", TRUTH),
        areas=tmp_path / "areas.gpkg",
    )
    a, b = found.areas
    assert (a.name, b.name) == ("A", "B")
    assert a.confusion == count(MAPPED[:300, :200], TRUTH[:300, :200])
    assert b.confusion == count(MAPPED[200:, 100:], TRUTH[200:, 100:])
    record = found.record()
    assert [row["name"] for row in record["areas"]] == ["A", "B"]
    both = [row["f1"] for row in record["areas"]]
    assert record["mean_of_areas"]["f1"] == pytest.approx(sum(both) / 2)


def test_a_probability_gives_the_best_threshold(write):
    probability = np.clip(TRUTH * 0.4 + RNG.random(TRUTH.shape) * 0.6, 0, 1).astype(np.float32)
    classes = (probability >= 0.5).astype(np.uint8)
    found = evaluate_files(
        write("classes.tif", classes),
        write("truth.tif", TRUTH),
        probability=write("probability.tif", probability),
    )
    assert found.histogram.confusion_at(0.5) == found.confusion
    record = found.record()
    assert record["best_f1"] >= record["f1"]
    two = write("two.tif", np.stack([1 - probability, probability]))
    again = evaluate_files(
        write("classes.tif", classes), write("truth.tif", TRUTH), probability=two
    )
    assert again.histogram.to_record() == found.histogram.to_record()


def test_progress_is_told_and_cancel_is_heard(write):
    classes, truth = write("classes.tif", MAPPED), write("truth.tif", TRUTH)
    events = []
    evaluate_files(classes, truth, progress=events.append)
    assert [(event.done, event.total) for event in events] == [(n, 4) for n in (1, 2, 3, 4)]
    with pytest.raises(RunCancelledError):
        evaluate_files(classes, truth, cancelled=lambda: True)


def test_what_is_no_class_map_is_refused(write):
    truth = write("truth.tif", TRUTH)
    with pytest.raises(RasterError, match=r"p\.tif holds 0\.5, which is no class id; expected wh"):
        evaluate_files(write("p.tif", np.full(TRUTH.shape, 0.5, np.float32)), truth)
    with pytest.raises(RasterError, match=r"m\.tif holds -3, which is no class id"):
        evaluate_files(write("m.tif", np.full(TRUTH.shape, -3, np.int16)), truth)
    with pytest.raises(RasterError, match=r"two\.tif holds 2 bands; expected one band of class"):
        evaluate_files(write("two.tif", np.stack([TRUTH, TRUTH])), truth)


def test_what_lies_elsewhere_is_refused(write, tmp_path):
    classes, truth = write("classes.tif", MAPPED), write("truth.tif", TRUTH)
    away = Affine(10, 0, 900_000, 0, -10, 6_600_000)
    with pytest.raises(ReferenceMapError, match=r"away\.tif does not overlap the rasters"):
        evaluate_files(classes, write("away.tif", TRUTH, transform=away))
    shifted = write("p.tif", TRUTH.astype(np.float32), transform=PLACE @ Affine.translation(1, 0))
    with pytest.raises(GridError, match=r"p\.tif .* does not lie on the pixels of classes\.tif"):
        evaluate_files(classes, truth, probability=shifted)
    areas = geopandas.GeoSeries([shapely.box(0, 0, 1, 1)], crs="EPSG:32633")
    areas.to_file(tmp_path / "areas.gpkg")
    with pytest.raises(GridError, match=r"no area of areas\.gpkg touches the map"):
        evaluate_files(classes, truth, areas=tmp_path / "areas.gpkg")


def test_a_simple_rule_on_the_real_wetland_scores_as_scikit_learn_says(shared_data, write):
    """Wet ground is dark in the short-wave infrared: a poor rule, but real numbers."""
    folder = shared_data / "gewata"
    with rasterio.open(folder / "GewataB5.tif") as dataset:
        wet, place = (dataset.read(1) < 1200).astype(np.uint8), dataset.transform
        crs = dataset.crs
    path = write("wet.tif", wet, transform=place)
    with rasterio.open(path, "r+") as dataset:
        dataset.crs = crs
    found = evaluate_files(path, folder / "lulcGewata.tif", task=WETLANDS)
    with rasterio.open(folder / "lulcGewata.tif") as dataset:
        cover = dataset.read(1)
    known = np.isfinite(cover)
    true, mapped = cover[known] == 6, wet[known]
    metrics = found.confusion.metrics()
    assert found.confusion.total == known.sum()
    assert found.confusion.tp + found.confusion.fn == 104_616
    assert metrics["f1"] == pytest.approx(f1_score(true, mapped))
    assert metrics["mcc"] == pytest.approx(matthews_corrcoef(true, mapped))


def test_an_empty_count_says_why_nothing_is_defined():
    assert Confusion().metrics() == dict.fromkeys(Confusion().metrics(), None)


def test_maps_of_several_classes_are_counted_by_class(write):
    truth = np.where(TRUTH == 1, 1 + RNG.integers(0, 2, TRUTH.shape), 0).astype(np.uint8)
    mapped = np.where(MAPPED == 255, 255, np.where(RNG.random(truth.shape) < 0.8, truth, 0))
    classes = write("classes.tif", mapped.astype(np.uint8), nodata=255)
    record = evaluate_files(classes, write("truth.tif", truth), task=RAVINES).record()
    known = mapped != 255
    expected = f1_score(truth[known], mapped[known], average=None)
    assert [row["f1"] for row in record["classes"]] == pytest.approx(expected.tolist())
    assert record["macro_f1"] == pytest.approx(expected[1:].mean())
    assert "areas" not in record
    with pytest.raises(RasterError, match="holds the class 7, the task has 0 no ravine, 1 smooth"):
        evaluate_files(
            write("odd.tif", np.full_like(truth, 7)), write("t.tif", truth), task=RAVINES
        )


def test_areas_that_tile_the_map_share_its_classes_out(write, tmp_path):
    truth = RNG.integers(0, 3, TRUTH.shape).astype(np.uint8)
    mapped = np.where(RNG.random(truth.shape) < 0.7, truth, 2).astype(np.uint8)
    left, top = 500_000, 6_600_000
    halves = [shapely.box(left + x, top - 7000, left + x + 2650, top) for x in (0, 2650)]
    frame = geopandas.GeoDataFrame(geometry=halves, crs="EPSG:32633")
    frame.to_file(tmp_path / "areas.gpkg")
    classes, areas = write("classes.tif", mapped), tmp_path / "areas.gpkg"
    given = evaluate_files(classes, write("truth.tif", truth), areas=areas, task=RAVINES)
    record = given.record()
    parts = [np.array(row["class_matrix"]) for row in record["areas"]]
    assert sum(parts).tolist() == record["class_matrix"]
    expected = f1_score(truth[:, :265].ravel(), mapped[:, :265].ravel(), average=None)
    assert [row["f1"] for row in record["areas"][0]["classes"]] == pytest.approx(expected.tolist())
    means = [row["macro_f1"] for row in record["areas"]]
    assert record["mean_of_areas"]["macro_f1"] == pytest.approx(sum(means) / 2)
