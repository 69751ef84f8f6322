"""Laws that hold for every simulated scene."""

import numpy as np
import pytest
from scipy import ndimage

from geoseg.errors import SettingsError
from geoseg.simulate import simulate_scene
from geoseg.tasks import LANDSLIDES

NAMES = [band.name for band in LANDSLIDES.bands]


def band(scene, name):
    return scene.bands[NAMES.index(name)]


@pytest.fixture
def scenes(made):
    return [one.scene for one in made]


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


def test_the_reference_holds_only_zero_and_one(scenes):
    for scene in scenes:
        assert set(np.unique(scene.reference)) == {0, 1}


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


def test_something_else_loses_green_too(demo):
    green = band(demo, "dNDVI") < -0.2
    assert green[demo.reference == 0].sum() > 100


@pytest.mark.parametrize(("seed", "size"), [(-1, 512), (1, 32)])
def test_impossible_scenes_are_refused_with_a_sentence(seed, size):
    with pytest.raises(SettingsError, match="at least 64 pixels"):
        simulate_scene(seed, size)
