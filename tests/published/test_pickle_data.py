"""A pickle's plain values come back as they were; what it wants to run stays a note."""

import pickle
from collections import OrderedDict
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoseg.errors import ModelError
from geoseg.published.pickle_data import MAX_BYTES, MAX_WORDS, Name, Wish, read_pickle
from tests.published.made import Mark, Setter

words = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
plain = st.recursive(
    words | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(words, inner),
    max_leaves=20,
)


@settings(max_examples=40)
@given(value=plain, protocol=st.integers(0, 5))
def test_plain_values_come_back_as_they_were(value, protocol):
    if protocol < 3 and _holds_bytes(value):
        return  # there, bytes are a call of a codec, and calls stay notes
    assert read_pickle(pickle.dumps(value, protocol)) == value


def _holds_bytes(value):
    if isinstance(value, dict):
        return any(map(_holds_bytes, value.values()))
    return isinstance(value, bytes) or (
        isinstance(value, list | tuple) and any(map(_holds_bytes, value))
    )


def test_an_ordered_dictionary_is_a_dictionary_with_its_order():
    value = OrderedDict([("b", 1), ("a", 2)])
    assert list(read_pickle(pickle.dumps(value, 2)).items()) == [("b", 1), ("a", 2)]


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_stays_a_note_and_nothing_runs(tmp_path, protocol):
    mark = tmp_path / "mark"
    note = read_pickle(pickle.dumps({"trap": Mark(mark)}, protocol))["trap"]
    assert isinstance(note, Wish)
    assert note.what == Name("posix", "system")
    assert note.arguments == (f"touch {mark}",)
    assert not mark.exists()


@pytest.mark.parametrize("protocol", range(6))
def test_a_class_is_not_imported_and_its_state_not_set(tmp_path, protocol):
    setter = Setter()
    setter.mark = str(tmp_path / "mark")
    data = pickle.dumps([setter, 7], protocol)
    assert read_pickle(data)[1] == 7
    assert not (tmp_path / "mark").exists()
    pickle.loads(data)
    assert (tmp_path / "mark").exists()


def test_a_module_that_is_only_named_is_not_imported():
    assert read_pickle(b"cnowhere.at_all\nthing\n.") == Name("nowhere.at_all", "thing")


def test_old_words_for_objects_are_notes_too(tmp_path):
    mark = tmp_path / "mark"
    old = f"(S'touch {mark}'\nios\nsystem\n.".encode()
    assert read_pickle(old).what == Name("os", "system")
    obj = f"(cos\nsystem\nS'touch {mark}'\no.".encode()
    assert read_pickle(obj).what == Name("os", "system")
    assert not mark.exists()


def test_a_place_far_away_in_the_memo_costs_nothing():
    far = b"\x80\x02N" + b"r" + (0xFFFFFFFE).to_bytes(4, "little") + b"."
    assert read_pickle(far) is None


def test_a_key_of_many_layers_is_left_out_instead_of_hashed():
    deep = b"\x80\x02}" + b"(" + b"N" + b"\x85" * 100_000 + b"K\x01u."
    assert read_pickle(deep) == {}


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with suppress(ModelError):
        read_pickle(data)


@example(place=90, byte=92)  # a backslash in a name
@given(place=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place, byte):
    data = bytearray(pickle.dumps({"a": [1, 2.5, ("x", None)], "b": OrderedDict(c=b"y" * 300)}, 2))
    data[place % len(data)] = byte
    with suppress(ModelError):
        read_pickle(bytes(data))


def test_a_pickle_without_an_end_is_refused():
    with pytest.raises(ModelError, match="does not come to an end"):
        read_pickle(b"N0" * MAX_WORDS)


def test_a_pickle_that_is_cut_short_or_huge_is_refused():
    with pytest.raises(ModelError, match="damaged"):
        read_pickle(pickle.dumps([1, 2, 3])[:-1])
    with pytest.raises(ModelError, match="expected about 1"):
        read_pickle(bytes(MAX_BYTES + 1))
