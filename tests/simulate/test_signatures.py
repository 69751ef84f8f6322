"""Signs and medians of Articles III to V over two scenes of every world, speckle and all."""

import numpy as np
import pytest

from geoseg.simulate.cover import Cover
from geoseg.simulate.slides import Zone
from geoseg.simulate.worlds import HABITS
from geoseg.tasks import LANDSLIDES

NAMES = [band.name for band in LANDSLIDES.bands]
HERBACEOUS = [Cover.HERBACEOUS, Cover.PASTURE]
EVERY = list(Cover)


def gather(made, name, covers=EVERY, zone=None, where=None):
    """The values of a band on slides, by cover, part of the slide and a test of each scene."""
    values = []
    for one in made:
        chosen = one.slides.mask & np.isin(one.ground.cover, covers)
        if zone is not None:
            chosen &= one.slides.zone == zone
        if where is not None:
            chosen &= where(one)
        values.append(one.scene.bands[NAMES.index(name)][chosen])
    joined = np.concatenate(values)
    return joined[np.isfinite(joined)]


def shown(one):
    """True on slides that the radar shows clearly (set 3)."""
    return one.visibility.radar[one.slides.number] > 0.8


def test_the_steps_are_those_of_the_scene(made):
    for one in made:
        np.testing.assert_array_equal(one.slides.mask, one.scene.reference == 1)


def test_slides_start_on_steep_ground_and_run_downhill(made):
    for one in made:
        for number, kind in enumerate(one.slides.kinds, start=1):
            row, col = one.slides.starts[number - 1]
            assert one.terrain.slope[row, col] > HABITS[kind].start_degrees
            foot = (one.slides.number == number) & (one.slides.zone == Zone.DEPOSIT)
            if foot.any():
                height = one.terrain.elevation
                assert np.median(height[foot]) < height[row, col] + 1


@pytest.mark.parametrize(("name", "published"), [("preVV", -9.9), ("preVH", -17.6)])
def test_backscatter_before_the_event_has_the_published_median(made, name, published):
    assert np.median(gather(made, name)) == pytest.approx(published, abs=0.8)


def test_forest_and_towns_are_brighter_and_water_and_wetland_darker_than_the_median(made):
    for name in ("preVV", "preVH"):
        level = {c: np.nanmedian(everywhere(made, name, c)) for c in Cover}
        middle = np.median(gather(made, name))
        assert min(level[Cover.FOREST], level[Cover.URBAN]) > middle
        assert max(level[Cover.WATER], level[Cover.WETLAND]) < middle


def everywhere(made, name, cover):
    band = NAMES.index(name)
    return np.concatenate([one.scene.bands[band][one.ground.cover == cover] for one in made])


def test_scarps_facing_away_drop_seven_to_twelve_decibels(made):
    drop = gather(made, "dVV", zone=Zone.SCARP,
                  where=lambda one: shown(one) & (one.geometry.facing_away > 0.6))  # fmt: skip
    assert -12 < np.median(drop) < -7


def test_scarps_facing_the_radar_rise_slightly(made):
    rise = gather(made, "dVV", zone=Zone.SCARP,
                  where=lambda one: shown(one) & (one.geometry.facing_away < -0.6))  # fmt: skip
    assert 0.5 < np.median(rise) < 4


def test_transit_in_herbaceous_cover_rises_seven_to_ten_decibels(made):
    assert 7 < np.median(gather(made, "dVV", HERBACEOUS, Zone.TRANSIT, shown)) < 10


def test_transit_in_forest_falls_two_decibels_on_average(made):
    for name in ("dVV", "dVH"):
        assert np.mean(gather(made, name, [Cover.FOREST], Zone.TRANSIT)) == pytest.approx(-2, abs=1)


def test_whole_slides_in_forest_fall_less(made):
    for name in ("dVV", "dVH"):
        assert -1.2 < np.mean(gather(made, name, [Cover.FOREST])) < 0


@pytest.mark.parametrize(
    "cover", [Cover.FOREST, Cover.SCRUB, *HERBACEOUS, Cover.SPARSE, Cover.BARE_ROCK, Cover.WETLAND]
)
def test_deposits_rise_in_every_class(made, cover):
    assert np.median(gather(made, "dVV", [cover], Zone.DEPOSIT)) > 0.3


def test_slides_in_wetland_rise_about_four_decibels(made):
    assert np.mean(gather(made, "dVV", [Cover.WETLAND])) == pytest.approx(4, abs=1.5)


def test_coarse_deposits_are_brighter_than_fine_ones(made):
    coarse, fine = ([], [])
    for one in made:
        grain = one.visibility.coarseness_db[one.slides.number]
        here = (one.slides.zone == Zone.DEPOSIT) & shown(one)
        here &= ~one.visibility.ponded[one.slides.number]
        change = one.scene.bands[NAMES.index("dVV")]
        coarse.append(change[here & (grain > 1.5)])
        fine.append(change[here & (grain < -0.5)])
    gap = np.nanmedian(np.concatenate(coarse)) - np.nanmedian(np.concatenate(fine))
    assert 1 < gap < 6


def test_every_slide_shows_to_the_radar_or_the_camera(made):
    for one in made:
        for number in range(1, one.slides.count + 1):
            seen = max(one.visibility.radar[number] / 0.4, one.visibility.green[number] / 0.4)
            assert seen > 1, (one.scene.seed, number)


def test_some_slides_hide_from_the_radar_and_others_from_the_camera(made):
    radar = np.concatenate([one.visibility.radar[1:] for one in made])
    green = np.concatenate([one.visibility.green[1:] for one in made])
    assert 0.05 < np.mean(radar < 0.2) < 0.4
    assert 0.03 < np.mean(green < 0.2) < 0.3


def test_green_slides_lose_green_and_bare_ones_do_not(made):
    green = [Cover.FOREST, Cover.SCRUB, *HERBACEOUS]
    assert np.median(gather(made, "dNDVI", green)) < -0.25
    assert abs(np.median(gather(made, "dNDVI", [Cover.BARE_ROCK]))) < 0.1


def test_lakes_fields_and_felled_forest_lose_green_without_a_slide(made):
    for cover in (Cover.WATER, Cover.PASTURE, Cover.FOREST):
        elsewhere = np.concatenate([
            one.scene.bands[NAMES.index("dNDVI")][(one.ground.cover == cover) & ~one.slides.mask]
            for one in made
        ])  # fmt: skip
        assert np.count_nonzero(elsewhere < -0.25) > 200, cover
