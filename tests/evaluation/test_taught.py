"""Which pixels of a map taught its members: by whole pixels, by outlines, strip by strip."""

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import transform as moved
from rasterio.windows import Window

from geoseg.evaluation.taught import find_taught, taught_again
from geoseg.grid import Grid
from geoseg.models.footprint import Footprint, Patch, make_patch, whole_scene
from geoseg.models.scene_names import UNNAMED

UTM = CRS.from_epsg(32633)
AT = Affine(10, 0, 500_000, 0, -10, 6_800_000)
GRID = Grid(UTM, AT, 50, 40)


def taught_by(*windows, crs=UTM, transform=AT, scene=""):
    return Footprint(taught=(make_patch(crs, transform, np.array(windows), scene),))


def mask(footprint, grid=GRID, scene=""):
    found = find_taught({"one": footprint}, grid, scene)
    assert found.known, found.doubts
    return found.read(Window(0, 0, grid.width, grid.height))


def centres_inside(grid, window):
    """Return where the middle of a pixel lies in a window of the taught grid, by pyproj alone."""
    rows, cols = np.indices(grid.shape) + 0.5
    x, y = grid.transform @ (cols.ravel(), rows.ravel())
    there = moved(grid.crs, UTM, x, y)
    cols, rows = ~AT @ (np.array(there[0]), np.array(there[1]))
    top, left, height, width = window
    inside = (rows >= top) & (rows < top + height) & (cols >= left) & (cols < left + width)
    return inside.reshape(grid.shape)


def test_on_the_same_pixels_the_windows_are_exact():
    expected = np.zeros(GRID.shape, bool)
    expected[3:10, 4:20] = expected[30:, 45:] = True
    np.testing.assert_array_equal(mask(taught_by((3, 4, 7, 16), (30, 45, 90, 90))), expected)


@pytest.mark.parametrize("corner", [(0, 0), (5, 7), (-8, 3)])
def test_a_part_of_the_scene_and_one_that_reaches_beyond_are_exact_too(corner):
    row, col = corner
    part = GRID.window(Window(col, row, 30, 20))
    np.testing.assert_array_equal(
        mask(taught_by((3, 4, 7, 16)), part), centres_inside(part, (3, 4, 7, 16))
    )


@pytest.mark.parametrize(
    "grid",
    [
        Grid(UTM, AT * Affine.translation(0.4, 0.3), 50, 40),
        Grid(UTM, AT * Affine.scale(0.37, 0.8), 90, 50),
        Grid(UTM, Affine(8, 3, 500_000, 3, -8, 6_799_900), 60, 50),
        Grid(CRS.from_epsg(32634), Affine(9, 0, 173_200, 0, -9, 6_820_300), 70, 60),
        Grid(CRS.from_epsg(3035), Affine(9, 0, 4_592_000, 0, -9, 4_200_000), 200, 200),
    ],
    ids=["half a pixel beside", "oblong", "turned", "the next zone", "a conic system"],
)
def test_on_other_grids_every_pixel_that_taught_ground_touches_is_taught(grid):
    window = (5, 6, 25, 30)
    if grid.crs != UTM:
        x, y = moved(UTM, grid.crs, [500_200], [6_799_800])
        corner = Affine.translation(x[0] - 35 * grid.transform.a, y[0] + 30 * grid.transform.a)
        grid = Grid(grid.crs, corner @ Affine.scale(grid.transform.a, -grid.transform.a), 70, 60)
    found, inside = mask(taught_by(window), grid), centres_inside(grid, window)
    assert inside.any()
    assert not (inside & ~found).any()
    more = np.count_nonzero(found & ~inside)
    assert more <= 4 * sum(grid.shape)  # a seam of pixels along the edge


def test_ground_known_by_its_outline_alone_is_the_same():
    footprint = taught_by((5, 6, 25, 30))
    alone = Footprint(taught=(Patch(outline=footprint.taught[0].outline),))
    exact, found = mask(footprint), mask(alone)
    assert found[exact].all()
    assert np.count_nonzero(found & ~exact) <= 2 * (26 + 31)


def test_strips_give_the_same_as_the_whole():
    footprint = taught_by((5, 6, 25, 30), transform=AT * Affine.rotation(20))
    found = find_taught({"one": footprint}, GRID)
    strips = [found.read(Window(0, row, 50, 7)) for row in range(0, 35, 7)]
    whole = found.read(Window(0, 0, 50, 40))
    np.testing.assert_array_equal(np.concatenate(strips), whole[:35])
    assert whole.any()
    assert not whole.all()


def test_ground_elsewhere_on_earth_is_no_overlap():
    for crs, at in (
        (UTM, AT * Affine.translation(500, 0)),
        (CRS.from_epsg(32719), Affine(30, 0, 400_000, 0, -30, 8_000_000)),
    ):
        assert not mask(taught_by((0, 0, 40, 50), crs=crs, transform=at)).any()


def test_judged_ground_is_not_unseen():
    judged = Footprint(judged=taught_by((0, 0, 5, 50)).taught)
    assert np.count_nonzero(mask(judged)) == 250


@pytest.mark.parametrize(
    ("taught", "here", "share"),
    [
        ("alps, seed 1", "alps, seed 1", 0.5),
        ("alps, seed 1", "alps, seed 2", 0),
        ("alps, seed 1", "", 0),
        ("", "alps, seed 1", 0),
    ],
)
def test_simulated_ground_meets_only_the_same_scene(taught, here, share):
    assert mask(taught_by((0, 0, 20, 50), scene=taught), scene=here).mean() == share


def test_a_simulated_scene_named_without_windows_is_taught_whole():
    assert mask(Footprint(taught=(whole_scene("alps, seed 1"),)), scene="alps, seed 1").all()


def test_a_simulated_scene_without_a_name_is_a_doubt():
    footprint = Footprint(taught=(whole_scene("alps, seed 1"),))
    found = find_taught({"one": footprint}, GRID, UNNAMED)
    assert "do not say which one" in found.doubts[0]


def test_a_member_without_a_footprint_is_a_doubt_that_names_it():
    found = find_taught({"one": taught_by((0, 0, 5, 5)), "two": None}, GRID)
    assert found.doubts == ("the cards of 1 of 2 members do not say where they learned (two)",)
    assert np.count_nonzero(found.read(Window(0, 0, 50, 40))) == 25


def test_scenes_that_lie_nowhere_are_a_doubt():
    footprint = Footprint(taught=taught_by((0, 0, 5, 5)).taught, missing=("2 of 3 scenes",))
    assert find_taught({"one": footprint}, GRID).doubts == (
        "the place of 2 of 3 scenes is not known",
    )


def test_the_record_of_a_run_gives_the_same_ground_back():
    found = find_taught({"one": taught_by((3, 4, 7, 16)), "two": None}, GRID)
    again = taught_again(found.record(), GRID)
    assert (again.doubts, again.members) == (found.doubts, 2)
    window = Window(0, 0, 50, 40)
    np.testing.assert_array_equal(again.read(window), found.read(window))
    assert not taught_again(None, GRID).known


def test_outlines_are_cut_to_the_map():
    outline = find_taught({"one": taught_by((30, 45, 90, 90))}, GRID).outlines()["taught"]
    assert outline.area == pytest.approx(10 * 5 * 100)
