"""Signed differences of two maps: laws and hand-made pixels."""

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.crs import CRS

from geoseg.evaluation.difference import DifferenceCounts, difference
from geoseg.grid import Grid

UTM = CRS.from_epsg(32633)
ids = arrays(np.uint8, (7, 5), elements=st.sampled_from([0, 1, 2, 255]))


def grid_of(ids, crs=UTM, top=6_600_000.0, side=10.0):
    return Grid(crs, Affine(side, 0, 500_000, 0, -side, top), ids.shape[1], ids.shape[0])


@given(ids, ids)
def test_changing_sides_changes_the_sign_where_only_one_says_feature(first, second):
    found, turned = difference(first, second), difference(second, first)
    apart = np.abs(found) == 1
    assert (turned[apart] == -found[apart]).all()
    assert (turned[~apart] == found[~apart]).all()


@given(ids, ids)
def test_the_counts_add_up_to_all_pixels(first, second):
    counts = DifferenceCounts()
    counts.add(grid_of(first), first, second)
    found = counts.record(("a", "b"), "wetland")["pixels"]
    assert sum(found.values()) - found["other_class"] == first.size
    assert found["only_first"] == ((first % 255 > 0) & (second == 0)).sum()


def test_pixels_by_hand():
    first, second = np.array([[0, 1, 0, 1, 1, 255], [0, 0, 1, 1, 2, 1]], np.uint8)[:, None]
    assert difference(first, second).tolist() == [[0, 1, -1, 0, 2, -128]]
    counts = DifferenceCounts()
    counts.add(grid_of(first), first, second)
    record = counts.record(("ours", "old"), "wetland")
    assert record["pixels"] == {"only_first": 1, "only_second": 1, "both": 2, "other_class": 1,
                                "neither": 1, "unknown": 1}  # fmt: skip
    assert record["area_m2"]["both"] == 200
    assert record["agreement"] == 2 / 5
    assert record["values"]["1"] == "only ours says wetland"


def test_the_ground_is_that_on_earth_where_the_system_stretches():
    # Web Mercator from 0 to 60 degrees north: a pixel in the north takes a quarter of its size.
    first = np.array([[1], [0], [0], [0]], np.uint8)
    second = np.array([[0], [0], [0], [1]], np.uint8)
    side = 8_399_737.9 / 4
    grid = grid_of(first, CRS.from_epsg(3857), top=8_399_737.9, side=side)
    counts = DifferenceCounts()
    counts.add(grid, first, second)
    area = counts.record(("a", "b"), "wetland")["area_m2"]
    north, south = grid.pixel_areas_m2()[[0, 3], 0]
    assert (area["only_first"], area["only_second"]) == pytest.approx((north, south))
    assert area["only_first"] < 0.4 * area["only_second"]
