"""Pictures of bands and of what hiding them changes hold the numbers they were given."""

import numpy as np

from geoseg.figures.bands import ACCENT, AGAINST, band_histogram, importance
from geoseg.stack.band_check import BandCheck


def check(**changes):
    values = {
        "name": "dNDVI", "title": "Greenness change", "unit": "", "edges": (0.0, 1.0, 2.0),
        "shares": (0.25, 0.75), "mean": 1.0, "std": 0.5, "median": 1.2, "usual": 0.95,
        "missing": 0.0, "departs": False, "words": "fine",
    }  # fmt: skip
    return BandCheck(**values | changes)


def row(name, fall, f1_fall=None, spread=0.1):
    return {"name": name, "title": name.upper(), "fall": fall, "fall_spread": spread,
            "f1_fall": f1_fall, "f1_fall_spread": None}  # fmt: skip


def test_a_histogram_shows_the_shares_over_the_usual_range():
    figure = band_histogram(check())
    (bars,) = figure.data
    assert list(bars.x) == [0.5, 1.5]
    assert list(bars.y) == [0.25, 0.75]
    assert bars.marker.color == ACCENT
    (field, line) = figure.layout.shapes
    assert (field.x0, field.x1, line.x0) == (0.0, 2.0, 1.0)
    assert band_histogram(check(usual=0.1)).data[0].marker.color == AGAINST


def test_a_band_without_values_or_a_usual_range_still_draws():
    for edges, shares in (((), ()), ((0.0, 1.0), (1.0,))):
        figure = band_histogram(check(edges=edges, shares=shares, usual=None, mean=np.nan))
        assert len(figure.data[0].y) == len(shares)
        assert not figure.layout.shapes


def test_the_strongest_band_is_at_the_top_and_contrary_ones_stand_out():
    figure = importance([row("a", 0.2), row("b", -0.1), row("c", 0.5), row("d", None)], "fall")
    (bars,) = figure.data
    assert list(bars.x) == [-0.1, 0.2, 0.5]
    assert list(bars.y) == ["B (b)", "A (a)", "C (c)"]
    assert list(bars.marker.color) == [AGAINST, ACCENT, ACCENT]
    assert list(bars.error_x.array) == [0.1] * 3


def test_undefined_falls_draw_nothing():
    assert len(importance([row("a", 0.2)], "f1_fall").data[0].x) == 0
