"""Where a file is worked on: other meridians and units of longitude, systems that are not true."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import Geod
from rasterio.crs import CRS
from rasterio.warp import transform
from shapely.geometry import Polygon

from geoseg.errors import GridError, ReferenceMapError
from geoseg.grid import Grid
from geoseg.stack.native import upright
from geoseg.stack.shapes import read_polygons
from geoseg.stack.source import inspect_raster

VALUES = np.arange(30 * 20, dtype=np.float32).reshape(1, 30, 20)


@pytest.mark.parametrize(
    ("system", "corner", "zone", "meridian"),
    [
        ("EPSG:4813", (0.2, -6.5), 32748, "Jakarta"), ("EPSG:4802", (0.2, 5.0), 32618, "Bogota"),
        ("EPSG:4805", (33.0, 47.5), 32633, "Ferro"), ("EPSG:4807", (0.5, 52.0), 32631, "Paris"),
        ("EPSG:4817", (0.1, 60.0), 32632, "Oslo"), ("EPSG:4806", (-3.5, 45.0), 32632, "Rome"),
        ("EPSG:4267", (-100.0, 40.0), 32614, ""),
    ],
)  # fmt: skip
def test_the_utm_zone_is_that_of_the_true_longitude(write, system, corner, zone, meridian):
    lon, lat = corner
    place = Affine(3e-4, 0, lon, 0, -3e-4, lat)
    info = inspect_raster(write("deg.tif", VALUES, transform=place, crs=system))
    assert info.grid.crs == CRS.from_epsg(zone)
    assert any(f"longitude{f' from {meridian}' if meridian else ''} and" in n for n in info.notes)
    (x,), (y,) = transform(system, 4326, [lon + 0.003], [lat - 0.0045])
    west, south, east, north = info.grid.lonlat_bounds
    assert west < x < east
    assert south < y < north
    height = 30 * Geod(ellps="WGS84").inv(x, y, x, y + 3e-4)[2]
    height *= 0.9 if system == "EPSG:4807" else 1
    assert info.grid.height * info.grid.pixel_height_m == pytest.approx(height, rel=0.06)


def test_grads_are_told_and_a_tenth_shorter_than_degrees(write):
    place = Affine(1e-3, 0, 0.5, 0, -1e-3, 52.0)
    info = inspect_raster(write("grads.tif", VALUES, transform=place, crs="EPSG:4807"))
    assert any("counted in grads" in note for note in info.notes)
    assert info.grid.pixel_size_m == pytest.approx(85, abs=8)


@pytest.mark.parametrize(
    ("system", "left", "top", "name"),
    [
        ("EPSG:3857", 1e6, 8e6, "Pseudo-Mercator"), ("EPSG:3395", 1e6, 8e6, "World Mercator"),
        ("ESRI:54001", 1e6, 6.6e6, "Plate_Carree"), ("EPSG:3031", 2e6, 2e6, "Antarctic Polar"),
        ("EPSG:6933", 1e6, 6e6, "EASE"),
    ],
)  # fmt: skip
def test_a_system_that_is_not_true_is_named_and_its_grid_kept(write, system, left, top, name):
    place = Affine(30, 0, left, 0, -30, top)
    info = inspect_raster(write("map.tif", VALUES, transform=place, crs=system))
    assert info.grid.transform == place
    assert any(name in note and "counted true" in note for note in info.notes)


@pytest.mark.parametrize(("system", "left"), [("EPSG:32633", 5e5), ("EPSG:2154", 7e5)])
def test_systems_true_at_their_place_need_no_word(write, system, left):
    place = Affine(30, 0, left, 0, -30, 6_600_000)
    assert inspect_raster(write("map.tif", VALUES, transform=place, crs=system)).notes == ()


@pytest.mark.parametrize("system", ["ESRI:103885", "ESRI:104905", "EPSG:4978", "EPSG:5703"])
def test_a_raster_that_lies_not_on_the_earth_is_refused_by_name(write, system):
    place = Affine(1e-3, 0, 100, 0, -1e-3, -5)
    path = write("away.tif", VALUES, transform=place, crs=system)
    with pytest.raises(GridError, match=r"away\.tif (lies on another|has a)"):
        inspect_raster(path)


def test_an_oblong_pixel_keeps_its_sides_when_its_rows_run_up():
    turned = Affine(0, 5, 5e5, 20, 0, 6.6e6)
    grid = upright(Grid(CRS.from_epsg(32633), turned, 40, 30))
    assert (grid.transform.a, -grid.transform.e) == (5, 20)
    assert grid.shape == (40, 30)


@pytest.mark.parametrize("system", ["ESRI:103885", "ESRI:104903", "EPSG:4978"])
def test_polygons_that_lie_not_on_the_earth_are_refused_by_name(tmp_path, system):
    path = tmp_path / "away.gpkg"
    shape = Polygon([(1, 1, 0), (3, 1, 0), (3, 3, 0)])
    gpd.GeoDataFrame(geometry=[shape], crs=system).to_file(path)
    with pytest.raises(ReferenceMapError, match=r"away\.gpkg (lies on another|has a)"):
        read_polygons(path, CRS.from_epsg(32633), ReferenceMapError)
