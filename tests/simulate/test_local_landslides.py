"""The scene of Article III shows the landslide world's event to a colour camera."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from geoseg.errors import SettingsError
from geoseg.simulate.kinds import make_scene
from geoseg.simulate.landslides import simulate_scene

SEED, SIZE = 9, 256


@pytest.fixture(scope="module")
def scene():
    return make_scene("local_landslides", SEED, SIZE)


def band(scene, name):
    return scene.bands[scene.band_names.index(name)]


def test_the_same_seed_gives_the_same_scene(scene):
    again = make_scene("local_landslides", SEED, SIZE)
    np.testing.assert_array_equal(scene.bands, again.bands)


def test_slides_and_shared_bands_are_those_of_the_landslide_world(scene):
    world = simulate_scene(SEED, SIZE)
    np.testing.assert_array_equal(scene.reference, world.reference)
    for name in ("preVV", "dVH", "dNDVI", "elevation", "slope"):
        np.testing.assert_array_equal(band(scene, name), band(world, name))


def test_colours_are_reflectances_and_fresh_ground_is_redder(scene):
    colours = [name for name in scene.band_names if name.startswith(("post", "pre"))]
    for name in (own for own in colours if own[-2:] not in ("VV", "VH")):
        values = band(scene, name)
        assert np.isfinite(values).all()
        assert 0 < values.min() < values.max() < 1.5
    slid = scene.reference == 1
    assert np.median(band(scene, "postR")[slid]) > 1.3 * np.median(band(scene, "preR")[slid])
    assert np.median(band(scene, "preR")[slid]) == pytest.approx(
        np.median(band(scene, "preR")[~slid]), rel=0.4
    )


def test_no_band_alone_tells_slides_from_the_rest(scene):
    slid = scene.reference.ravel() == 1
    for name in ("postR", "postNIR", "dNDVI", "postVV", "preR"):
        values = band(scene, name).ravel()
        known = np.isfinite(values)
        auc = roc_auc_score(slid[known], values[known])
        assert max(auc, 1 - auc) < 0.97, name


def test_an_impossible_scene_is_refused():
    with pytest.raises(SettingsError, match="at least 64 pixels"):
        make_scene("local_landslides", 1, 32)
