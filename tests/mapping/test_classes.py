"""The threshold decides; missing stays missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.mapping.classes import classify


@given(threshold=st.floats(0.01, 0.99), value=st.floats(0, 1, width=32))
def test_a_pixel_is_the_feature_from_the_threshold_on(threshold, value):
    found = classify(np.full((1, 1, 1), value, np.float32), threshold)
    assert found.item() == (value >= np.float32(threshold))


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.5, 0.7])
def test_a_stored_probability_equal_to_the_threshold_is_positive(threshold):
    assert classify(np.full((1, 2, 2), threshold, np.float32), threshold).all()


def test_no_data_is_255_and_warns_nobody():
    probability = np.array([[[np.nan, 0.2, 0.9]]], np.float32)
    assert classify(probability, 0.5).tolist() == [[255, 0, 1]]


def test_of_several_classes_the_likeliest_feature_is_taken_where_they_reach_the_threshold():
    probability = np.array([[0.2, 0.6, 0.4], [0.5, 0.3, 0.2], [0.3, 0.1, 0.4]], np.float32)
    assert classify(probability[:, None], 0.5).tolist() == [[1, 0, 2]]
