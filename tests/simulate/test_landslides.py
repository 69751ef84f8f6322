"""Laws of simulated scenes, then the signatures of Articles IV and V as rough medians."""

import numpy as np
import pytest
from scipy import ndimage

from geoseg.errors import SettingsError
from geoseg.simulate import simulate_scene
from geoseg.tasks import LANDSLIDES

NAMES = [band.name for band in LANDSLIDES.bands]
SEEDS = range(100, 106)


def band(scene, name):
    return scene.bands[NAMES.index(name)]


@pytest.fixture(scope="module")
def scenes():
    return [simulate_scene(seed, 256) for seed in SEEDS]


def test_the_same_seed_gives_the_same_scene():
    first, second = simulate_scene(7, 128), simulate_scene(7, 128)
    np.testing.assert_array_equal(first.bands, second.bands)
    np.testing.assert_array_equal(first.reference, second.reference)


def test_another_seed_gives_another_scene(scenes):
    assert len({float(band(scene, "elevation").mean()) for scene in scenes}) == len(scenes)
    assert len({int(scene.reference.sum()) for scene in scenes}) == len(scenes)


def test_radar_is_missing_exactly_in_layover_and_shadow(demo):
    hidden = (band(demo, "layover") == 1) | (band(demo, "shadow") == 1)
    assert 0 < hidden.mean() < 0.1
    for name in NAMES[:6]:
        np.testing.assert_array_equal(np.isnan(band(demo, name)), hidden)
    for name in NAMES[6:]:
        assert np.isfinite(band(demo, name)).all(), name


def test_changes_are_after_minus_before(demo):
    for way in ("VV", "VH"):
        change = band(demo, f"post{way}") - band(demo, f"pre{way}")
        np.testing.assert_allclose(band(demo, f"d{way}"), change, atol=1e-4)


def test_the_reference_holds_a_few_percent_of_slides(scenes):
    for scene in scenes:
        assert set(np.unique(scene.reference)) == {0, 1}
        assert 0.002 < scene.reference.mean() < 0.08


def test_slides_reach_steeper_ground_than_the_rest(scenes):
    for scene in scenes:
        slide, slope = scene.reference == 1, band(scene, "slope")
        assert np.quantile(slope[slide], 0.9) > np.quantile(slope[~slide], 0.7)


def test_every_slide_falls(demo):
    numbers, count = ndimage.label(demo.reference, np.ones((3, 3)))
    drop = ndimage.labeled_comprehension(
        band(demo, "elevation"), numbers, range(1, count + 1), np.ptp, float, 0.0
    )
    assert np.median(drop) > 20


def test_backscatter_before_the_event_has_the_published_medians(scenes):
    slides = [scene.reference == 1 for scene in scenes]
    vv = np.concatenate([band(s, "preVV")[m] for s, m in zip(scenes, slides, strict=True)])
    vh = np.concatenate([band(s, "preVH")[m] for s, m in zip(scenes, slides, strict=True)])
    assert np.nanmedian(vv) == pytest.approx(-9.9, abs=0.8)
    assert np.nanmedian(vh) == pytest.approx(-17.6, abs=1.2)


def test_vegetated_slides_lose_green_and_the_rest_does_not(scenes):
    for scene in scenes:
        slide, loss = scene.reference == 1, band(scene, "dNDVI")
        vegetated = slide & np.isin(band(scene, "CART_landcover"), [2, 3, 4, 5])
        assert np.median(loss[vegetated]) < -0.15
        assert abs(np.median(loss[~slide])) < 0.12


def test_something_else_loses_green_too(demo):
    green = band(demo, "dNDVI") < -0.2
    assert green[demo.reference == 0].sum() > 100


@pytest.mark.parametrize(("seed", "size"), [(-1, 512), (1, 32)])
def test_impossible_scenes_are_refused_with_a_sentence(seed, size):
    with pytest.raises(SettingsError, match="at least 64 pixels"):
        simulate_scene(seed, size)
