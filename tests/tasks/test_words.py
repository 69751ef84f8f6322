"""One word, however it is written: capitals, umlauts, blanks, numbers, commas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.tasks import LANDSLIDES, ClassLabel
from geoseg.tasks.words import as_written, choose_words, find_name, ids_by_word, key, listed

LEGEND = (ClassLabel(0, "Kein Moor", "#000000"), ClassLabel(1, "Hochmoor", "#ffffff"))


@given(st.text())
def test_the_key_of_a_key_is_itself(text):
    assert key(key(text)) == key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hochmoor", "HOCHMOOR"), ("Straße", "STRASSE"), ("Öd", "o\u0308d"), (" fen ", "fen"),
        ("wet\u00a0wood", "Wet  Wood"), (1, "1"), (1.0, "1"), (True, 1), ("true", np.True_),
        ("1,0", 1), ("01", 1), (np.float32(3), "3"), ("\ufeffbog", "Bog"), ("a , b", "A,B"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_word(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [(1_234_567, 1_234_568), (1.5, 1), ("öd", "od"), ("3.1", "3.10"), (-1, 1)]
)
def test_two_words_stay_two(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_what_is_missing_has_no_key(missing):
    assert key(missing) == ""
    assert as_written(missing) == ""


def test_wanted_words_are_found_in_any_letters_and_the_others_told():
    held = ["Hochmoor", "fen", "Wald, nass", "Wald, nass"]
    assert choose_words(held, ("HOCHMOOR", "Fen")) == ({"hochmoor", "fen"}, [])
    assert choose_words(held, ("hochmoor", "Mire")) == ({"hochmoor"}, ["Mire"])
    # A class with a comma comes cut in two from a list, or whole.
    for wanted in (("wald", "Nass"), ("Wald, nass",), ("wald,nass",)):
        assert choose_words(held, wanted) == ({"wald,nass"}, [])
    assert choose_words(held, ("fen", "Wald", "nass", "x")) == ({"fen", "wald,nass"}, ["x"])
    assert choose_words(["a", "b", "a, b"], ("a", "b")) == ({"a", "b"}, [])


def test_a_legend_finds_an_id_by_its_name_and_the_reverse():
    assert choose_words(["0", "1"], ("hochmoor",), LEGEND) == ({"1"}, [])
    assert choose_words(["Hochmoor"], (1,), LEGEND) == ({"hochmoor"}, [])
    assert choose_words(["0", "2"], ("hochmoor",), LEGEND) == (set(), ["hochmoor"])
    assert ids_by_word(LEGEND) == {"kein moor": 0, "0": 0, "hochmoor": 1, "1": 1}
    assert ids_by_word(LANDSLIDES.classes)["landslide"] == 1


def test_a_list_shows_words_as_they_stand_in_the_file():
    assert listed(["Wald", "Fen", "fen", 2.0, "a, b"]) == '2, "a, b", Fen, Wald'
    assert listed(range(20), 3) == "0, 1, 10 ..."


def test_a_name_written_so_goes_before_its_likes():
    assert find_name(["Kind", "kind"], "kind") == ["kind"]
    assert find_name(["KIND", "Kind"], "kind") == ["KIND", "Kind"]
    assert find_name(["Größe"], "GRÖSSE") == ["Größe"]
