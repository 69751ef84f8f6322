"""Classes of polygons are read by their word, whatever its letters."""

import geopandas
import pytest
import shapely

from geoseg.stack.class_column import class_ids
from geoseg.tasks.ravines import RAVINES


def frame(**columns):
    shapes = [shapely.box(n, 0, n + 1, 1) for n in range(3)]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:32633")


@pytest.mark.parametrize(
    "values",
    [
        ["Smooth Ravine", " SHARP ravine ", "no\u00a0ravine"],
        [1.0, 2.0, 0.0],
        ["1", "2.0", "00"],
        ["1,0", "2", "0"],
    ],
)
def test_words_and_numbers_of_the_legend(values):
    ids, words = class_ids(frame(**{"CLASS ": values}), RAVINES, "a.gpkg")
    assert ids == (1, 2, 0)
    assert words == "a.gpkg: classes are read from column CLASS "


def test_a_word_that_is_unknown_is_told_as_it_is_written():
    ids, words = class_ids(frame(Label=["Schlucht", "sharp ravine", None]), RAVINES, "a.gpkg")
    assert ids == ()
    assert "says Schlucht, the classes are" in words or "nothing" in words
