"""Wetlands: the same seed the same scene, predictors by the shared formulas, like covers beside."""

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from geoseg.errors import SettingsError
from geoseg.predictors.indices import ARTICLE_II, INDICES, wanted
from geoseg.simulate import make_scene, write_scene
from geoseg.simulate.mire_ground import OPEN_WETLAND, Cover, make_mires
from geoseg.simulate.mire_worlds import MIRE_WORLDS, mire_world_of
from geoseg.simulate.season import AUTUMN, COLOURS, SUMMER, _percentile
from geoseg.tasks import WETLANDS

SIZE = 192
NAMES = WETLANDS.setting("sentinel2").bands


@pytest.fixture(scope="module")
def scenes():
    """Two scenes of every world."""
    return [make_scene("wetlands", seed, SIZE) for seed in range(2 * len(MIRE_WORLDS))]


def gather(scenes, name):
    value = np.concatenate([s.bands[NAMES.index(name)][::2, ::2].ravel() for s in scenes])
    truth = np.concatenate([s.reference[::2, ::2].ravel() for s in scenes])
    return value[np.isfinite(value)], truth[np.isfinite(value)]


def test_the_same_seed_gives_the_same_scene(scenes):
    again = make_scene("wetlands", 3, SIZE)
    np.testing.assert_array_equal(again.bands, scenes[3].bands)
    np.testing.assert_array_equal(again.reference, scenes[3].reference)


def test_bands_are_the_fourteen_predictors_under_the_names_of_derive(tmp_path, scenes):
    assert (*ARTICLE_II, "CHM") == NAMES == scenes[0].band_names
    stack, label = write_scene(tmp_path, scenes[0], "mire")
    with rasterio.open(stack) as raster:
        assert raster.descriptions == NAMES
        assert raster.tags()["SIMULATED"] == "yes"
    with rasterio.open(label) as raster:
        np.testing.assert_array_equal(raster.read(1), scenes[0].reference)


def test_every_scene_has_wetland_and_all_together_about_the_published_share(scenes):
    for scene in scenes:
        assert set(np.unique(scene.reference)) == {0, 1}
        assert 0.02 < scene.share(1) < 0.35, scene.seed
    assert np.mean([scene.share(1) for scene in scenes]) == pytest.approx(0.127, abs=0.05)


def test_indices_keep_to_their_bounds(scenes):
    for scene in scenes:
        for name in ("NDVI_p25", "NBR", "GRVI", "GNDVI"):
            values = scene.bands[NAMES.index(name)]
            assert np.nanmin(values) >= -1
            assert np.nanmax(values) <= 1
        for name in ("GREEN", "NIR", "SWIR2"):
            values = scene.bands[NAMES.index(name)]
            assert np.nanmin(values) > 0
            assert np.nanmax(values) < 0.8


def test_gaps_are_rare_and_only_where_no_image_was_clear(scenes):
    for scene in scenes:
        gaps = np.isnan(scene.bands[:-1])
        assert (gaps[NAMES.index("GREEN")] == gaps[NAMES.index("NIR")]).all()
        assert gaps[0].mean() < 0.25
        assert np.isfinite(scene.bands[-1]).all()


def test_no_band_alone_tells_wetland_apart_and_some_tell_much(scenes):
    areas = {}
    for name in NAMES:
        value, truth = gather(scenes, name)
        found = roc_auc_score(truth, value)
        areas[name] = max(found, 1 - found)
    assert 0.62 < max(areas.values()) < 0.92, areas
    assert areas["PSRI"] > 0.62, areas


def test_open_wetland_is_low_and_lies_on_gentle_ground():
    for seed in range(4):
        ground = make_mires(np.random.default_rng(seed), SIZE, mire_world_of(seed))
        assert np.quantile(ground.canopy_m[ground.wetland], 0.9) < 5
        assert np.isin(ground.cover, OPEN_WETLAND)[ground.wetland].mean() > 0.9


def test_swamp_forest_is_no_open_wetland():
    assert Cover.SWAMP_FOREST not in OPEN_WETLAND


def test_fens_wither_before_heath_and_conifers_hardly_do():
    def psri(table, cover):
        image = {c: np.array([[v]]) for c, v in zip(COLOURS, table[cover], strict=True)}
        return float(INDICES["PSRI"].compute(image)[0, 0])

    turn = {c: psri(AUTUMN, c) - psri(SUMMER, c) for c in Cover}
    assert turn[Cover.FEN] > turn[Cover.HEATH] > turn[Cover.CONIFERS]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from(["NDVI", "NDVI_p25"]))
def test_a_percentile_over_time_is_numpys_of_what_is_known(seed, dates, name):
    rng = np.random.default_rng(seed)
    values = rng.random((dates, 4, 5)).astype(np.float32)
    values[rng.random(values.shape) < 0.4] = np.nan
    own = wanted(name)
    found = _percentile(values, own)
    for row, column in np.ndindex(4, 5):
        known = values[:, row, column][np.isfinite(values[:, row, column])]
        if known.size:
            assert found[row, column] == pytest.approx(
                np.percentile(known, own.percentile), abs=1e-6
            )
        else:
            assert np.isnan(found[row, column])


@pytest.mark.parametrize(("seed", "size"), [(-1, 128), (1, 64)])
def test_impossible_scenes_are_refused_with_a_sentence(seed, size):
    with pytest.raises(SettingsError, match="at least 96 pixels"):
        make_scene("wetlands", seed, size)
