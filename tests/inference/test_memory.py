"""Memory is bounded by the width of the scene, not by its height."""

import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest

from geoseg.inference.streaming import memory_bound_bytes, predict_strips
from geoseg.settings import RunSettings, TileSettings

TILES = TileSettings(size=64, overlap=32)
BANDS, WIDTH = 6, 300


class EndlessStack:
    """Makes its rows when they are asked for; nothing of it lies in memory."""

    names = tuple(f"b{index}" for index in range(BANDS))
    notes = ()

    def __init__(self, grid):
        self.grid = grid

    @contextmanager
    def open(self):
        yield self

    def read(self, window):
        rows = np.arange(window.row_off, window.row_off + window.height, dtype=np.float32)
        return np.broadcast_to(np.sin(rows)[:, None], (BANDS, window.height, window.width))


def peak_bytes(make_stack, members, height):
    grid = make_stack(np.zeros((1, 1, 1), np.float32)).grid
    stack = EndlessStack(type(grid)(grid.crs, grid.transform, WIDTH, height))
    tracemalloc.start()
    try:
        settings = RunSettings(setting="x", tiles=TILES)
        rows = sum(len(strip.coverage) for strip in predict_strips(stack, members, settings))
        assert rows == height
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("count", [1, 8])
def test_a_raster_larger_than_the_bound_stays_within_it(make_stack, pixel_member, count):
    members = [pixel_member(bands=BANDS) for _ in range(count)]
    bound = memory_bound_bytes(WIDTH, BANDS, count, TILES)
    height = 2 * bound // (BANDS * WIDTH * 4)
    assert BANDS * WIDTH * height * 4 >= 1.9 * bound
    assert peak_bytes(make_stack, members, height) < bound


def test_twice_the_height_needs_no_more_memory(make_stack, pixel_member):
    members = [pixel_member(bands=BANDS)]
    short, tall = (peak_bytes(make_stack, members, height) for height in (600, 1200))
    assert tall < 1.1 * short


def test_the_bound_grows_with_width_bands_and_members_alone():
    bound = memory_bound_bytes(1000, 11, 4, TILES)
    assert memory_bound_bytes(2000, 11, 4, TILES) < 2.1 * bound
    assert memory_bound_bytes(1000, 11, 8, TILES) < 1.2 * bound
