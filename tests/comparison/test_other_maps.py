"""A map that is no run beside a run: the same counts, signed differences, points in pairs."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from geoseg.comparison import CompareRequest, compare
from geoseg.errors import GeosegError, GridError, SettingsError
from tests.comparison import made_up, made_up_classes
from tests.comparison.made_up import GRID, box, corner, mapped, truth, write, write_shapes


def old(shift=2) -> np.ndarray:
    """The old map: the large square, a little off, and one that is gone."""
    values = mapped(shift)
    values[35:40, 35:40] = 1
    return values


def old_polygons(path, shift=2, crs=4326, **columns):
    shapes = [box(10, 10 + shift, 20, 20), box(35, 35, 5, 5)]
    return write_shapes(path, shapes, crs, **columns)


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def beside(place, path, out, **choices):
    return compare(CompareRequest(run=place / "first", other=path, **choices), out)


@pytest.fixture(scope="module")
def compared_map(place, tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    path = write(folder / "old.tif", old())
    return folder / "out", beside(place, path, folder / "out", areas=place / "areas.gpkg")


def test_the_signed_difference_by_hand(place, compared_map):
    out, record = compared_map
    first, second = read(place / "first" / "classes.tif"), old()
    expected = (first == 1).astype(int) - (second == 1)
    expected[first == 255] = -128
    assert (read(out / "difference.tif") == expected).all()
    pixels = record["beside"]["difference"]["pixels"]
    assert pixels["only_first"] == 3 * 20
    assert pixels["only_second"] == 3 * 20 + 25
    assert pixels["both"] == 17 * 20
    assert sum(pixels.values()) == GRID.width * GRID.height
    assert (out / "other_map.tif").is_file()
    assert "only old.tif" in (out / "figures" / "difference.html").read_text()
    assert not (out / "probability_difference.tif").exists()


def test_both_are_scored_on_the_ground_both_know(place, compared_map):
    _, record = compared_map
    known = (truth() != 255) & (read(place / "first" / "classes.tif") != 255)
    right = (old() == 1) & (truth() == 1) & known
    assert record["beside"]["second_scores"]["tp"] == right.sum()
    assert record["run_vs_run"]["second_scores"]["tp"] == right.sum()
    assert record["beside"]["first_scores"]["tp"] == record["tp"]
    west = record["beside"]["areas"][0]
    assert west["name"] == "West"
    assert west["second"]["tp"] == right[:, :30].sum()
    assert record["run_vs_run"]["second"] == "old.tif"


@pytest.mark.parametrize("form", ["gpkg", "geojson", "coarse", "nodata 0", "codes", "words"])
def test_every_form_of_the_same_map_gives_the_same(place, tmp_path, compared_map, form):
    choices, path = {}, tmp_path / "old.tif"
    if form in ("gpkg", "geojson"):
        path = old_polygons(tmp_path / "old.gpkg")
        if form == "geojson":
            path = tmp_path / "old.geojson"
            gpd.read_file(tmp_path / "old.gpkg").to_file(path)
    elif form == "coarse":
        with rasterio.open(
            path, "w", driver="GTiff", count=1, dtype="uint8", width=120, height=120,
            crs=GRID.crs, transform=from_origin(made_up.WEST, made_up.NORTH, 5, 5),
        ) as dataset:  # fmt: skip
            dataset.write(np.kron(old(), np.ones((2, 2), np.uint8)), 1)
    elif form == "nodata 0":
        write(path, old(), nodata=0)
    elif form == "codes":
        write(path, np.where(old() == 1, 412, 311).astype(np.uint16), nodata=0)
        choices = {"other_positive": (412,)}
    else:
        path = old_polygons(tmp_path / "old.gpkg", Typ=["Hochmoor", "Öd"], id=[1, 2])
        choices = {"other_positive": ("HOCHMOOR", "öd")}
    found = beside(place, path, tmp_path / "out", **choices)
    expected = compared_map[1]["beside"]
    for key in ("pixels", "area_m2", "agreement"):
        assert found["beside"]["difference"][key] == expected["difference"][key]
    assert found["beside"]["second_scores"] == expected["second_scores"]


def points_at(path, rows, cols, **columns):
    return write_shapes(
        path, [shapely.Point(corner(r + 0.5, c + 0.5)) for r, c in zip(rows, cols, strict=True)],
        **columns,
    )  # fmt: skip


def test_points_pair_both_maps(place, tmp_path):
    rng = np.random.default_rng(3)
    rows, cols = rng.integers(6, 59, (2, 400))
    points = points_at(tmp_path / "p.gpkg", rows, cols, kind=truth()[rows, cols].tolist())
    path = write(tmp_path / "old.tif", old(9))
    record = beside(place, path, tmp_path / "out", points=points, tolerance_m=0)
    paired = record["beside"]["points"]["paired"]
    true = truth()[rows, cols]
    right = [(values[rows, cols] == true) for values in (mapped(5), old(9))]
    assert paired["points"] == 400
    assert paired["first_right"] == pytest.approx(right[0].mean())
    assert paired["second_right"] == pytest.approx(right[1].mean())
    assert paired["only_first"] == (right[0] & ~right[1]).sum()
    low, high = paired["interval"]
    assert low < paired["difference"] < high
    assert any("at 400 points that both maps know, first is right at" in n for n in record["notes"])
    assert record["points"]["at_point"]["tp"] == ((mapped(5)[rows, cols] == 1) & (true == 1)).sum()


def test_lines_are_laid_over_both(place, tmp_path):
    line = shapely.LineString([corner(20, 10), corner(20, 40)])
    lines = write_shapes(tmp_path / "lines.gpkg", [line])
    record = beside(place, old_polygons(tmp_path / "o.gpkg"), tmp_path / "out", lines=lines)
    assert record["lines"]["length_weighted_overlap"] == pytest.approx(20 / 30)
    assert record["beside"]["lines"]["length_weighted_overlap"] == pytest.approx(20 / 30)


def test_two_runs_have_a_difference_of_probability_too(compared, place):
    out, record = compared
    found = read(out / "probability_difference.tif")
    parts = [read(place / name / "probability.tif") for name in ("first", "second")]
    assert np.allclose(found, parts[0] - parts[1], equal_nan=True)
    assert np.nanmin(found) < 0 < np.nanmax(found)
    assert record["beside"]["is_run"]


def test_a_map_alone_is_compared_without_what_it_cannot_have(place, tmp_path):
    path = write(tmp_path / "old.tif", old())
    reference = place / "first" / "reference.tif"
    out = tmp_path / "out"
    record = compare(CompareRequest(run=path, reference=reference), out)
    assert record["tp"] == ((old() == 1) & (truth() == 1)).sum()
    assert record["best_threshold"] is record["calibration"] is record["threshold"] is None
    assert any("old.tif is no run of GeoSeg: there is no probability" in n for n in record["notes"])
    assert json.loads((out / "metrics.json").read_text()) == record
    assert not (out / "curves.json").exists()
    assert (out / "figures" / "performance_diagram.html").is_file()
    assert (read(out / "map.tif") == old()).all()


def test_two_maps_and_points_need_no_reference(tmp_path):
    first, second = write(tmp_path / "a.tif", old()), old_polygons(tmp_path / "b.gpkg", shift=0)
    points = points_at(tmp_path / "p.gpkg", [20, 20, 50], [11, 20, 50], **{"class": [1, 1, 0]})
    request = CompareRequest(run=first, other=second, points=points, tolerance_m=0)
    record = compare(request, tmp_path / "out")
    assert record["beside"]["points"]["paired"]["only_second"] == 1
    assert record["beside"]["first_scores"] is None
    assert record["beside"]["difference"]["pixels"]["only_second"] == 2 * 20


@pytest.mark.parametrize(
    ("values", "choices", "words"),
    [
        (old() + 3, {}, "none of them 0, so it is not clear .* --other-positive"),
        (old(), {"other_positive": (9,)}, "holds no class 9 here; its classes are 0, 1"),
        (old(), {"other_positive": ("Moor",)}, "takes class ids such as"),
        (old() * np.float32(0.3), {}, "which is no class id"),
        (np.full_like(old(), 255), {}, "every pixel is no data"),
    ],
)
def test_a_map_that_cannot_be_compared_is_refused(place, tmp_path, values, choices, words):
    with pytest.raises(GeosegError, match=words):
        beside(place, write(tmp_path / "old.tif", values), tmp_path / "out", **choices)
    assert not (tmp_path / "out").exists()


def test_a_map_of_another_place_and_unknown_words_are_refused(place, tmp_path):
    away = write_shapes(tmp_path / "away.gpkg", [box(900, 900, 9, 9)])
    with pytest.raises(GridError, match=r"away\.gpkg does not lie where it is compared"):
        beside(place, away, tmp_path / "out")
    named = old_polygons(tmp_path / "named.gpkg", Typ=["Moor", "Wald"])
    with pytest.raises(
        SettingsError, match=r"no column of named\.gpkg holds Mire; .* Typ: Moor, W"
    ):
        beside(place, named, tmp_path / "out", other_positive=("Mire",))
    with pytest.raises(GeosegError, match="none of the files is a raster"):
        compare(CompareRequest(run=named, other=away), tmp_path / "out")
    assert gpd.read_file(named)["Typ"].tolist() == ["Moor", "Wald"]


def test_a_map_that_says_yes_or_no_stands_beside_a_run_of_several_classes(tmp_path):
    run = made_up_classes.make_run(tmp_path / "ravines")
    first = read(run / "classes.tif")
    old_map = write(tmp_path / "old.tif", (first % 255 > 0).astype(np.uint8))
    places = (5, 15, 45)
    names = ["no ravine", "Smooth Ravine", "SHARP RAVINE"]
    points = points_at(tmp_path / "p.gpkg", places, places, **{"class": names})
    request = CompareRequest(run=run, other=old_map, points=points, tolerance_m=0)
    record = compare(request, tmp_path / "out")
    found = record["beside"]["difference"]["pixels"]
    assert found["only_first"] == found["only_second"] == found["other_class"] == 0
    assert record["points"]["at_point"]["classes"]
    assert "classes" not in record["beside"]["points"]["second"]["at_point"]
    assert record["beside"]["points"]["paired"]["only_first"] == 0
    by_class = write(tmp_path / "by_class.tif", np.where(first == 1, 2, first).astype(np.uint8))
    again = compare(CompareRequest(run=run, other=by_class), tmp_path / "again")
    assert again["beside"]["difference"]["pixels"]["other_class"] == (first == 1).sum()
