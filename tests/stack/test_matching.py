"""Who is who: by description, file name, order, or the user's word."""

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS

from geoseg.errors import BandError, RasterError, SettingsError
from geoseg.grid import Grid
from geoseg.stack import BandSource, RasterInfo, match_bands
from geoseg.stack.matching import match_whole
from geoseg.tasks import BEDROCK, LANDSLIDES, RAVINES, TASKS, WETLANDS, custom_task

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 4, 4)
FIFTEEN = [band.name for band in LANDSLIDES.bands]


def raster(name, descriptions=("",)):
    path = Path(name)
    bands = (BandSource(path, index, text) for index, text in enumerate(descriptions, start=1))
    return RasterInfo(path, GRID, tuple(bands))


def found(matches):
    return {m.band: m.source.key for m in matches if m.source}


def how(matches):
    return {m.how for m in matches if m.source}


def test_gewata_files_are_known_by_their_names():
    files = [raster(f"GewataB{n}.tif") for n in (7, 1, 5, 2, 4, 3)]
    matches = match_bands(files, WETLANDS)
    assert found(matches) == {f"B{n}": f"GewataB{n}.tif#1" for n in (1, 2, 3, 4, 5, 7)}
    assert how(matches) == {"file name"}


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("GewataB1.tif", "B1"),
        ("GewataB11.tif", None),
        ("LT05_L1TP_170055_2000_B4.TIF", "B4"),
        ("T32VLP_20230801_B04_10m.tif", "B4"),
        ("T32VLP_20230801_B8A_20m.tif", None),
        ("blue.tif", "B1"),
        ("L7_swir1_clip.tif", "B5"),
        ("cab1.tif", None),
        ("B10.tif", None),
    ],
)
def test_a_file_name_is_read_word_by_word(name, band):
    assert list(found(match_bands([raster(name)], WETLANDS))) == ([band] if band else [])


@pytest.mark.parametrize(
    ("description", "band"),
    [
        ("preVV", "preVV"),
        ("PRE_VV", "preVV"),
        ("post VV [dB]", "postVV"),
        ("Slope (degrees)", "slope"),
        ("layover_mask", "layover"),
        ("treeHeight", "tree_height"),
        ("KG climate", "KG_climate"),
        ("dNDVI", "dNDVI"),
        ("NDVI", None),
        ("Sentinel-1 preVV", "preVV"),
        ("DEM [m]", "elevation"),
        ("slope of DEM", "slope"),
        ("DEM slope", "slope"),
        ("vegetation height", None),
    ],
)
def test_descriptions_are_compared_without_case_and_punctuation(description, band):
    matches = match_bands([raster("s.tif", (description, "other"))], LANDSLIDES)
    assert list(found(matches)) == ([band] if band else [])
    assert how(matches) <= {"description"}


@given(order=st.permutations(FIFTEEN))
def test_described_bands_are_found_in_any_order(order):
    matches = match_bands([raster("s.tif", order)], LANDSLIDES)
    assert found(matches) == {name: f"s.tif#{order.index(name) + 1}" for name in FIFTEEN}


@given(count=st.integers(1, 20))
def test_order_is_used_only_where_the_count_leaves_one_reading(count):
    readings = {15: FIFTEEN, 9: FIFTEEN[:9], 11: [*FIFTEEN[:9], "CART_landcover", "dNDVI"]}
    readings[2] = ["CART_landcover", "dNDVI"]
    matches = match_bands([raster("s.tif", [""] * count)], LANDSLIDES)
    expected = readings.get(count, [])
    assert found(matches) == {n: f"s.tif#{i}" for i, n in enumerate(expected, start=1)}
    assert how(matches) <= {"order"}
    assert len(matches) == 15


def test_band_numbers_as_descriptions_say_nothing():
    matches = match_bands([raster("s.tif", [f"Band {n}" for n in range(1, 7)])], WETLANDS)
    assert found(matches)["B7"] == "s.tif#6"
    assert how(matches) == {"order"}


def test_files_without_names_are_taken_in_the_users_order():
    matches = match_bands([raster(f"{letter}.tif") for letter in "fedcba"], WETLANDS)
    assert found(matches)["B1"] == "f.tif#1"


def test_settings_of_equal_length_need_the_user_to_say_which():
    task = custom_task({"a": [("x", ""), ("y", "")], "b": [("p", ""), ("q", "")]})
    pair = [raster("s.tif", ["", ""])]
    assert found(match_bands(pair, task)) == {}
    assert found(match_bands(pair, task, setting="b")) == {"p": "s.tif#1", "q": "s.tif#2"}


def test_the_users_choice_wins_and_frees_nothing_twice():
    files = [raster("s.tif", ["B1", "B2"])]
    matches = match_bands(files, WETLANDS, {"B1": "s.tif#2"})
    assert found(matches) == {"B1": "s.tif#2"}
    assert matches[0].how == "chosen"
    swapped = match_bands(files, WETLANDS, {"B1": "s.tif#2", "B2": "s.tif#1"})
    assert found(swapped) == {"B1": "s.tif#2", "B2": "s.tif#1"}


def test_one_choice_leaves_the_others_in_order():
    matches = match_bands([raster("s.tif", [""] * 6), raster("x.tif", ["n"])], WETLANDS,
                          {"B1": "x.tif#1"})  # fmt: skip
    assert found(matches)["B1"] == "x.tif#1"
    assert found(matches)["B2"] == "s.tif#2"


def test_two_layers_of_one_name_are_told():
    matches = match_bands([raster("a.tif", ["B1"]), raster("b.tif", ["B1"])], WETLANDS)
    assert matches[0].source.key == "a.tif#1"
    assert "though b.tif#1 would fit by description too" in matches[0].note


def test_wrong_choices_are_refused():
    files = [raster("s.tif", ["B1", "B2"])]
    with pytest.raises(BandError, match=r"no layer 's\.tif#9'; choose one of s\.tif#1, s\.tif#2"):
        match_bands(files, WETLANDS, {"B1": "s.tif#9"})
    with pytest.raises(SettingsError, match="has no band 'B9'"):
        match_bands(files, WETLANDS, {"B9": "s.tif#1"})


def test_the_same_file_name_twice_is_refused():
    with pytest.raises(
        RasterError, match=r"B1\.tif was given 2 times; expected files of different"
    ):
        match_bands([raster("a/B1.tif"), raster("b/B1.tif")], WETLANDS)


@given(st.permutations(range(6)), st.data())
def test_no_layer_serves_two_bands(order, data):
    names = np.array(["B1", "blue", "", "Band 3", "nir", "B2"])[list(order)].tolist()
    files = [raster("s.tif", names), raster("GewataB1.tif"), raster("x_B3.tif")]
    choice = data.draw(st.sampled_from([{}, {"B4": "s.tif#1"}, {"B7": "x_B3.tif#1"}]))
    keys = list(found(match_bands(files, WETLANDS, choice)).values())
    assert len(keys) == len(set(keys))


SENTINEL2 = WETLANDS.setting("sentinel2").bands


def test_band_three_is_green_or_red_by_the_company_it_keeps():
    landsat = [raster(f"image_B{n}.tif") for n in (1, 2, 3, 4, 5, 7)]
    assert found(match_bands(landsat, WETLANDS))["B3"] == "image_B3.tif#1"
    named = ["B3", "B8", "B12", *SENTINEL2[3:]]
    stack = raster("season.tif", named)
    matches = found(match_bands([stack], WETLANDS))
    assert matches["GREEN"] == "season.tif#1"
    assert matches == {band: f"season.tif#{n}" for n, band in enumerate(SENTINEL2, start=1)}


def test_the_setting_asked_for_decides_what_a_shared_name_means():
    alone = [raster("B3.tif")]
    assert list(found(match_bands(alone, WETLANDS, setting="sentinel2"))) == ["GREEN"]
    assert list(found(match_bands(alone, WETLANDS, setting="landsat"))) == ["B3"]
    assert list(found(match_bands([raster("green.tif")], WETLANDS, setting="landsat"))) == ["B2"]


def test_derived_predictors_are_known_by_their_names():
    matches = found(match_bands([raster("season.tif", SENTINEL2)], WETLANDS))
    assert matches == {band: f"season.tif#{n}" for n, band in enumerate(SENTINEL2, start=1)}
    asked = RAVINES.derived("terrain")
    assert list(found(match_bands([raster("clay.tif", asked)], RAVINES))) == list(asked)
    asked = BEDROCK.derived("terrain")
    terrain = BEDROCK.setting("terrain").bands
    matches = found(match_bands([raster("fjord.tif", asked)], BEDROCK))
    assert matches == {band: f"fjord.tif#{n}" for n, band in enumerate(terrain, start=1)}


@pytest.mark.parametrize("order", [("slope mean", "slope"), ("slope", "slope mean")])
def test_a_band_called_as_the_task_calls_it_comes_before_one_that_only_begins_so(order):
    task = TASKS["slide_ground"]
    row = next(m for m in match_bands([raster("a.tif", order)], task) if m.band == "slope")
    assert (row.source.description, row.note) == ("slope", "")
    alone = next(m for m in match_bands([raster("b.tif", order[:1])], task) if m.band == "slope")
    assert alone.source.description == order[0]


def test_whole_names_and_aliases_are_known_and_nothing_is_guessed():
    sources = raster("a.tif", ("slope mean", "Valley_Depth-1000m", "DEM", "elevation")).bands
    known = match_whole(sources, TASKS["slide_ground"])
    assert {name: source.index for name, source in known.items()} == {
        "valley_depth": 2,
        "elevation": 4,
    }
