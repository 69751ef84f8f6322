"""Predictors: names, windows in metres, and terrain whose answer is known."""

import numpy as np
import pytest

from geoseg.errors import SettingsError
from geoseg.predictors.catalogue import KINDS, predictor, usual_names

ROWS, COLUMNS = np.indices((41, 41)).astype(np.float64)


def inside(values, edge=12):
    return values[edge:-edge, edge:-edge]


@pytest.mark.parametrize(("name", "pixel_m", "width"), [
    ("tpi3", 10, 3), ("tpi9", 10, 9), ("tpi", 10, 3), ("tpi100m", 1, 101), ("tpi100m", 10, 11),
    ("roughness5m", 1, 5), ("roughness5m", 10, 3), ("slope_sum12", 10, 13), ("relief12", 10, 13),
    ("slope", 10, 1), ("valley_depth1000m", 10, 101),
])  # fmt: skip
def test_a_name_says_its_window(name, pixel_m, width):
    assert predictor(name, pixel_m).width == width


def test_words_say_the_window_in_pixels_and_metres():
    assert "11 x 11 pixels (110 m)" in predictor("tpi100m", 10).words()


@pytest.mark.parametrize("name", ["steepness", "tpi-3", "", "3tpi"])
def test_an_unknown_name_is_answered_with_the_known(name):
    with pytest.raises(SettingsError, match="choose from elevation, slope"):
        predictor(name, 10)


@pytest.mark.parametrize("name", ["slope9", "aspect5m", "tpim"])
def test_a_window_where_none_belongs_is_told(name):
    with pytest.raises(SettingsError, match="takes"):
        predictor(name, 10)


@pytest.mark.parametrize("name", KINDS)
def test_every_predictor_keeps_voids_and_needs_no_more_than_its_margin(name):
    ground = np.random.default_rng(1).normal(500, 20, (80, 80))
    ground[38:41, 44] = np.nan
    own = predictor(f"{name}{'5' if KINDS[name].window else ''}", 10)
    whole = own.compute(ground)
    assert np.isnan(whole[38:41, 44]).all()
    margin, part = own.margin, (slice(30, 50), slice(35, 60))
    around = tuple(slice(p.start - margin, p.stop + margin) for p in part)
    block = own.compute(ground[around])
    core = block[margin : block.shape[0] - margin, margin : block.shape[1] - margin]
    assert np.array_equal(core, whole[part], equal_nan=True)


@pytest.mark.parametrize("degrees", [0, 10, 45, 80])
def test_a_tilted_plane(degrees):
    rise = np.tan(np.radians(degrees))
    plane = 100 + ROWS * 10 * rise
    assert inside(predictor("slope", 10).compute(plane)) == pytest.approx(degrees, abs=1e-3)
    assert inside(predictor("tpi9", 10).compute(plane)) == pytest.approx(0, abs=1e-9)
    assert inside(predictor("relief12", 10).compute(plane)) == pytest.approx(12 * 10 * rise)
    assert inside(predictor("slope_sum12", 10).compute(plane)) == pytest.approx(
        169 * degrees, abs=0.5
    )
    steps = np.arange(-1, 2) * 10 * rise
    assert inside(predictor("roughness3", 10).compute(plane)) == pytest.approx(steps.std())
    assert np.nanmin(predictor("valley_depth5", 10).compute(plane)) == pytest.approx(0)


def test_a_trench_is_as_deep_as_it_was_dug_and_a_ridge_has_no_depth():
    ground = np.full((41, 41), 50.0)
    ground[:, 18:22] -= 7.0
    ground[:, 30] += 5.0
    depth = predictor("valley_depth9", 10).compute(ground)
    assert depth[20, 19] == 7
    assert depth[20, 30] == 0
    assert depth[20, 5] == 0


def test_light_comes_from_the_north_west():
    flat = predictor("hillshade", 10).compute(np.zeros((9, 9)))
    assert inside(flat, 3) == pytest.approx(255 * np.sin(np.radians(45)))
    to_the_sun = predictor("hillshade", 10).compute((ROWS + COLUMNS) * 10 / np.sqrt(2))
    assert inside(to_the_sun) == pytest.approx(255, abs=1e-3)
    away = predictor("hillshade", 10).compute(-(ROWS + COLUMNS) * 20)
    assert inside(away).max() == 0


def test_the_usual_names_are_names():
    for name in usual_names().split(", "):
        assert predictor(name, 10).name == name
