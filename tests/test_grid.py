"""A grid on the ellipsoid: areas against geodesic polygons, sides, directions, other bodies."""

import numpy as np
import pytest
from affine import Affine
from pyproj import Geod, Transformer
from rasterio.crs import CRS
from rasterio.windows import Window

from geoseg.ellipsoid import ground_matrix, horizontal, place_fault
from geoseg.errors import GridError
from geoseg.grid import Grid

SYSTEMS = [
    ("EPSG:3857", 1e6, 8e6), ("EPSG:3395", 1e6, 8e6), ("ESRI:54004", -3e6, -4e6),
    ("ESRI:54001", 1e6, 6.6e6), ("ESRI:54030", 1e6, 6e6), ("ESRI:54009", 1e6, 6e6),
    ("EPSG:3031", 2e6, 2e6), ("EPSG:3413", 1e6, -3e6), ("EPSG:2154", 7e5, 8.5e6),
    ("EPSG:27572", 6e5, 3.4e6), ("EPSG:32633", 1.8e6, 5e6),
    ("EPSG:6933", 1e6, 6e6),
]  # fmt: skip
"""A system and a place where most of them are far from true."""


def geodesic_m2(grid):
    """Return the area of a whole grid, corner by corner along its edges, on its own ellipsoid."""
    side = np.linspace(0, 1, 60)
    u = np.concatenate([side, np.ones(60), side[::-1], np.zeros(60)])
    v = np.concatenate([np.zeros(60), side, np.ones(60), side[::-1]])
    x, y = grid.transform @ (u * grid.width, v * grid.height)
    to = Transformer.from_crs(grid.crs.to_wkt(), 4326, always_xy=True)
    return abs(Geod(ellps="WGS84").polygon_area_perimeter(*to.transform(x, y))[0])


@pytest.mark.parametrize(("system", "left", "top"), SYSTEMS)
def test_areas_are_those_on_the_ellipsoid(system, left, top):
    grid = Grid(CRS.from_user_input(system), Affine(300, 0, left, 0, -200, top), 200, 300)
    whole = geodesic_m2(grid)
    assert grid.pixel_area_m2 * 200 * 300 == pytest.approx(whole, rel=1e-3)
    assert grid.pixel_areas_m2().sum() == pytest.approx(whole, rel=1e-3)


@pytest.mark.parametrize(("system", "left", "top"), SYSTEMS[:6])
def test_a_window_has_the_areas_of_its_place_in_the_whole(system, left, top):
    grid = Grid(CRS.from_user_input(system), Affine(3000, 0, left, 0, -3000, top), 200, 300)
    corner = Window(150, 250, 50, 50)
    part = grid.pixel_areas_m2(corner)
    np.testing.assert_array_equal(part, grid.pixel_areas_m2()[250:, 150:])
    assert part.sum() == pytest.approx(geodesic_m2(grid.window(corner)), rel=1e-3)
    ids = np.random.default_rng(1).integers(0, 3, part.shape)
    assert grid.areas_m2(ids, corner, 2) == pytest.approx(
        [part[ids == 0].sum(), part[ids == 1].sum()]
    )


def test_a_plane_that_is_nearly_true_is_taken_at_its_word():
    grid = Grid(CRS.from_epsg(32633), Affine(20, 0, 300_000, 0, -5, 6_600_000), 400, 300)
    assert grid.is_true
    assert grid.pixel_area_m2 == 100
    assert grid.pixel_sides_m == (5, 20)
    assert grid.words() == "EPSG:32633, 20 x 5 m pixels, 300 rows x 400 columns"


def test_feet_of_either_kind_become_metres():
    for code, left, top, foot in ((2225, 6.6e6, 2e6, 1200 / 3937), (2222, 7e5, 6e5, 0.3048)):
        grid = Grid(CRS.from_epsg(code), Affine(30, 0, left, 0, -10, top), 40, 30)
        assert grid.pixel_sides_m == pytest.approx((10 * foot, 30 * foot), rel=3e-3)
        assert grid.pixel_area_m2 == pytest.approx(300 * foot**2, rel=3e-3)


def test_in_the_plate_carree_a_pixel_is_shorter_across_than_down():
    grid = Grid(CRS.from_user_input("ESRI:54001"), Affine(30, 0, 0, 0, -30, 6_679_169), 10, 10)
    assert grid.pixel_width_m == pytest.approx(15, rel=0.01)
    assert grid.pixel_height_m == pytest.approx(30, rel=0.01)
    assert grid.pixel_words() == "15.04 x 30.03 m"


@pytest.mark.parametrize(
    ("system", "east", "north"),
    [("EPSG:32633", 1, 1), ("EPSG:2053", -1, -1), ("EPSG:3031", 1, 1), ("EPSG:3413", 1, 1)],
)
def test_grid_north_is_where_the_axes_say(system, east, north):
    grid = Grid(CRS.from_user_input(system), Affine(10, 0, 5e5, 0, -10, 3e6), 10, 10)
    place = grid.ground_place()
    assert (np.sign(place.a), -np.sign(place.e)) == (east, north)


def test_heights_of_a_crs_make_no_other_grid():
    flat = Grid(CRS.from_epsg(26910), Affine(10, 0, 5e5, 0, -10, 4.2e6), 9, 9)
    high = Grid(CRS.from_user_input("EPSG:26910+6360"), flat.transform, 9, 9)
    assert high.crs == CRS.from_epsg(26910)
    assert high.same_as(flat)
    assert horizontal(CRS.from_epsg(4979)).to_epsg() == 4326


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ("ESRI:103885", "another body than the Earth: Mars"), ("ESRI:104905", "another body"),
        ("ESRI:104903", "another body than the Earth"), ("ESRI:104902", "another body"),
        ("EPSG:4978", "geocentric"), ("EPSG:5703", "heights alone"),
        ('LOCAL_CS["site",UNIT["metre",1]]', "not tied to the Earth"),
    ],
)  # fmt: skip
def test_systems_that_give_no_place_on_the_earth_are_told_apart(system, words):
    crs = CRS.from_user_input(system)
    assert words in place_fault(crs)
    with pytest.raises(GridError, match=words):
        Grid(crs, Affine(10, 0, 0, 0, -10, 0), 9, 9)


def test_the_earths_own_spheres_are_the_earth():
    for system in ("EPSG:32633", "EPSG:4813", "EPSG:27572", "ESRI:53004", "EPSG:4047", "EPSG:3857"):
        assert place_fault(CRS.from_user_input(system)) == ""


def test_a_map_of_the_world_is_true_to_a_thousandth_pixel_by_pixel():
    grid = Grid(CRS.from_epsg(3857), Affine(1e5, 0, -2e7, 0, -1e5, 2e7), 400, 400)
    x = np.full(400, 5e4)
    y = 2e7 - (np.arange(400) + 0.5) * 1e5
    true = np.abs(np.linalg.det(ground_matrix(grid.crs, x, y))) * 1e10
    np.testing.assert_allclose(grid.pixel_areas_m2()[:, 200], true, rtol=1e-3)
