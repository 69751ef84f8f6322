"""Doubt leads the list of outlines; size weighs by its power of ten."""

import numpy as np
import pytest

from geoseg.mapping.doubt import doubt


def test_a_small_outline_in_doubt_comes_before_a_large_sure_one():
    area = [1_000_000, 1_000, 10_000]
    found = doubt(area, [0.97, 0.6, 0.8], [0.02, 0.3, 0.1])
    # 0.02 x (1 + 3), 0.3 x (1 + 0), 0.1 x (1 + 1)
    np.testing.assert_allclose(found, [0.08, 0.3, 0.2])


def test_of_equal_doubt_the_larger_comes_first():
    found = doubt([500, 5_000, 50_000], [0.7] * 3, [0.1] * 3)
    np.testing.assert_allclose(found, [0.1, 0.2, 0.3])


def test_the_unit_of_the_area_does_not_change_the_order():
    area, spread = np.array([3.0, 70, 20]), [0.1, 0.06, 0.4]
    np.testing.assert_allclose(doubt(area, 0.5, spread), doubt(1e4 * area, 0.5, spread))


def test_where_nothing_disagrees_the_least_probable_leads():
    np.testing.assert_allclose(doubt([100, 1000], [0.55, 0.9], [0, 0]), [0.45, 0.2])


@pytest.mark.parametrize("count", [0, 1])
def test_few_outlines_have_a_doubt_too(count):
    assert len(doubt([100.0] * count, [0.7] * count, [0.2] * count)) == count


def test_an_outline_without_a_measured_spread_comes_last():
    assert doubt([100, 100], [0.6, 0.6], [np.nan, 0.1]).tolist() == [0, pytest.approx(0.1)]
