"""Sub-areas, kinds of ground, seven colours and corrected areas tell the classes of a run apart."""

import csv

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.windows import Window
from sklearn.metrics import f1_score, jaccard_score

from geoseg.comparison import CompareRequest, compare
from geoseg.comparison.quick import count_areas
from geoseg.comparison.tables import AREA_COLUMNS
from geoseg.evaluation.area_squares import SquareCounts
from geoseg.evaluation.classes import ClassCounts, rows_by_class
from geoseg.exports.raster import RasterWriter
from geoseg.exports.report_findings import read_findings
from tests.comparison import made_up, made_up_classes

COUNTS = ("tp", "fp", "fn", "tn")
BOXES = {"West": (0, 0, 60, 28), "East": (0, 28, 35, 32), "South": (35, 28, 25, 32)}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    made_up_classes.make_run(folder / "run")
    slope = np.tile(np.where(np.arange(60) < 20, 2.0, 30.0), (60, 1)).astype(np.float32)
    bands = ("slope", "tpi100m", "roughness5m")
    with RasterWriter(folder / "stack.tif", made_up.GRID, bands, "float32", np.nan) as writer:
        writer.write(0, np.stack([slope] * 3))
    boxes = [made_up.box(*box) for box in BOXES.values()]
    made_up.write_shapes(folder / "areas.gpkg", boxes, 4326, name=list(BOXES))
    return folder


@pytest.fixture(scope="module")
def record(home):
    request = CompareRequest(
        run=home / "run", other=home / "run", areas=home / "areas.gpkg",
        rasters=(home / "stack.tif",),
    )  # fmt: skip
    return compare(request, home / "out")


def summed(rows):
    return np.sum([row["class_matrix"] for row in rows], axis=0).tolist()


def test_parts_that_tile_the_map_sum_to_the_whole(record):
    assert summed(record["areas"]) == record["class_matrix"] == made_up_classes.matrix()
    kinds = {row["kind"] for row in record["strata"]}
    assert kinds == {"slope", "coverage"}
    for kind in kinds:
        assert summed([row for row in record["strata"] if row["kind"] == kind]) == summed([record])


def test_class_counts_of_every_part_add_up_to_those_of_any_class(record):
    for row in (record, *record["areas"], *record["strata"]):
        any_class = ClassCounts.of(row["class_matrix"]).any_class()
        assert vars(any_class) == {name: row[name] for name in COUNTS}
        of_one = rows_by_class(row)
        # A pixel is right, or wrong for one class on the map and for one in the reference.
        assert sum(part["positives"] for part in of_one) == row["tp"] + row["fn"]
        assert all(part["pixels"] == any_class.total for part in of_one)


def test_the_scores_of_a_part_by_hand(record):
    west, east, south = record["areas"]
    smooth, sharp = west["classes"][1:]
    # West holds 18 of 20 columns of the smooth square, 15 of them mapped.
    assert (smooth["precision"], smooth["recall"]) == (1, 15 / 18)
    assert (sharp["f1"], sharp["reference_pixels"]) == (None, 0)
    assert east["classes"][1]["mapped_pixels"] == 0
    # South holds the sharp square, which is called smooth.
    assert (south["precision"], south["recall"], south["macro_f1"]) == (1, 1, 0)
    assert [row["small"] for row in rows_by_class(south)] == [True, False]


def test_the_scores_of_a_part_agree_with_scikit_learn(record):
    for name, row in zip(BOXES, record["areas"], strict=True):
        top, left, height, width = BOXES[name]
        part = np.s_[top : top + height, left : left + width]
        true = made_up_classes.truth()[part].ravel()
        mapped = made_up_classes.mapped()[part].ravel()
        for label in row["classes"]:
            if label["iou"] is not None:
                ids = {"labels": [label["id"]], "average": None}
                assert label["iou"] == pytest.approx(jaccard_score(true, mapped, **ids)[0])
                assert label["f1"] == pytest.approx(f1_score(true, mapped, **ids)[0])


def test_the_table_has_rows_for_every_class(home, record):
    with (home / "out" / "areas.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == (*AREA_COLUMNS, "class", "macro_f1")
    of_south = [row for row in rows if row["name"] == "South"]
    assert [row["class"] for row in of_south] == ["any class", "smooth ravine", "sharp ravine"]
    assert [row["macro_f1"] for row in of_south] == ["0.0", "", ""]
    assert [row["fn"] for row in of_south] == ["0", "0", "100"]
    assert len(rows) == 3 * (1 + len(record["areas"]) + len(record["strata"]))


def test_areas_counted_at_once_are_those_of_the_comparison(home, record):
    found = count_areas(home / "run", gpd.read_file(home / "areas.gpkg"))
    for row, expected in zip(found.rows, record["areas"], strict=True):
        assert {key: row[key] for key in expected} == expected
    assert found.mean == record["mean_of_areas"]
    assert found.mean["macro_f1"] == pytest.approx((2 * 15 / 33 + 0 + 0) / 3)


def test_one_feature_class_keeps_the_keys_it_had(compared):
    folder, record = compared
    for row in (*record["areas"], *record["strata"]):
        assert not {"classes", "macro_f1", "class_matrix"} & set(row)
        assert rows_by_class(row) == []
    assert "area_by_class" not in record
    assert "macro_f1" not in record["seven_colours"]["first_scores"]
    with (folder / "areas.csv").open() as file:
        assert tuple(next(csv.reader(file))) == AREA_COLUMNS


def test_a_feature_of_the_wrong_class_is_not_found_in_the_seven_colours(home, record):
    seven = record["seven_colours"]
    pixels = {row["colour"]: row["pixels"] for row in seven["colours"]}
    # Single: the smooth square and half of the sharp one; ensemble: 300 smooth, no sharp.
    assert pixels == {
        "background": 3095, "red": 5, "blue": 0, "magenta": 0,
        "green": 50, "yellow": 150, "cyan": 0, "white": 300,
    }  # fmt: skip
    assert sum(pixels.values()) == seven["total"] == 3600
    assert "another class" in seven["colours"][4]["meaning"]
    with rasterio.open(home / "out" / "single_vs_ensemble.tif") as raster:
        assert np.bincount(raster.read(1).ravel(), minlength=8).tolist() == list(pixels.values())


def test_the_scores_beside_the_seven_colours_are_of_any_class_with_macro_f1(record):
    second = record["seven_colours"]["second_scores"]
    assert {name: second[name] for name in COUNTS} == {name: record[name] for name in COUNTS}
    assert second["class_matrix"] == record["class_matrix"]
    assert record["seven_colours"]["first_scores"]["macro_f1"] > second["macro_f1"]


def test_a_run_beside_itself_differs_nowhere(record):
    colours = {row["colour"]: row["pixels"] for row in record["run_vs_run"]["colours"]}
    assert colours["red"] == colours["blue"] == colours["yellow"] == colours["cyan"] == 0


def test_a_reference_of_the_whole_map_gives_the_area_of_every_class(record):
    rows = record["area_by_class"]["classes"]
    assert [row["name"] for row in rows] == ["no ravine", "smooth ravine", "sharp ravine"]
    assert [row["area_m2"]["value"] for row in rows] == pytest.approx([310_000, 40_000, 10_000])
    assert [row["mapped_m2"] for row in rows] == [320_000, 40_000, 0]
    assert rows[1]["area_m2"]["low"] < 40_000 < rows[1]["area_m2"]["high"]
    feature = record["area_estimate"]["classes"][1]["area_m2"]["value"]
    assert sum(row["area_m2"]["value"] for row in rows[1:]) == pytest.approx(feature)


def test_squares_of_two_classes_are_the_squares_of_any_class():
    rng = np.random.default_rng(1)
    mapped, true = rng.integers(0, 2, (2, 80, 80)).astype(np.uint8)
    window, names = Window(0, 0, 80, 80), ("none", "feature")
    plain, told = SquareCounts(80, 80), SquareCounts(80, 80, classes=2)
    plain.add(window, mapped * 7, true)
    told.add(window, mapped, true)
    assert plain.estimate(100, names) == told.estimate(100, names)


def test_ids_that_the_legend_lacks_are_told(tmp_path):
    run = made_up.make_run(tmp_path / "run")
    cover = np.full((60, 60), 4, np.float32)
    # The last column is no data on the map: what lies there is no loss.
    cover[:10, :20], cover[59, :5], cover[:, 59] = 11, 40, 99
    path = made_up.write(tmp_path / "CART_landcover.tif", cover)
    record = compare(CompareRequest(run=run, rasters=(path,)), tmp_path / "out")
    (note,) = [note for note in record["notes"] if "ids without a name" in note]
    assert "11 (200 pixels), 40 (5 pixels), 205 pixels in all" in note
    assert "1 urban, 2 forest" in note
    named = sum(row["pixels"] for row in record["strata"] if row["kind"] == "land cover")
    # Of the 205 pixels the reference does not know 25.
    assert named == sum(record[name] for name in COUNTS) - 180


def test_points_correct_the_area_of_every_class(home, tmp_path):
    cells = [(row, col) for row in range(2, 60, 4) for col in range(2, 60, 4)]
    places = [made_up.corner(row + 0.5, col + 0.5) for row, col in cells]
    names = ["no ravine", "smooth ravine", "sharp ravine"]
    true = [names[made_up_classes.truth()[cell]] for cell in cells]
    points = made_up.write_shapes(
        tmp_path / "points.gpkg", [shapely.Point(place) for place in places], **{"class": true}
    )
    request = CompareRequest(run=home / "run", points=points, tolerance_m=0)
    record = compare(request, tmp_path / "out")["points"]
    matrix, mapped = record["at_point"]["class_matrix"], [320_000, 40_000, 0]
    assert np.sum(matrix) == len(places)
    estimate = record["area_by_class"]
    assert [row["mapped_m2"] for row in estimate["classes"]] == mapped
    shares = np.array(matrix[:2]) / np.sum(matrix[:2], axis=1, keepdims=True)
    found = [row["area_m2"]["value"] for row in estimate["classes"]]
    assert found == pytest.approx((np.array(mapped[:2]) @ shares).tolist())
    assert sum(found) == pytest.approx(360_000)
    assert (
        estimate["classes"][2]["area_m2"]["low"]
        < 10_000
        < estimate["classes"][2]["area_m2"]["high"]
    )


def test_a_mapped_class_without_a_point_is_said(home, tmp_path):
    places = [shapely.Point(made_up.corner(row, 2)) for row in (2, 5)]
    points = made_up.write_shapes(
        tmp_path / "p.gpkg", places, **{"class": ["no ravine", "sharp ravine"]}
    )
    record = compare(CompareRequest(run=home / "run", points=points), tmp_path / "out")
    assert record["points"]["area_by_class"] is None
    assert any(
        "no area of every class by the points" in note and "smooth ravine" in note
        for note in record["notes"]
    )


def test_the_report_tells_parts_and_areas_by_class(home, record):
    told = read_findings(home / "out", "ravine")
    rows = {(row["name"], row["f1"]) for row in told.ground if row["kind"] == "sub-area"}
    assert ("South", "1.00") in rows
    assert ("South: sharp ravine", "0.00") in rows
    assert ("West: smooth ravine", "0.91") in rows
    # East holds no sharp ravine on either side: no row says so.
    assert not any(name == "East: sharp ravine" for name, _ in rows)
    assert told.area[-1].startswith("Of sharp ravine the map shows 0 m²; corrected it is 1.0 ha")
    assert "as a mean of the classes (macro F1)" in told.single[0]
    assert "gave 0 pixels of ravine their right class" in told.single[1]
    assert "Scores by sub-area" in (home / "out" / "figures" / "sub_areas.html").read_text()
    assert (home / "out" / "figures" / "area_by_class.html").is_file()
