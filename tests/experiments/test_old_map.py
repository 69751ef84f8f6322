"""The old map is coarse, off and incomplete; field points lie in squares off the rectangles."""

import numpy as np
import pytest
from rasterio.windows import Window

from geoseg.experiments.old_map import draw_old_map, draw_points
from geoseg.simulate.scene import sea_grid


def truth(size=200):
    """Return a large mire and a tiny one."""
    ids = np.zeros((size, size), np.uint8)
    ids[20:80, 20:80] = 1
    ids[150:153, 150:153] = 1
    return ids


def test_the_old_map_is_drawn_in_blocks_and_never_holds_the_tiny_mire():
    for seed in range(10):
        old = draw_old_map(truth(), 10, np.random.default_rng(seed))
        assert set(np.unique(old)) <= {0, 1}
        blocks = old.reshape(40, 5, 40, 5)
        assert (blocks.min(axis=(1, 3)) == blocks.max(axis=(1, 3))).all()
        tiny = truth()
        tiny[:100] = 0
        assert not draw_old_map(tiny, 10, np.random.default_rng(seed)).any()


def test_most_large_mires_are_kept_and_some_are_lost():
    found = [
        bool(draw_old_map(truth(), 10, np.random.default_rng(seed))[30:70, 30:70].all())
        for seed in range(60)
    ]
    assert 0.45 < np.mean(found) < 0.85


def test_squares_hold_eighteen_points_of_the_class_below_them():
    ids, grid = truth(), sea_grid(200, 10)
    points = draw_points(ids, grid, 3, (), np.random.default_rng(0))
    assert len(points) == 3 * 18
    col, row = ~grid.transform @ (points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    assert (ids[row.astype(int), col.astype(int)] == points["class"]).all()
    squares = {(int(r // 50), int(c // 50)) for r, c in zip(row, col, strict=True)}
    assert len(squares) == 3
    assert all(r % 2 == c % 2 == 0 for r, c in squares)


def test_points_in_rectangles_are_left_out():
    ids, grid = truth(), sea_grid(200, 10)
    every = draw_points(ids, grid, 100, (), np.random.default_rng(0))
    assert len(every) == 4 * 18
    west = draw_points(ids, grid, 100, [Window(0, 0, 100, 200)], np.random.default_rng(0))
    assert len(west) == pytest.approx(len(every) / 2)
    assert not len(draw_points(ids, grid, 100, [Window(0, 0, 200, 200)], np.random.default_rng(0)))
