"""What cannot be compared is told in one sentence, and nothing is written."""

import json
import shutil

import numpy as np
import pytest
import shapely
from affine import Affine

from geoseg.comparison import CompareRequest, compare
from geoseg.errors import (
    ExportError,
    GeosegError,
    GridError,
    OutputError,
    ReferenceMapError,
)
from tests.comparison import made_up


def refused(fault, words, place, tmp_path, **changes):
    with pytest.raises(fault, match=words):
        compare(CompareRequest(**{"run": place / "first"} | changes), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_run(place, tmp_path):
    refused(ExportError, "expected the folder of a finished run", place, tmp_path, run=tmp_path)
    refused(ExportError, "there is no file or folder", place, tmp_path, run=tmp_path / "nowhere")


def test_a_run_whose_map_is_gone(place, tmp_path):
    run = shutil.copytree(place / "first", tmp_path / "torn")
    (run / "classes.tif").unlink()
    refused(GeosegError, "there is no file", place, tmp_path, run=run)


def test_runs_on_different_grids(place, tmp_path):
    run = shutil.copytree(place / "second", tmp_path / "moved")
    record = json.loads((run / "run.json").read_text())
    record["grid"]["transform"][2] += 5
    (run / "run.json").write_text(json.dumps(record))
    refused(GridError, "its run.json says", place, tmp_path, other=run)
    other = tmp_path / "elsewhere"
    grid = made_up.GRID
    made_up.GRID = grid.__class__(
        grid.crs, grid.transform @ Affine.translation(7, 0), grid.width, grid.height
    )
    try:
        made_up.make_run(other)
    finally:
        made_up.GRID = grid
    refused(GridError, "the runs lie on different grids", place, tmp_path, other=other)


def test_the_folder_of_a_run_is_never_written_into(place, tmp_path):
    with pytest.raises(OutputError, match="is an input of this very step"):
        compare(CompareRequest(run=place / "first"), place / "first")


def test_a_run_without_reference_and_nothing_else(tmp_path, place):
    run = made_up.make_run(tmp_path / "bare", reference=False)
    refused(ReferenceMapError, "nothing to compare with", place, tmp_path, run=run)


def test_lines_where_polygons_were_expected(place, tmp_path):
    line = shapely.LineString([(made_up.WEST, made_up.NORTH), (made_up.WEST + 90, made_up.NORTH)])
    lines = made_up.write_shapes(tmp_path / "lines.gpkg", [line])
    words = "expected polygons only.*lines belong to --lines"
    refused(ReferenceMapError, words, place, tmp_path, reference=lines)
    refused(GridError, words, place, tmp_path, areas=lines)


def test_every_sub_area_outside_the_map(place, tmp_path):
    areas = made_up.write_shapes(tmp_path / "far.gpkg", [made_up.box(500, 500, 10, 10)])
    refused(GridError, "no area of far.gpkg touches the map", place, tmp_path, areas=areas)


def test_a_reference_without_any_positive_leaves_recall_undefined_and_says_so(place, tmp_path):
    empty = made_up.write(tmp_path / "empty.tif", np.zeros((made_up.SIDE,) * 2, np.uint8))
    record = compare(CompareRequest(run=place / "first", reference=empty), tmp_path / "out")
    assert record["tp"] == record["fn"] == 0
    assert record["fp"] > 0
    assert record["precision"] == 0
    assert record["recall"] is None
    notes = "\n".join(record["notes"])
    assert "recall is undefined: the reference holds no pixel" in notes
    assert "every find counts as a false alarm" in notes
    assert record["objects"]["overlap"]["recall"] is None


def test_overlapping_and_invalid_polygons_of_a_reference_are_one_ground(place, tmp_path):
    offset = np.array([made_up.WEST + 100, made_up.NORTH - 300])
    bow = shapely.Polygon(np.array([(0, 0), (200, 200), (200, 0), (0, 200)]) + offset)
    twice = [made_up.box(10, 10, 20, 20), made_up.box(10, 10, 20, 20)]
    reference = made_up.write_shapes(tmp_path / "twice.gpkg", [*twice, bow])
    record = compare(CompareRequest(run=place / "first", reference=reference), tmp_path / "out")
    assert record["tp"] + record["fn"] == 400
    overlap = record["objects"]["overlap"]
    assert overlap["detected"] + overlap["missed"] == 1
    assert any("share ground count as one object" in note for note in record["notes"])


def test_a_comparison_replaces_its_own_files_and_no_one_elses(place, tmp_path):
    out, request = tmp_path / "out", CompareRequest(run=place / "first", places=0)
    (out / "figures").mkdir(parents=True)
    (out / "figures" / "mine.html").write_text("drawn by hand")
    with pytest.raises(OutputError, match=r"mine\.html"):
        compare(request, out)
    (out / "figures" / "mine.html").unlink()
    compare(request, out)
    compare(request, out)
    (out / "areas.csv").write_text("my own table")
    with pytest.raises(OutputError, match=r"areas\.csv"):
        compare(request, out)
    assert (out / "areas.csv").read_text() == "my own table"


def test_the_folder_of_another_run_is_not_mixed_with_a_comparison(place, tmp_path):
    other = shutil.copytree(place / "second", tmp_path / "other")
    before = {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()}
    with pytest.raises(OutputError):
        compare(CompareRequest(run=place / "first"), other)
    assert {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()} == before
