"""Bedrock and sediment: the same seed the same scene, sediment smooths, plants hide the rock."""

import numpy as np
import pytest
import rasterio
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from geoseg.errors import SettingsError
from geoseg.exports.derived import derive_terrain
from geoseg.simulate import make_scene, write_scene
from geoseg.simulate.landsat import coarse
from geoseg.simulate.rock_ground import as_mapped
from geoseg.simulate.rock_worlds import ROCK_WORLDS
from geoseg.tasks import BEDROCK

SIZE = 224
TERRAIN, LANDSAT = (BEDROCK.setting(name).bands for name in ("terrain", "landsat8"))


@pytest.fixture(scope="module")
def scenes():
    """Two scenes of every world."""
    return [make_scene("bedrock", seed, SIZE) for seed in range(2 * len(ROCK_WORLDS))]


def pooled_auc(scenes, name):
    """How well one band alone tells bedrock from sediment: 0.5 not at all, 1 fully."""
    value = np.concatenate([s.bands[s.band_names.index(name)][::3, ::3].ravel() for s in scenes])
    truth = np.concatenate([s.reference[::3, ::3].ravel() for s in scenes])
    known = np.isfinite(value) & (truth != 255)
    found = roc_auc_score(truth[known] == 1, value[known])
    return max(found, 1 - found)


def test_the_same_seed_gives_the_same_scene(scenes):
    again = make_scene("bedrock", 2, SIZE)
    np.testing.assert_array_equal(again.bands, scenes[2].bands)
    np.testing.assert_array_equal(again.reference, scenes[2].reference)


def test_both_classes_are_in_every_scene_and_water_is_in_none(scenes):
    for scene in scenes:
        assert set(np.unique(scene.reference)) <= {0, 1, 255}
        assert 0.1 < scene.share(1) < 0.8, scene.seed
        masked = scene.reference == 255
        assert masked.mean() < 0.4
        assert np.isnan(scene.bands[:, masked]).all()
        inside = scene.bands[:, ~ndimage.binary_dilation(masked, np.ones((3, 3)))]
        assert np.isfinite(inside).mean() > 0.99


def test_bedrock_covers_about_the_published_half(scenes):
    assert np.mean([scene.share(1) for scene in scenes]) == pytest.approx(0.53, abs=0.1)


def test_predictors_are_what_derive_makes_of_the_terrain_model(tmp_path, scenes):
    write_scene(tmp_path, scenes[0], "fjord")
    derived = derive_terrain(
        tmp_path / "fjord_terrain.tif", BEDROCK.derived("terrain"), tmp_path / "derived.tif"
    )
    with rasterio.open(derived.path) as raster, rasterio.open(tmp_path / "fjord_input.tif") as made:
        np.testing.assert_array_equal(raster.read(), made.read(range(1, len(TERRAIN) + 1)))
        assert made.descriptions == (*TERRAIN, *LANDSAT)
    with rasterio.open(tmp_path / "fjord_label.tif") as raster:
        assert raster.nodata == 255


def test_no_band_alone_tells_bedrock_from_sediment(scenes):
    areas = {name: pooled_auc(scenes, name) for name in (*TERRAIN, *LANDSAT)}
    assert max(areas.values()) < 0.92, areas


def test_steepness_tells_more_than_any_band_of_the_image(scenes):
    image = max(pooled_auc(scenes, name) for name in LANDSAT)
    assert pooled_auc(scenes, "slope") > 0.7
    assert pooled_auc(scenes, "slope_sum12") > image > 0.55


def test_sediment_smooths_the_ground_it_covers(scenes):
    for scene in scenes:
        height = np.nan_to_num(scene.elevation)
        rough = np.abs(height - ndimage.uniform_filter(height, 3))
        away = ~ndimage.binary_dilation(scene.reference == 255, np.ones((5, 5)))
        rock, soil = (np.median(rough[away & (scene.reference == own)]) for own in (1, 0))
        assert rock > 1.1 * soil, scene.seed


def test_bands_of_30_m_and_100_m_are_repeated_on_their_pixels(scenes):
    for name, side in (("B2", 3), ("B10", 10)):
        band = scenes[2].bands[scenes[2].band_names.index(name)][:220, :220]
        blocks = band[: 220 // side * side, : 220 // side * side]
        blocks = blocks.reshape(220 // side, side, 220 // side, side).swapaxes(1, 2)
        whole = np.isfinite(blocks).all(axis=(2, 3))
        assert whole.mean() > 0.5
        assert (np.ptp(blocks[whole], axis=(1, 2)) == 0).all()


def test_coarse_pixels_hold_the_mean_of_fine_ones():
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    assert coarse(values, 2)[0, 0] == np.mean([0, 1, 4, 5])
    assert coarse(values, 3).shape == (4, 4)


def test_a_map_of_the_scale_shows_no_patches_below_a_quarter_hectare():
    shown = as_mapped(np.random.default_rng(0).random((60, 60)) > 0.4)
    for there in (True, False):
        numbers, count = ndimage.label(shown == there)
        if count > 1:
            assert np.bincount(numbers.ravel())[1:].max() >= 25


@pytest.mark.parametrize(("seed", "size"), [(-1, 128), (1, 64)])
def test_impossible_scenes_are_refused_with_a_sentence(seed, size):
    with pytest.raises(SettingsError, match="at least 96 pixels"):
        make_scene("bedrock", seed, size)
