"""Slope and aspect: tilted planes, cones, turned grids, blocks, and xarray-spatial."""

import numpy as np
import pytest
import rasterio
import xarray
import xrspatial
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.predictors.margin import read_with_margin
from geoseg.predictors.terrain import MARGIN, aspect_degrees, rises, slope_degrees
from geoseg.stack import ArrayStack, blocks

INNER = slice(1, -1)


def plane(degrees, facing, place, side=12):
    """Ground that falls by so many degrees towards a direction, seen through a transform."""
    rows, cols = np.indices((side, side))
    east, north = place.a * cols + place.b * rows, place.d * cols + place.e * rows
    towards = np.sin(np.radians(facing)) * east + np.cos(np.radians(facing)) * north
    return (1000 - np.tan(np.radians(degrees)) * towards).astype(np.float64)


@pytest.mark.parametrize("degrees", [0, 10, 45, 80])
def test_slope_of_a_tilted_plane_is_its_tilt(degrees):
    ground = plane(degrees, 120, Affine.scale(10, -10))
    slope = slope_degrees(ground, 10)
    np.testing.assert_allclose(slope[INNER, INNER], degrees, atol=1e-4)
    assert np.isnan(slope[[0, -1]]).all()
    assert np.isnan(slope[:, [0, -1]]).all()


@pytest.mark.parametrize("facing", [0, 45, 90, 135, 180, 225, 270, 315, 13])
@pytest.mark.parametrize(
    "place",
    [Affine.scale(10, -10), Affine.scale(30, -10), Affine.scale(10, 10),
     Affine.rotation(33) @ Affine.scale(10, -20)],
    ids=["square", "oblong", "south up", "turned"],
)  # fmt: skip
def test_a_plane_faces_where_it_falls_on_any_grid(facing, place):
    ground = plane(20, facing, place)
    aspect = aspect_degrees(ground, place)[INNER, INNER]
    away = (aspect - facing + 180) % 360 - 180
    np.testing.assert_allclose(away, 0, atol=1e-3)
    np.testing.assert_allclose(slope_degrees(ground, place)[INNER, INNER], 20, atol=1e-4)


def test_a_step_by_hand():
    ground = np.array([[0, 0, 8], [0, 0, 8], [0, 0, 8]], np.float32)
    east, north = rises(ground, 1)
    assert (east[1, 1], north[1, 1]) == (4, 0)
    ground[0, 2] = 0
    east, north = rises(ground, 1)
    assert (east[1, 1], north[1, 1]) == (3, -1)


def test_level_ground_faces_nowhere_and_missing_ground_hides_its_neighbours():
    ground = np.full((7, 7), 5, np.float32)
    assert np.isnan(aspect_degrees(ground, 10)).all()
    ground[3, 3] = np.nan
    slope = slope_degrees(ground, 10)
    assert np.isnan(slope[2:5, 2:5]).all()
    assert (slope[1, 1:6] == 0).all()


def test_a_raster_narrower_than_the_window_has_no_slope():
    assert np.isnan(slope_degrees(np.zeros((2, 9), np.float32), 10)).all()


def test_blocks_with_a_margin_give_the_whole():
    rng = np.random.default_rng(3)
    ground = rng.normal(500, 30, (70, 53)).astype(np.float32)
    ground[20:23, 5] = np.nan
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 5e5, 0, -10, 6.6e6), 53, 70)
    stack = ArrayStack(ground[None], ("elevation",), grid)
    whole = slope_degrees(ground, grid.transform), aspect_degrees(ground, grid.transform)
    with stack.open() as reader:
        for window in (*blocks(grid, 16), Window(52, 69, 1, 1)):
            part = read_with_margin(reader, grid, window, MARGIN)[0]
            for derive, expected in zip((slope_degrees, aspect_degrees), whole, strict=True):
                found = derive(part, grid.transform)[INNER, INNER]
                np.testing.assert_array_equal(found, expected[window.toslices()])


def test_a_dome_agrees_with_numpy_on_gentle_ground():
    rows, cols = np.indices((60, 60)) * 10.0
    ground = 300 - ((rows - 300) ** 2 + (cols - 290) ** 2) / 2000
    down, east = np.gradient(ground, 10)
    trusted = np.degrees(np.arctan(np.hypot(down, east)))
    np.testing.assert_allclose(
        slope_degrees(ground, 10)[INNER, INNER], trusted[INNER, INNER], atol=1e-4
    )


def test_real_ground_agrees_with_xarray_spatial(shared_data):
    """Both follow Horn; xarray-spatial computes in float32, hence the tolerance."""
    (path,) = (shared_data / "lidar_slovenia").glob("*.tif")
    with rasterio.open(path) as dataset:
        ground = dataset.read(1, window=Window(0, 0, 400, 300)).astype(np.float32)
        side = dataset.res[0]
    cells = xarray.DataArray(ground, dims=("y", "x"), attrs={"res": (side, side)})
    trusted = xrspatial.slope(cells).data
    found = slope_degrees(ground, side)
    known = np.isfinite(found) & np.isfinite(trusted)
    assert known.mean() > 0.9
    np.testing.assert_allclose(found[known], trusted[known], atol=0.01)
    facing, theirs = aspect_degrees(ground, side), xrspatial.aspect(cells).data
    sloping = np.isfinite(facing) & (theirs >= 0) & (found > 1)
    away = (facing[sloping] - theirs[sloping] + 180) % 360 - 180
    assert np.abs(away).max() < 0.1
