"""Numbers that stand for missing though no file says so are found; measured ones are left alone."""

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from geoseg.stack import open_stack
from geoseg.stack.fill_rules import Tally, fills_of
from geoseg.stack.fills import settle_fills
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import Layer
from geoseg.tasks import BandKind

CHANCE = np.random.default_rng(11)
HEIGHTS = CHANCE.uniform(800, 1200, 40_000).astype(np.float32)
FILLS = (-9999, -99999, -32767, -32768, -3.4028234663852886e38, 1e20, 1e30, 9.969209968386869e36)


def found(values, **how):
    return [fill.value for fill in fills_of(Tally.of(np.asarray(values)), **how)]


def holed(values, fill, pixels=60):
    values = values.copy()
    values[:pixels] = fill
    return values


@pytest.mark.parametrize("pixels", [1, 60, 39_000])
@pytest.mark.parametrize("fill", FILLS)
def test_usual_fills_are_found_however_small_or_large_the_void(fill, pixels):
    assert found(holed(HEIGHTS, fill, pixels)) == [np.float32(fill)]


def test_two_fills_of_one_band_are_both_found():
    assert found(holed(holed(HEIGHTS, -9999, 900), -32768, 400)) == [-32768, -9999]


def test_doubles_of_both_ends_of_their_range():
    values = HEIGHTS.astype(np.float64)
    assert found(holed(holed(values, -1.7976931348623157e308, 90), 1e31, 40)) == [
        -1.7976931348623157e308, 1e31,
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", ["int16", "int32", "int64"])
def test_the_smallest_whole_number_and_its_likes(dtype):
    whole = HEIGHTS.astype(dtype)
    smallest = int(np.iinfo(dtype).min)
    for fill in {-9999, -32768, smallest}:
        assert found(holed(whole, fill)) == [float(fill)]


def test_a_fill_that_was_scaled_by_mistake():
    reflectance = CHANCE.uniform(0.01, 0.5, 40_000).astype(np.float32)
    assert found(holed(reflectance, np.float32(-0.9999))) == [np.float32(-0.9999)]


def test_an_unusual_number_far_away_must_be_repeated():
    assert found(holed(HEIGHTS, -12345, 60)) == [-12345]
    assert found(holed(HEIGHTS, -12345, 3)) == []


def test_full_numbers_far_from_all_others():
    assert found(holed(CHANCE.normal(2000, 300, 40_000).astype(np.uint16), 65535)) == [65535]
    assert found(holed(CHANCE.normal(80, 10, 40_000).astype(np.uint8), 255)) == [255]


@pytest.mark.parametrize(
    ("lowest", "highest"), [(800, 1200), (300, 1500), (99, 101)], ids=["high", "steep", "flat"]
)
def test_zero_is_no_height_where_nothing_lies_between(lowest, highest):
    heights = CHANCE.uniform(lowest, highest, 40_000)
    assert found(holed(heights, 0), heights=True) == [0]
    assert found(holed(heights, 0), heights=False) == []


def masks():
    yield "a mask", CHANCE.integers(0, 2, 9000)
    yield "a mask of 0 and 255", CHANCE.integers(0, 2, 9000) * 255
    yield "land cover", CHANCE.choice([1, 2, 3, 5, 11, 255], 9000)
    yield "ids over a background", holed(CHANCE.integers(20_000, 90_000, 9000), 0, 5000)


def measured():
    yield "slope with flat ground", holed(CHANCE.exponential(6, 9000), 0, 3000)
    yield "curvature", holed(CHANCE.normal(0, 0.01, 9000), 0, 3000)
    yield "an index", holed(CHANCE.uniform(-0.3, 0.9, 9000), 0, 500)
    yield "catchment area", np.floor(CHANCE.pareto(1, 9000)) * 100 + 100
    yield "trees over bare ground", holed(CHANCE.uniform(20, 25, 9000), 0, 4000)
    yield "clouds with a tail", np.minimum(CHANCE.exponential(9000, 90_000), 65535).astype("u2")
    yield "bright roofs with a tail", np.minimum(CHANCE.exponential(80, 90_000), 255).astype("u1")
    yield "a lake among hills", holed(HEIGHTS, 912.5, 9000)
    yield "a lake at the lowest", holed(HEIGHTS, 799.5, 9000)
    yield "the deep sea", CHANCE.uniform(-10_900, 4000, 9000)
    yield "one value", np.full(900, 7.0)
    yield "nothing", np.full(900, np.nan)
    yield "only a fill", np.full(900, -9999.0)


@pytest.mark.parametrize(("what", "values"), [*masks(), *measured()])
def test_measured_numbers_and_ids_stay(what, values):
    assert found(values) == [], what


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("low coast", holed(CHANCE.exponential(60, 9000) + 0.2, 0, 4000)),
        ("steep coast, coarse pixels", holed(CHANCE.uniform(6, 1200, 9000), 0, 4000)),
        ("polder", np.round(CHANCE.uniform(-3, 9, 9000), 1)),
    ],
)
def test_the_sea_is_no_void(what, values):
    assert found(values, heights=True) == [], what


@given(st.floats(-500, 5000), st.floats(1, 500), st.integers(1, 400))
def test_without_a_far_number_nothing_is_found(centre, spread, pixels):
    values = np.random.default_rng(pixels).normal(centre, spread, 5000)
    assert found(values) == []
    assert found(holed(values, -99999, pixels)) == [-99999]


@pytest.fixture
def dem(write):
    """Terrain larger than the sample with a void of four pixels that no sample window meets."""

    def make(fill=-9999, **how):
        rows, cols = np.indices((900, 900))
        values = (900 + rows / 10 + np.sin(cols / 20) * 30).astype(how.pop("dtype", "float32"))
        values[450:452, 603:605] = fill
        return write("dem.tif", values, names=["height"], **how)

    return make


def test_a_void_between_the_sample_is_found_and_said(dem, two_bands, read_all, monkeypatch):
    from geoseg.stack import fills

    monkeypatch.setattr(fills, "SAMPLE_PIXELS", 50_000)
    monkeypatch.setattr(fills, "PASS_VALUES", 100_000)
    stack = open_stack([dem()], two_bands, "one")
    values = read_all(stack)[0]
    assert np.isnan(values[450:452, 603:605]).all()
    assert np.isnan(values).sum() == 4
    assert stack.warnings[0].startswith(
        "dem.tif: -9999 in height (4 pixels) stands alone, all other numbers lie between "
    )
    assert "it is taken as no data, which the file does not declare" in stack.warnings[0]


def test_a_fill_reaches_no_neighbour_when_resampled(dem, two_bands, read_all):
    place = Affine(0.0002, 0, 15.0, 0, -0.0001, 59.5)
    stack = open_stack([dem(transform=place, crs="EPSG:4326")], two_bands, "one")
    values = read_all(stack)[0]
    assert np.nanmin(values) > 860
    assert np.isnan(values[100:-100, 100:-100]).any()


def test_the_user_keeps_them_or_names_one(dem, two_bands, read_all):
    kept = open_stack([dem()], two_bands, "one", fill="keep")
    assert (read_all(kept)[0][450:452, 603:605] == -9999).all()
    assert kept.warnings == ()
    path = dem(fill=870.25)
    named = open_stack([path], two_bands, "one", fill=870.25)
    assert np.isnan(read_all(named)[0][450:452, 603:605]).all()


def test_scaled_numbers_are_judged_as_stored(dem, two_bands, read_all):
    path = dem(dtype="int16", scales=(0.1,), offsets=(5,))
    values = read_all(open_stack([path], two_bands, "one"))[0]
    assert np.isnan(values[450:452, 603:605]).all()
    assert np.nanmin(values) > 5 + 86


def test_a_declared_value_does_not_hide_another(dem, two_bands):
    stack = open_stack([dem(fill=-32768, nodata=-9999)], two_bands, "one")
    assert "-32768" in stack.warnings[0]
    assert open_stack([dem(nodata=-9999)], two_bands, "one").warnings == ()


def test_what_is_hidden_already_is_not_looked_at(write, two_bands):
    values = np.full((30, 30), 900.0, np.float32) + np.arange(30, dtype=np.float32)
    values[:5] = -9999
    mask = np.full((30, 30), 255, np.uint8)
    mask[:5] = 0
    path = write("dem.tif", values, names=["height"], mask=mask)
    assert open_stack([path], two_bands, "one").warnings == ()


def test_masks_and_ids_lose_only_numbers_that_nobody_gives_a_class(write):
    values = np.tile(np.arange(1, 12, dtype=np.int16), (30, 30))
    values[:3], values[3:6] = -9999, 255
    source = inspect_raster(write("cover.tif", values)).bands[0]
    layers, told = settle_fills([Layer("cover", source, BandKind.CATEGORICAL)])
    assert layers[0].source.fills == (-9999,)
    assert len(told) == 1


def test_a_changed_file_is_looked_at_again(dem, two_bands):
    assert open_stack([dem()], two_bands, "one").warnings
    assert not open_stack([dem(fill=905)], two_bands, "one").warnings
