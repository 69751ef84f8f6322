"""Open files are shared one reader at a time, renewed with the file, and closed in time."""

import numpy as np
import pytest

from geoseg.errors import RasterError
from geoseg.web.handles import Handles

ONE = np.ones((4, 4), np.float32)


def test_the_next_reader_gets_the_same_handle_and_two_at_once_get_two(write):
    handles, path = Handles(), write("a.tif", ONE)
    with handles.borrow(path) as first, handles.borrow(path) as second:
        assert first is not second
    with handles.borrow(path) as again:
        assert again is first


def test_a_changed_file_is_opened_anew(write):
    handles, path = Handles(), write("a.tif", ONE)
    with handles.borrow(path) as before:
        assert before.width == 4
    write("a.tif", np.ones((9, 9), np.float32))
    with handles.borrow(path) as after:
        assert after.width == 9


def test_idle_handles_are_closed_by_number_and_by_time(write):
    handles = Handles(most=2)
    lent = []
    for name in "abc":
        with handles.borrow(write(f"{name}.tif", ONE)) as dataset:
            lent.append(dataset)
    assert [dataset.closed for dataset in lent] == [True, False, False]
    handles.close_idle(older_than_s=-1)
    assert all(dataset.closed for dataset in lent)


def test_a_handle_that_failed_its_reader_is_closed(write):
    handles, path = Handles(), write("a.tif", ONE)
    with pytest.raises(ValueError, match="fault"), handles.borrow(path) as dataset:
        raise ValueError("fault")
    assert dataset.closed


def test_a_missing_or_other_file_is_told(home):
    (home / "a.tif").write_text("text")
    for name in ("a.tif", "b.tif"):
        with pytest.raises(RasterError, match="cannot be read"), Handles().borrow(home / name):
            pass
