"""Signed differences of two maps: laws and hand-made pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geoseg.evaluation.difference import DifferenceCounts, difference

ids = arrays(np.uint8, (7, 5), elements=st.sampled_from([0, 1, 2, 255]))


@given(ids, ids)
def test_changing_sides_changes_the_sign_where_only_one_says_feature(first, second):
    found, turned = difference(first, second), difference(second, first)
    apart = np.abs(found) == 1
    assert (turned[apart] == -found[apart]).all()
    assert (turned[~apart] == found[~apart]).all()


@given(ids, ids)
def test_the_counts_add_up_to_all_pixels(first, second):
    counts = DifferenceCounts()
    counts.add(first, second)
    found = counts.record(100.0, ("a", "b"), "wetland")["pixels"]
    assert sum(found.values()) - found["other_class"] == first.size
    assert found["only_first"] == ((first % 255 > 0) & (second == 0)).sum()


def test_pixels_by_hand():
    first, second = np.array([0, 1, 0, 1, 1, 255], np.uint8), np.array([0, 0, 1, 1, 2, 1], np.uint8)
    assert difference(first, second).tolist() == [0, 1, -1, 0, 2, -128]
    counts = DifferenceCounts()
    counts.add(first, second)
    record = counts.record(100.0, ("ours", "old"), "wetland")
    assert record["area_m2"]["both"] == 200
    assert record["agreement"] == 2 / 5
    assert record["values"]["1"] == "only ours says wetland"
