"""Points as reference: the published matrix, hand-made places, shapely's distances, bad input."""

import json

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from geoseg.errors import RasterError, ReferenceMapError
from geoseg.evaluation import Confusion
from geoseg.evaluation.points import accuracies, score_points
from geoseg.tasks import WETLANDS
from geoseg.tasks.ravines import RAVINES

PLACE = Affine(10, 0, 500_000, 0, -10, 6_600_000)
CRS = "EPSG:32633"


def write(path, values, transform=PLACE):
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=values.shape[0], width=values.shape[1],
        dtype="uint8", crs=CRS, transform=transform, nodata=255,
    ) as dataset:  # fmt: skip
        dataset.write(values.astype(np.uint8), 1)
    return path


def points(columns, x, y, crs=CRS):
    return geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy(x, y), crs=crs)


def at(cols, rows):
    """Return x, y of places counted in pixels from the corner."""
    return PLACE @ (np.asarray(cols, float), np.asarray(rows, float))


def test_the_published_accuracies_of_article_ii():
    found = accuracies(Confusion(tp=491, fp=351, fn=56, tn=4068))
    percent = {name: round(100 * found[name], 1) for name in ("sensitivity", "specificity")}
    assert percent == {"sensitivity": 89.8, "specificity": 92.1}
    assert round(100 * found["balanced_accuracy"], 1) == 90.9
    assert [round(100 * share, 1) for share in found["users"].values()] == [58.3, 98.6]
    assert [round(100 * share, 1) for share in found["producers"].values()] == [89.8, 92.1]


@pytest.fixture
def edge(tmp_path):
    """The feature fills columns 10 and beyond."""
    classes = np.zeros((30, 40), np.uint8)
    classes[:, 10:] = 1
    classes[:, 35:] = 255
    return write(tmp_path / "classes.tif", classes)


def test_a_point_beside_the_edge_is_right_within_the_tolerance(edge):
    cols, rows = [9.5, 8.9, 8.5, 20, 12], [5.5] * 5
    frame = points({"class": [1, 1, 1, 1, 0]}, *at(cols, rows))
    found = score_points(frame, edge, feature="wetland", tolerance_m=11)
    assert found.at_point == Confusion(tp=1, fp=1, fn=3)
    # 5 m, 11 m and 15 m from the edge; background is 20 m away from the last point.
    assert found.within == Confusion(tp=3, fp=1, fn=1)
    assert found.matrix == [[0, 3], [1, 1]]
    assert score_points(frame, edge, feature="wetland").within == found.at_point


def test_blocks_and_tolerance_agree_with_shapely(tmp_path):
    rng = np.random.default_rng(4)
    classes = rng.choice([0, 1, 255], (700, 530), p=[0.6, 0.1, 0.3]).astype(np.uint8)
    path = write(tmp_path / "classes.tif", classes, Affine(10, 0, 500_000, 0, -20, 6_600_000))
    cols, rows = rng.uniform(500, 530, 60), rng.uniform(500, 525, 60)
    true = rng.integers(0, 2, 60)
    frame = points({"class": true}, 500_000 + 10 * cols, 6_600_000 - 20 * rows)
    found = score_points(frame.to_crs(4326), path, feature="wetland", tolerance_m=17)
    expected = np.zeros(4, int)
    for col, row, truth in zip(cols, rows, true, strict=True):
        if classes[int(row), int(col)] == 255:
            continue
        spot = shapely.Point(10 * col, 20 * row)
        near = {
            int(classes[r, c])
            for r in range(int(row) - 2, int(row) + 3)
            for c in range(int(col) - 3, min(int(col) + 4, 530))
            if spot.distance(shapely.box(10 * c, 20 * r, 10 * c + 10, 20 * r + 20)) <= 17
        }
        right = int(truth) in near
        expected[{(1, 1): 0, (0, 0): 1, (0, 1): 2, (1, 0): 3}[int(right), int(truth)]] += 1
    assert found.within == Confusion(*expected.tolist())


def test_the_matrix_agrees_with_scikit_learn(tmp_path):
    rng = np.random.default_rng(5)
    classes = rng.integers(0, 2, (50, 50)).astype(np.uint8)
    path = write(tmp_path / "classes.tif", classes)
    cols, rows, true = rng.uniform(0, 50, 300), rng.uniform(0, 50, 300), rng.integers(0, 2, 300)
    frame = points({"class": true}, *at(cols, rows))
    found = score_points(frame, path, feature="landslide")
    mapped = classes[rows.astype(int), cols.astype(int)]
    assert found.matrix == confusion_matrix(mapped, true).tolist()
    record = json.loads(json.dumps(found.record(), allow_nan=False))
    trusted = balanced_accuracy_score(true, mapped)
    assert record["at_point"]["balanced_accuracy"] == pytest.approx(trusted)


def test_words_numbers_and_chosen_classes_count(edge):
    x, y = at([20, 20, 2], [5, 6, 7])
    for columns, choices in (
        ({"Type": ["Wetlands", "wetlands ", "forest"]}, {}),
        ({"name": ["a", "b", "c"], "label": ["mire", "mire", "forest"]}, {"positive": ("mire",)}),
        ({"kind": [3.0, 3.0, 1.0], "x": [1, 2, 3]}, {"column": "kind", "positive": (3,)}),
        ({"class": [True, True, False]}, {}),
    ):
        found = score_points(points(columns, x, y), edge, feature="wetland", **choices)
        assert found.at_point == Confusion(tp=2, tn=1)


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (["Hochmoor", "HOCHMOOR ", "Wald"], ("hochmoor",)),
        (["Hochmoor", "fen", "Wald"], ("HOCHMOOR", "Fen")),
        (["Öd", "o\u0308d", "Straße"], ("ÖD",)),
        (["STRASSE", "Straße", "Öd"], ("straße",)),
        (["Wald, nass", "wald,nass", "Wald"], ("Wald", "nass")),
        ([1.0, 1.0, 2.0], ("1",)),
        (["1", "1.0", "2"], (1,)),
        ([1_234_567, 1_234_567, 1_234_568], (1_234_567,)),
        ([True, True, False], ("true",)),
        ([1, 1, 0], ("wetland",)),
    ],
)
def test_a_class_is_found_by_its_word_whatever_its_letters(edge, kinds, wanted):
    frame = points({"Kind": kinds}, *at([20, 20, 2], [5, 6, 7]))
    choices = {"column": "kind", "positive": wanted, "labels": WETLANDS.classes}
    found = score_points(frame, edge, feature="wetland", **choices)
    assert found.at_point == Confusion(tp=2, tn=1)
    assert found.column == "Kind"


def test_the_names_of_feature_classes_count_without_a_word(tmp_path):
    names = ["ravine", "Smooth Ravine", "no ravine", "forest"]
    found = of_ravines(tmp_path, names, [15.5, 25.5, 2.5, 3.5], [5.5] * 4)
    assert found.at_point == Confusion(tp=2, tn=2)
    assert (
        "ravine, Smooth Ravine in column class counts as ravine, forest, no ravine as none"
        in (found.notes[0])
    )


def test_points_elsewhere_are_left_out_and_said(edge):
    frame = points({"class": [1, 1, 1, 0]}, *at([20, 400, 36, 2], [5, 5, 5, 5]))
    found = score_points(frame, edge, feature="wetland")
    assert found.at_point == Confusion(tp=1, tn=1)
    assert "1 points outside the map were left out" in found.notes
    assert "1 points where the map has no data were left out" in found.notes


def test_no_points_of_the_feature_leave_the_sensitivity_undefined(edge):
    found = score_points(points({"class": [0, 0]}, *at([2, 3], [5, 5])), edge, feature="wetland")
    record = found.record()
    assert record["at_point"]["sensitivity"] is record["at_point"]["f1"] is None
    assert "sensitivity is undefined: no point is of the feature" in record["notes"]


@pytest.mark.parametrize(
    ("columns", "choices", "sentence"),
    [
        ({"class": ["a", "b"]}, {}, "no point is of class 1: column class holds a, b; say which"),
        ({"class": [1, None]}, {}, "1 points have no class in column class"),
        (
            {"class": ["Bog", "Fen"]},
            {"positive": ("bog", "Mire")},
            "no point is of class Mire: column class holds Bog, Fen; say which",
        ),
        ({"A": [1, 0], "a": [1, 0]}, {"column": "á"}, "no column 'á'; their columns are A, a"),
        ({"a": [1, 0], "b": [1, 0]}, {}, "not clear which column .* its columns are a, b"),
        ({"a": [1, 0]}, {"column": "c"}, "no column 'c'; their columns are a, choose"),
        ({"class": [1, 0]}, {"tolerance_m": 900}, "more than 30 pixels of this map"),
        ({"class": [1, 0]}, {"tolerance_m": -1}, "0 metres or more, got -1"),
    ],
)
def test_what_cannot_be_compared_is_refused(edge, columns, choices, sentence):
    with pytest.raises(ReferenceMapError, match=sentence):
        score_points(points(columns, *at([2, 20], [5, 5])), edge, feature="wetland", **choices)


def test_points_of_another_place_are_refused(edge):
    with pytest.raises(ReferenceMapError, match="none of the 1 points lies on the map"):
        score_points(points({"class": [1]}, [0], [0]), edge, feature="wetland")
    with pytest.raises(ReferenceMapError, match="no coordinate reference system"):
        score_points(points({"class": [1]}, [0], [0], crs=None), edge, feature="wetland")


def of_ravines(tmp_path, names, cols, rows, tolerance_m=0.0, **choices):
    """Score points on a map whose columns are none, smooth from 10 and sharp from 20."""
    classes = np.zeros((30, 40), np.uint8)
    classes[:, 10:20], classes[:, 20:] = 1, 2
    path = write(tmp_path / "classes.tif", classes)
    frame = points({"class": names}, *at(cols, rows))
    choices = {"labels": RAVINES.classes, **choices}
    return score_points(frame, path, feature="ravine", tolerance_m=tolerance_m, **choices)


def test_classes_at_points_by_hand(tmp_path):
    names = ["Smooth ravine", "smooth ravine", "sharp ravine", "sharp ravine", "no ravine"]
    cols = [15.5, 9.5, 19.5, 8.5, 25.5]
    found = of_ravines(tmp_path, names, cols, [5.5] * 5, tolerance_m=11)
    assert found.by_class.at_point.matrix.tolist() == [[0, 1, 1], [0, 1, 1], [1, 0, 0]]
    # 9.5 has smooth ground near, 19.5 sharp; beside 8.5 there is none, within 15 m smooth ground.
    assert found.by_class.within.matrix.tolist() == [[0, 0, 1], [0, 2, 0], [1, 0, 1]]
    wider = of_ravines(tmp_path, names, cols, [5.5] * 5, tolerance_m=15)
    assert wider.by_class.within.matrix.tolist() == [[0, 0, 0], [0, 2, 1], [1, 0, 1]]
    record = json.loads(json.dumps(found.record()))
    assert record["within_tolerance"]["classes"][2]["reference_points"] == 2
    assert "tells the classes no ravine, smooth ravine, sharp ravine" in record["notes"][0]


@pytest.mark.parametrize("tolerance_m", [0, 7, 25])
def test_points_by_class_add_up_to_those_of_any_class(tmp_path, tolerance_m):
    rng = np.random.default_rng(5)
    true = rng.integers(0, 3, 300)
    cols, rows = rng.uniform(0, 40, 300), rng.uniform(0, 30, 300)
    found = of_ravines(tmp_path, true, cols, rows, tolerance_m)
    assert found.by_class.at_point.any_class() == found.at_point
    assert found.by_class.within.any_class() == found.within
    right = [np.trace(counts.matrix) for counts in (found.by_class.at_point, found.by_class.within)]
    assert right[0] <= right[1]
    mapped = np.digitize(np.floor(cols), [10, 20])
    assert (found.by_class.at_point.matrix == confusion_matrix(true, mapped).T).all()


@pytest.mark.parametrize(
    ("names", "choices"),
    [
        (["1", "0", "1"], {}),
        (["sharp ravine", "no ravine", "sharp ravine"], {"positive": ("sharp ravine",)}),
        (["ravine", "none", "ravine"], {}),
    ],
)
def test_yes_and_no_or_a_choice_tell_no_classes(tmp_path, names, choices):
    found = of_ravines(tmp_path, names, [15.5, 2.5, 3.5], [5.5] * 3, **choices)
    assert found.by_class is None
    assert found.at_point == Confusion(tp=1, fn=1, tn=1)
    assert "classes" not in found.record()["at_point"]


def test_a_map_beyond_the_legend_is_refused(tmp_path):
    path = write(tmp_path / "classes.tif", np.full((30, 40), 5, np.uint8))
    frame = points({"class": ["smooth ravine", "sharp ravine"]}, *at([2.5, 3.5], [5.5, 5.5]))
    with pytest.raises(RasterError, match="holds the class 5, the task has 0 no ravine"):
        score_points(frame, path, feature="ravine", labels=RAVINES.classes)
