"""From pixels' outlines to a mapper's: Article VI's steps on a drawn example."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.affinity import translate
from shapely.geometry import Point, box

from geoseg.mapping.polygons import COLUMNS
from geoseg.mapping.refine import refine
from geoseg.tasks import PostProcessing

RAVINES = PostProcessing(buffer_m=5, dissolve=True, min_area_m2=5000)


def outlines(*rows, crs=32632):
    """Rows of (class, shape, probability), moved to the middle of the zone, where it is true."""
    east = 500_000 if crs == 32632 else 0
    shapes = [translate(shape, east) for _, shape, _ in rows]
    return gpd.GeoDataFrame(
        {
            "id": np.arange(1, len(rows) + 1, dtype="int32"),
            "class": [name for name, _, _ in rows],
            "area_m2": [shape.area for shape in shapes],
            "perim_m": [shape.length for shape in shapes],
            "mean_prob": [probability for _, _, probability in rows],
            "mean_sprd": [0.1 for _ in rows],
        },
        geometry=shapes,
        crs=crs,
    )


def test_pieces_of_a_ravine_join_and_small_patches_go():
    upper, lower = box(0, 0, 40, 60), box(0, 69, 40, 169)
    far, tiny = box(500, 0, 560, 80), box(300, 300, 330, 330)
    drawn = outlines(("sharp", upper, 0.9), ("sharp", lower, 0.6), ("sharp", far, 0.7),
                     ("sharp", tiny, 0.99))  # fmt: skip
    found = refine(drawn, RAVINES)
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found["id"].tolist() == [1, 2]
    both = upper.buffer(5).union(lower.buffer(5))
    assert found["area_m2"].tolist() == pytest.approx([both.area, far.buffer(5).area], rel=0.002)
    assert found["mean_prob"][0] == pytest.approx((2400 * 0.9 + 4000 * 0.6) / 6400)
    assert found.geometry[0].covers(Point(500_020, 64))


def test_classes_are_not_joined_with_each_other():
    found = refine(outlines(("smooth", box(0, 0, 90, 90), 0.8), ("sharp", box(92, 0, 182, 90), 0.8)),
                   RAVINES)  # fmt: skip
    assert sorted(found["class"]) == ["sharp", "smooth"]


def test_areas_are_square_metres_where_the_map_is_in_feet():
    square = outlines(("sharp", box(0, 0, 1000, 1000), 0.5), crs=2263)
    square["area_m2"] = 1e6 * 0.3048006**2
    found = refine(square, PostProcessing(buffer_m=30.48))
    side_m = 1000 * 0.3048006
    expected = side_m**2 + 4 * side_m * 30.48 + np.pi * 30.48**2
    assert found["area_m2"][0] == pytest.approx(expected, rel=0.001)


def test_nothing_to_refine_keeps_the_columns():
    none = outlines(("sharp", box(0, 0, 10, 10), 0.5)).iloc[:0]
    found = refine(none, RAVINES)
    assert len(found) == 0
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert refine(outlines(("sharp", box(0, 0, 10, 10), 0.5)), RAVINES).empty


def test_without_steps_the_outlines_stay():
    drawn = outlines(("sharp", box(0, 0, 10, 10), 0.5), ("smooth", box(0, 0, 20, 20), 0.4))
    found = refine(drawn, PostProcessing())
    assert found["area_m2"].tolist() == [400, 100]
    assert found.geometry[1].equals(drawn.geometry[0])
