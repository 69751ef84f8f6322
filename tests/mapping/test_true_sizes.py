"""Sizes of outlines, buffers, small patches and distances in systems that stretch the ground."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Geod
from rasterio.crs import CRS
from rasterio.windows import Window
from shapely.geometry import LineString, box

from geoseg.evaluation.area_squares import SquareCounts
from geoseg.evaluation.boundary import BoundarySettings, boundary_scores
from geoseg.evaluation.lines import LineSettings, compare_lines
from geoseg.evaluation.objects import match_objects
from geoseg.exports.pictures import Frame
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.mapping.refine import refine
from geoseg.mapping.true_plane import true_plane
from geoseg.tasks import ClassLabel, PostProcessing

LABELS = [ClassLabel(0, "no", "#000000"), ClassLabel(1, "yes", "#ff0000")]
STRETCHED = [
    ("EPSG:3857", 1e6, 8e6), ("EPSG:3395", 1e6, -8e6), ("ESRI:54001", 1e6, 6.6e6),
    ("EPSG:3413", 1e6, -3e6), ("ESRI:54030", 1e6, 6e6),
]  # fmt: skip
GEOD = Geod(ellps="WGS84")


def write(path, ids, place, crs):
    with rasterio.open(
        path, "w", driver="GTiff", width=ids.shape[1], height=ids.shape[0], count=1,
        dtype="uint8", crs=CRS.from_user_input(crs), transform=place, nodata=255,
    ) as file:  # fmt: skip
        file.write(ids.astype(np.uint8), 1)
    return path


def geodesic(frame):
    """Return area and perimeter of every outline on the ellipsoid."""
    dense = frame.segmentize(500)
    both = [GEOD.geometry_area_perimeter(shape) for shape in dense.to_crs(4326)]
    return [abs(area) for area, _ in both], [length for _, length in both]


@pytest.mark.parametrize(("crs", "left", "top"), STRETCHED)
def test_outlines_have_the_sizes_they_have_on_the_ground(tmp_path, crs, left, top):
    ids = np.zeros((90, 80), np.uint8)
    ids[2:12, 3:33] = ids[60:90, 40:80] = ids[40, 40] = 1
    path = write(tmp_path / "classes.tif", ids, Affine(900, 0, left, 0, -900, top), crs)
    found = polygonise(path, path, path, 0, LABELS)
    areas, lengths = geodesic(found.geometry)
    assert found["area_m2"].tolist() == pytest.approx(areas, rel=1e-3)
    assert found["perim_m"].tolist() == pytest.approx(lengths, rel=2e-3)
    least = (areas[1] + areas[2]) / 2
    assert len(polygonise(path, path, path, least, LABELS)) == 2


@pytest.mark.parametrize(("crs", "left", "top"), STRETCHED)
def test_outlines_are_widened_by_metres_of_the_ground(tmp_path, crs, left, top):
    ids = np.zeros((40, 40), np.uint8)
    ids[10:30, 10:30] = 1
    path = write(tmp_path / "classes.tif", ids, Affine(10, 0, left, 0, -10, top), crs)
    drawn = polygonise(path, path, path, 0, LABELS)
    wide = refine(drawn, PostProcessing(buffer_m=25))
    assert wide.crs == drawn.crs
    area, around = drawn["area_m2"][0], drawn["perim_m"][0]
    assert wide["area_m2"][0] == pytest.approx(area + 25 * around + np.pi * 25**2, rel=3e-3)
    assert wide["area_m2"].tolist() == pytest.approx(geodesic(wide.geometry)[0], rel=1e-3)


def test_a_system_that_is_true_is_left_as_it_is():
    frame = gpd.GeoDataFrame(geometry=[box(5e5, 6e6, 5.1e5, 6.1e6)], crs=32633)
    assert true_plane(frame) is frame


def test_objects_and_lines_are_measured_on_the_ground():
    crs = "EPSG:3395"
    mapped = gpd.GeoDataFrame(geometry=[box(1e6, 8e6, 1e6 + 400, 8e6 + 400)], crs=crs)
    true = gpd.GeoDataFrame(geometry=[box(1e6, 8e6, 1e6 + 400, 8e6 + 500)], crs=crs)
    found = match_objects(mapped, true)
    assert found.frame["area_m2"].tolist() == pytest.approx(
        [*geodesic(true.geometry)[0], *geodesic(mapped.geometry)[0]], rel=1e-3
    )
    assert found.frame.crs == mapped.crs
    line = gpd.GeoDataFrame(geometry=[LineString([(1e6, 8e6 + 9), (1e6 + 800, 8e6 + 9)])], crs=crs)
    over = compare_lines(mapped, line, LineSettings())
    assert over.length_m == pytest.approx(800 * 0.5264, rel=2e-3)
    assert over.found_m == pytest.approx(over.length_m / 2, rel=1e-3)


@pytest.mark.parametrize(("across", "down"), [(20, 5), (5, 20), (10, 10)])
def test_distances_between_outlines_are_metres_each_way(tmp_path, across, down):
    place = Affine(across, 0, 5e5, 0, -down, 6e6)
    ids = np.zeros((160, 160), np.uint8)
    ids[40:120, 40:120] = 1
    for axis, side in ((0, down), (1, across)):
        moved = np.roll(ids, 40 // side, axis=axis)
        one = write(tmp_path / "one.tif", ids, place, "EPSG:32633")
        other = write(tmp_path / "other.tif", moved, place, "EPSG:32633")
        scores = boundary_scores(one, other, BoundarySettings(reach_pixels=32))
        assert scores.p95_distance_m == pytest.approx(40, abs=0.5)


def test_corrected_areas_count_squares_by_their_ground():
    grid = Grid(CRS.from_epsg(3395), Affine(3000, 0, 1e6, 0, -3000, 9e6), 64, 128)
    classes = np.zeros(grid.shape, np.uint8)
    classes[:64] = 1
    counts = SquareCounts(*grid.shape, size=8)
    counts.add(Window(0, 0, 64, 128), classes, classes)
    areas = grid.pixel_areas_at_m2(*counts.middles(*grid.shape))
    found = counts.estimate(areas, ("no", "yes"))
    truth = grid.pixel_areas_m2()
    assert found.classes[1].mapped_m2 == pytest.approx(truth[:64].sum(), rel=1e-3)
    assert found.classes[0].area_m2.value == pytest.approx(truth[64:].sum(), rel=1e-3)


def test_a_picture_of_oblong_pixels_has_the_shape_of_the_ground():
    grid = Grid(CRS.from_epsg(32633), Affine(20, 0, 5e5, 0, -5, 6e6), 400, 1600)
    small = Frame.of(grid).small
    assert small.shape == (400, 400)
    assert small.pixel_sides_m == pytest.approx((20, 20))
