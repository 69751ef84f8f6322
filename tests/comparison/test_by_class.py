"""A run of several classes is judged class by class, pixels and outlines alike."""

import json

import pytest
import rasterio
import shapely

from geoseg.comparison import CompareRequest, compare
from geoseg.exports.report import write_report
from tests.comparison import made_up, made_up_classes


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made_up_classes.make_run(tmp_path_factory.mktemp("several") / "run")


@pytest.fixture(scope="module")
def record(run, tmp_path_factory):
    return compare(CompareRequest(run=run), tmp_path_factory.mktemp("own") / "out")


def test_the_classes_are_those_the_run_counted(record):
    assert record["class_matrix"] == made_up_classes.matrix()
    assert [row["name"] for row in record["classes"]] == [
        "no ravine",
        "smooth ravine",
        "sharp ravine",
    ]
    assert record["classes"][1]["precision"] == 0.75
    assert record["classes"][1]["recall"] == 0.75
    # Any class against none: the sharp square counts as found though it is called smooth.
    assert (record["tp"], record["fp"], record["fn"]) == (400, 0, 100)


def test_an_outline_of_the_wrong_class_is_false_and_the_true_one_missed(record):
    smooth, sharp = record["objects"]["by_class"]
    assert (smooth["detected"], smooth["missed"]) == (1, 0)
    assert (smooth["confirmed"], smooth["false"]) == (1, 1)
    assert (sharp["detected"], sharp["missed"], sharp["confirmed"], sharp["false"]) == (0, 1, 0, 0)
    assert sharp["precision"] is None
    assert record["objects"]["overlap"]["detected"] == 2


@pytest.mark.parametrize("kind", ["raster", "polygons"])
def test_a_given_reference_is_read_class_by_class(run, tmp_path, kind):
    if kind == "raster":
        given = made_up.write(tmp_path / "given.tif", made_up_classes.truth())
    else:
        corner = shapely.affinity.affine_transform
        ground = made_up.GRID.transform.to_shapely()
        squares = [
            corner(shapely.box(*box), ground) for box in ((10, 10, 30, 30), (40, 40, 50, 50))
        ]
        given = tmp_path / "given.gpkg"
        made_up.write_shapes(given, squares, **{"class": ["smooth ravine", "sharp ravine"]})
    record = compare(CompareRequest(run=run, reference=given), tmp_path / "out")
    assert record["class_matrix"] == made_up_classes.matrix()
    assert [row["missed"] for row in record["objects"]["by_class"]] == [0, 1]
    with rasterio.open(tmp_path / "out" / "reference_classes.tif") as drawn:
        assert (drawn.read(1) == made_up_classes.truth()).all()


def test_a_reference_without_classes_is_said_to_tell_none(tmp_path):
    run = made_up_classes.make_run(tmp_path / "run", classes_known=False)
    record = compare(CompareRequest(run=run), tmp_path / "out")
    assert "classes" not in record
    assert record["objects"]["by_class"] == []
    assert any("does not tell the classes apart" in note for note in record["notes"])


def test_figures_and_report_tell_the_classes(run, record, tmp_path):
    from geoseg.figures.class_matrix import class_matrix

    figure = class_matrix(record)
    (cells,) = figure.data
    told = dict(zip(zip(cells.x, cells.y, strict=True), cells.text, strict=True))
    assert told[1, 2] == "<b>100</b>"  # mapped smooth, truly sharp
    texts = [note.text for note in figure.layout.annotations]
    assert sum("0.75" in text for text in texts) == 2
    assert sum("undefined" in text for text in texts) == 1
    page = write_report(run, tmp_path / "report.html").read_text()
    assert (
        "Of 100 pixels of sharp ravine in the reference, 100 are mapped as smooth ravine." in page
    )
    assert "Probability: sharp ravine" in page
    assert "Class by class" not in page  # one class only was mapped
    assert json.dumps(record)  # JSON-ready as a whole
