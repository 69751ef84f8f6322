"""Indices and cloud-free mosaics on disk: laws, numbers by hand, real scenes, bad input."""

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.errors import BandError, RasterError, SettingsError
from geoseg.exports import derived_optical
from geoseg.exports.derived import derive_canopy
from geoseg.exports.derived_optical import OpticalSettings, derive_indices, find_scenes, over_time
from geoseg.predictors.indices import ARTICLE_II

BANDS = ["B2", "B3", "B4", "B5", "B6", "B8", "B12", "SCL"]
SETTINGS = OpticalSettings("sentinel2", ("NDVI_p25", "NBR"))


def scene(path, seed, *, scale=1.0, clear=0.6, names=BANDS, shape=(40, 50)):
    random = np.random.default_rng(seed)
    values = random.uniform(0.02, 0.5, (len(names), *shape)) * scale
    if "SCL" in names:
        values[-1] = np.where(random.uniform(size=shape) < clear, 4, 9)
    with rasterio.open(
        path, "w", driver="GTiff", width=shape[1], height=shape[0], count=len(names),
        dtype="float32", crs=CRS.from_epsg(32632), transform=from_origin(4e5, 6.8e6, 10, 10),
    ) as file:  # fmt: skip
        file.write(values.astype("f4"))
        file.descriptions = names
    return path


def read(path):
    with rasterio.open(path) as file:
        return file.read(), file.descriptions


@given(st.integers(0, 2**32 - 1), st.integers(0, 99), st.integers(2, 6))
def test_a_percentile_over_time_is_numpys(seed, percentile, scenes):
    values = np.random.default_rng(seed).normal(size=(scenes, 3, 4)).astype("f4")
    values[values > 1] = np.nan
    values[0] = np.nan_to_num(values[0])
    expected = np.nanpercentile(values, percentile, axis=0)
    np.testing.assert_allclose(over_time(values, percentile), expected, atol=1e-5)


def test_clouds_are_left_out_and_the_rest_ranked(tmp_path, monkeypatch):
    monkeypatch.setattr(derived_optical, "ROWS", 16)
    monkeypatch.setattr(derived_optical, "COLUMNS", 16)
    files = [scene(tmp_path / f"s{n}.tif", n) for n in range(4)]
    done = derive_indices([[file] for file in files], SETTINGS, tmp_path / "out.tif")
    looks = []
    for file in files:
        values = dict(zip(BANDS, read(file)[0].astype(float), strict=True))
        ndvi = (values["B8"] - values["B4"]) / (values["B8"] + values["B4"])
        nbr = (values["B8"] - values["B12"]) / (values["B8"] + values["B12"])
        looks.append(np.where(values["SCL"] == 4, [ndvi, nbr], np.nan))
    stacked = np.array(looks)
    unseen = np.isnan(stacked[:, 0]).all(axis=0)
    stacked[:, :, unseen] = 0
    found, names = read(done.path)
    assert names == ("NDVI_p25", "NBR")
    assert np.isnan(found[:, unseen]).all()
    assert unseen.any()
    for band, percentile in ((0, 25), (1, 50)):
        expected = np.nanpercentile(stacked[:, band], percentile, axis=0)
        np.testing.assert_allclose(found[band][~unseen], expected[~unseen], atol=1e-5)
    assert done.seen == pytest.approx(1 - unseen.mean())


def test_scenes_under_cloud_everywhere_are_refused_and_nothing_is_left(tmp_path):
    file = scene(tmp_path / "clouds.tif", 3, clear=0.0)
    with pytest.raises(RasterError, match="no pixel is clear in any scene"):
        derive_indices([[file]], SETTINGS, tmp_path / "out.tif")
    assert [path.name for path in tmp_path.iterdir()] == ["clouds.tif"]


def test_scaled_reflectance_gives_the_same_and_is_said(tmp_path):
    one = scene(tmp_path / "one.tif", 1, clear=1.0)
    with rasterio.open(one) as file:
        values, profile = file.read(), file.profile
    values[:-1] *= 10_000
    with rasterio.open(tmp_path / "big.tif", "w", **profile) as file:
        file.write(values)
        file.descriptions = BANDS
    settings = OpticalSettings("sentinel2", ARTICLE_II)
    plain = derive_indices([[one]], settings, tmp_path / "a.tif")
    scaled = derive_indices([[tmp_path / "big.tif"]], settings, tmp_path / "b.tif")
    np.testing.assert_allclose(read(plain.path)[0], read(scaled.path)[0], rtol=1e-3, atol=1e-4)
    assert any(note.startswith("1 of 1 scenes hold") for note in scaled.notes)


def test_scenes_are_found_as_folders_files_or_bands(tmp_path):
    for name in ("august", "september"):
        (tmp_path / "all" / name).mkdir(parents=True)
        scene(tmp_path / "all" / name / "B4.tif", 1, names=["B4"])
        scene(tmp_path / "all" / name / "B8.tif", 2, names=["B8"])
    assert [len(files) for files in find_scenes([tmp_path / "all"])] == [2, 2]
    scene(tmp_path / "one.tif", 1)
    assert len(find_scenes([tmp_path / "one.tif"])) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(RasterError, match="no GeoTIFF"):
        find_scenes([tmp_path / "empty"])


def test_what_is_missing_is_told(tmp_path):
    few = scene(tmp_path / "few.tif", 1, names=["B2", "B3", "B4"])
    with pytest.raises(BandError, match="B8"):
        derive_indices([[few]], SETTINGS, tmp_path / "out.tif")
    with pytest.raises(SettingsError, match="each once"):
        derive_indices([[few]], OpticalSettings("sentinel2", ("RED", "red")), tmp_path / "o.tif")
    assert not (tmp_path / "out.tif").exists()


def test_gewata_is_greener_in_the_forest_than_in_the_fields(shared_data, tmp_path):
    files = [shared_data / "gewata" / f"GewataB{n}.tif" for n in (1, 2, 3, 4, 5, 7)]
    settings = OpticalSettings("landsat7", ("NDVI", "NDMI"))
    done = derive_indices([files], settings, tmp_path / "out.tif")
    ndvi = read(done.path)[0][0]
    with rasterio.open(shared_data / "gewata" / "lulcGewata.tif") as file:
        cover = file.read(1)
    forest, fields = (np.nanmedian(ndvi[cover == value]) for value in (5, 1))
    assert 1 > forest > fields > 0


def test_canopy_height_of_a_real_place(shared_data, tmp_path):
    place = shared_data / "lidar_us"
    derive_canopy(place / "dsm.tif", place / "dem.tif", tmp_path / "chm.tif")
    height, names = read(tmp_path / "chm.tif")
    with rasterio.open(place / "dsm.tif") as up, rasterio.open(place / "dem.tif") as down:
        expected = up.read(1) - down.read(1)
    assert names == ("CHM",)
    np.testing.assert_allclose(height[0], expected, atol=1e-3)


def test_fills_that_no_file_declares_are_left_out_of_indices_and_canopy(tmp_path):
    file = scene(tmp_path / "s.tif", 1, clear=1.0)
    with rasterio.open(file, "r+") as raster:
        values = raster.read()
        values[:-1, 10:14, 20:25] = -9999
        raster.write(values)
    done = derive_indices([[file]], SETTINGS, tmp_path / "out.tif")
    indices, _ = read(tmp_path / "out.tif")
    assert np.isnan(indices[:, 10:14, 20:25]).all()
    assert np.isnan(indices).sum() == indices.shape[0] * 20
    assert any(note.startswith("s.tif: -9999 in ") for note in done.notes)
    for name in ("surface", "terrain"):
        heights = np.random.default_rng(2).uniform(300, 320, (1, 30, 30))
        heights[0, 4:8, 4:8] = -32767 if name == "surface" else 310
        with rasterio.open(
            tmp_path / f"{name}.tif", "w", driver="GTiff", width=30, height=30, count=1,
            dtype="float32", crs=CRS.from_epsg(32632), transform=from_origin(4e5, 6.8e6, 10, 10),
        ) as raster:  # fmt: skip
            raster.write(heights.astype("f4"))
    notes = derive_canopy(
        tmp_path / "surface.tif", tmp_path / "terrain.tif", tmp_path / "canopy.tif"
    )
    canopy, _ = read(tmp_path / "canopy.tif")
    assert np.isnan(canopy[0, 4:8, 4:8]).all()
    assert np.nanmin(canopy) > -30
    assert any("-32767 in elevation (16 pixels)" in note for note in notes)
