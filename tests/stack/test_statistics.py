"""Figures of bands from a spread sample, and warnings a geologist understands."""

from itertools import pairwise

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS

from geoseg.errors import RasterError, RunCancelledError
from geoseg.grid import Grid
from geoseg.models.card import BandStatistics
from geoseg.stack import (
    ArrayStack,
    blocks,
    require_data,
    sample_statistics,
    spread_windows,
    unit_warnings,
)

sides = st.integers(1, 700)


def grid_of(height, width):
    return Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), width, height)


def stack_of(**bands):
    values = np.stack([np.asarray(band, np.float32) for band in bands.values()])
    return ArrayStack(values, tuple(bands), grid_of(*values.shape[1:]))


@given(height=sides, width=sides, size=st.integers(1, 300))
def test_blocks_cover_every_pixel_once(height, width, size):
    seen = np.zeros((height, width), int)
    for window in blocks(grid_of(height, width), max(size, 20)):
        seen[window.toslices()] += 1
    assert (seen == 1).all()


@given(height=st.integers(1, 5000), width=st.integers(1, 5000), most=st.integers(1000, 400_000))
def test_a_spread_sample_keeps_its_measure_and_overlaps_nowhere(height, width, most):
    windows = spread_windows(grid_of(height, width), most)
    pixels = sum(int(w.width * w.height) for w in windows)
    assert 1 <= pixels <= 2.25 * most + 128**2
    for one, axis in ((height, 0), (width, 1)):
        spans = {(s[axis].start, s[axis].stop) for s in (w.toslices() for w in windows)}
        ends = sorted(spans)
        assert ends[0][0] >= 0
        assert ends[-1][1] <= one
        assert all(a[1] <= b[0] for a, b in pairwise(ends))


def test_figures_by_hand():
    band = np.arange(101, dtype=np.float32).reshape(1, 101)
    band[0, 100] = np.nan
    (row,) = sample_statistics(stack_of(height=band))
    assert row.name == "height"
    assert row.missing == pytest.approx(1 / 101)
    assert (row.minimum, row.median, row.maximum, row.mean) == (0, 49.5, 99, 49.5)
    assert row.p2 == pytest.approx(np.percentile(np.arange(100), 2))
    assert row.std == pytest.approx(np.arange(100).std())


def test_a_sample_of_a_large_stack_is_close_to_the_whole():
    rng = np.random.default_rng(3)
    large = rng.normal(5, 2, (2000, 1500)).astype(np.float32)
    (row,) = sample_statistics(stack_of(x=large), max_pixels=200_000)
    assert row.mean == pytest.approx(5, abs=0.05)
    assert row.std == pytest.approx(2, abs=0.05)


def test_an_empty_band_has_no_figures():
    empty, full = sample_statistics(stack_of(a=np.full((3, 3), np.nan), b=np.ones((3, 3))))
    assert empty.missing == 1
    assert np.isnan(empty.median)
    assert empty.record()["median"] is None
    assert full.record()["median"] == 1


def test_a_stack_without_data_is_refused():
    nothing = np.full((40, 40), np.nan)
    with pytest.raises(RasterError, match="every pixel of a, b is no data or NaN; expected meas"):
        require_data(stack_of(a=nothing, b=nothing))
    some = nothing.copy()
    some[3, 7] = 0
    require_data(stack_of(a=nothing, b=some))


def test_a_single_value_far_from_every_sample_window_is_found():
    values = np.full((3000, 3000), np.nan, np.float32)
    values[131, 1] = 1
    require_data(stack_of(a=values))
    with pytest.raises(RunCancelledError):
        require_data(stack_of(a=values), cancelled=lambda: True)


RADAR = BandStatistics(name="postVV", unit="dB", mean=-10, std=3)
RED = BandStatistics(name="B3", unit="reflectance x 10000", mean=450, std=200)


def normal(mean, std):
    return np.random.default_rng(0).normal(mean, std, (60, 60))


def warned(name, values, band):
    return unit_warnings(sample_statistics(stack_of(**{name: values})), [band])


def test_a_median_of_the_other_sign_is_told_without_a_factor():
    # The ratio of red and green flips its sign where they nearly match.
    ratio = BandStatistics(name="REDGREEN", unit="", mean=9, std=40)
    (words,) = warned("REDGREEN", normal(-3000, 2000), ratio)
    assert "multiplied" not in words
    assert warned("REDGREEN", normal(-4, 30), ratio) == []


def test_values_like_the_training_are_no_reason_to_warn():
    assert warned("B3", normal(500, 180), RED) == []
    assert warned("B3", normal(900, 400), RED) == []
    assert warned("postVV", normal(-14, 5), RADAR) == []


def test_linear_power_in_place_of_db_is_guessed():
    (warning,) = warned("postVV", 10 ** (normal(-10, 3) / 10), RADAR)
    assert warning.startswith("postVV: your values lie mostly between")
    assert "trained on values around -10 +- 3 dB" in warning
    assert "look like linear power: convert them to dB (10 x log10) first" in warning


@pytest.mark.parametrize("factor", [10_000, 1000, 100])
def test_a_power_of_ten_is_guessed(factor):
    (warning,) = warned("B3", normal(450, 150) / factor, RED)
    assert f"multiplied by {factor:g} they would fit: check the unit" in warning


def test_anything_else_is_told_without_a_guess():
    (warning,) = warned("B3", normal(3000, 30), RED)
    assert "check the unit and that the right layer was chosen" in warning


def test_constant_and_missing_bands_and_unknown_names_are_left_alone():
    mask = BandStatistics(name="shadow", mean=0, std=0)
    assert warned("shadow", np.ones((9, 9)), mask) == []
    assert warned("B3", np.full((9, 9), np.nan), RED) == []
    assert warned("other", np.full((9, 9), 1e9), RED) == []
    rare = BandStatistics(name="layover", mean=0.05, std=0.2)
    assert warned("layover", np.zeros((9, 9)), rare) == []
    few = np.zeros((50, 50))
    few[0, :7] = 1
    assert warned("layover", few, rare) == []
    assert warned("layover", 1 - few, BandStatistics(name="layover", mean=0.01, std=0.1)) == []


def test_a_measured_band_that_is_zero_everywhere_is_told():
    (warning,) = warned("B4", np.zeros((9, 9)), BandStatistics(name="B4", mean=2400, std=370))
    assert "lie mostly between 0 and 0" in warning
