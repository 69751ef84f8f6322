"""The union of two maps says yes exactly where one of them does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geoseg.mapping.classes import NO_CLASS, classify
from geoseg.mapping.union import second_wins, taken

SCORES = arrays(np.float32, (3, 4, 5), elements=st.floats(0, 1, width=16))


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Make shares of three classes; a pixel of zeros alone has no data."""
    total = scores.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.where(total > 0, scores / total, np.nan).astype(np.float32)


def united(first, second, threshold=0.5):
    return taken(first, second, second_wins(first, second, threshold))


@given(SCORES, SCORES)
def test_the_union_maps_what_one_of_the_maps_does(one, other):
    first, second = probabilities(one), probabilities(other)
    halves = [classify(half, 0.5) for half in (first, second)]
    both = classify(united(first, second), 0.5)
    yes = [(half != 0) & (half != NO_CLASS) for half in halves]
    assert (((both != 0) & (both != NO_CLASS)) == (yes[0] | yes[1])).all()
    assert ((both == NO_CLASS) == ((halves[0] == NO_CLASS) & (halves[1] == NO_CLASS))).all()


@given(SCORES)
def test_a_map_united_with_itself_is_itself(one):
    first = probabilities(one)
    np.testing.assert_array_equal(united(first, first), first)


@given(SCORES, SCORES)
def test_where_both_say_yes_the_likelier_class_stands(one, other):
    first, second = probabilities(one), probabilities(other)
    ids = [classify(half, 0.5) for half in (first, second)]
    agreed = np.isin(ids[0], (1, 2)) & np.isin(ids[1], (1, 2))
    likelier = np.where(second[1:].max(axis=0) > first[1:].max(axis=0), ids[1], ids[0])
    both = classify(united(first, second), 0.5)
    assert (both[agreed] == likelier[agreed]).all()


def test_the_union_of_two_yes_or_no_maps_is_their_higher_probability():
    first = np.array([[[0.2, 0.9, np.nan, 0.6]]], np.float32)
    second = np.array([[[0.4, 0.7, 0.3, 0.8]]], np.float32)
    np.testing.assert_array_equal(
        united(first, second), np.array([[[0.4, 0.9, 0.3, 0.8]]], np.float32)
    )


def test_by_hand_a_sharp_ravine_beats_a_less_sure_smooth_one():
    first = np.array([0.2, 0.7, 0.1], np.float32).reshape(3, 1, 1)
    second = np.array([0.1, 0.15, 0.75], np.float32).reshape(3, 1, 1)
    assert classify(united(first, second), 0.5).item() == 2
    assert classify(united(second, first), 0.5).item() == 2
