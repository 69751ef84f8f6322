"""Terrain whose pixels are not square, whose plane is not the ground, whose heights are no metres."""

import re

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from geoseg.exports.derived import derive_canopy, derive_terrain
from geoseg.stack.heights import crs_height_unit

UTM = "EPSG:32633"
US_FOOT = 1200 / 3937
TILT = np.degrees(np.arctan(np.hypot(0.3, 0.2)))
FACING = np.degrees(np.arctan2(-0.3, -0.2)) % 360


def write(path, values, place, crs=UTM, *, unit=None, dtype="float32"):
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype=dtype, crs=CRS.from_user_input(crs), transform=place,
    ) as file:  # fmt: skip
        file.write(values.astype(dtype), 1)
        if unit is not None:
            file.units = (unit,)
    return path


def plane(place, shape=(60, 60), metres=(1.0, 1.0)):
    """Heights that rise 0.3 a metre to the east and 0.2 to the north; metres in a unit of x, y."""
    row, col = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    x = place.a * col + place.b * row
    y = place.d * col + place.e * row
    return 0.3 * x * metres[0] + 0.2 * y * metres[1] + 5000


def derived(dem, names=("slope", "aspect"), **more):
    done = derive_terrain(dem, names, dem.with_name("out.tif"), **more)
    with rasterio.open(done.path) as file:
        return [float(np.nanmedian(file.read(band + 1))) for band in range(len(names))], done


@pytest.mark.parametrize(
    "place",
    [
        Affine(20, 0, 500_000, 0, -5, 6_600_000), Affine(5, 0, 500_000, 0, -20, 6_600_000),
        Affine(10, 0, 500_000, 0, 9.3, 6_500_000), Affine(-20, 0, 500_000, 0, -5, 6_600_000),
        Affine(0, 5, 500_000, 20, 0, 6_600_000), Affine(0, -8, 500_000, -3, 0, 6_600_000),
        Affine.translation(500_000, 6_600_000) @ Affine.rotation(30) @ Affine.scale(20, -5),
    ],
)  # fmt: skip
def test_a_plane_has_its_slope_and_aspect_whatever_its_pixels(tmp_path, place):
    (slope, aspect), _ = derived(write(tmp_path / "dem.tif", plane(place), place))
    assert slope == pytest.approx(TILT, abs=0.05)
    assert aspect == pytest.approx(FACING, abs=0.2)


def test_light_falls_alike_on_oblong_and_on_square_pixels(tmp_path):
    light = []
    for place in (Affine(20, 0, 5e5, 0, -5, 6e6), Affine(10, 0, 5e5, 0, -10, 6e6)):
        dem = write(tmp_path / "dem.tif", plane(place), place)
        light += derived(dem, ("hillshade",))[0]
    assert light[0] == pytest.approx(light[1], abs=0.1)


@pytest.mark.parametrize(
    ("crs", "left", "top", "metres"),
    [
        ("EPSG:3857", 1e6, 8_399_737, (0.5025, 0.5008)), ("EPSG:3395", 1e6, 8_362_698, (0.5013,) * 2),
        ("ESRI:54001", 1e6, 6_679_169, (0.5013, 1.0009)), ("EPSG:2225", 6.6e6, 2e6, (US_FOOT,) * 2),
        ("EPSG:2053", 1e5, 3e6, (-1, -1)),
    ],
)  # fmt: skip
def test_slopes_are_those_of_the_ground_in_systems_that_stretch(tmp_path, crs, left, top, metres):
    place = Affine(30, 0, left, 0, -30, top)
    (slope, aspect), _ = derived(
        write(tmp_path / "dem.tif", plane(place, metres=metres), place, crs)
    )
    assert slope == pytest.approx(TILT, abs=0.1)
    assert aspect == pytest.approx(FACING, abs=0.3)


def test_a_window_in_metres_has_its_own_pixels_each_way(tmp_path):
    place = Affine(20, 0, 5e5, 0, -5, 6e6)
    dem = write(tmp_path / "dem.tif", plane(place), place)
    _, done = derived(dem, ("tpi100m", "tpi9"))
    assert [own.window for own in done.predictors] == [(21, 5), (9, 9)]
    assert "5 x 21 pixels (100 x 105 m)" in done.predictors[0].words()


def test_a_window_in_metres_is_square_on_the_ground(tmp_path):
    relief = []
    for place in (Affine(20, 0, 5e5, 0, -4, 6e6), Affine(4, 0, 5e5, 0, -20, 6e6)):
        row, col = np.mgrid[0:80, 0:80] + 0.5
        cone = np.hypot((col - 40) * place.a, (row - 40) * place.e)
        relief += derived(write(tmp_path / "dem.tif", cone, place), ("relief100m",))[0]
    assert relief[0] == pytest.approx(relief[1], rel=0.05)


UNITS = [
    ("US survey foot", US_FOOT), ("ftUS", US_FOOT), ("foot_us", US_FOOT), ("us-ft", US_FOOT),
    ("ft", 0.3048), ("Feet", 0.3048), ("foot", 0.3048), ("intl ft", 0.3048),
    ("international foot", 0.3048), ("cm", 0.01), ("dm", 0.1), ("millimetre", 0.001),
    ("km", 1000), ("fathom", 1.8288), ("yd", 0.9144), ("m", 1), ("Meters", 1), ("", 1),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "metres"), UNITS)
def test_the_bands_own_unit_is_converted_and_told(tmp_path, unit, metres):
    place = Affine(10, 0, 5e5, 0, -10, 6e6)
    dem = write(tmp_path / "dem.tif", plane(place) / metres, place, unit=unit, dtype="float64")
    (slope,), done = derived(dem, ("slope",))
    assert slope == pytest.approx(TILT, abs=0.05)
    assert any("converted to metres" in note for note in done.notes) == (metres != 1)


@pytest.mark.parametrize(
    ("crs", "metres"),
    [
        ("EPSG:26910+6360", US_FOOT), ("EPSG:26910+8228", 0.3048), ("EPSG:32633+5703", 1),
        ("EPSG:32633+8050", 0.3048), ("EPSG:2225+6360", US_FOOT), ("EPSG:2225+5703", 1),
        ("EPSG:32633+5706", -1), ("EPSG:32633+6358", -US_FOOT),
    ],
)  # fmt: skip
def test_the_heights_of_the_crs_are_converted(tmp_path, crs, metres):
    sideways = US_FOOT if "2225" in crs else 1
    left, top = (6.6e6, 2e6) if "2225" in crs else (5e5, 4.2e6)
    place = Affine(10, 0, left, 0, -10, top)
    dem = write(tmp_path / "dem.tif", plane(place, metres=(sideways,) * 2) / metres, place, crs)
    (slope, aspect), done = derived(dem)
    assert slope == pytest.approx(TILT, abs=0.1)
    assert aspect == pytest.approx(FACING, abs=0.3)
    assert any("metres" in note and "were" in note for note in done.notes) == (metres != 1)
    with rasterio.open(done.path) as file:
        assert "Vertical" not in file.crs.to_wkt()
        assert "VERT" not in file.crs.to_wkt()


def test_a_vertical_system_of_an_unusual_unit_goes_by_its_factor():
    wkt = CRS.from_user_input("EPSG:32633+8228").to_wkt(version="WKT2_2019")
    wkt = re.sub(r',ID\["EPSG",\d+\]', "", wkt).replace('"foot",0.3048', '"ell",0.6858')
    unit = crs_height_unit(pyproj.CRS.from_wkt(wkt))
    assert unit is not None
    assert (unit.metres, unit.title) == (0.6858, "ell of 0.6858 m")


def test_what_contradicts_itself_is_told_and_the_bands_word_taken(tmp_path):
    place = Affine(10, 0, 5e5, 0, -10, 4.2e6)
    dem = write(tmp_path / "dem.tif", plane(place), place, "EPSG:26910+6360", unit="metre")
    (slope,), done = derived(dem, ("slope",))
    assert slope == pytest.approx(TILT, abs=0.05)
    assert any("contradicts itself" in text for text in done.warnings)


def test_a_unit_nobody_knows_is_told(tmp_path):
    place = Affine(10, 0, 5e5, 0, -10, 6e6)
    _, done = derived(write(tmp_path / "dem.tif", plane(place), place, unit="cubits"), ("slope",))
    assert any("'cubits'" in text for text in done.warnings)


def test_the_users_word_counts_more_than_the_files(tmp_path):
    place = Affine(10, 0, 5e5, 0, -10, 4.2e6)
    dem = write(tmp_path / "dem.tif", plane(place), place, "EPSG:26910+6360")
    (slope,), done = derived(dem, ("slope",), height_unit_is="metres")
    assert slope == pytest.approx(TILT, abs=0.05)
    assert any("as asked" in text for text in done.warnings)


def test_places_in_feet_without_a_word_on_heights_are_told(tmp_path):
    place = Affine(10, 0, 6.6e6, 0, -10, 2e6)
    _, done = derived(write(tmp_path / "dem.tif", plane(place), place, "EPSG:2225"), ("slope",))
    assert any("has feet in its coordinates" in text for text in done.warnings)


def test_canopy_height_is_in_metres_where_each_model_has_its_own_unit(tmp_path):
    place = Affine(10, 0, 5e5, 0, -10, 6e6)
    ground = plane(place)
    dsm = write(tmp_path / "dsm.tif", (ground + 12) / US_FOOT, place, unit="ftUS")
    dem = write(tmp_path / "dem.tif", ground, place, "EPSG:32633+5703")
    notes = derive_canopy(dsm, dem, tmp_path / "chm.tif")
    with rasterio.open(tmp_path / "chm.tif") as file:
        assert file.read(1) == pytest.approx(np.full((60, 60), 12), abs=0.01)
    assert any("dsm.tif are in US survey feet" in note for note in notes)
