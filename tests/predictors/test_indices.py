"""Indices: against spyndex and by hand; misprints are not repeated."""

import numpy as np
import pytest

from geoseg.errors import SettingsError
from geoseg.predictors.indices import ARTICLE_II, INDICES, wanted
from geoseg.predictors.sensors import find_sensor

LETTERS = {"blue": "B", "green": "G", "red": "R", "nir": "N", "swir1": "S1", "swir2": "S2"}
COLOURS = ("blue", "green", "red", "red_edge1", "red_edge2", "nir", "swir1", "swir2")
SCENE = dict(
    zip(COLOURS, np.random.default_rng(5).uniform(0.02, 0.6, (8, 6, 7)).astype("f4"), strict=True)
)
THEIRS = {"NDVI": "NDVI", "NBR": "NBR", "GNDVI": "GNDVI", "EVI": "EVI", "NDWI": "NDWI",
          "NDMI": "NDMI", "GRVI": "NGRDI"}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_an_index_agrees_with_spyndex(name):
    import spyndex

    bands = {letter: SCENE[colour].astype(float) for colour, letter in LETTERS.items()}
    constants = {"g": 2.5, "C1": 6.0, "C2": 7.5, "L": 1.0}
    theirs = spyndex.computeIndex(THEIRS[name], params={**bands, **constants})
    np.testing.assert_allclose(INDICES[name].compute(SCENE), theirs, rtol=2e-4, atol=1e-5)


def test_the_others_by_hand():
    look = {"blue": 0.1, "green": 0.2, "red": 0.3, "red_edge1": 0.25, "red_edge2": 0.4, "nir": 0.5}
    pixel = {colour: np.full((1, 1), value, "f4") for colour, value in look.items()}
    expected = {"PSRI": 0.5, "RERVI": 0.5, "CRI1": 5.0, "PSSR": 5 / 3, "REDGREEN": -5.0,
                "GRVI": -0.2}  # fmt: skip
    for name, value in expected.items():
        assert INDICES[name].compute(pixel)[0, 0] == pytest.approx(value, rel=1e-5), name


def test_division_by_zero_is_no_value():
    same = {colour: np.full((1, 1), 0.2, "f4") for colour in COLOURS}
    assert np.isnan(INDICES["REDGREEN"].compute(same)).all()
    assert np.isnan(INDICES["NDVI"].compute(dict.fromkeys(COLOURS, np.zeros((1, 1), "f4")))).all()


def test_a_name_says_its_percentile():
    assert (wanted("NDVI_p25").percentile, wanted("nbr").percentile) == (25, 50)
    with pytest.raises(SettingsError, match="choose from BLUE, GREEN"):
        wanted("NDIV")


def test_article_two_has_thirteen_that_sentinel_two_sees():
    assert len(ARTICLE_II) == 13
    colours = {colour for name in ARTICLE_II for colour in wanted(name).index.colours}
    find_sensor("sentinel2").task(tuple(colours))
    with pytest.raises(SettingsError, match="Landsat 8 or 9 has no red_edge"):
        find_sensor("landsat8").task(tuple(sorted(colours)))
    with pytest.raises(SettingsError, match="no sensor"):
        find_sensor("spot")
