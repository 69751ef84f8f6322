"""Layover and shadow of a ridge, calculated by hand."""

import numpy as np
import pytest

from geoseg.simulate.geometry import hidden

ANGLE = np.radians(40)
COLUMNS = np.arange(101)
RIDGE = np.interp(COLUMNS * 10.0, [400, 500, 1000], [0, 173.2, 0])
"""Flat, then 60 degrees up from 400 m to 500 m, then 19 degrees down to 1000 m."""


def across(heights):
    return np.tile(heights.astype(np.float32), (101, 1))


def columns_of(mask):
    """The first and last column of a mask's middle row."""
    found = np.flatnonzero(mask[50])
    return int(found[0]), int(found[-1])


def test_layover_reaches_to_both_sides_of_the_slope_that_leans_over():
    # Slant range x sin 40 - z cos 40 is 257.1 m at its foot and 188.7 m on its top: the same as
    # on the flat 293.6 m from the start, and on the back 75.5 m behind the top.
    layover, shadow = hidden(across(RIDGE), (1.0, 0.0), ANGLE)
    assert columns_of(layover) == (pytest.approx(29.4, abs=1), pytest.approx(57.5, abs=1))
    assert not shadow.any()


def test_shadow_is_cast_as_far_as_the_ridge_hides_the_ground():
    # Seen from the other side, the beam over the top reaches the flat 173.2 tan 40 = 145 m on.
    layover, shadow = hidden(across(RIDGE), (-1.0, 0.0), ANGLE)
    assert columns_of(shadow) == (pytest.approx(35.5, abs=1), pytest.approx(49.5, abs=1))
    assert not layover.any()


def test_the_turned_ground_and_the_turned_beam_give_the_turned_masks():
    northward = hidden(across(RIDGE)[:, ::-1].T.copy(), (0.0, 1.0), ANGLE)[0]
    eastward = hidden(across(RIDGE), (1.0, 0.0), ANGLE)[0]
    np.testing.assert_array_equal(northward[::-1, 50], eastward[50])


@pytest.mark.parametrize("degrees", [0, 20, 30])
def test_gentle_ground_hides_nothing(degrees):
    tilted = across(COLUMNS * 10 * np.tan(np.radians(degrees)))
    for look in ((1.0, 0.0), (-1.0, 0.0), (0.98, 0.2)):
        layover, shadow = hidden(tilted, look, ANGLE)
        assert not layover.any()
        assert not shadow.any()
