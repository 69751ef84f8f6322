"""Seven colours: every case by hand, and counts that add up to the pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geoseg.evaluation import count
from geoseg.evaluation.single_ensemble import (
    COLOURS,
    SevenCounts,
    meanings,
    seven_colours,
    seven_colours_by_class,
)

maps = arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 3, 255]))
truths = arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 255]))


def test_every_colour_by_hand():
    single = np.array([[0, 1, 0, 1, 0, 1, 0, 1, 255, 1, 1]], np.uint8)
    ensemble = np.array([[0, 0, 1, 1, 0, 0, 1, 1, 1, 255, 1]], np.uint8)
    reference = np.array([[0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 255]], np.uint8)
    codes = seven_colours(single, ensemble, reference)
    assert codes.tolist() == [[0, 1, 2, 3, 4, 5, 6, 7, 255, 255, 255]]
    assert dict(enumerate(COLOURS))[5] == "yellow"
    assert meanings()[5] == "found by the single member, missed by the ensemble"
    assert meanings("run A", "run B")[1] == "false alarm of run A only"


@given(first=maps, second=maps, reference=truths)
def test_the_colours_add_up_to_the_pixels_and_hold_both_confusions(first, second, reference):
    counts = SevenCounts()
    for rows in (slice(0, 2), slice(2, 6)):
        counts.add(seven_colours(first[rows], second[rows], reference[rows]))
    known = (first != 255) & (second != 255) & (reference != 255)
    assert counts.total == known.sum()
    assert counts.total + counts.unknown == first.size
    assert counts.first == count(first[known], reference[known])
    assert counts.second == count(second[known], reference[known])
    record = counts.record()
    assert sum(record[name] for name in COLOURS) == record["total"] == known.sum()


@given(first=maps, second=maps, reference=truths)
def test_changing_sides_swaps_the_colours_of_one_side_only(first, second, reference):
    codes = seven_colours(first, second, reference)
    swapped = np.array([0, 2, 1, 3, 4, 6, 5, 7, *[255] * 248], np.uint8)
    assert (seven_colours(second, first, reference) == swapped[codes]).all()


def test_the_table_gives_shares_or_none():
    counts = SevenCounts()
    assert counts.rows()[0]["share"] is None
    counts.add(np.array([[0, 0, 0, 7]], np.uint8))
    assert [row["share"] for row in counts.rows()] == [0.75, 0, 0, 0, 0, 0, 0, 0.25]


classes = arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 2, 255]))


def test_a_class_is_found_by_its_own_class_only():
    first = np.array([[1, 2, 1, 0, 2, 255, 1]], np.uint8)
    second = np.array([[1, 1, 2, 2, 0, 1, 1]], np.uint8)
    true = np.array([[1, 1, 1, 0, 0, 1, 255]], np.uint8)
    reference = np.minimum(true, 1) + np.where(true == 255, 254, 0).astype(np.uint8)
    codes = seven_colours_by_class(first, second, reference, true)
    assert codes.tolist() == [[7, 6, 5, 2, 1, 255, 255]]
    assert "another class" in meanings(by_class=True)[4]
    assert meanings(by_class=True)[:4] == meanings()[:4]


@given(first=truths, second=truths, reference=truths)
def test_one_feature_class_has_the_colours_it_had(first, second, reference):
    codes = seven_colours_by_class(first, second, reference, reference)
    assert (codes == seven_colours(first, second, reference)).all()


@given(first=classes, second=classes, true=classes)
def test_telling_classes_takes_finds_away_and_nothing_else(first, second, true):
    reference = np.where(true == 255, 255, true > 0).astype(np.uint8)
    plain = seven_colours(first, second, reference)
    codes = seven_colours_by_class(first, second, reference, true)
    known = plain != 255
    assert ((codes == 255) == ~known).all()
    # A bit is a yes of one map, or of the reference: none is added, those of the reference stay.
    assert (codes[known] | plain[known] == plain[known]).all()
    assert (codes[known] & 4 == plain[known] & 4).all()
    ground = known & (reference == 0)
    assert (codes[ground] == plain[ground]).all()
