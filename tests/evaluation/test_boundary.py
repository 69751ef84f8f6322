"""Boundary IoU by hand and by the published recipe; distances in metres; blocks as the whole."""

import json

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from geoseg.errors import GridError
from geoseg.evaluation import boundary
from geoseg.evaluation.boundary import BoundaryCounts, BoundarySettings, boundary_scores
from tests.evaluation.made_up import write_raster

EXAMPLES = settings(max_examples=25, deadline=None)
NARROW = BoundarySettings(width_pixels=1, reach_pixels=8)


def square(row, col, side, shape=(40, 40)):
    values = np.zeros(shape, np.uint8)
    values[row : row + side, col : col + side] = 1
    return values


def whole(classes, reference, choices=NARROW):
    counts = BoundaryCounts(choices)
    margin = counts.margin
    padded = [np.pad(v, margin, constant_values=255) for v in (classes, reference)]
    inner = tuple(slice(margin, margin + length) for length in classes.shape)
    counts.add(*padded, inner)
    return counts


def test_a_square_moved_by_one_pixel_by_hand():
    scores = whole(square(10, 10, 10), square(10, 11, 10)).scores(10)
    # Rings of 36 pixels; top and bottom share 9 each, the sides nothing but 0.
    assert scores.iou == pytest.approx(18 / 54)
    assert scores.outline_pixels == (36, 36)
    assert (scores.precision, scores.recall, scores.f1) == (1, 1, 1)
    # Of 36, 18 lie on the other; the left side and one corner of it are 1 away, and so on.
    assert scores.mean_distance_m == pytest.approx(10 * 18 / 36, abs=0.01)
    assert scores.p95_distance_m == pytest.approx(10)


def test_the_same_map_is_perfect():
    scores = whole(square(5, 5, 20), square(5, 5, 20)).scores(30)
    assert (scores.iou, scores.f1) == (1, 1)
    assert (scores.mean_distance_m, scores.p95_distance_m) == (0, 0)


def test_a_wide_edge_holds_the_whole_object_and_gives_its_iou():
    classes, reference = square(10, 10, 10), square(12, 12, 10)
    wide = BoundarySettings(width_pixels=30)
    expected = (classes & reference).sum() / (classes | reference).sum()
    assert whole(classes, reference, wide).scores(10).iou == pytest.approx(expected)


@given(seed=st.integers(0, 9999), width=st.integers(1, 4))
@EXAMPLES
def test_edges_are_those_of_the_published_recipe_with_a_round_brush(seed, width):
    """An edge is the mask less its erosion, there by a square brush, here by a round one."""
    rng = np.random.default_rng(seed)
    masks = [ndimage.gaussian_filter(rng.random((30, 34)), 2) > 0.5 for _ in range(2)]
    masks = [np.pad(mask, 6) for mask in masks]
    reach = np.hypot(*np.mgrid[-width : width + 1, -width : width + 1]) <= width
    edges = [mask & ~ndimage.binary_erosion(mask, reach) for mask in masks]
    counts = whole(*(mask.astype(np.uint8) for mask in masks), BoundarySettings(width_pixels=width))
    assert counts.both == (edges[0] & edges[1]).sum()
    assert counts.either == (edges[0] | edges[1]).sum()


@given(seed=st.integers(0, 9999))
@EXAMPLES
def test_distances_are_those_measured_pair_by_pair(seed):
    rng = np.random.default_rng(seed)
    masks = [(ndimage.gaussian_filter(rng.random((24, 24)), 1.5) > 0.52) for _ in range(2)]
    cross = ndimage.generate_binary_structure(2, 1)
    edges = [np.argwhere(m & ~ndimage.binary_erosion(m, cross, border_value=1)) for m in masks]
    counts = whole(*(mask.astype(np.uint8) for mask in masks), BoundarySettings(reach_pixels=64))
    if not all(map(len, edges)):
        return
    apart = np.linalg.norm(edges[0][:, None] - edges[1][None], axis=2)
    both = np.concatenate([apart.min(axis=1), apart.min(axis=0)])
    assert counts.scores(1).mean_distance_m == pytest.approx(both.mean(), abs=0.006)


def test_blocks_give_what_the_whole_gives(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    maps = [(ndimage.gaussian_filter(rng.random((90, 70)), 2) > 0.51).astype(np.uint8)
            for _ in range(2)]  # fmt: skip
    maps[0][:9, :30] = 255
    expected = whole(*maps).scores(10)
    paths = [write_raster(tmp_path / f"{place}.tif", values) for place, values in enumerate(maps)]
    for side in (1024, 16, 7):
        monkeypatch.setattr(boundary, "BLOCK_PIXELS", side)
        assert boundary_scores(*paths, NARROW) == expected


def test_the_edge_of_the_map_and_of_missing_data_is_no_outline():
    classes = np.ones((40, 40), np.uint8)
    classes[20:] = 255
    scores = whole(classes, np.ones((40, 40), np.uint8)).scores(10)
    assert (scores.iou, scores.mean_distance_m) == (None, None)
    assert "neither map nor reference has an outline" in scores.notes()[0]


def test_a_side_without_outline_leaves_scores_undefined_not_zero():
    scores = whole(square(5, 5, 5), np.zeros((40, 40), np.uint8)).scores(10)
    assert (scores.iou, scores.precision, scores.recall, scores.f1) == (0, 0, None, None)
    assert scores.mean_distance_m is None
    assert scores.notes() == (
        "distances between outlines are undefined: the reference has no outline",
    )
    json.dumps(scores.record(), allow_nan=False)


def test_maps_of_different_grids_are_refused(tmp_path):
    first = write_raster(tmp_path / "classes.tif", square(1, 1, 3))
    second = write_raster(tmp_path / "reference.tif", square(1, 1, 3, (40, 41)))
    with pytest.raises(GridError, match=r"reference\.tif .* does not lie on the pixels"):
        boundary_scores(first, second)
    with rasterio.open(first) as same:
        assert same.width == 40
