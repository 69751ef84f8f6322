"""Predictors of terrain on disk: block by block as whole, against xarray-spatial, bad input."""

import warnings

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.errors import RasterError, SettingsError
from geoseg.exports import derived
from geoseg.exports.derived import Heights, derive_terrain
from geoseg.predictors.catalogue import predictor

NAMES = ["slope", "tpi3", "tpi9", "tpi100m", "roughness5m", "relief12", "slope_sum12"]
HILLS = np.random.default_rng(3).normal(0, 1, (70, 90)).cumsum(0).cumsum(1) / 20 + 300


def write(path, values, *, pixel=10.0, crs=32632, nodata=None, dtype="float32", transform=None):
    transform = transform or from_origin(400_000, 6_800_000, pixel, pixel)
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype=dtype, crs=CRS.from_epsg(crs), transform=transform, nodata=nodata,
    ) as file:  # fmt: skip
        file.write(values.astype(dtype), 1)
    return path


def read(path):
    with rasterio.open(path) as file:
        return file.read(), file.descriptions, file.nodata


def test_strips_and_blocks_give_what_the_whole_gives(tmp_path, monkeypatch):
    monkeypatch.setattr(derived, "LEAST_SIDE", 16)
    hills = HILLS.copy()
    hills[30:33, 40:50] = np.nan
    dem = write(tmp_path / "dem.tif", hills)
    derive_terrain(dem, NAMES, tmp_path / "out.tif")
    values, names, _ = read(tmp_path / "out.tif")
    assert list(names) == NAMES
    elevation = hills.astype(np.float32).astype(np.float64)
    for band, name in zip(values, NAMES, strict=True):
        whole = predictor(name, 10).compute(elevation).astype(np.float32)
        # The file's own edge reads as missing ground, as it does for the whole in a wider frame.
        assert np.array_equal(band, whole, equal_nan=True), name


def test_ground_of_other_heights_gets_no_data_and_the_rest_stays_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(derived, "LEAST_SIDE", 16)
    hills = HILLS.copy()
    hills[:5] = 0.0
    dem = write(tmp_path / "dem.tif", hills)
    derive_terrain(dem, NAMES, tmp_path / "all.tif", fill="keep")  # 0 is the sea here
    kept = Heights(lowest=0, highest=302)
    done = derive_terrain(dem, NAMES, tmp_path / "kept.tif", heights=kept)
    everything, kept_values = read(tmp_path / "all.tif")[0], read(tmp_path / "kept.tif")[0]
    elevation = hills.astype(np.float32)
    outside = (elevation <= 0) | (elevation > 302)
    assert 0.1 < outside.mean() < 0.9
    assert np.isnan(kept_values[:, outside]).all()
    np.testing.assert_array_equal(kept_values[:, ~outside], everything[:, ~outside])
    share = f"{outside.mean():.1%}"
    assert done.notes[-1] == f"ground at or below 0 m and above 302 m is left out: {share} of it"


def test_heights_no_ground_has_are_refused_and_nothing_is_left(tmp_path):
    dem = write(tmp_path / "dem.tif", HILLS)
    with pytest.raises(SettingsError, match=r"no ground of dem\.tif is of these heights"):
        derive_terrain(dem, NAMES, tmp_path / "out.tif", heights=Heights(lowest=9000))
    assert [path.name for path in tmp_path.iterdir()] == ["dem.tif"]
    with pytest.raises(SettingsError, match="give a lowest height under the highest"):
        Heights(lowest=200, highest=100)


@pytest.mark.parametrize("place", ["lidar_slovenia/TM1_564_146.tif", "lidar_us/dem.tif"])
def test_real_terrain_agrees_with_xarray_spatial(shared_data, tmp_path, place):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import xarray as xr
        from xrspatial import aspect, slope
        from xrspatial.convolution import custom_kernel
        from xrspatial.focal import focal_stats

    names = ["slope", "aspect", "tpi9", "roughness5m", "relief9"]
    done = derive_terrain(shared_data / place, names, tmp_path / "out.tif")
    ours = dict(zip(names, read(done.path)[0], strict=True))
    with rasterio.open(shared_data / place) as file:
        ground = file.read(1, masked=True).filled(np.nan)[:300, :300].astype(np.float64)
        res = file.res
    raster = xr.DataArray(ground, dims=("y", "x"), attrs={"res": res})
    inner = slice(6, 290)

    def compare(name, theirs, tolerance):
        found = ours[name][:300, :300][inner, inner]
        np.testing.assert_allclose(found, theirs[inner, inner], atol=tolerance, rtol=0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compare("slope", slope(raster).values, 0.01)  # they work in float32 throughout
        square = custom_kernel(np.ones((9, 9)))
        stats = focal_stats(raster, square, stats_funcs=["mean", "range"])
        five = focal_stats(raster, custom_kernel(np.ones((5, 5))), stats_funcs=["std"])
        faces = aspect(raster).values
    # Their mean has the centre in it: (sum - z) / 80 = mean - (z - mean) / 80.
    mean = stats.sel(stats="mean").values
    compare("tpi9", (ground - mean) * 81 / 80, 0.001)
    compare("relief9", stats.sel(stats="range").values, 0.001)
    compare("roughness5m", five.sel(stats="std").values, 0.002)
    tilted = ours["slope"][:300, :300][inner, inner] > 0.5
    turn = np.abs(ours["aspect"][:300, :300][inner, inner] - faces[inner, inner])[tilted]
    assert np.nanmax(np.minimum(turn, 360 - turn)) < 0.5


def test_a_south_up_file_gives_the_same_ground(tmp_path):
    north = write(tmp_path / "north.tif", HILLS)
    turned = rasterio.Affine(10, 0, 400_000, 0, 10, 6_800_000 - 700)
    south = write(tmp_path / "south.tif", HILLS[::-1], transform=turned)
    for path in (north, south):
        derive_terrain(path, ["slope", "aspect"], path.with_name(f"{path.stem}_out.tif"))
    one, other = (read(tmp_path / f"{name}_out.tif")[0] for name in ("north", "south"))
    np.testing.assert_allclose(one[:, 1:-1, 1:-1], other[:, 1:-1, 1:-1], atol=1e-3)


def test_degrees_are_put_on_metres_and_said(tmp_path):
    dem = write(tmp_path / "deg.tif", HILLS, crs=4326, transform=from_origin(9, 61, 1e-4, 1e-4))
    done = derive_terrain(dem, ["slope"], tmp_path / "out.tif")
    assert any("UTM" in note or "EPSG:326" in note for note in done.notes)
    with rasterio.open(done.path) as file:
        assert file.crs.is_projected


def test_whole_feet_are_told_and_taken(tmp_path):
    plane = np.round(np.indices((40, 40))[0] * 10 / 0.3048)
    dem = write(tmp_path / "feet.tif", plane, dtype="int16")
    done = derive_terrain(dem, ["slope"], tmp_path / "out.tif", height_unit_is="feet")
    assert any("whole feet" in text for text in done.warnings)
    assert np.nanmedian(read(done.path)[0]) == pytest.approx(45, abs=0.5)


def test_voids_stay_voids_and_are_told(tmp_path):
    hills = HILLS.copy()
    hills[10:20, 10:20] = -9999
    dem = write(tmp_path / "holes.tif", hills, nodata=-9999)
    done = derive_terrain(dem, ["slope", "relief12"], tmp_path / "out.tif")
    values = read(done.path)[0]
    assert np.isnan(values[:, 10:20, 10:20]).all()
    assert np.nanmax(values[1]) < 200
    assert any("no elevation" in text for text in done.warnings)


def test_a_model_without_any_elevation_is_refused_and_nothing_is_left(tmp_path):
    dem = write(tmp_path / "dem.tif", np.full((40, 40), np.nan))
    with pytest.raises(RasterError, match=r"dem\.tif holds no data anywhere"):
        derive_terrain(dem, ["slope"], tmp_path / "out.tif")
    assert [path.name for path in tmp_path.iterdir()] == ["dem.tif"]


def test_stripes_are_told_with_their_direction(tmp_path):
    smooth = np.add.outer(np.sin(np.arange(80) / 9), np.cos(np.arange(80) / 9)) * 20 + 100
    assert not derive_terrain(
        write(tmp_path / "ok.tif", smooth), ["slope"], tmp_path / "o.tif"
    ).warnings
    striped = smooth + np.where(np.arange(80) % 2, 2.0, 0.0)[:, None]
    done = derive_terrain(write(tmp_path / "s.tif", striped), ["slope"], tmp_path / "o.tif")
    assert any("striped along its rows" in text for text in done.warnings)


def test_a_model_too_coarse_is_told_with_the_factor(tmp_path):
    done = derive_terrain(write(tmp_path / "dem.tif", HILLS), ["roughness5m"], tmp_path / "out.tif")
    assert any("6 times as wide" in text for text in done.warnings)


def test_what_is_no_terrain_model_is_told(tmp_path):
    dem = write(tmp_path / "dem.tif", HILLS)
    with pytest.raises(SettingsError, match="each once"):
        derive_terrain(dem, ["slope", "slope"], tmp_path / "out.tif")
    (tmp_path / "notes.tif").write_text("no raster")
    with pytest.raises(RasterError, match="text file"):
        derive_terrain(tmp_path / "notes.tif", ["slope"], tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()


def test_of_several_bands_the_elevation_is_taken(shared_data, tmp_path):
    place = shared_data / "ecuador_landslides" / "ta.tif"
    derive_terrain(place, ["elevation", "slope"], tmp_path / "out.tif")
    values, names, _ = read(tmp_path / "out.tif")
    with rasterio.open(place) as file:
        theirs = dict(zip(file.descriptions, file.read(), strict=True))
    assert names == ("elevation", "slope")
    assert np.array_equal(values[0], theirs["elev"], equal_nan=True)
    # Their slope is of another method (Zevenbergen and Thorne), so it is near, not equal.
    both = np.isfinite(values[1]) & np.isfinite(theirs["slope"])
    assert np.corrcoef(values[1][both], theirs["slope"][both])[0, 1] > 0.97
    scene = place.parent.parent / "gewata" / "GewataB1.tif"
    with rasterio.open(scene) as file:
        profile = {**file.profile, "count": 2, "height": 8, "width": 8}
    with rasterio.open(tmp_path / "two.tif", "w", **profile):
        pass
    with pytest.raises(RasterError, match="0 of them are named"):
        derive_terrain(tmp_path / "two.tif", ["slope"], tmp_path / "o.tif")


def test_the_ground_before_a_real_landslide_was_steep(shared_data, tmp_path):
    place = shared_data / "runout_cascades"
    ground, source = (
        np.loadtxt(place / name, skiprows=6)
        for name in ("pre_runout_DEM.asc", "landslide_polygon.asc")
    )
    dem = write(tmp_path / "dem.tif", ground, nodata=-9999, crs=32610)
    derive_terrain(dem, ["slope", "relief12", "valley_depth300m"], tmp_path / "out.tif")
    slope, relief, depth = read(tmp_path / "out.tif")[0]
    slid = (source > 0) & np.isfinite(slope)
    assert 15 < np.median(slope[slid]) < 60
    assert np.nanmin(depth) >= 0
    assert np.nanmax(relief) < np.nanmax(ground) - ground[ground > -9999].min()


@pytest.mark.parametrize("fill", [-9999, -32767, 0, float(np.finfo("f4").min), 1e30])
def test_a_void_that_no_file_declares_makes_no_slope(tmp_path, fill):
    hills, declared = HILLS + 500, HILLS + 500
    hills[30:33, 40:50], declared[30:33, 40:50] = fill, np.nan
    done = derive_terrain(write(tmp_path / "dem.tif", hills), NAMES, tmp_path / "out.tif")
    derive_terrain(write(tmp_path / "nan.tif", declared), NAMES, tmp_path / "nan_out.tif")
    expected = read(tmp_path / "nan_out.tif")[0]
    np.testing.assert_array_equal(read(tmp_path / "out.tif")[0], expected)
    assert any("in elevation (30 pixels) stands alone" in words for words in done.warnings)


def test_the_user_may_keep_heights_that_stand_alone(tmp_path):
    hills = HILLS.copy()
    hills[30:33, 40:50] = -9999
    dem = write(tmp_path / "dem.tif", hills)
    kept = derive_terrain(dem, ["slope"], tmp_path / "kept.tif", fill="keep")
    assert np.nanmax(read(tmp_path / "kept.tif")[0]) > 89
    assert not any("stands alone" in words for words in kept.warnings)
    derive_terrain(dem, ["slope"], tmp_path / "named.tif", fill=-9999)
    assert np.nanmax(read(tmp_path / "named.tif")[0]) < 89


def test_the_sea_that_the_user_leaves_out_is_no_void(tmp_path):
    cliffs = HILLS.copy()
    cliffs[:10] = 0
    dem = write(tmp_path / "dem.tif", cliffs)
    done = derive_terrain(dem, ["slope"], tmp_path / "out.tif", heights=Heights(lowest=0))
    assert not any("stands alone" in words for words in done.warnings)
    assert np.nanmax(read(tmp_path / "out.tif")[0]) > 80  # the cliff itself
