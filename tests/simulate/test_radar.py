"""Signs and sizes of the radar's changes (Article IV), on ground laid out by hand."""

import numpy as np
import pytest

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.geometry import Geometry
from geoseg.simulate.radar import edges, slide_change, speckle_db
from geoseg.simulate.slides import Slides, Zone
from geoseg.simulate.visibility import Visibility
from geoseg.simulate.worlds import Kind

SIZE = 64
LOOKING_EAST = (1.0, 0.0)


def ground_of(cover):
    flat = np.zeros((SIZE, SIZE), np.float32)
    covers = np.full((SIZE, SIZE), cover, np.uint8)
    return GroundCover(flat, flat, covers, covers, flat, flat)


def slides_of(zone):
    """A clearly visible slide on every row."""
    zones = np.full((SIZE, SIZE), zone, np.uint8)
    number = np.tile(np.arange(1, SIZE + 1, dtype=np.int32)[:, None], (1, SIZE))
    starts = np.zeros((SIZE, 2), np.int64)
    return Slides(zones, number, (Kind.DEBRIS_SLIDE,) * SIZE, starts)


def all_visible(ponded=False):
    one, nothing = np.ones(SIZE + 1), np.zeros(SIZE + 1)
    return Visibility(one, one, 0.1 * one, nothing, np.full(SIZE + 1, ponded))


def change(cover, zone, facing_away=0.0, ponded=False):
    flat = np.zeros((SIZE, SIZE), np.float32)
    nothing = np.zeros((SIZE, SIZE), bool)
    geometry = Geometry(LOOKING_EAST, flat, nothing, nothing, flat + np.float32(facing_away))
    rng = np.random.default_rng(3)
    return slide_change(rng, ground_of(cover), slides_of(zone), geometry, all_visible(ponded))


def test_a_scarp_facing_away_drops_seven_to_twelve_decibels():
    assert -12.5 < np.median(change(Cover.FOREST, Zone.SCARP, 1.0)[0]) < -7


def test_a_scarp_facing_the_radar_rises_slightly():
    assert 0.5 < np.median(change(Cover.FOREST, Zone.SCARP, -1.0)[0]) < 4


def test_transit_in_herbaceous_cover_rises_seven_to_ten_decibels():
    vv, vh = change(Cover.HERBACEOUS, Zone.TRANSIT)
    assert 7 < np.median(vv) < 11
    assert 0 < np.median(vh) < np.median(vv)


def test_transit_in_forest_falls_near_the_radar_and_rises_far_from_it():
    vv = change(Cover.FOREST, Zone.TRANSIT)[0]
    assert np.median(vv[:, 30]) < 0
    zones = np.zeros((SIZE, SIZE), np.uint8)
    zones[20:40, 20:40] = Zone.TRANSIT
    near, far = edges(zones > 0, LOOKING_EAST)
    assert near[30, 20]
    assert far[30, 39]
    assert not near[30, 25:].any()
    assert not far[30, :35].any()


def test_looking_north_the_near_edge_is_the_southern_one():
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    near, far = edges(mask, (0.0, 1.0))
    assert near[14, 10]
    assert not near[5, 10]
    assert far[5, 10]


@pytest.mark.parametrize("cover", [Cover.HERBACEOUS, Cover.FOREST, Cover.BARE_ROCK, Cover.WETLAND])
def test_deposits_rise_in_every_class(cover):
    assert np.median(change(cover, Zone.DEPOSIT)[0]) > 0.3


def test_fines_settled_from_still_water_fall():
    assert np.median(change(Cover.HERBACEOUS, Zone.DEPOSIT, ponded=True)[0]) == pytest.approx(
        -4, abs=0.5
    )


@pytest.mark.parametrize("looks", [4, 25])
def test_speckle_has_mean_one_and_the_spread_of_its_looks(looks):
    power = 10 ** (speckle_db(np.random.default_rng(1), (200, 200), looks) / 10)
    assert power.mean() == pytest.approx(1, abs=0.01)
    assert power.var() == pytest.approx(1 / looks, rel=0.05)
