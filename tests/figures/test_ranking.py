"""Figures of rankings show the numbers of the ranking, no more and no less."""

import numpy as np
import pytest

from geoseg.figures import ranking as figures
from tests.ranking.conftest import MEMBERS, areas, ranked  # noqa: F401 - fixtures


@pytest.fixture
def ranking(ranked):  # noqa: F811
    return ranked[0]


def test_f1_is_drawn_for_every_size_inside_its_interval(ranking):
    shade, line = figures.f1_by_size({"All bands": ranking}).data
    assert list(line.x) == list(range(1, MEMBERS + 1))
    assert list(line.y) == [row.test.f1 for row in ranking.sizes]
    low, high = np.array(shade.y[MEMBERS:])[::-1], np.array(shade.y[:MEMBERS])
    assert ((low <= line.y) & (np.array(line.y) <= high)).all()


def test_the_diagram_shows_precision_and_recall_of_the_shown_sizes(ranking):
    points = figures.performance_diagram({"All bands": ranking}).data[-1]
    assert list(points.x) == [row.score.precision for row in ranking.improvements]
    assert list(points.y) == [row.score.recall for row in ranking.improvements]


def test_isolines_and_bias_lines_are_where_they_say():
    lines = figures.performance_diagram({}).data
    for f1, line in zip(figures.ISOLINES, lines, strict=False):
        x, y = np.array(line.x), np.array(line.y)
        np.testing.assert_allclose(2 * x * y / (x + y), f1)
        assert y.max() <= 1 + 1e-9
    for bias, line in zip(figures.BIASES, lines[len(figures.ISOLINES) :], strict=True):
        assert line.y[1] / line.x[1] == pytest.approx(bias)
        assert max(line.x[1], line.y[1]) <= 1 + 1e-9


def test_effects_are_drawn_with_every_level(ranking):
    effects = ranking.effects[0]
    figure = figures.effects_bars(effects)
    drawn = [label for trace in figure.data for label in trace.y]
    assert len(drawn) == sum(len(factor.levels) for factor in effects.factors)


def test_compared_ensembles_rise_to_the_best(ranking):
    (trace,) = figures.ensembles_compared(ranking, ranking.variants).data
    assert list(trace.x) == sorted(trace.x)
    assert len(set(trace.y)) == len(ranking.variants)


def test_a_bar_that_is_called_surely_above_does_not_cross_the_line(ranking):
    figure = figures.ensembles_compared(ranking, ranking.variants)
    (trace,) = figure.data
    assert figure.layout.shapes[0].x0 == 0
    low = [x - arm for x, arm in zip(trace.x, trace.error_x.arrayminus, strict=True)]
    high = [x + arm for x, arm in zip(trace.x, trace.error_x.array, strict=True)]
    for colour, left, right in zip(trace.marker.color, low, high, strict=True):
        assert (colour == figures.ACCENT) == (left > 0)
        assert (colour == "#b2182b") == (right < 0)


def test_figures_are_written_to_open_offline(ranking, tmp_path):
    paths = figures.write_figures(ranking, tmp_path)
    assert {path.stem for path in paths} >= {"f1_by_size", "performance_diagram"}
    for path in paths:
        text = path.read_text()
        assert 'src="plotly.min.js"' in text
        assert "cdn" not in text
