"""Polygons give the class map back, and their numbers are those of their pixels."""

import time

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.features import rasterize

from geoseg.errors import RunCancelledError
from geoseg.mapping.polygons import COLUMNS, polygonise
from geoseg.tasks import LANDSLIDES, ClassLabel

METRES_10 = Affine(10, 0, 500_000, 0, -10, 6_800_000)
ODD = Affine(9.77, 0, 500_000.123, 0, -12.31, 6_800_000.456)
TURNED = METRES_10 @ Affine.rotation(30)
TWO = (ClassLabel(0, "none", "#000000"), ClassLabel(1, "sharp", "#ff0000"),
       ClassLabel(2, "smooth", "#00ff00"))  # fmt: skip
QUICK = settings(max_examples=40, deadline=None,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


def write(path, values, transform=METRES_10):
    values = np.atleast_3d(values.T).T
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1],
        count=len(values), dtype=values.dtype, crs="EPSG:32633", transform=transform,
    ) as raster:  # fmt: skip
        raster.write(values)
    return path


@pytest.fixture
def draw(tmp_path):
    def draw(classes, probability=None, spread=None, *, transform=METRES_10, min_area_m2=0,
             labels=LANDSLIDES.classes, **choices):  # fmt: skip
        shown = [classes, probability, spread]
        shown = [np.zeros(classes.shape, np.float32) if v is None else v for v in shown]
        names = ("classes", "probability", "spread")
        paths = [write(tmp_path / f"{n}.tif", v, transform)
                 for n, v in zip(names, shown, strict=True)]  # fmt: skip
        return polygonise(*paths, min_area_m2, labels, **choices)

    return draw


def burn(frame, shape, transform=METRES_10):
    ids = frame["class"].map({"landslide": 1, "sharp": 1, "smooth": 2})
    if frame.empty:
        return np.zeros(shape, np.uint8)
    pairs = zip(frame.geometry, ids, strict=True)
    return rasterize(pairs, shape, transform=transform, dtype="uint8")


class_maps = arrays(np.uint8, st.tuples(st.integers(1, 14), st.integers(1, 14)),
                    elements=st.sampled_from([0, 1, 1, 2, 255]))  # fmt: skip


@QUICK
@given(classes=class_maps, rows=st.integers(1, 15), transform=st.sampled_from([METRES_10, ODD]))
def test_burning_the_polygons_gives_the_class_map_back(draw, classes, rows, transform):
    frame = draw(classes, transform=transform, labels=TWO, strip_rows=rows)
    burnt = burn(frame, classes.shape, transform)
    np.testing.assert_array_equal(burnt, np.where(classes == 255, 0, classes))
    assert frame.is_valid.all()
    assert (frame.geom_type == "Polygon").all()


@QUICK
@given(classes=class_maps, rows=st.integers(1, 15))
def test_the_strips_do_not_matter(draw, classes, rows):
    values = np.random.default_rng(0).random(classes.shape, dtype=np.float32)
    whole = draw(classes, values, values / 2, labels=TWO)
    cut = draw(classes, values, values / 2, labels=TWO, strip_rows=rows)
    assert cut.drop(columns="geometry").equals(whole.drop(columns="geometry"))
    assert cut.geometry.normalize().geom_equals(whole.geometry.normalize()).all()


@pytest.mark.parametrize("transform", [METRES_10, ODD, TURNED])
def test_area_is_pixels_times_pixel_area(draw, transform):
    classes = (np.random.default_rng(3).random((60, 80)) > 0.6).astype(np.uint8)
    frame = draw(classes, transform=transform, strip_rows=7)
    assert frame.area_m2.sum() == pytest.approx(classes.sum() * abs(transform.determinant))
    np.testing.assert_allclose(frame.area_m2, frame.area)


def test_a_hand_made_l_has_the_perimeter_area_and_means_of_its_pixels(draw):
    classes = np.zeros((6, 6), np.uint8)
    classes[1:5, 1] = 1
    classes[4, 2:4] = 1
    probability = np.full(classes.shape, 0.1, np.float32)
    probability[1:5, 1] = 0.6
    probability[4, 2:4] = 0.9
    frame = draw(classes, probability, probability / 2, strip_rows=2)
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    row = frame.iloc[0]
    assert (row["id"], row["class"], row["area_m2"], row["perim_m"]) == (1, "landslide", 600, 140)
    assert row["mean_prob"] == pytest.approx((4 * 0.6 + 2 * 0.9) / 6)
    assert row["mean_sprd"] == pytest.approx((4 * 0.6 + 2 * 0.9) / 12)
    assert frame.crs.to_epsg() == 32633


def test_corners_do_not_join(draw):
    assert len(draw(np.eye(4, dtype=np.uint8))) == 4


def test_a_ring_keeps_its_hole_though_the_hole_touches_the_outside(draw):
    classes = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0]], np.uint8)
    for rows in (1, 2, 3):
        frame = draw(classes, strip_rows=rows)
        assert frame.is_valid.all()
        assert frame.area.tolist() == [700.0]


def test_arms_that_meet_only_further_down_are_one_polygon(draw):
    classes = np.zeros((9, 9), np.uint8)
    classes[:, ::2] = 1
    classes[-1] = 1
    frame = draw(classes, strip_rows=2)
    assert len(frame) == 1
    assert frame.area_m2[0] == classes.sum() * 100


@pytest.mark.parametrize(("min_area_m2", "left"), [(0, 3), (100, 3), (101, 2), (300, 1), (301, 0)])
def test_smaller_than_the_least_area_is_left_out(draw, min_area_m2, left):
    classes = np.array([[1, 0, 1, 1, 0, 1, 1, 1]], np.uint8)
    frame = draw(classes, min_area_m2=min_area_m2)
    assert len(frame) == left
    assert frame.area_m2.tolist() == [300, 200, 100][:left]
    assert frame["id"].tolist() == [1, 2, 3][:left]


def test_nothing_found_is_an_empty_table_with_its_columns(draw):
    frame = draw(np.zeros((5, 5), np.uint8))
    assert frame.empty
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    assert frame.crs.to_epsg() == 32633
    assert frame["area_m2"].dtype == "float64"


def test_several_classes_take_the_means_of_their_own_band(draw):
    classes = np.array([[1, 2, 2]], np.uint8)
    probability = np.array([[[0, 0.1, 0.2]], [[0.9, 0.1, 0.1]], [[0.1, 0.6, 0.8]]], np.float32)
    frame = draw(classes, probability, probability, labels=TWO)
    assert frame["class"].tolist() == ["smooth", "sharp"]
    np.testing.assert_allclose(frame.mean_prob, [0.7, 0.9], atol=1e-6)


def test_twenty_thousand_polygons_take_seconds(draw):
    classes = np.zeros((600, 600), np.uint8)
    classes[::4, ::4] = 1
    classes[1::4, ::4] = 1
    started = time.perf_counter()
    frame = draw(classes, strip_rows=100)
    assert len(frame) == 22_500
    assert time.perf_counter() - started < 10


def test_every_strip_is_heard_and_may_be_the_last(draw):
    heard = []
    draw(np.ones((10, 4), np.uint8), progress=heard.append, strip_rows=5)
    assert [(event.done, event.total) for event in heard] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    with pytest.raises(RunCancelledError, match="cancelled"):
        draw(np.ones((10, 4), np.uint8), cancelled=lambda: True)


def test_means_agree_with_exactextract(draw, tmp_path):
    exactextract = pytest.importorskip("exactextract")
    random = np.random.default_rng(5)
    classes = (random.random((40, 50)) > 0.5).astype(np.uint8)
    probability = random.random(classes.shape, dtype=np.float32)
    frame = draw(classes, probability, strip_rows=9)
    path = str(tmp_path / "probability.tif")
    rows = exactextract.exact_extract(path, frame, ["mean", "count"])
    np.testing.assert_allclose(frame.mean_prob, [r["properties"]["mean"] for r in rows], atol=1e-6)
    np.testing.assert_allclose(frame.area_m2 / 100, [r["properties"]["count"] for r in rows])
