"""Corrections fold to what stands of each outline; taking one back leaves no trace in the map."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS

from geoseg.errors import GridError, SettingsError
from geoseg.grid import Grid
from geoseg.mapping.inside import add_means
from geoseg.mapping.inventory import (
    KEPT,
    STATUSES,
    Correction,
    OutlineState,
    Review,
    _nearest_class,
    corrected,
    read_outline,
)
from geoseg.mapping.polygons import polygonise
from geoseg.tasks import ClassLabel
from tests.mapping.test_polygons import METRES_10, write

GRID = Grid(CRS.from_epsg(32633), METRES_10, 40, 30)


def lonlat(col, row, width, height):
    """A box in pixels of the grid, as GeoJSON in longitude and latitude."""
    left, top = GRID.transform * (col, row)
    box = shapely.box(left, top - 10 * height, left + 10 * width, top)
    return shapely.geometry.mapping(gpd.GeoSeries([box], crs=32633).to_crs(4326).iloc[0])


FIRST, SECOND = lonlat(1, 1, 4, 4), lonlat(20, 20, 5, 2)


def fold(*deeds):
    review = Review()
    for deed in deeds:
        review.take(Correction(**deed))
    return review


def deed(action, polygon=None, geometry=None, **more):
    return {"action": action, "polygon": polygon, "geometry": geometry, **more}


def test_each_deed_gives_its_status():
    review = fold(
        deed("accept", 1), deed("reject", 2, note="a road"), deed("redraw", 3, FIRST),
        deed("draw", 9, SECOND),
    )  # fmt: skip
    assert [review.states[n].status for n in (1, 2, 3, 9)] == [
        "accepted", "rejected", "redrawn", "drawn",
    ]  # fmt: skip
    assert review.states[2].note == "a road"
    assert review.counts(5) == {
        "unreviewed": 2, "accepted": 1, "rejected": 1, "redrawn": 1, "drawn": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("deeds", "status", "geometry"),
    [
        ([deed("redraw", 1, FIRST), deed("accept", 1)], "redrawn", FIRST),
        ([deed("redraw", 1, FIRST), deed("reject", 1), deed("accept", 1)], "redrawn", FIRST),
        ([deed("redraw", 1, FIRST), deed("reset", 1)], "unreviewed", None),
        ([deed("redraw", 1, FIRST), deed("reset", 1), deed("accept", 1)], "accepted", None),
        ([deed("draw", 1, FIRST), deed("redraw", 1, SECOND)], "drawn", SECOND),
        ([deed("draw", 1, FIRST), deed("redraw", 1, SECOND), deed("reset", 1)], "drawn", FIRST),
        ([deed("draw", 1, FIRST), deed("reject", 1)], "rejected", FIRST),
        ([deed("accept", 1), deed("reject", 1), deed("undo")], "accepted", None),
    ],
)
def test_deeds_on_one_outline_follow_each_other(deeds, status, geometry):
    state = fold(*deeds).states[1]
    assert (state.status, state.geometry) == (status, geometry)


@given(st.lists(st.tuples(st.sampled_from(["accept", "reject", "reset", "redraw"]),
                          st.integers(1, 4)), max_size=8),
       st.lists(st.tuples(st.sampled_from(["accept", "reject", "redraw"]), st.integers(1, 4)),
                max_size=8))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_undoing_as_often_as_doing_gives_the_state_before(before, then):
    deeds = [deed(a, n, FIRST if a == "redraw" else None) for a, n in before]
    more = [deed(a, n, SECOND if a == "redraw" else None) for a, n in then]
    review = fold(*deeds, *more, *[deed("undo")] * len(more))
    assert review.states == fold(*deeds).states
    assert sum(review.counts(4).values()) == 4


def test_undoing_a_drawing_takes_the_outline_away():
    review = fold(deed("draw", 7, FIRST), deed("undo"))
    assert review.states == {}
    assert review.counts(2)["unreviewed"] == 2
    with pytest.raises(SettingsError, match="no correction to take back"):
        review.take(Correction(action="undo"))


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (deed("accept"), "'accept' takes the number of a polygon"),
        (deed("undo", 3), "'undo' takes no polygon"),
        (deed("draw", 3), r"'draw' takes an outline"),
        (deed("accept", 3, FIRST), r"'accept' takes no outline"),
        (deed("paint", 3), "action: "),
        (deed("accept", 3, note="x" * 501), "note: "),
        (deed("classify", 3), "'classify' takes the name of a class"),
        (deed("accept", 3, class_name="sharp"), "'accept' takes no class"),
        (deed("classify", class_name="sharp"), "'classify' takes the number of a polygon"),
    ],
)
def test_a_deed_must_be_whole(broken, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Correction(**broken)


def ring(*corners):
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]] if corners else []}


@pytest.mark.parametrize(
    ("geometry", "fault", "sentence"),
    [
        ({"type": "LineString", "coordinates": [[15, 60], [15, 61]]}, SettingsError, "must be a"),
        ({}, SettingsError, "must be a polygon, got 'None'"),
        ({"type": "Polygon", "coordinates": "x"}, SettingsError, "damaged coordinates|3 to"),
        (ring(), SettingsError, "needs 3 to 19999 corners, got 0"),
        (ring([0, 0], [1, 1], [1, 0], [0, 1]), SettingsError, "crosses itself"),
        (ring([200, 0], [201, 1], [201, 0]), SettingsError, "leaves longitude"),
        (ring([0, 0], [1, 1], [1, 0]), GridError, "lies beside the map"),
    ],
)
def test_an_outline_that_is_none_is_refused_with_a_sentence(geometry, fault, sentence):
    with pytest.raises(fault, match=sentence):
        read_outline(geometry, GRID)


@pytest.fixture
def mapped(tmp_path):
    """Three outlines of a map: 16 pixels, 4 and 1."""
    classes = np.zeros((30, 40), np.uint8)
    classes[2:6, 2:6] = classes[10:12, 10:12] = classes[20, 30] = 1
    paths = [write(tmp_path / f"{name}.tif", values) for name, values in
             (("classes", classes), ("probability", np.indices((30, 40))[1] / np.float32(40)),
              ("spread", np.full((30, 40), 0.1, np.float32)))]  # fmt: skip
    return polygonise(*paths, 0, [ClassLabel(1, "slide", "#000000")]), *paths[1:]


STATES = {
    1: OutlineState("accepted", None, "sure", "2026-01-01"),
    2: OutlineState("rejected"),
    3: OutlineState("redrawn", lonlat(30, 20, 2, 3)),
    12: OutlineState("drawn", SECOND),
}


@pytest.mark.parametrize(
    ("which", "ids"),
    [("kept", [1, 3, 12]), ("confirmed", [1, 3, 12]), ("all", [1, 2, 3, 12])],
)
def test_an_inventory_holds_what_was_asked_for(mapped, which, ids):
    frame = corrected(mapped[0], STATES, GRID, which)
    assert list(frame["id"]) == ids
    assert set(frame["status"]) <= set(KEPT[which])
    assert list(frame.columns) == [*mapped[0].columns[:-1], "geometry", "status", "edited", "note"]


def test_untouched_outlines_stay_in_all_but_the_confirmed(mapped):
    assert len(corrected(mapped[0], {}, GRID, "kept")) == 3
    assert len(corrected(mapped[0], {}, GRID, "confirmed")) == 0
    assert set(corrected(mapped[0], {}, GRID, "all")["status"]) == {STATUSES[0]}
    empty = corrected(mapped[0].iloc[:0], {12: STATES[12]}, GRID)
    assert (list(empty["id"]), list(empty["status"])) == ([12], ["drawn"])


def test_new_outlines_have_sizes_and_means_of_their_own(mapped):
    outlines, probability, spread = mapped
    frame = add_means(corrected(outlines, STATES, GRID), probability, spread).set_index("id")
    assert frame.loc[3, "area_m2"] == pytest.approx(600, rel=1e-6)
    assert frame.loc[12, "area_m2"] == pytest.approx(1000, rel=1e-6)
    assert frame.loc[12, "perim_m"] == pytest.approx(140, rel=1e-6)
    assert frame.loc[12, "mean_sprd"] == pytest.approx(0.1)
    inside = exact_extract(str(probability), frame.loc[[12]].reset_index(), ["mean"])
    assert frame.loc[12, "mean_prob"] == pytest.approx(inside[0]["properties"]["mean"], abs=1e-5)
    assert frame.loc[1, "mean_prob"] == outlines["mean_prob"][0]
    assert shapely.equals(frame.loc[1, "geometry"], outlines.geometry[0])


def test_means_are_read_on_turned_maps_too(tmp_path):
    turned = METRES_10 @ Affine.rotation(30)
    values = np.arange(1200, dtype=np.float32).reshape(30, 40)
    paths = [write(tmp_path / f"{n}.tif", values, turned) for n in ("probability", "spread")]
    corners = [turned * place for place in ((5, 5), (8, 5), (8, 7), (5, 7))]
    shape = gpd.GeoDataFrame({"mean_prob": [np.nan], "mean_sprd": [np.nan]},
                             geometry=[shapely.Polygon(corners)], crs=32633)  # fmt: skip
    filled = add_means(shape, *paths)
    assert filled["mean_prob"][0] == pytest.approx(values[5:7, 5:8].mean())


def test_a_drawn_outline_takes_the_class_of_the_one_nearest_to_it():
    boxes = [shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)]
    frame = gpd.GeoDataFrame({"class": ["smooth", "sharp"]}, geometry=boxes, crs="EPSG:32633")
    drawn = [shapely.box(90, 0, 95, 5), shapely.box(5, 5, 20, 20), shapely.box(70, 0, 80, 5)]
    assert _nearest_class(frame, drawn) == ["sharp", "smooth", "sharp"]
    assert _nearest_class(frame[:0], drawn[:1]) == ["feature"]


@pytest.mark.parametrize(
    ("deeds", "status", "class_name"),
    [
        ([deed("classify", 1, class_name="sharp")], "accepted", "sharp"),
        ([deed("reject", 1), deed("classify", 1, class_name="sharp")], "accepted", "sharp"),
        ([deed("redraw", 1, FIRST), deed("classify", 1, class_name="sharp")], "redrawn", "sharp"),
        ([deed("classify", 1, class_name="sharp"), deed("redraw", 1, FIRST)], "redrawn", "sharp"),
        ([deed("classify", 1, class_name="sharp"), deed("reject", 1)], "rejected", "sharp"),
        ([deed("classify", 1, class_name="sharp"), deed("reset", 1)], "unreviewed", ""),
        ([deed("draw", 1, FIRST, class_name="sharp")], "drawn", "sharp"),
        (
            [
                deed("draw", 1, FIRST, class_name="sharp"),
                deed("classify", 1, class_name="smooth"),
                deed("reset", 1),
            ],
            "drawn",
            "sharp",
        ),
        (
            [
                deed("classify", 1, class_name="sharp"),
                deed("classify", 1, class_name="smooth"),
                deed("undo"),
            ],
            "accepted",
            "sharp",
        ),
    ],
)
def test_a_class_is_given_kept_and_taken_back(deeds, status, class_name):
    state = fold(*deeds).states[1]
    assert (state.status, state.class_name) == (status, class_name)


def test_the_inventory_holds_the_classes_a_person_gave(mapped):
    given = {
        1: OutlineState("accepted", class_name="sharp"),
        12: OutlineState("drawn", SECOND, class_name="sharp"),
        13: OutlineState("drawn", FIRST),
    }
    plain = corrected(mapped[0], {}, GRID, "all").set_index("id")["class"]
    found = corrected(mapped[0], given, GRID, "all").set_index("id")["class"]
    assert (found[1], found[12]) == ("sharp", "sharp")
    assert found[[2, 3]].equals(plain[[2, 3]])
    # Drawn without a class it takes that of the outline it lies on, as the person named it.
    assert found[13] == "sharp"
