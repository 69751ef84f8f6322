"""What counts as an object is the same on both sides, so that a perfect map is scored perfect."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.evaluation.object_files import match_files
from geoseg.evaluation.objects import ObjectSettings, match_objects
from geoseg.evaluation.overlaps import merge_touching
from geoseg.evaluation.smallest import Smallest
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.mapping.refine import refine
from geoseg.tasks import ClassLabel, PostProcessing
from tests.evaluation.made_up import box, outlines, write_raster

SLIDE = [ClassLabel(1, "slide", "#000000")]
APART = ObjectSettings(join_touching=False)
ALL_SIZES = ObjectSettings(same_smallest=False)


def run(folder, classes, least_m2=0.0, buffer_m=0.0):
    """Write what a run leaves of a class map; return the files `match_files` takes."""
    path = write_raster(folder / "classes.tif", classes)
    frame = polygonise(path, path, path, 0 if buffer_m else least_m2, SLIDE)
    if buffer_m:
        frame = refine(frame, PostProcessing(buffer_m, dissolve=True, min_area_m2=least_m2))
    write_vectors(frame, folder)
    return folder / "polygons.gpkg", path


def counts(scores):
    found = vars(scores.overlap)
    return tuple(found[name] for name in ("detected", "missed", "confirmed", "false"))


def test_a_reference_patch_below_the_smallest_of_the_run_is_not_missed_but_left_out(tmp_path):
    truth = np.zeros((20, 20), np.uint8)
    truth[2:6, 2:6] = truth[10:12, 10:12] = truth[15, 15] = 1
    files = run(tmp_path, truth, least_m2=500)
    reference = write_raster(tmp_path / "reference.tif", truth)
    least = Smallest(500)
    scores = match_files(*files, reference, None, least)
    assert (counts(scores), scores.too_small) == ((1, 0, 1, 0), 2)
    assert scores.frame["status"].tolist() == ["detected", "confirmed", "too small", "too small"]
    assert scores.frame["area_m2"].tolist() == [1600, 1600, 400, 100]
    assert any("below 500 m²" in rule and "2 are left out" in rule for rule in scores.rules)
    everything = match_files(*files, reference, ALL_SIZES, least)
    assert (counts(everything), everything.too_small) == ((1, 2, 1, 0), 0)
    assert any("count too, though none of them can be found" in r for r in everything.rules)
    assert match_files(*files, reference, None, Smallest(400)).overlap.missed == 1


def test_diagonal_neighbours_are_one_object_on_both_sides(tmp_path):
    stairs = np.kron(np.eye(3, dtype=np.uint8), np.ones((2, 2), np.uint8))
    truth = np.zeros((12, 12), np.uint8)
    truth[:6, :6] = stairs
    files = run(tmp_path, truth)
    reference = write_raster(tmp_path / "reference.tif", truth)
    assert counts(match_files(*files, reference)) == (1, 0, 1, 0)
    assert counts(match_files(*files, reference, APART)) == (3, 0, 3, 0)
    one_step = truth * (np.arange(12) < 2)
    (tmp_path / "part").mkdir()
    scores = match_files(*run(tmp_path / "part", one_step), reference)
    assert counts(scores) == (1, 0, 1, 0)
    assert scores.frame["area_m2"].tolist() == [1200, 400]
    assert "(2 joined to others) and on the map (0)" in scores.rules[0]


def test_the_same_ground_as_polygons_or_as_a_raster_gives_the_same_counts(tmp_path):
    truth = np.zeros((20, 20), np.uint8)
    truth[2:4, 2:4] = truth[4:6, 4:6] = truth[10, 10:14] = truth[16, 16] = 1
    mapped = truth.copy()
    mapped[10] = 0
    files = run(tmp_path, mapped, least_m2=300)
    raster = write_raster(tmp_path / "reference.tif", truth)
    # People drew the strip as two polygons side by side, and the squares as two that touch.
    drawn = outlines(
        box(2, 2, 4, 4), box(4, 4, 6, 6), box(10, 10, 12, 11), box(12, 10, 14, 11),
        box(16, 16, 17, 17),
    )  # fmt: skip
    drawn.to_crs(4326).to_file(tmp_path / "reference.geojson", COORDINATE_PRECISION=15)
    by = [match_files(*files, path, None, Smallest(300))
          for path in (raster, tmp_path / "reference.geojson")]  # fmt: skip
    assert counts(by[0]) == counts(by[1]) == (1, 1, 1, 0)
    assert by[0].too_small == by[1].too_small == 1


@pytest.mark.parametrize(("least_m2", "buffer_m"), [(0, 0), (300, 0), (900, 12)])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_a_perfect_map_is_scored_perfect_whatever_the_run_leaves_out(
    tmp_path_factory, least_m2, buffer_m, seed
):
    folder = tmp_path_factory.mktemp("perfect")
    truth = (np.random.default_rng(seed).random((25, 25)) < 0.25).astype(np.uint8)
    files = run(folder, truth, least_m2, buffer_m)
    reference = write_raster(folder / "reference.tif", truth)
    for choice in (None, APART):
        found = match_files(*files, reference, choice, Smallest(least_m2, buffer_m)).overlap
        assert (found.missed, found.false) == (0, 0)


def test_a_staircase_of_small_patches_joined_at_corners_is_as_small_as_its_largest():
    stairs = outlines(*(box(k, k, k + 1, k + 1) for k in range(5)))
    joined, taken_in = merge_touching(stairs)
    assert (len(joined), taken_in) == (1, 4)
    assert not Smallest(200).can_be_drawn(joined, 1)[0]
    # Side by side they are one patch of 500 m², which a run keeps.
    row = merge_touching(outlines(*(box(k, 0, k + 1, 1) for k in range(5))))[0]
    assert Smallest(500).can_be_drawn(row, 1).tolist() == [True]


def test_what_the_edge_of_the_map_cuts_counts_by_the_half_that_is_seen(tmp_path):
    files = run(tmp_path, np.zeros((20, 20), np.uint8))
    for name, shapes in {"half": [box(-2, 2, 2, 6)], "less": [box(-3, 2, 1, 6)]}.items():
        frame = outlines(*shapes, box(10, 10, 12, 12))
        frame.to_file(tmp_path / f"{name}.gpkg")
    assert match_files(*files, tmp_path / "half.gpkg").overlap.missed == 2
    less = match_files(*files, tmp_path / "less.gpkg")
    assert less.overlap.missed == 1
    assert (
        "1 reference objects lie mostly where the map has no data or beyond its edge"
        in (less.notes[0])
    )


def test_of_an_object_partly_on_no_data_only_the_seen_part_must_be_large_enough(tmp_path):
    classes = np.zeros((20, 20), np.uint8)
    classes[:, 4:6] = 255
    files = run(tmp_path, classes)
    # Half of the first lies on no data: 200 of its 400 m² could be drawn.
    outlines(box(2, 2, 6, 3), box(0, 8, 4, 9)).to_file(tmp_path / "truth.gpkg")
    scores = match_files(*files, tmp_path / "truth.gpkg", None, Smallest(400))
    assert (scores.overlap.missed, scores.too_small) == (1, 1)


def test_slivers_thinner_than_a_pixel_can_not_be_found_and_are_left_out(tmp_path):
    files = run(tmp_path, np.zeros((20, 20), np.uint8))
    outlines(box(2, 2, 2.3, 4), box(6, 6, 8, 8)).to_file(tmp_path / "truth.gpkg")
    scores = match_files(*files, tmp_path / "truth.gpkg")
    assert (scores.overlap.missed, scores.too_small) == (1, 1)


def test_mapped_outlines_of_two_classes_side_by_side_are_one_object_as_in_the_reference():
    reference = outlines(box(0, 0, 10, 10))
    mapped = outlines(box(0, 0, 5, 10), box(5, 0, 10, 10))
    joined = match_objects(mapped, reference)
    assert vars(joined.iou) == {"detected": 1, "missed": 0, "confirmed": 1, "false": 0}
    assert shapely.area(joined.frame.geometry.iloc[1]) == pytest.approx(10_000)
    assert match_objects(mapped, reference, APART).iou.confirmed == 1


def test_a_record_of_an_older_run_leaves_nothing_out():
    assert Smallest.of_run({}) == Smallest()
    assert Smallest.of_run({"settings": {"min_area_m2": 1000.0}}) == Smallest(1000)
