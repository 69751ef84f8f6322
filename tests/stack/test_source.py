"""What a file holds, and one clear sentence for every file that cannot be used."""

import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from geoseg.errors import GridError, RasterError
from geoseg.stack import inspect_raster

NOISE = np.random.default_rng(0).random((3, 150, 120)).astype(np.float32)


def test_bands_tell_name_type_nodata_scale_and_offset(write):
    path = write(
        "scene.tif",
        np.ones((2, 4, 5), np.int16),
        names=("B1", "B2"),
        nodata=-9999,
        scales=(0.1, 0.1),
        offsets=(5, 5),
    )
    info = inspect_raster(path)
    assert [band.description for band in info.bands] == ["B1", "B2"]
    second = info.bands[1]
    assert second.key == "scene.tif#2"
    assert (second.dtype, second.nodata, second.scale, second.offset) == ("int16", -9999, 0.1, 5)
    assert info.grid.shape == (4, 5)
    assert info.notes == (
        "scene.tif: stored numbers are multiplied by 0.1 and 5 is added, as the file says",
    )


def test_an_alpha_band_is_no_band(write):
    path = write("rgba.tif", np.ones((2, 4, 5), np.uint8), photometric="MINISBLACK", alpha="YES")
    with rasterio.open(path) as dataset:
        assert dataset.colorinterp[1] is ColorInterp.alpha
    assert [band.index for band in inspect_raster(path).bands] == [1]


def test_a_text_file_is_told_by_its_content(tmp_path):
    path = tmp_path / "notes.tif"
    path.write_text("Feltbok, dag 3: skred øst for Jølster\n")
    with pytest.raises(RasterError, match=r"notes\.tif is a text file, not a GeoTIFF; export it"):
        inspect_raster(path)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04", "a zip archive"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"<VRTDataset>", "a VRT, which only points to other files"),
        (bytes(range(128, 228)), "something else"),
    ],
)
def test_other_formats_are_named(tmp_path, start, words):
    path = tmp_path / "scene.tif"
    path.write_bytes(start)
    with pytest.raises(RasterError, match=f"scene.tif is {words}"):
        inspect_raster(path)


def test_a_missing_file_a_folder_and_an_empty_file(tmp_path):
    with pytest.raises(RasterError, match="there is no file"):
        inspect_raster(tmp_path / "gone.tif")
    with pytest.raises(RasterError, match="is a folder; give the GeoTIFF files inside"):
        inspect_raster(tmp_path)
    empty = tmp_path / "empty.tif"
    empty.touch()
    with pytest.raises(RasterError, match=r"empty\.tif is empty \(0 bytes\); copy or upload"):
        inspect_raster(empty)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.97])
@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 64, "blockysize": 64}])
@pytest.mark.parametrize("order", [{"interleave": "band"}, {"compress": "deflate"}])
def test_a_truncated_tiff_is_found_before_it_is_read(write, share, layout, order):
    path = write("cut.tif", NOISE, **layout, **order)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(RasterError, match=r"cut\.tif .*(cut off|damaged); copy or upload it again"):
        inspect_raster(path)


def test_no_georeference_and_no_crs(write, recwarn):
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        path = write("bare.tif", NOISE, transform=Affine.identity(), crs=None)
    with pytest.raises(RasterError, match=r"bare\.tif has no georeference: .* georeference it"):
        inspect_raster(path)
    with pytest.raises(RasterError, match=r"nocrs\.tif has no coordinate reference system"):
        inspect_raster(write("nocrs.tif", NOISE, crs=None))
    assert not recwarn.list


def test_control_points_are_no_grid(write):
    points = [
        rasterio.control.GroundControlPoint(row, col, 15 + col / 1e4, 59 - row / 1e4)
        for row, col in ((0, 0), (0, 100), (100, 0), (100, 100))
    ]
    path = write("gcps.tif", NOISE, transform=None, crs="EPSG:4326", gcps=points)
    with pytest.raises(RasterError, match=r"gcps\.tif has only control points, no grid"):
        inspect_raster(path)


def test_a_local_system_is_refused(write):
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    with pytest.raises(GridError, match="local coordinate system that is not tied to the Earth"):
        inspect_raster(write("site.tif", NOISE, crs=rasterio.crs.CRS.from_wkt(local)))


def test_complex_radar_is_refused(write):
    with pytest.raises(RasterError, match="complex radar values"):
        inspect_raster(write("slc.tif", NOISE.astype(np.complex64)))


def test_longitude_and_latitude_go_to_utm_at_their_own_resolution(write):
    degree_pixels = Affine(0.0002, 0, 6.5, 0, -0.0001, 61.5)
    info = inspect_raster(write("lonlat.tif", NOISE, transform=degree_pixels, crs="EPSG:4326"))
    assert info.geographic
    assert info.grid.crs.to_epsg() == 32632
    assert 10 < info.grid.pixel_size_m < 12
    assert any("is in longitude and latitude; it is put on EPSG:32632" in n for n in info.notes)
    west, south, east, north = info.grid.lonlat_bounds
    assert west <= 6.5
    assert east >= 6.5 + 120 * 0.0002
    assert south <= 61.5 - 150 * 0.0001
    assert north >= 61.5


def test_longitudes_beyond_the_date_line_are_refused(write):
    beyond = Affine(0.0002, 0, 190, 0, -0.0001, 61.5)
    with pytest.raises(GridError, match=r"longitudes from 190 to 190.* expected -180 to 180"):
        inspect_raster(write("fiji.tif", NOISE, transform=beyond, crs="EPSG:4326"))


def test_no_utm_zone_reaches_the_pole(write):
    polar = Affine(0.0002, 0, 6.5, 0, -0.0001, 88)
    with pytest.raises(GridError, match=r"around latitude 88\.0, where no UTM zone reaches"):
        inspect_raster(write("pole.tif", NOISE, transform=polar, crs="EPSG:4326"))


def test_a_world_map_is_refused(write):
    world = Affine(360 / 120, 0, -180, 0, -180 / 150, 90)
    with pytest.raises(GridError, match="more than 12 degrees of longitude"):
        inspect_raster(write("world.tif", NOISE, transform=world, crs="EPSG:4326"))


def test_web_mercator_says_how_far_its_areas_are_wrong(write):
    place = Affine(10, 0, 724_000, 0, -10, 8_740_000)
    info = inspect_raster(write("web.tif", NOISE, transform=place, crs="EPSG:3857"))
    assert any("areas here look 4.4 times as large" in note for note in info.notes)


@pytest.mark.parametrize(
    ("name", "tags", "hinted"),
    [
        ("S2B_MSIL2A_20230801T105629_N0509_R094_T32VLP.tif", {}, True),
        ("S2B_MSIL2A_20190801T105629_N0213_R094_T32VLP.tif", {}, False),
        ("b.tif", {"PROCESSING_BASELINE": "05.09"}, True),
        ("b.tif", {"PROCESSING_BASELINE": "02.09"}, False),
        ("b_20230801.tif", {}, False),
    ],
)
def test_sentinel2_offset_is_hinted_at_by_metadata_never_by_date(write, name, tags, hinted):
    info = inspect_raster(write(name, np.ones((4, 5), np.uint16), tags=tags))
    assert any("may still be 1000 too high" in note for note in info.notes) is hinted
