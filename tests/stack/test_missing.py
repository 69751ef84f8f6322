"""What a band's own numbers mean: every band keeps its no data, on its grid and on another."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.stack import inspect_raster
from geoseg.stack.missing import is_value
from geoseg.stack.reading import open_on_grid

TEN_METRES = Affine(10, 0, 500_000, 0, -10, 6_600_000)
UTM = CRS.from_epsg(32633)
OWN = Grid(UTM, TEN_METRES, 24, 24)
ASIDE = Grid(UTM, TEN_METRES @ Affine.translation(0.25, 0.25), 23, 23)
GRIDS = pytest.mark.parametrize("grid", [OWN, ASIDE], ids=["on its grid", "resampled"])
HOLE = np.zeros((24, 24), bool)
HOLE[8:14, 9:16] = True


def read(path, grid, **how):
    info = inspect_raster(path)
    with open_on_grid(path, grid, Resampling.bilinear, **how) as file:
        return file.read(info.bands, Window(0, 0, grid.width, grid.height))


def declare(path, values):
    """Give every band its own no-data value, in the file beside."""
    rows = "".join(
        f'<PAMRasterBand band="{place}"><NoDataValue>{value}</NoDataValue></PAMRasterBand>'
        for place, value in enumerate(values, start=1)
    )
    path.with_name(path.name + ".aux.xml").write_text(f"<PAMDataset>{rows}</PAMDataset>")


def holed(values):
    """Return (band, y, x): 50 everywhere but in the hole."""
    bands = np.full((len(values), 24, 24), 50.0)
    for band, value in zip(bands, values, strict=True):
        band[HOLE] = value
    return bands


def assert_only_the_hole_is_missing(found, grid):
    """No value of the hole reaches the ground around; half a pixel of its rim may be filled."""
    inside, around = np.s_[9:13, 10:15], HOLE.copy()
    around[7:15, 8:17] = True
    for band in found:
        assert np.isnan(band[HOLE] if grid is OWN else band[inside]).all()
        ground = ~(HOLE if grid is OWN else around[: grid.height, : grid.width])
        assert set(np.unique(band[ground])) == {50}


@GRIDS
@pytest.mark.parametrize(
    ("values", "declared"),
    [
        ((np.nan, -9999, -1), ("nan", -9999, -1)),
        ((-9999, np.nan, 0), (-9999, "nan", 0)),
        ((-3.4028234663852886e38, -9999, 7), ("-3.4e+38", -9999, 7)),
        ((0, 255, 1e20), (0, 255, "1e+20")),
    ],
)
def test_every_band_keeps_its_own_no_data(write, grid, values, declared):
    path = write("bands.tif", holed(values).astype(np.float32))
    declare(path, declared)
    assert_only_the_hole_is_missing(read(path, grid), grid)


def test_the_value_of_one_band_is_measured_in_another(write):
    values = np.stack([np.full((24, 24), 7.0), np.full((24, 24), 9.0)]).astype(np.float32)
    values[0, HOLE], values[1, HOLE] = 9, 7
    path = write("bands.tif", values)
    declare(path, (7, 9))
    first, second = read(path, OWN)
    assert (first[HOLE] == 9).all() and np.isnan(first[~HOLE]).all()  # noqa: PT018
    assert (second[HOLE] == 7).all() and np.isnan(second[~HOLE]).all()  # noqa: PT018


@GRIDS
@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("int64", 2**63 - 1),
        ("int64", -(2**63)),
        ("uint64", 2**64 - 1),
        ("int64", -9999),
        ("float64", -1.7976931348623157e308),
        ("float64", float(np.float32(-3.4e38))),
        ("int32", -(2**31)),
        ("uint32", 2**32 - 1),
    ],
)
def test_sentinels_of_64_bits_are_missing(write, grid, dtype, value):
    bands = np.full((2, 24, 24), 50, dtype)
    bands[:, HOLE] = value
    path = write("wide.tif", bands)
    declare(path, (value, value))
    assert_only_the_hole_is_missing(read(path, grid), grid)


@pytest.mark.parametrize("declared", [-9999, 256, 300.5, "nan"])
def test_a_value_that_the_type_cannot_hold_hides_nothing(write, declared):
    path = write("bytes.tif", np.arange(576, dtype=np.uint8).reshape(24, 24) // 2 * 2)
    declare(path, [declared])
    assert np.isfinite(read(path, OWN)).all()


def test_texts_of_few_digits_mean_the_stored_number():
    stored = np.array([-3.4028234663852886e38, -9999.9, 1.0, np.nan, 9.969209968386869e36])
    assert is_value(stored.astype("f4"), -3.4e38).tolist() == [True, False, False, False, False]
    assert is_value(stored, -3.40282e38).tolist() == [True, False, False, False, False]
    assert is_value(stored.astype("f4").astype("f8"), -9999.9).tolist()[1]
    assert is_value(stored, 9.96921e36).tolist() == [False, False, False, False, True]
    assert is_value(np.array([0.0, 1e-9]), 0).tolist() == [True, False]


@GRIDS
@pytest.mark.parametrize("full", [np.uint8(255), np.uint16(65535), np.float32(1), np.float32(255)])
@pytest.mark.parametrize("others", [1, 2, 6])
def test_transparency_hides_however_many_bands_there_are(write, grid, full, others):
    bands = np.full((others + 1, 24, 24), 50, full.dtype)
    bands[:-1, HOLE] = 80
    bands[-1] = np.where(HOLE, 0, full)
    path = write("clear.tif", bands, photometric="MINISBLACK")
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [*[ColorInterp.undefined] * others, ColorInterp.alpha]
    found = read(path, grid)
    assert len(found) == others
    assert_only_the_hole_is_missing(found, grid)


@GRIDS
def test_transparency_counts_beside_no_data_and_need_not_be_the_last(write, grid):
    bands = holed((80, 80, 80)).astype(np.int16)
    bands[1] = np.where(HOLE, 0, 100)
    bands[0, HOLE] = 80
    bands[0, 20:22, 20:22] = -1
    path = write("clear.tif", bands, nodata=-1, photometric="MINISBLACK")
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [ColorInterp.gray, ColorInterp.alpha, ColorInterp.undefined]
    first, last = read(path, grid)
    assert np.isnan(first[20, 20])
    assert last[20, 20] == 50
    assert np.isnan(first[10:12, 11:14]).all()
    assert np.isnan(last[10:12, 11:14]).all()


def test_half_transparent_pixels_count_and_either_of_two_transparencies_hides(write):
    bands = np.full((4, 24, 24), 50, np.uint16)
    bands[2], bands[3] = 30_000, 65_535
    bands[2, :3], bands[3, -3:] = 0, 0
    path = write("clear.tif", bands, photometric="MINISBLACK")
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [ColorInterp.gray, ColorInterp.undefined, *[ColorInterp.alpha] * 2]
    found = read(path, OWN)
    assert np.isnan(found[:, [*range(3), *range(21, 24)]]).all()
    assert (found[:, 3:21] == 50).all()


@GRIDS
@pytest.mark.parametrize("inside", [True, False], ids=["in the file", "beside it"])
def test_masks_hide_beside_a_declared_value(write, grid, inside):
    bands = np.full((2, 24, 24), 50, np.int16)
    bands[:, HOLE] = 80
    bands[0, 20:22, 20:22] = -1
    path = write("masked.tif", bands, nodata=-1)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(path, "r+") as file:
        file.write_mask(~HOLE)
    assert path.with_name("masked.tif.msk").exists() is not inside
    first, second = read(path, grid)
    assert np.isnan(first[10:12, 11:14]).all()
    assert np.isnan(second[10:12, 11:14]).all()
    assert np.isnan(first[20, 20])
    assert second[20, 20] == 50


NOISE = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("fourth", "name", "words"),
    [
        (NOISE.integers(20, 200, (24, 24)), "", "holds many values between clear and full"),
        (np.where(HOLE, 0, NOISE.integers(20, 200, (24, 24))), "", "many values between clear"),
        (np.where(HOLE, 0, 255), "NIR", "is called NIR"),
        (np.where(HOLE, 0, 255), "B8", "is called B8"),
        (np.where(HOLE, 0, 1), "", "measured values lie where it is 0"),
    ],
    ids=["infrared", "infrared over water", "named NIR", "named B8", "a mask of shadow"],
)
def test_a_fourth_byte_band_may_be_marked_clear_and_be_measured(write, fourth, name, words):
    colours = NOISE.integers(20, 200, (3, 24, 24))
    bands = np.concatenate([colours, fourth[None]]).astype(np.uint8)
    path = write("rgbn.tif", bands, names=("", "", "", name))
    with rasterio.open(path) as file:
        assert file.colorinterp[3] is ColorInterp.alpha  # GDAL's own doing
    info = inspect_raster(path)
    assert len(info.bands) == 4
    assert words in info.notes[0]
    np.testing.assert_array_equal(read(path, OWN), bands)


def test_a_fourth_byte_band_of_nothing_and_full_is_transparency(write):
    bands = NOISE.integers(20, 200, (4, 24, 24)).astype(np.uint8)
    bands[3] = np.where(HOLE, 0, 255)
    bands[3, 8, 9:16] = 128  # a feathered edge
    path = write("rgba.tif", bands)
    info = inspect_raster(path)
    assert len(info.bands) == 3
    assert info.notes == (
        "rgba.tif: band 4 is transparency; pixels count as no data where it is 0",
    )
    hidden = bands[3] == 0
    assert np.isnan(read(path, OWN)[:, hidden]).all()
    assert np.isfinite(read(path, OWN)[:, ~hidden]).all()


def test_a_band_only_called_alpha_must_look_like_it(write):
    bands = np.full((2, 24, 24), 50, np.uint16)
    bands[1] = np.where(HOLE, 0, 65535)
    assert len(inspect_raster(write("a.tif", bands, names=("B1", "alpha"))).bands) == 1
    bands[1] = NOISE.integers(0, 90, (24, 24))  # the angle alpha of radar
    assert len(inspect_raster(write("b.tif", bands, names=("B1", "alpha"))).bands) == 2


@pytest.mark.parametrize("stretch", [0.4, 1.0, 9.0])
def test_resampling_agrees_with_gdals_own_view(write, stretch):
    hills = NOISE.normal(0, 5, (180, 160)).cumsum(0).cumsum(1).astype(np.float32)
    hills[50:70, 60:90] = -9999
    place = Affine(0.0004, 0, 15.0, 0, -0.0002, 59.55)
    path = write("hills.tif", hills, place, "EPSG:4326", nodata=-9999)
    grid = inspect_raster(path).grid
    side = Affine.scale(stretch)
    shape = (int(length / stretch) for length in (grid.width, grid.height))
    grid = Grid(grid.crs, grid.transform @ side, *shape)
    with (
        rasterio.open(path) as dataset,
        WarpedVRT(
            dataset, crs=grid.crs, transform=grid.transform, width=grid.width, height=grid.height,
            resampling=Resampling.bilinear, nodata=np.nan, dtype="float32", tolerance=0.01,
        ) as view,
    ):  # fmt: skip
        expected = view.read(1)
    found = read(path, grid)[0]
    assert (np.isnan(found) != np.isnan(expected)).mean() < 0.002
    both = np.isfinite(found) & np.isfinite(expected)
    # Either looks up its pixels to a hundredth of one.
    steepest = max(np.abs(np.diff(hills[:50], axis=axis)).max() for axis in (0, 1))
    np.testing.assert_allclose(found[both], expected[both], atol=0.02 * steepest)
