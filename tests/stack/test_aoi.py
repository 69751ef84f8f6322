"""An area of interest crops the grid and hides what lies outside."""

import zipfile

import geopandas
import numpy as np
import pytest
import shapely

from geoseg.errors import GridError
from geoseg.stack import open_stack

CORNER_X, CORNER_Y = 500_000, 6_600_000


@pytest.fixture
def stacked(write, places, two_bands):
    def make(aoi):
        return open_stack([write("height.tif", places(30, 40))], two_bands, "one", aoi=aoi)

    return make


def save(path, shapes, crs="EPSG:32633"):
    geopandas.GeoDataFrame(geometry=shapes, crs=crs).to_file(path)
    return path


def square(x0, y0, x1, y1):
    """A box in pixels right of and below the raster's corner."""
    return shapely.box(
        CORNER_X + 10 * x0, CORNER_Y - 10 * y1, CORNER_X + 10 * x1, CORNER_Y - 10 * y0
    )


@pytest.mark.parametrize("name", ["area.gpkg", "area.geojson", "area.shp"])
def test_a_box_crops_to_its_pixels(stacked, read_all, places, tmp_path, name):
    stack = stacked(save(tmp_path / name, [square(5, 3, 12, 20)]))
    assert stack.grid.shape == (17, 7)
    np.testing.assert_array_equal(read_all(stack)[0], places(30, 40)[3:20, 5:12])
    assert any(f"Only the area of {name} is mapped" in note for note in stack.notes)


def test_outside_of_the_outline_is_missing(stacked, read_all, places, tmp_path):
    shape = square(2, 2, 8, 8).union(square(20, 10, 28, 28))
    stack = stacked(save(tmp_path / "two.gpkg", [shape]))
    expected = np.full((30, 40), np.nan, np.float32)
    for rows, cols in ((slice(2, 8), slice(2, 8)), (slice(10, 28), slice(20, 28))):
        expected[rows, cols] = places(30, 40)[rows, cols]
    np.testing.assert_array_equal(read_all(stack)[0], expected[2:28, 2:28])


def test_pixels_are_snapped_outwards_and_stay_on_the_raster(stacked, read_all, places, tmp_path):
    stack = stacked(save(tmp_path / "a.gpkg", [square(35.4, -7, 99, 1.2)]))
    assert stack.grid.shape == (2, 5)
    np.testing.assert_array_equal(read_all(stack)[0], places(30, 40)[:2, 35:])


def test_longitude_and_latitude_are_reprojected(stacked, tmp_path):
    shapes = geopandas.GeoSeries([square(5, 3, 12, 20)], crs="EPSG:32633").to_crs("EPSG:4326")
    stack = stacked(save(tmp_path / "lonlat.geojson", list(shapes), "EPSG:4326"))
    assert abs(stack.grid.height - 17) <= 1
    assert abs(stack.grid.width - 7) <= 1


def test_a_zipped_shapefile_is_read(stacked, tmp_path):
    save(tmp_path / "area.shp", [square(5, 3, 12, 20)])
    with zipfile.ZipFile(tmp_path / "area.zip", "w") as archive:
        for part in tmp_path.glob("area.*"):
            if part.suffix in {".shp", ".shx", ".dbf", ".prj"}:
                archive.write(part, f"folder/{part.name}")
    assert stacked(tmp_path / "area.zip").grid.shape == (17, 7)


def test_an_area_elsewhere_says_where_both_lie(stacked, tmp_path):
    aoi = save(tmp_path / "far.gpkg", [square(500, 500, 510, 510)])
    with pytest.raises(GridError, match=r"around longitude 15\.0\d\d, latitude 59\.\d+\) does not"):
        stacked(aoi)


def test_an_area_that_only_touches_the_edge_is_elsewhere(stacked, tmp_path):
    with pytest.raises(GridError, match="does not overlap the rasters"):
        stacked(save(tmp_path / "edge.gpkg", [square(40, 0, 50, 10)]))


def test_a_crossing_outline_is_mended(stacked, tmp_path):
    turns = ((2, 2), (10, 10), (10, 2), (2, 10))
    bow = shapely.Polygon([(CORNER_X + x * 10, CORNER_Y - y * 10) for x, y in turns])
    assert not bow.is_valid
    assert stacked(save(tmp_path / "bow.gpkg", [bow])).grid.shape == (8, 8)


def test_lines_points_and_nothing_are_refused(stacked, tmp_path):
    line = square(1, 1, 5, 5).exterior
    with pytest.raises(GridError, match=r"line\.gpkg holds Line.*; expected polygons only"):
        stacked(save(tmp_path / "line.gpkg", [shapely.LineString(line.coords)]))
    with pytest.raises(GridError, match=r"point\.geojson holds Point; expected polygons only"):
        stacked(save(tmp_path / "point.geojson", [shapely.Point(5, 5)], "EPSG:4326"))
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(GridError, match=r"empty\.geojson holds no shapes; expected at least one"):
        stacked(empty)


def test_files_that_are_something_else_are_refused(stacked, tmp_path):
    with pytest.raises(GridError, match=r"there is no file .*gone\.gpkg"):
        stacked(tmp_path / "gone.gpkg")
    other = tmp_path / "area.txt"
    other.write_text("x")
    with pytest.raises(GridError, match=r"area\.txt is no file of shapes; expected one of \.gpkg"):
        stacked(other)
    virtual = tmp_path / "area.geojson"
    virtual.write_text("<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>")
    with pytest.raises(GridError, match=r"area\.geojson is not what its name says"):
        stacked(virtual)
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureColl')
    with pytest.raises(GridError, match=r"broken\.geojson is damaged JSON"):
        stacked(broken)
    hollow = tmp_path / "hollow.zip"
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("readme.txt", "no shapes")
    with pytest.raises(
        GridError, match=r"hollow\.zip holds readme\.txt, no file of shapes; expected GeoPackage"
    ):
        stacked(hollow)


def test_a_shapefile_without_prj_is_refused(stacked, tmp_path):
    save(tmp_path / "area.shp", [square(5, 3, 12, 20)])
    (tmp_path / "area.prj").unlink()
    with pytest.raises(GridError, match=r"area\.shp has no coordinate reference system"):
        stacked(tmp_path / "area.shp")
