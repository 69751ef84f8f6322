"""Windows: against a loop over pixels, with holes and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.predictors import windows


def known(part):
    return np.isfinite(part).sum()


COUNTS = (np.nansum, known)
KINDS = {
    "sum": (lambda v, w: windows.window_sum(v, w)[0], np.nansum),
    "count": (lambda v, w: windows.window_sum(v, w)[1], known),
    "mean": (windows.window_mean, np.nanmean),
    "deviation": (windows.window_deviation, np.nanstd),
    "maximum": (windows.window_maximum, np.nanmax),
    "minimum": (windows.window_minimum, np.nanmin),
}


def by_hand(values, width, statistic):
    padded = np.pad(values, width // 2, constant_values=np.nan)
    found = np.empty(values.shape)
    for row, column in np.ndindex(values.shape):
        part = padded[row : row + width, column : column + width]
        empty = np.isnan(part).all() and statistic not in COUNTS
        found[row, column] = np.nan if empty else statistic(part)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [3, 5, 9])
def test_a_window_agrees_with_a_loop_over_its_pixels(kind, width):
    values = np.random.default_rng(width).normal(100, 10, (17, 13))
    values[4:8, 3:9] = np.nan
    fast, slow = KINDS[kind]
    expected = by_hand(values, width, slow)
    np.testing.assert_allclose(fast(values, width), expected, rtol=1e-9, atol=1e-9)


def test_the_ground_around_leaves_the_centre_out():
    values = np.zeros((3, 3))
    values[1, 1] = 8.0
    assert windows.surrounding_mean(values, 3)[1, 1] == 0
    assert windows.surrounding_mean(values, 3)[0, 0] == pytest.approx(8 / 3)


def test_nothing_known_gives_nothing():
    empty = np.full((4, 4), np.nan)
    for kind in (windows.window_mean, windows.window_deviation, windows.window_maximum):
        assert np.isnan(kind(empty, 3)).all()


@given(st.floats(0, 500))
def test_a_window_is_centred(pixels):
    width = windows.odd(pixels)
    assert width % 2 == 1
    assert width >= max(3, pixels - 1)
    assert width <= max(3, pixels + 1.5)


@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 7, 11]))
def test_a_block_with_its_margin_gives_the_whole_to_the_last_bit(seed, width):
    values = np.random.default_rng(seed).normal(1000, 300, (40, 40))
    half = width // 2
    part = slice(12 - half, 25 + half)
    for kind, _ in KINDS.values():
        whole = kind(values, width)[12:25, 12:25]
        block = kind(values[part, part], width)[half : half + 13, half : half + 13]
        assert np.array_equal(whole, block)
