"""Numbers and terms as a person reads them."""

import pytest

from geoseg.comparison.products import TITLES as COMPARISON_TITLES
from geoseg.pipeline.products import TITLES
from geoseg.ui import words


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1500, "1.5 KB"), (2_000_000, "2.0 MB"), (10**13, "10000.0 GB")],
)
def test_sizes(count, text):
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "under a second"), (42, "42 s"), (75, "1 min 15 s"), (3600, "1 h"), (7265, "2 h 1 min")],
)
def test_durations(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("square_metres", "text"), [(900, "900 m²"), (25_000, "2.5 ha"), (3_200_000, "3.2 km²")]
)
def test_areas(square_metres, text):
    assert words.area(square_metres) == text


def test_times_are_told_in_utc():
    assert words.when("2026-11-02T10:05:00+02:00") == "2 Nov 2026, 08:05 UTC"
    assert words.when(None) == ""


def test_every_product_says_what_opens_it():
    assert set(words.PRODUCT_HELP) >= set(TITLES)


def test_every_file_of_a_comparison_says_what_opens_it():
    assert set(words.COMPARISON_HELP) >= set(COMPARISON_TITLES)
