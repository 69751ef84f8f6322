"""Numbers become sentences that stay true at the ends."""

import pytest

from geoseg.evaluation.counts import Confusion
from geoseg.exports.words import (
    area_words,
    count_words,
    error_words,
    metric_words,
    seconds_words,
    sureness_words,
)


def words_of(confusion, feature="landslide"):
    return {row["title"]: row for row in metric_words(confusion.record(), feature)}


def test_precision_and_recall_are_told_in_pixels_of_a_hundred():
    rows = words_of(Confusion(tp=78, fp=22, fn=26, tn=1000))
    assert rows["Precision"]["value"] == "0.780"
    expected = "Of 100 pixels mapped as landslide, 78 are so in the reference; 22 are not."
    assert rows["Precision"]["words"] == expected
    expected = "Of 100 landslide pixels in the reference, 75 were found; 25 were missed."
    assert rows["Recall"]["words"] == expected


def test_a_few_are_never_told_as_none():
    rows = words_of(Confusion(tp=9990, fp=10, fn=999_000, tn=1))
    assert (
        "more than 99 are so in the reference; fewer than 1 are not" in rows["Precision"]["words"]
    )
    assert "1 were found" in rows["Recall"]["words"]
    perfect = words_of(Confusion(tp=10, tn=10))
    assert "100 are so in the reference; 0 are not" in perfect["Precision"]["words"]


def test_undefined_is_called_undefined_and_why():
    rows = words_of(Confusion(tn=50))
    assert rows["Precision"]["value"] == "undefined"
    assert rows["Precision"]["words"] == "Undefined: no pixel was mapped as the feature."
    assert rows["Accuracy"]["value"] == "1.000"


def test_errors_are_told_in_pixels_and_area():
    rows = error_words(Confusion(1234, 5, 0, 9_000_000).record(), 100.0, "landslide")
    assert [row["pixels"] for row in rows] == ["1,234", "5", "0", "9,000,000"]
    assert [row["area"] for row in rows] == ["12.3 ha", "500 m²", "0 m²", "900.0 km²"]


@pytest.mark.parametrize(("area_m2", "words"), [
    (0, "0 m²"), (850, "850 m²"), (34_000, "3.4 ha"), (999_000, "99.9 ha"), (12.5e6, "12.5 km²"),
])  # fmt: skip
def test_areas_come_in_the_unit_a_person_would_take(area_m2, words):
    assert area_words(area_m2) == words


def test_times_and_counts_are_told_in_words():
    assert [seconds_words(s) for s in (0.44, 45, 720, 9000)] == ["0.4 s", "45 s", "12 min", "2.5 h"]
    found = [count_words(count, "wetland") for count in (0, 1, 1204)]
    assert found == ["no wetland", "1 wetland", "1,204 wetlands"]


def test_outlines_are_grouped_by_how_sure_they_are():
    rows = sureness_words([0.8, 0.95, 0.6, 0.59], [1e4, 2e4, 500, 100], "wetland")
    told = [(row["count"], row["area"]) for row in rows]
    assert told == [("2 wetlands", "3.0 ha"), ("1 wetland", "500 m²"), ("1 wetland", "100 m²")]
