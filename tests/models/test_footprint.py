"""Footprints hold all ground that taught, once, and travel on cards."""

import json

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.crs import CRS

from geoseg.models.card import Card, read_card
from geoseg.models.footprint import Footprint, after, joined, make_patch, united, whole_scene
from geoseg.models.outlines import geometry_of
from geoseg.models.rectangles import fewer, rectangles_of
from geoseg.models.scene_names import UNNAMED, scene_named
from geoseg.models.zoo import list_members
from geoseg.stack.common_grid import whole_offset
from tests.comparison.made_up import card

UTM = CRS.from_epsg(32633)
AT = Affine(10, 0, 500_000, 0, -10, 6_800_000)
masks = arrays(bool, st.tuples(st.integers(1, 30), st.integers(1, 30)))


def burnt(rectangles, shape):
    found = np.zeros(shape, int)
    for row, col, height, width in rectangles:
        found[row : row + height, col : col + width] += 1
    return found


def patch(rows, cols, height, width, transform=AT, **changes):
    rectangle = np.array([[rows, cols, height, width]])
    return make_patch(changes.pop("crs", UTM), transform, rectangle, **changes)


@given(masks)
def test_rectangles_hold_every_pixel_once_and_no_other(mask):
    np.testing.assert_array_equal(burnt(rectangles_of(mask), mask.shape), mask)


@given(mask=masks, most=st.integers(1, 12))
def test_fewer_rectangles_still_hold_every_pixel_inside_their_bounds(mask, most):
    kept = fewer(rectangles_of(mask), most)
    assert len(kept) <= max(most, 0) or not mask.any()
    found = burnt(kept, mask.shape)
    assert (found[mask] == 1).all()
    rows, cols = np.nonzero(mask)
    if len(rows):
        inside = np.s_[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
        assert found.sum() == found[inside].sum()


def test_scattered_pixels_of_a_large_scene_are_taken_by_cells():
    mask = np.random.default_rng(0).random((400, 400)) < 0.2
    kept = rectangles_of(mask)
    assert len(kept) <= 4000
    assert burnt(kept, mask.shape)[mask].all()


@pytest.mark.parametrize(
    ("other", "offset"),
    [
        (AT, (0, 0)),
        (AT * Affine.translation(7, -3), (-3, 7)),
        (AT * Affine.translation(0.5, 0), None),
        (AT * Affine.scale(2), None),
        (AT * Affine.rotation(10), None),
    ],
)
def test_grids_lie_on_each_other_by_whole_pixels_or_not_at_all(other, offset):
    assert whole_offset(AT, other) == offset


def test_blocks_of_one_area_become_one_patch_of_all_their_windows():
    blocks = [patch(0, 0, 32, 32), patch(0, 0, 32, 32, AT * Affine.translation(32, 64))]
    (one,) = joined([*blocks, blocks[0]])
    assert one.windows == ((0, 0, 32, 32), (64, 32, 32, 32))


def test_ground_of_other_pixels_and_of_other_scenes_stays_apart():
    half = AT * Affine.translation(0.5, 0)
    patches = (patch(0, 0, 9, 9), patch(0, 0, 9, 9, half), patch(0, 0, 9, 9, scene="alps, seed 1"))
    assert joined(patches) == patches


def test_the_outline_is_the_window_in_degrees():
    import geopandas as gpd

    outline = geometry_of(patch(10, 20, 30, 40).outline)
    box = shapely.box(500_200, 6_799_600, 500_600, 6_799_900)
    expected = gpd.GeoSeries([box], crs=32633).to_crs(4326)[0]
    assert outline.symmetric_difference(expected).area < 1e-3 * expected.area


def test_an_outline_across_180_degrees_is_cut_there():
    far = Affine(1000, 0, 580_000, 0, -1000, 7_900_000)
    outline = geometry_of(patch(0, 0, 100, 100, far, crs=CRS.from_epsg(32660)).outline)
    west, _, east, _ = outline.bounds
    assert (west, east) == pytest.approx((-180, 180))
    assert outline.area < 20


def test_simulated_ground_has_no_place_on_earth():
    assert patch(0, 0, 5, 5, scene="alps, seed 1").outline == ()


def test_a_footprint_is_kept_on_the_card(tmp_path):
    footprint = Footprint(
        taught=(patch(0, 0, 32, 32), whole_scene("alps, seed 1")),
        judged=(patch(32, 0, 5, 5),), missing=("1 of 3 scenes",),
    )  # fmt: skip
    told = card("one", 0.5).model_copy(update={"footprint": footprint})
    path = tmp_path / "one.json"
    path.write_text(told.to_json())
    assert read_card(path) == told
    assert '"windows": [ [ 0, 0, 32, 32 ] ]' in path.read_text()


def test_a_card_of_before_says_nothing_of_its_ground():
    older = json.loads(card("one", 0.5).to_json())
    assert "footprint" not in older
    assert Card(**older).footprint is None


def test_the_ground_of_members_together_is_told_once():
    one = Footprint(taught=(patch(0, 0, 32, 32),), missing=("1 of 3 scenes",))
    other = Footprint(taught=(patch(0, 32, 32, 32),), judged=(patch(0, 0, 1, 1),))
    whole = united([one, other, None, one])
    assert whole.taught[0].windows == ((0, 0, 32, 32), (0, 32, 32, 32))
    assert (len(whole.judged), whole.missing) == (1, ("1 of 3 scenes",))


def test_what_goes_on_from_other_weights_keeps_their_ground_too():
    start, own = Footprint(taught=(patch(0, 0, 9, 9),)), Footprint(taught=(patch(40, 0, 9, 9),))
    assert len(after(start, own, "old").taught[0].windows) == 2
    assert after(None, own, "old").missing == ("the ground that taught old before",)


@pytest.mark.parametrize(
    ("tags", "flag", "name"),
    [
        ({}, False, ""),
        ({"SIMULATED": "yes", "GEOSEG_WORLD": "alps", "GEOSEG_SEED": "3"}, False, "alps, seed 3"),
        ({"SIMULATED": "yes", "GEOSEG_SCENE": "alps, seed 3"}, False, "alps, seed 3"),
        ({"SIMULATED": "yes"}, False, UNNAMED),
        ({}, True, UNNAMED),
    ],
)
def test_tags_tell_which_simulated_scene_a_raster_shows(tags, flag, name):
    assert scene_named(tags, flag) == name


@pytest.mark.weights
def test_every_shipped_card_says_what_ground_taught_it():
    for member in list_members():
        footprint = member.card.footprint
        assert footprint is not None
        assert footprint.taught
        assert footprint.judged
        assert not footprint.missing
        assert footprint.simulated == member.card.simulated
