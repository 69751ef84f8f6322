"""Objects are counted as by hand, and agree with labels of scikit-image."""

import json
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from geoseg.errors import GridError, ReferenceMapError, SettingsError
from geoseg.evaluation.object_files import grid_of, keep_known, match_files, reference_objects
from geoseg.evaluation.objects import ObjectSettings, match_objects
from geoseg.evaluation.overlaps import merge_overlaps, shared_ground
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.tasks import ClassLabel
from tests.evaluation.made_up import NORTH, WEST, box, outlines, write_raster

FEW = settings(max_examples=30, deadline=None)


def test_three_against_three_by_hand():
    reference = outlines(box(0, 0, 10, 10), box(20, 0, 30, 10), box(40, 0, 50, 10))
    mapped = outlines(box(0, 0, 10, 5), box(28, 0, 38, 10), box(60, 0, 70, 10), id=[7, 8, 9])
    scores = match_objects(mapped, reference)
    assert vars(scores.overlap) == {"detected": 2, "missed": 1, "confirmed": 2, "false": 1}
    assert scores.overlap.metrics() == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    )
    # Half of the first is mapped (IoU 0.5), 20 of 180 of the second.
    assert vars(scores.iou) == {"detected": 1, "missed": 2, "confirmed": 1, "false": 2}
    rows = scores.frame.set_index(["side", "id"])
    assert rows.loc[("reference", 1), "best_iou"] == pytest.approx(0.5)
    assert rows.loc[("reference", 2), "best_iou"] == pytest.approx(1 / 9)
    assert rows.loc[("reference", 2), "partner"] == 8
    assert rows.loc[("mapped", 8), "overlap_share"] == pytest.approx(0.2)
    assert rows.loc[("mapped", 9), "status"] == "false"
    assert rows.loc[("reference", 3), ["status", "status_iou"]].tolist() == ["missed", "missed"]
    assert rows.loc[("mapped", 7), "area_m2"] == pytest.approx(5000)


def test_a_wished_share_of_the_ground_must_be_covered():
    reference, mapped = outlines(box(0, 0, 10, 10)), outlines(box(7, 0, 27, 10))
    for share, found in ((0, 1), (0.3, 1), (0.31, 0)):
        scores = match_objects(mapped, reference, ObjectSettings(min_overlap_share=share))
        assert scores.overlap.detected == found
    assert match_objects(mapped, reference, ObjectSettings(min_iou=0)).iou.detected == 1


def test_touching_outlines_share_no_ground():
    scores = match_objects(outlines(box(10, 0, 20, 10)), outlines(box(0, 0, 10, 10)))
    assert vars(scores.overlap) == {"detected": 0, "missed": 1, "confirmed": 0, "false": 1}


def test_each_object_has_one_partner_at_most_the_best_first():
    reference = outlines(box(0, 0, 10, 10))
    mapped = outlines(box(0, 0, 10, 3), box(0, 4, 10, 10))
    scores = match_objects(mapped, reference, ObjectSettings(min_iou=0.3))
    assert vars(scores.overlap) == {"detected": 1, "missed": 0, "confirmed": 2, "false": 0}
    assert vars(scores.iou) == {"detected": 1, "missed": 0, "confirmed": 1, "false": 1}
    assert scores.frame.set_index("side").loc["reference", "partner"] == 2


def test_size_classes_hold_each_object_in_the_class_of_its_own_size():
    reference = outlines(box(0, 0, 2, 2), box(20, 0, 40, 20))
    mapped = outlines(box(20, 0, 22, 2))
    scores = match_objects(mapped, reference, ObjectSettings(size_classes_m2=(1000, 30_000)))
    assert list(scores.by_size) == ["under 1,000 m²", "1,000 to 30,000 m²", "30,000 m² and more"]
    small, middle, large = scores.by_size.values()
    assert vars(small) == {"detected": 0, "missed": 1, "confirmed": 1, "false": 0}
    assert (small.small, middle.metrics()["recall"]) == (True, None)
    assert vars(large) == {"detected": 1, "missed": 0, "confirmed": 0, "false": 0}
    with pytest.raises(SettingsError, match="must be above 0 and rise"):
        ObjectSettings(size_classes_m2=(1000, 1000))


def test_an_outline_drawn_a_metre_too_wide_lies_a_metre_off():
    scores = match_objects(outlines(box(-0.1, -0.1, 10.1, 10.1)), outlines(box(0, 0, 10, 10)))
    rows = scores.frame.set_index("side")
    assert rows.loc["reference", "mean_distance_m"] == pytest.approx(1)
    assert rows.loc["reference", "p95_distance_m"] == pytest.approx(1)
    assert rows.loc["mapped", "mean_distance_m"] == pytest.approx(1, abs=0.02)
    assert scores.record()["mean_boundary_distance_m"] == pytest.approx(1)


def test_outlines_that_overlap_are_one_object_and_this_is_said():
    frame = outlines(box(0, 0, 10, 10), box(30, 0, 35, 5), box(5, 0, 15, 10), box(14, 0, 20, 10))
    merged, taken_in = merge_overlaps(frame)
    assert (len(merged), taken_in) == (2, 2)
    assert shapely.equals(merged.geometry[0], box(0, 0, 20, 10))
    scores = match_objects(outlines(box(18, 0, 19, 1)), frame)
    assert vars(scores.overlap) == {"detected": 1, "missed": 1, "confirmed": 1, "false": 0}
    assert "2 outlines of the reference side overlap others" in scores.notes[0]


@pytest.mark.parametrize("empty", ["mapped", "reference", "both"])
def test_a_side_without_objects_leaves_scores_undefined_not_zero(empty):
    one, none = outlines(box(0, 0, 9, 9), id=[1]), outlines(id=[])
    mapped, reference = (none if empty in (side, "both") else one for side in
                         ("mapped", "reference"))  # fmt: skip
    scores = match_objects(mapped, reference)
    metrics = scores.overlap.metrics()
    assert metrics["f1"] is None
    assert (metrics["precision"] is None) == (empty != "reference")
    assert (metrics["recall"] is None) == (empty != "mapped")
    assert "F1 over objects is undefined: one of the two sides holds no object" in scores.notes
    assert scores.record()["mean_boundary_distance_m"] is None
    json.dumps(scores.record(), allow_nan=False)


def test_degrees_are_refused():
    with pytest.raises(GridError, match="need a projected CRS, got EPSG:4326"):
        match_objects(outlines(box(0, 0, 1, 1)).to_crs(4326), outlines(box(0, 0, 1, 1)))


def test_a_reference_in_another_crs_is_brought_over():
    scores = match_objects(outlines(box(0, 0, 9, 9)), outlines(box(0, 0, 9, 9)).to_crs(4326))
    assert scores.frame["best_iou"].min() > 0.999999


@given(st.integers(0, 10_000))
@FEW
def test_shared_ground_is_the_sum_of_its_pieces(seed):
    rng = np.random.default_rng(seed)
    x, y, radius = rng.uniform(0, 1000, 12), rng.uniform(0, 1000, 12), rng.uniform(20, 200, 12)
    many_cornered = shapely.buffer(shapely.points(x, y), radius, quad_segs=300)
    first, second = many_cornered[:6], many_cornered[6:]
    expected = shapely.area(shapely.intersection(first[:, None], second[None, :]))
    found = np.zeros((6, 6))
    pairs = shared_ground(first, second)
    found[pairs.first, pairs.second] = pairs.area
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("joined", [True, False])
def test_patches_of_a_raster_are_counted_as_scipy_labels_them(tmp_path, joined):
    rng = np.random.default_rng(3)
    truth = (rng.random((60, 70)) < 0.3).astype(np.uint8)
    classes = (rng.random((60, 70)) < 0.3).astype(np.uint8)
    files = [write_raster(tmp_path / f"{name}.tif", values)
             for name, values in (("classes", classes), ("reference", truth))]  # fmt: skip
    mapped = polygonise(files[0], files[0], files[0], 0, [ClassLabel(1, "slide", "#000000")])
    write_vectors(mapped, tmp_path)
    scores = match_files(tmp_path / "polygons.gpkg", *files, ObjectSettings(join_touching=joined))
    corners = np.ones((3, 3)) if joined else None
    true, own = (ndimage.label(values, corners)[0] for values in (truth, classes))
    detected = len(np.unique(true[(classes == 1) & (truth == 1)]))
    confirmed = len(np.unique(own[(classes == 1) & (truth == 1)]))
    assert (scores.overlap.detected, scores.overlap.missed) == (detected, true.max() - detected)
    assert (scores.overlap.confirmed, scores.overlap.false) == (confirmed, own.max() - confirmed)


def test_objects_on_unknown_ground_do_not_count(tmp_path):
    classes = np.zeros((30, 30), np.uint8)
    classes[:, 20:] = 255
    path = write_raster(tmp_path / "classes.tif", classes)
    frame = outlines(
        box(0, 0, 5, 5), box(18, 0, 24, 5), box(21, 8, 25, 15), box(2.6, 9.6, 2.8, 9.8)
    )
    kept, left_out = keep_known(frame, path)
    assert left_out == 2
    assert kept.geometry.geom_equals(frame.geometry[[0, 3]].reset_index(drop=True)).all()


def test_polygons_of_a_file_are_cut_at_the_edge_of_the_map_and_taken_apart(tmp_path):
    path = write_raster(tmp_path / "classes.tif", np.zeros((30, 30), np.uint8))
    several = shapely.union_all([box(-5, 0, 5, 5), box(10, 10, 12, 12)])
    outlines(several, box(50, 50, 60, 60)).to_crs(4326).to_file(tmp_path / "truth.geojson")
    frame = reference_objects(tmp_path / "truth.geojson", grid_of(path))
    assert sorted(frame.area.round()) == [400, 2500]
    outlines(box(50, 50, 60, 60)).to_file(tmp_path / "far.gpkg")
    with pytest.raises(ReferenceMapError, match="does not overlap the map"):
        reference_objects(tmp_path / "far.gpkg", grid_of(path))


def test_a_map_of_ten_thousand_outlines_takes_seconds():
    rng = np.random.default_rng(5)
    x, y = WEST + rng.uniform(0, 40_000, 10_000), NORTH - rng.uniform(0, 40_000, 10_000)
    shapes = shapely.buffer(shapely.points(x, y), rng.uniform(10, 120, 10_000), quad_segs=8)
    start = time.process_time()
    match_objects(outlines(*shapes[:5000]), outlines(*shapes[5000:]))
    assert time.process_time() - start < 10
