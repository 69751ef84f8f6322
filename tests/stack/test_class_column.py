"""Polygons that tell classes: read by id or name, background polygons leave the rest unknown."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.transform import from_origin
from rasterio.windows import Window
from shapely import box

from geoseg.errors import ReferenceMapError
from geoseg.grid import Grid
from geoseg.stack import open_reference
from geoseg.tasks import LANDSLIDES, RAVINES, ClassLabel

GRID = Grid(CRS.from_epsg(32633), from_origin(500_000, 6_500_080, 10, 10), 8, 8)
WEST, EAST = (
    box(500_000, 6_500_000, 500_020, 6_500_080),
    box(500_060, 6_500_000, 500_080, 6_500_080),
)


@pytest.fixture
def polygons(tmp_path):
    def save(**columns):
        path = tmp_path / "truth.gpkg"
        gpd.GeoDataFrame(columns, geometry=[WEST, EAST], crs=GRID.crs).to_file(path)
        return path

    return save


def row(reference, by_class):
    with reference.open_ids() if by_class else reference.open() as reader:
        return reader.read(Window(0, 0, 8, 8))[3].tolist()


@pytest.mark.parametrize("values", [[1, 2], ["smooth ravine", "Sharp ravine"], [1.0, 2.0]])
def test_ids_and_names_are_understood(polygons, values):
    reference = open_reference(polygons(Class=values), GRID, RAVINES)
    assert reference.ids == (0, 1, 2)
    assert row(reference, by_class=True) == [1, 1, 0, 0, 0, 0, 2, 2]
    assert row(reference, by_class=False) == [1, 1, 0, 0, 0, 0, 1, 1]


def test_background_polygons_leave_the_rest_unknown(polygons):
    reference = open_reference(polygons(label=[0, 1]), GRID, LANDSLIDES)
    assert row(reference, by_class=False) == [0, 0, *[255] * 4, 1, 1]
    assert any("counts as unknown" in note for note in reference.notes)


@pytest.mark.parametrize(
    "values",
    [["GLATTE RINNE", "Böschung"], ["glatte  Rinne", "Bo\u0308schung"], ["1.00", " 2"]],
    ids=["capitals", "a mark of its own", "numbers as text"],
)
def test_names_are_read_however_a_program_wrote_them(polygons, values):
    names = ("keine", "glatte Rinne", "böschung")
    labels = tuple(ClassLabel(at, name, "#000000") for at, name in enumerate(names))
    reference = open_reference(polygons(CLASS=values), GRID, replace(RAVINES, classes=labels))
    assert row(reference, by_class=True) == [1, 1, 0, 0, 0, 0, 2, 2]


def test_of_two_columns_the_one_that_knows_the_legend_is_read(polygons):
    columns = {"class": ["first order", "second order"], "label": [2, 1]}
    reference = open_reference(polygons(**columns), GRID, RAVINES)
    assert row(reference, by_class=True) == [2, 2, 0, 0, 0, 0, 1, 1]
    assert "truth.gpkg: classes are read from column label" in reference.notes


@pytest.mark.parametrize("columns", [{"name": ["a", "b"]}, {"class": ["dune", "sharp ravine"]}])
def test_without_classes_of_the_legend_every_polygon_is_the_feature(polygons, columns):
    reference = open_reference(polygons(**columns), GRID, RAVINES)
    assert reference.ids == ()
    assert row(reference, by_class=False) == [1, 1, 0, 0, 0, 0, 1, 1]
    assert any("dune" in note for note in reference.notes) == ("class" in columns)


def test_background_alone_is_no_reference(polygons):
    with pytest.raises(ReferenceMapError, match="only polygons of no ravine"):
        open_reference(polygons(label=[0, 0]), GRID, RAVINES)


def test_windows_are_parts_of_the_whole(polygons):
    reference = open_reference(polygons(label=[2, 1]), GRID, RAVINES)
    with reference.open_ids() as reader:
        whole = reader.read(Window(0, 0, 8, 8))
        parts = [reader.read(Window(col, 0, 1, 8)) for col in range(8)]
    np.testing.assert_array_equal(np.hstack(parts), whole)
