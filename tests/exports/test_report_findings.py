"""What a comparison adds to the report: the area with its interval, seven colours, objects, ground."""

import json

import numpy as np
import pytest

from geoseg.errors import ExportError
from geoseg.evaluation.area_estimate import SQUARES, AreaEstimate, ClassArea, Interval
from geoseg.evaluation.counts import Confusion
from geoseg.evaluation.objects import ObjectCounts
from geoseg.evaluation.single_ensemble import SevenCounts, seven_colours
from geoseg.exports.report_findings import Findings, read_findings
from tests.exports.test_report import METRICS, classes, read, run_folder, write  # noqa: F401


def estimate(**area):
    slide = ClassArea("landslide", 25_000, Interval(**area), Interval(), Interval())
    rest = ClassArea("no landslide", 9e6, Interval(), Interval(), Interval())
    return AreaEstimate((rest, slide), Interval(), SQUARES, 12, ("there are too few squares",))


@pytest.fixture
def compared(tmp_path):
    """A folder of a comparison that says what the test wants."""

    def make(**parts):
        folder = tmp_path / "comparison"
        folder.mkdir()
        nothing = {"reference": "truth.tif", "areas": [], "strata": []}
        (folder / "metrics.json").write_text(json.dumps(nothing | parts))
        return folder

    return make


def seven():
    counts = SevenCounts()
    codes = np.repeat(np.arange(8), [90, 1, 2, 3, 4, 5, 6, 7])
    bits = ((codes >> place & 1).astype(np.uint8)[None] for place in range(3))
    counts.add(seven_colours(*bits))
    names = {"first": "the best", "second": "the ensemble"}
    return names | {
        "colours": counts.rows(**names),
        "first_scores": counts.first.record(),
        "second_scores": counts.second.record(),
    }


def test_nothing_is_told_without_a_comparison_or_a_reference(compared):
    assert read_findings(None, "landslide") == Findings()
    assert read_findings(compared(reference=None), "landslide") == Findings()


def test_the_area_comes_with_its_interval(compared):
    told = estimate(value=30_000, error=2_000, low=26_080, high=33_920).record()
    area = read_findings(compared(area_estimate=told), "landslide").area
    assert "Counted by pixels the map shows 2.5 ha of landslide; corrected" in area[0]
    assert "it is 3.0 ha, with 95 % confidence between 2.6 ha and 3.4 ha" in area[0]
    assert "redrawing the 12 squares" in area[1]


def test_an_area_that_cannot_be_corrected_is_called_undefined(compared):
    area = read_findings(compared(area_estimate=estimate().record()), "landslide").area
    assert "undefined" in area[0]
    assert area[1] == "there are too few squares"


def test_the_colours_are_counted_and_told(compared):
    found = read_findings(compared(seven_colours=seven()), "landslide")
    assert [row["pixels"] for row in found.seven] == ["90", "1", "2", "3", "4", "5", "6", "7"]
    assert found.seven[7]["colour"] == "#ffffff"
    # The best: 12 found, 4 false, 10 missed; the ensemble: 13, 5, 9.
    assert found.single[0].startswith(f"The best by itself reaches F1 {24 / 38:.2f}")
    assert f"all together {26 / 40:.2f}" in found.single[0]
    assert "found 6 pixels of landslide that it had missed, and lost 5" in found.single[1]


def test_whole_features_are_told_in_numbers(compared):
    counts = ObjectCounts(detected=3, missed=1, confirmed=4, false=2)
    part = {"overlap": counts.record(), "mean_boundary_distance_m": 12.4}
    words = " ".join(read_findings(compared(objects=part), "landslide").objects)
    assert "holds 4 landslides: 3 were found, 1 missed" in words
    assert "lie 6 objects: 4 lie on one of the reference, 2 do not" in words
    assert "12 m apart" in words


def test_small_kinds_of_ground_are_marked_and_empty_ones_left_out(compared):
    rows = [
        {"kind": "slope", "name": "steep", "small": True, **Confusion(tp=1, fn=1).record()},
        {"kind": "slope", "name": "flat", "small": True, **Confusion(tn=9).record()},
        {"kind": "slope", "name": "bare", "small": False, **Confusion(fn=9).record()},
    ]
    steep, bare = read_findings(compared(strata=rows), "landslide").ground
    assert steep["name"] == "steep (few pixels)"
    assert (steep["recall"], bare["precision"]) == ("0.50", "undefined")


def test_the_report_tells_all_of_it(run_folder, compared, grid, classes):  # noqa: F811
    told = estimate(value=30_000, error=2_000, low=26_080, high=33_920).record()
    folder = compared(area_estimate=told, seven_colours=seven())
    write(folder / "single_vs_ensemble.tif", grid, np.where(classes == 1, 7, 0).astype(np.uint8))
    page = read(run_folder(METRICS), comparison=folder)
    assert len(page.addresses) == 5
    assert "with 95 % confidence between" in page.words
    assert "found by both" in page.words


@pytest.mark.parametrize("text", [None, "{"])
def test_a_folder_that_is_no_comparison_is_told(tmp_path, text):
    if text:
        (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(ExportError, match=r"geoseg compare wrote|compare again"):
        read_findings(tmp_path, "landslide")
