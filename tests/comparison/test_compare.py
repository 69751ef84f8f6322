"""Two runs and their reference: what the folder of a comparison holds, by hand and by peers."""

import csv
import json

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from sklearn import metrics

from geoseg.comparison import CompareRequest, compare, list_files
from geoseg.errors import RunCancelledError
from tests.comparison import made_up


def read(path):
    with rasterio.open(path) as raster:
        return raster.read(1)


def known():
    """Pixels that map and reference both know."""
    inside = made_up.truth() != 255
    inside[:, -1] = False
    return inside


def test_the_seven_colours_and_the_four_add_up_to_the_pixels(compared):
    folder, record = compared
    pixels = known().sum()
    assert sum(record[name] for name in ("tp", "fp", "fn", "tn")) == pixels
    for name in ("seven_colours", "run_vs_run"):
        part = record[name]
        assert part["total"] == pixels
        assert part["total"] + part["unknown"] == made_up.SIDE**2
        codes = np.bincount(read(folder / f"{name_of(name)}.tif").ravel(), minlength=256)
        assert [row["pixels"] for row in part["colours"]] == codes[:8].tolist()
        assert sum(row["share"] for row in part["colours"]) == pytest.approx(1)


def name_of(part):
    return {"seven_colours": "single_vs_ensemble"}.get(part, part)


def test_the_counts_by_hand(compared):
    _, record = compared
    # The large square lies five columns too far right; the small one is missed.
    assert [record[k] for k in ("tp", "fp", "fn")] == [15 * 20, 5 * 20, 5 * 20 + 25]
    colours = {row["colour"]: row["pixels"] for row in record["seven_colours"]["colours"]}
    # The single member lies three columns farther still.
    assert colours["red"] == colours["cyan"] == 3 * 20
    assert colours["magenta"] == 5 * 20
    assert colours["green"] == 5 * 20 + 25
    assert colours["blue"] == colours["yellow"] == 0
    assert colours["white"] == 12 * 20


def test_the_scores_agree_with_scikit_learn(compared):
    _, record = compared
    true, found = made_up.truth()[known()], made_up.mapped(5)[known()]
    assert record["precision"] == pytest.approx(metrics.precision_score(true, found))
    assert record["recall"] == pytest.approx(metrics.recall_score(true, found))
    assert record["mcc"] == pytest.approx(metrics.matthews_corrcoef(true, found))
    assert record["by_class"][1]["users"] == pytest.approx(
        metrics.precision_score(true, found, pos_label=0)
    )
    other = made_up.mapped(2)[known()]
    assert record["run_vs_run"]["second_scores"]["f1"] == pytest.approx(
        metrics.f1_score(true, other)
    )


def test_sub_areas_and_kinds_of_ground_share_the_pixels_out(compared):
    _, record = compared
    west, east = record["areas"]
    assert [west["name"], east["name"]] == ["West", "East"]
    for kind in ("slope", "aspect", "land cover", "coverage"):
        rows = [row for row in record["strata"] if row["kind"] == kind]
        assert sum(row["tp"] for row in rows) == record["tp"], kind
    for name in ("tp", "fp", "fn", "tn"):
        assert west[name] + east[name] == record[name]
    assert east["small"]
    assert not west["small"]
    assert record["mean_of_areas"]["recall"] == pytest.approx((0.75 + 0) / 2)
    assert "sub-area Beside lies outside the map and is left out" in record["notes"]


def test_an_area_without_the_feature_has_no_recall_and_says_why(place):
    boxes = [made_up.box(32, 2, 10, 6)]
    areas = made_up.write_shapes(place / "bare.gpkg", boxes, name=["Bare"])
    record = compare(CompareRequest(run=place / "first", areas=areas), place / "bare")
    assert record["areas"][0]["recall"] is None
    assert record["areas"][0]["precision"] is None
    assert any(note.startswith("sub-area Bare: recall is undefined") for note in record["notes"])
    assert any("rasters were not given" in note for note in record["notes"])


def test_the_table_of_areas_says_what_the_record_says(compared):
    folder, record = compared
    with (folder / "areas.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows[:3]] == ["whole map", "sub-area", "sub-area"]
    assert len(rows) == 3 + len(record["strata"])
    by_name = {row["name"]: row for row in rows}
    assert by_name["East"]["small"] == "yes"
    assert float(by_name["West"]["f1"]) == pytest.approx(record["areas"][0]["f1"], abs=1e-6)
    assert by_name["15 to 25°"]["recall"] == ""


def test_outlines_are_counted(compared):
    folder, record = compared
    overlap = record["objects"]["overlap"]
    assert [overlap[k] for k in ("detected", "missed", "confirmed", "false")] == [1, 1, 1, 0]
    with (folder / "objects.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["status"] for row in rows) == ["confirmed", "detected", "missed"]


def test_doubt_is_told(compared):
    _, record = compared
    assert set(record["selective"]) == {"spread", "entropy", "mutual_information"}
    last = record["selective"]["entropy"][-1]
    assert last["kept"] == pytest.approx(1)
    assert last["f1"] == pytest.approx(record["f1"])
    feature = record["area_estimate"]["classes"][1]
    assert feature["mapped_m2"] == pytest.approx(400 * 100)
    # Where the reference is known nearly everywhere the corrected area is nearly its own.
    assert feature["area_m2"]["value"] == pytest.approx(425 * 100, rel=0.01)
    before, after = record["calibration"]["before"], record["calibration"]["after"]
    assert after["log_loss"] <= before["log_loss"]


def test_the_record_on_disk_is_the_record_returned_and_figures_need_no_internet(compared):
    folder, record = compared
    assert json.loads((folder / "metrics.json").read_text()) == record
    pages = list((folder / "figures").glob("*.html"))
    assert {"performance_diagram", "f1_by_size", "sub_areas", "by_slope"} <= {p.stem for p in pages}
    for page in pages:
        text = page.read_text()
        assert "https://cdn" not in text
        assert 'src="plotly.min.js"' in text
    names = [file.name for file in list_files(folder)]
    assert names[0] == "confusion.tif"
    assert "figures/sub_areas.html" in names


def test_a_reference_of_another_crs_gives_the_same_counts(place, compared):
    shapes = [made_up.box(10, 10, 20, 20), made_up.box(45, 45, 5, 5)]
    reference = made_up.write_shapes(place / "truth.gpkg", shapes, 4326)
    out = place / "far"
    record = compare(CompareRequest(run=place / "first", reference=reference), out)
    assert [record[k] for k in ("tp", "fp", "fn")] == [compared[1][k] for k in ("tp", "fp", "fn")]
    assert (out / "reference.tif").is_file()
    assert record["ensemble_sizes"] is None
    assert any("own reference only" in note for note in record["notes"])


def test_an_older_run_is_compared_without_what_it_lacks(tmp_path):
    run = made_up.make_run(tmp_path / "old", new=False)
    record = compare(CompareRequest(run=run), tmp_path / "out")
    assert record["seven_colours"] is None
    assert not (tmp_path / "out" / "single_vs_ensemble.tif").exists()
    assert any("made by an older version; run again" in note for note in record["notes"])
    assert record["tp"] == 300


def test_a_cancelled_comparison_leaves_the_older_one_as_it_was(place, tmp_path):
    request = CompareRequest(run=place / "first")
    compare(request, tmp_path / "out")
    before = (tmp_path / "out" / "metrics.json").read_text()
    answers = iter([False, False, True])
    with pytest.raises(RunCancelledError):
        compare(request, tmp_path / "out", cancelled=lambda: next(answers, True))
    assert (tmp_path / "out" / "metrics.json").read_text() == before
    assert not list((tmp_path / "out").glob(".partial*"))


def test_lines_alone_are_a_reference(place, tmp_path):
    run = made_up.make_run(tmp_path / "bare", reference=False)
    along = shapely.LineString([made_up.corner(20, 10), made_up.corner(20, 20)])
    away = shapely.LineString([made_up.corner(50, 10), made_up.corner(50, 20)])
    lines = made_up.write_shapes(tmp_path / "lines.gpkg", [along, away], 4326)
    record = compare(CompareRequest(run=run, lines=lines), tmp_path / "out")
    # The map begins at column 15: half of one line is found, nothing of the other.
    assert record["lines"]["length_weighted_overlap"] == pytest.approx(0.25, abs=1e-3)
    assert record["lines"]["coverage_of_intersecting"] == 1
    assert "tp" not in record
    assert "no scores of pixels: no reference of areas" in record["notes"]
    assert not (tmp_path / "out" / "confusion.tif").exists()
    assert (tmp_path / "out" / "visits.csv").is_file()
    drawn = geopandas.read_file(tmp_path / "out" / "lines.gpkg", layer="lines")
    assert sorted(drawn["status"]) == ["in part", "missed"]
    assert (tmp_path / "out" / "figures" / "lines.html").is_file()


def test_points_with_a_tolerance(place, tmp_path):
    # Right, missed by 5 columns (50 m), missed by 55 m, rightly left out.
    places = [made_up.corner(20.5, 20.5), made_up.corner(20.5, 10.5), made_up.corner(50, 50)]
    points = made_up.write_shapes(
        tmp_path / "points.gpkg", [shapely.Point(place) for place in places], 4326,
        kind=["landslide", "landslide", "none"],
    )  # fmt: skip
    request = CompareRequest(run=place / "first", points=points, point_class="kind", tolerance_m=50)
    record = compare(request, tmp_path / "out")["points"]
    at_point, within = record["at_point"], record["within_tolerance"]
    assert [at_point[k] for k in ("tp", "fp", "fn", "tn")] == [1, 0, 1, 1]
    assert [within[k] for k in ("tp", "fp", "fn", "tn")] == [2, 0, 0, 1]
    assert at_point["sensitivity"] == 0.5


def test_places_to_visit_and_to_label_are_listed(compared):
    folder, record = compared
    with (folder / "label_next.csv").open() as file:
        labels = list(csv.DictReader(file))
    assert len(labels) == record["places"]["label_next"] == 3
    assert {row["kind"] for row in labels} == {"on the map only", "in the reference only"}
    visits = geopandas.read_file(folder / "visits.gpx", layer="waypoints")
    assert len(visits) == record["places"]["visits"] > 0
    assert visits.crs.to_epsg() == 4326


def test_a_map_without_the_feature_has_undefined_scores_and_words_for_them(tmp_path):
    run = made_up.make_run(tmp_path / "empty", shift=made_up.SIDE, single_shift=made_up.SIDE)
    record = compare(CompareRequest(run=run), tmp_path / "out")
    assert (record["precision"], record["recall"], record["mcc"]) == (None, 0, None)
    assert record["objects"]["overlap"]["precision"] is None
    assert record["boundary"]["mean_distance_m"] is None
    words = " ".join(record["notes"])
    assert "precision is undefined: no pixel was mapped" in words
    assert "precision over objects is undefined: nothing was mapped" in words
    assert record["area_estimate"]["classes"][1]["users"]["value"] is None
    assert (tmp_path / "out" / "figures" / "performance_diagram.html").is_file()
