"""The mapped truth on a run's grid: 0 no, 1 feature, 255 unknown."""

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.features import rasterize
from rasterio.windows import Window

from geoseg.errors import ReferenceMapError
from geoseg.grid import Grid
from geoseg.stack import blocks, open_reference

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_600_000), 40, 30)


def read(reference, window=None):
    with reference.open() as reader:
        return reader.read(window or Window(0, 0, GRID.width, GRID.height))


@pytest.fixture
def truth():
    truth = np.zeros((30, 40), np.uint8)
    truth[5:12, 7:20] = 1
    return truth


def save(path, shapes, crs="EPSG:32633"):
    geopandas.GeoDataFrame(geometry=shapes, crs=crs).to_file(path)
    return path


def patch(truth):
    """The outline of the patch of ones."""
    rows, cols = np.nonzero(truth)
    x, y = 500_000 + 10 * cols, 6_600_000 - 10 * rows
    return shapely.box(x.min(), y.min() - 10, x.max() + 10, y.max())


def test_a_yes_no_raster_is_read_as_it_is(write, two_bands, truth):
    reference = open_reference(write("truth.tif", truth), GRID, two_bands)
    np.testing.assert_array_equal(read(reference), truth)
    assert (reference.name, reference.kind) == ("truth.tif", "raster")
    assert reference.notes == ("truth.tif: class 1 counts as slide, 0 as none",)


def test_missing_pixels_are_unknown(write, two_bands, truth):
    values = truth.astype(np.float32)
    values[:3] = np.nan
    values[3:4] = -1
    expected = truth.copy()
    expected[:4] = 255
    reference = open_reference(write("truth.tif", values, nodata=-1), GRID, two_bands)
    np.testing.assert_array_equal(read(reference), expected)


def test_a_land_cover_map_uses_the_tasks_classes_or_the_users(write, two_bands, truth):
    cover = np.where(truth, 6, 2).astype(np.float32)
    cover[0] = np.nan
    path = write("cover.tif", cover)
    reference = open_reference(path, GRID, two_bands)
    assert reference.notes == ("cover.tif: class 6 counts as slide, 2 as none",)
    expected = truth.copy()
    expected[0] = 255
    np.testing.assert_array_equal(read(reference), expected)
    turned = read(open_reference(path, GRID, two_bands, positive=[2]))
    np.testing.assert_array_equal(turned[1:], 1 - truth[1:])


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:32634"], ids=["as it is", "resampled"])
def test_zeros_declared_missing_are_ground_without_the_feature(write, two_bands, truth, crs):
    path = write("burned.tif", truth, nodata=0)
    grid = GRID
    if crs != "EPSG:32633":
        grid = Grid(CRS.from_user_input(crs), Affine(10, 0, 161_050, 0, -10, 6_615_250), 20, 15)
    reference = open_reference(path, grid, two_bands)
    with reference.open() as reader:
        found = reader.read(Window(0, 0, grid.width, grid.height))
    assert set(np.unique(found)) == {0, 1}
    assert "burned.tif declares 0 as no data; it is read as no slide" in reference.notes


def test_another_crs_and_pixel_size_are_put_on_the_grid(write, two_bands, truth):
    outline = geopandas.GeoSeries([patch(truth)], crs="EPSG:32633").to_crs("EPSG:32634")
    there = Affine(3, 0, 160_950, 0, -3, 6_615_400)
    burned = rasterize(list(outline), (200, 200), transform=there)
    path = write("there.tif", burned, there, "EPSG:32634")
    reference = open_reference(path, GRID, two_bands)
    found = read(reference)
    known = found != 255
    assert (found[known] == truth[known]).mean() > 0.97
    assert "there.tif is resampled to the map's grid, nearest pixel" in reference.notes


def test_windows_are_parts_of_the_whole(write, two_bands, truth, tmp_path):
    raster = open_reference(write("truth.tif", truth), GRID, two_bands)
    vector = open_reference(save(tmp_path / "t.gpkg", [patch(truth)]), GRID, two_bands)
    for reference in (raster, vector):
        whole = read(reference)
        for window in blocks(GRID, 7):
            np.testing.assert_array_equal(read(reference, window), whole[window.toslices()])


@pytest.mark.parametrize("name", ["t.gpkg", "t.geojson", "t.shp"])
def test_polygons_are_burned(two_bands, truth, tmp_path, name):
    reference = open_reference(save(tmp_path / name, [patch(truth)]), GRID, two_bands)
    np.testing.assert_array_equal(read(reference), truth)
    assert reference.kind == "vector"
    assert reference.notes == (
        f"{name}: 1 polygons count as slide, everything outside them as none",
    )


def test_polygons_outside_the_map_are_counted_out(two_bands, truth, tmp_path):
    far = shapely.box(0, 0, 10, 10)
    reference = open_reference(save(tmp_path / "t.gpkg", [patch(truth), far]), GRID, two_bands)
    assert reference.notes[0].startswith("t.gpkg: 1 of 2 polygons count")


def test_a_reference_elsewhere_says_where_the_map_is(write, two_bands, truth, tmp_path):
    away = write("away.tif", truth, Affine(10, 0, 900_000, 0, -10, 6_600_000))
    for path in (away, save(tmp_path / "away.gpkg", [shapely.box(0, 0, 10, 10)])):
        with pytest.raises(
            ReferenceMapError, match=r"away\.\w+ does not overlap the rasters \(lon"
        ):
            open_reference(path, GRID, two_bands)


def test_ground_without_the_feature_is_a_reference_and_said(write, two_bands, truth):
    reference = open_reference(write("none.tif", truth * 0), GRID, two_bands)
    assert any("every find counts as a false alarm" in note for note in reference.notes)
    with reference.open() as reader:
        assert not reader.read(Window(0, 0, 40, 30)).any()


def test_an_empty_reference_is_refused(write, two_bands, truth):
    hollow = np.full((30, 40), np.nan, np.float32)
    with pytest.raises(ReferenceMapError, match="every pixel is no data; choose a reference"):
        open_reference(write("hollow.tif", hollow), GRID, two_bands)
    with pytest.raises(ReferenceMapError, match="classes there are 2, 3, and 6 was looked for"):
        open_reference(write("cover.tif", truth + 2), GRID, two_bands)


def test_lines_and_specks_are_refused(two_bands, truth, tmp_path):
    line = save(tmp_path / "line.gpkg", [shapely.LineString(patch(truth).exterior.coords)])
    with pytest.raises(ReferenceMapError, match="holds LineString; expected polygons only"):
        open_reference(line, GRID, two_bands)
    dot = save(tmp_path / "dot.gpkg", [shapely.box(500_001, 6_599_991, 500_002, 6_599_992)])
    with pytest.raises(ReferenceMapError, match="smaller than a pixel of 10 m"):
        open_reference(dot, GRID, two_bands)


def test_measured_values_are_no_reference(write, two_bands):
    slope = np.linspace(0, 40, 1200).reshape(30, 40).astype(np.float32)
    with pytest.raises(ReferenceMapError, match=r"measured values such as .* no classes"):
        open_reference(write("slope.tif", slope), GRID, two_bands)


def test_a_file_that_cannot_be_read_is_told_as_a_reference(tmp_path, two_bands):
    path = tmp_path / "text.tif"
    path.write_text("hello")
    with pytest.raises(ReferenceMapError, match=r"cannot be used: text\.tif is a text file"):
        open_reference(path, GRID, two_bands)


FIJI = Grid(CRS.from_epsg(32760), Affine(30, 0, 817_800, 0, -30, 8_100_000), 96, 96)


def test_references_in_degrees_reach_across_180(write, two_bands, tmp_path):
    """Rasters that end at 180 degrees, and polygons cut there."""
    for west, side in ((175, slice(60, 96)), (-180, slice(0, 36))):
        one_side = np.ones((100, 50), np.uint8)
        path = write(f"{west}.tif", one_side, Affine(0.1, 0, west, 0, -0.1, -12), "EPSG:4326")
        with open_reference(path, FIJI, two_bands).open() as reader:
            found = reader.read(Window(0, 0, 96, 96))
        assert (found[:, side] == 255).all()
        assert 0.4 < (found == 1).mean() < 0.6
    boxes = [shapely.box(179.99, -17.23, 180, -17.13), shapely.box(-180, -17.23, -179.99, -17.13)]
    cut = save(tmp_path / "cut.geojson", [shapely.MultiPolygon(boxes)], "EPSG:4326")
    reference = open_reference(cut, FIJI, two_bands)
    with reference.open() as reader:
        found = reader.read(Window(0, 0, 96, 96))
    (columns,) = np.nonzero(found[48])
    assert (np.diff(columns) == 1).all()  # no gap where it was cut
    assert len(columns) * 30 == pytest.approx(0.02 * 111_320 * np.cos(np.radians(17.18)), abs=60)
