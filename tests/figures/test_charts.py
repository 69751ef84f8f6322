"""The charts show the numbers they are given."""

import numpy as np
import pytest

from geoseg.evaluation.counts import Confusion
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures import charts

WORDS = {"f1": ("F1", "balance of both"), "mcc": ("MCC", "beyond chance")}


@pytest.fixture
def curve() -> ScoreHistogram:
    """Four pixels: 0.9 and 0.6 in the reference, 0.7 and 0.1 not."""
    histogram = ScoreHistogram()
    probability = np.array([[0.9, 0.6, 0.7, 0.1]], dtype=np.float32)
    histogram.add(probability, np.array([[1, 1, 0, 0]], dtype=np.uint8))
    return histogram


def test_bars_show_the_scores_and_name_the_undefined_ones():
    figure = charts.metric_bars({"f1": 0.5, "mcc": None, "tp": 3}, WORDS)
    bars = figure.data[0]
    assert list(bars.y) == ["F1", "MCC"]
    assert list(bars.x) == [0.5, 0]
    assert list(bars.text) == ["0.50", "undefined"]
    assert "balance of both" in bars.customdata[0]


def test_the_curve_marks_the_threshold(curve):
    mark = charts.precision_recall(curve, 0.5).data[1]
    assert (mark.x[0], mark.y[0]) == (1.0, pytest.approx(2 / 3))
    assert mark.text[0] == "threshold 0.50"


def test_a_threshold_without_scores_has_no_mark(curve):
    assert len(charts.precision_recall(curve, 0.99).data) == 1


def test_f1_by_threshold_agrees_with_the_counts(curve):
    line = charts.f1_by_threshold(curve, 0.5).data[0]
    at = list(line.x).index(0.5)
    assert line.y[at] == pytest.approx(curve.confusion_at(0.5).metrics()["f1"])


def test_the_histogram_counts_every_pixel_once(curve):
    background, feature = charts.probability_histogram(curve, 0.5, "landslide").data
    assert (sum(background.y), sum(feature.y)) == (2, 2)
    assert len(feature.x) == charts.HISTOGRAM_BINS


def test_reliability_shows_said_against_seen(curve):
    line = charts.reliability(curve).data[1]
    assert list(line.y) == [0, 1, 0, 1]
    assert line.x == pytest.approx([0.1, 0.6, 0.7, 0.9], abs=0.002)


def test_the_matrix_puts_each_count_in_its_place():
    text = charts.confusion_matrix(Confusion(1234, 2, 3, 4), "landslide").data[0]
    placed = {(x, y): t for x, y, t in zip(text.x, text.y, text.text, strict=True)}
    assert placed == {
        (0, 0): "<b>1,234</b>", (1, 0): "<b>3</b>", (0, 1): "<b>2</b>", (1, 1): "<b>4</b>",
    }  # fmt: skip


def test_no_chart_sends_more_than_a_few_hundred_points(curve):
    figures = (
        charts.precision_recall(curve, 0.5),
        charts.f1_by_threshold(curve, 0.5),
        charts.reliability(curve),
        charts.probability_histogram(curve, 0.5, "landslide"),
    )
    assert all(len(trace.x) <= 200 for figure in figures for trace in figure.data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "undefined"),
        (0.666, "0.67"),
        (0.9962, "0.996"),
        (-0.25, "-0.25"),
        (0.99999, "0.999"),
        (1.0, "1.00"),
    ],
)
def test_no_score_looks_more_perfect_than_it_is(value, text):
    assert charts.score_text(value) == text
