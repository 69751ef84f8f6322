"""Tiles cover a side of any length, and their weights are shares of one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.inference.tiles import count_tiles, fold, plan_axis
from geoseg.settings import TileSettings


@st.composite
def tilings(draw):
    size = 32 * draw(st.integers(1, 8))
    overlap = 32 * draw(st.integers(0, size // 64))
    return TileSettings(size=size, overlap=overlap)


@given(st.integers(1, 1500), tilings())
def test_weights_sum_to_one_at_every_pixel(length, tiles):
    axis = plan_axis(length, tiles)
    total = np.zeros(length + tiles.size)
    for index, origin in enumerate(axis.origins):
        weight = axis.weight(index)
        assert weight.min() >= 0
        total[origin : origin + tiles.size] += weight
    np.testing.assert_allclose(total[:length], 1, atol=1e-6)


@given(st.integers(1, 1500), tilings())
def test_origins_are_multiples_of_32_and_mirroring_is_short(length, tiles):
    axis = plan_axis(length, tiles)
    assert all(origin % 32 == 0 for origin in axis.origins)
    beyond = axis.origins[-1] + tiles.size - length
    assert 0 <= beyond < (32 if length > tiles.size else tiles.size)


@given(st.integers(1, 1500), tilings())
def test_finished_parts_follow_on_and_cover_the_side(length, tiles):
    axis = plan_axis(length, tiles)
    end = 0
    for index in range(len(axis.origins)):
        start, _ = axis.span(index)
        assert start == end
        end = axis.finished(index)
        assert end > start
    assert end == length


@given(st.integers(1, 1500), tilings())
def test_the_outer_quarter_of_the_overlap_does_not_count(length, tiles):
    axis = plan_axis(length, tiles)
    margin = tiles.overlap // 4
    for index in range(1, len(axis.origins)):
        assert not axis.weight(index)[:margin].any()
        assert not axis.weight(index - 1)[tiles.size - margin :].any()


@given(st.integers(1, 60), st.integers(-200, 200))
def test_folding_mirrors_without_repeating_the_edge(length, place):
    column = np.pad(np.arange(length), 400, mode="reflect") if length > 1 else np.zeros(801, int)
    assert fold(np.array([place]), length)[0] == column[place + 400]


@pytest.mark.parametrize(
    ("shape", "tiles"), [((256, 256), 1), ((257, 256), 2), ((2048, 2048), 121)]
)
def test_count_by_hand(shape, tiles):
    assert count_tiles(shape, TileSettings(size=256, overlap=64)) == tiles
