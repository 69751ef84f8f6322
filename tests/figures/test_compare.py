"""The figures of a comparison show the numbers of its record."""

import json

import pytest

from geoseg.comparison import CompareRequest, compare
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures import compare as figures
from geoseg.figures import compare_ground, compare_sure
from geoseg.figures.compare_files import all_figures
from tests.comparison import made_up


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    first, second = made_up.make_run(folder / "first"), made_up.make_run(folder / "second", shift=2)
    request = CompareRequest(
        run=first, other=second, rasters=(made_up.write_stack(folder / "s.tif"),)
    )
    record = compare(request, folder / "out")
    curves = json.loads((folder / "out" / "curves.json").read_text())
    return record, ScoreHistogram.from_record(curves)


def test_every_map_stands_in_the_diagram_where_its_scores_say(compared):
    record, _ = compared
    places = figures.places_of(record)
    assert [place.name for place in places] == ["single best", "first", "second"]
    figure = figures.performance_diagram(places)
    drawn = {trace.name: (trace.x[0], trace.y[0]) for trace in figure.data if trace.name}
    assert drawn["first"] == (record["precision"], record["recall"])


def test_a_map_without_precision_is_left_out_of_the_diagram():
    bare = figures.Placed("bare", "runs", None, 0.0, 0.0)
    assert not [trace for trace in figures.performance_diagram([bare]).data if trace.name]


def test_many_maps_share_an_entry_of_the_legend():
    many = [figures.Placed(str(i), "runs", 0.5, i / 10, 0.5) for i in range(9)]
    trace = figures.performance_diagram(many).data[-1]
    assert (trace.name, len(trace.x)) == ("runs", 9)


def test_f1_by_size_holds_members_and_sizes(compared):
    alone, together = figures.f1_by_size(compared[0]["ensemble_sizes"]).data
    assert (len(alone.x), list(together.x)) == (2, [1, 2])


def test_both_thresholds_are_marked(compared):
    _, curve = compared
    best = curve.best_f1_threshold()
    texts = [trace.text for trace in figures.precision_recall(curve, 0.5).data if trace.text]
    assert texts == [("threshold 0.50",), (f"best F1, from {best:.2f}",)]
    assert figures.reliability(curve).layout.shapes[0].x0 == best


def test_the_error_matrix_tells_users_and_producers_accuracy(compared):
    texts = [note.text for note in figures.error_matrix(compared[0]).layout.annotations]
    assert sum("75.0%" in text for text in texts) == 1
    assert sum("70.6%" in text for text in texts) == 1


def test_seven_bars_without_the_background(compared):
    bars = figures.seven_colours(compared[0]["seven_colours"]).data[0]
    assert (len(bars.x), bars.x[-1]) == (7, 240)


def test_small_groups_are_faint_and_said_so(compared):
    rows = [row for row in compared[0]["strata"] if row["kind"] == "slope"]
    bars = compare_ground.by_group(rows).data[0]
    assert bars.y[1] == "15 to 25° (few)"
    assert bars.marker.opacity[1] < bars.marker.opacity[0]


def test_a_group_without_any_score_says_undefined():
    row = {"name": "bare", "small": True, "f1": None, "precision": None, "recall": None}
    figure = compare_ground.by_group([row])
    assert figure.layout.annotations[0].text == "undefined"


def test_doubt_is_drawn(compared):
    record, curve = compared
    assert len(compare_sure.selective(record["selective"]).data) == 3
    assert len(compare_sure.calibration(curve, 2.0).data) == 3
    bars = compare_sure.area(record["area_estimate"], "landslide").data[0]
    assert bars.y[0] == pytest.approx(0.04)


def test_every_figure_has_a_name_of_its_own_and_a_title(compared):
    drawn = list(all_figures(*compared))
    names = [name for name, _, _ in drawn]
    assert len(names) == len(set(names)) >= 15
    assert all(title for _, title, _ in drawn)
