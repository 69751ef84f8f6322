"""Lines over outlines, by hand."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.errors import GridError, ReferenceMapError
from geoseg.evaluation.lines import LineSettings, compare_lines, match_lines
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.tasks import ClassLabel
from tests.evaluation.made_up import NORTH, PIXEL_M, WEST, box, outlines, write_raster


def line(*corners):
    """A line through pixels right of and below the corner."""
    return shapely.LineString([(WEST + PIXEL_M * x, NORTH - PIXEL_M * y) for x, y in corners])


def test_two_ravines_and_three_lines_by_hand():
    mapped = outlines(box(0, 0, 10, 10), box(20, 0, 25, 10))
    lines = outlines(line((2, 5), (8, 5)), line((5, 8), (5, 12)), line((40, 0), (40, 10)))
    scores = compare_lines(mapped, lines)
    # 60 m and 20 m of 60 + 40 + 100 m lie inside; one of 10,000 and 5,000 m2 meets a line.
    assert scores.length_weighted_overlap == pytest.approx(80 / 200)
    assert scores.coverage_of_intersecting == pytest.approx(2 / 3)
    assert list(scores.lines["status"]) == ["found", "in part", "missed"]
    assert list(scores.lines["share"]) == pytest.approx([1, 0.5, 0])
    assert sorted(zip(scores.outlines["area_m2"], scores.outlines["status"], strict=True)) == [
        (5000, "false"), (10_000, "meets a line"),
    ]  # fmt: skip
    record = json.loads(json.dumps(scores.record(), allow_nan=False))
    assert (record["missed_m"], record["outlines_meeting"]) == (pytest.approx(120), 1)
    assert record["lines"] == {"found": 1, "in part": 1, "missed": 1}


def test_growing_unites_neighbours_and_drops_what_stays_small():
    mapped = outlines(box(0, 0, 10, 10), box(10.8, 0, 20, 10), box(40, 0, 42, 2))
    lines = outlines(line((5, 5), (6, 5)))
    plain = compare_lines(mapped, lines)
    assert plain.coverage_of_intersecting == pytest.approx(10_000 / (10_000 + 9200 + 400))
    ready = compare_lines(mapped, lines, LineSettings(buffer_m=5, min_area_m2=5000))
    assert (len(ready.outlines), ready.coverage_of_intersecting) == (1, 1)
    grown = shapely.union_all(shapely.buffer(mapped.geometry[:2].array, 5))
    assert ready.area_m2 == pytest.approx(grown.area)


def test_overlapping_outlines_count_a_line_once():
    mapped = outlines(box(0, 0, 10, 10), box(5, 0, 15, 10))
    assert compare_lines(mapped, outlines(line((0, 5), (20, 5)))).found_m == pytest.approx(150)


@given(seed=st.integers(0, 9999))
@settings(max_examples=25, deadline=None)
def test_lengths_are_those_of_one_plain_intersection(seed):
    rng = np.random.default_rng(seed)
    circles = shapely.buffer(shapely.points(rng.uniform(0, 90, (5, 2))), 20, quad_segs=200)
    circles = shapely.transform(circles, lambda places: places + np.array([WEST, NORTH]))
    lines = [
        shapely.LineString(rng.uniform([WEST, NORTH], [WEST + 90, NORTH + 90], (6, 2)))
        for _ in range(4)
    ]
    scores = compare_lines(outlines(*circles), outlines(*lines))
    whole = shapely.union_all(circles)
    assert scores.found_m == pytest.approx(sum(one.intersection(whole).length for one in lines))


def test_nothing_mapped_leaves_coverage_undefined_not_zero():
    scores = compare_lines(outlines(), outlines(line((0, 0), (9, 9))))
    assert (scores.length_weighted_overlap, scores.coverage_of_intersecting) == (0, None)
    assert scores.notes == ("coverage is undefined: nothing was mapped",)
    json.dumps(scores.record(), allow_nan=False)


def test_degrees_are_refused():
    with pytest.raises(GridError, match="need a projected CRS"):
        compare_lines(outlines(box(0, 0, 1, 1)).to_crs(4326), outlines(line((0, 0), (9, 9))))


@pytest.fixture
def run(tmp_path):
    classes = np.zeros((30, 40), np.uint8)
    classes[10:20, 10:20] = 1
    classes[:, 30:] = 255
    path = write_raster(tmp_path / "classes.tif", classes)
    write_vectors(polygonise(path, path, path, 0, [ClassLabel(1, "ravine", "#000000")]), tmp_path)
    return tmp_path / "polygons.gpkg", path


def test_lines_of_a_file_count_where_the_map_has_data(run, tmp_path):
    path = tmp_path / "lines.geojson"
    outlines(line((-50, 15), (90, 15))).to_crs(4326).to_file(path)
    scores = match_lines(*run, path)
    assert scores.length_m == pytest.approx(300, abs=0.1)
    assert scores.found_m == pytest.approx(100, abs=0.1)


def test_lines_elsewhere_and_shapes_of_other_kinds_are_refused(run, tmp_path):
    outlines(line((32, 1), (39, 20)), line((90, 90), (99, 99))).to_file(tmp_path / "far.gpkg")
    with pytest.raises(ReferenceMapError, match=r"no line of far\.gpkg runs over the map"):
        match_lines(*run, tmp_path / "far.gpkg")
    outlines(box(0, 0, 9, 9)).to_file(tmp_path / "areas.gpkg")
    with pytest.raises(ReferenceMapError, match="expected lines only"):
        match_lines(*run, tmp_path / "areas.gpkg")
