"""Scalars of TensorBoard's files, to the last record that is whole."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.published.events import crc32c, masked_checksum, read_scalar
from tests.published.made import event, events, record

TENSORBOARD = bytes.fromhex(
    "4800000000000000fe92489d09ccbdbe08d1c0da411a0d627261696e2e4576656e743a32522e0a2c74656e736f72"
    "626f6172642e73756d6d6172792e7772697465722e6576656e745f66696c655f77726974657240e4d2ed1f000000"
    "00000000514b441809" "7ec4be08d1c0da412a140a120a0b76616c2f66315f6265737415cdcccc3dbc044284"
    "1c00000000000000c8c1951d09bec4be08d1c0da412a110a0f0a0876616c2f6c6f737315cdcccc3dbbaa2823"
)  # fmt: skip
"""A file of torch.utils.tensorboard (torch 2.15): val/f1_best 0.1 and val/loss 0.1."""


def scalars(data, tag="val/f1_best"):
    return read_scalar(io.BytesIO(data), tag)


@pytest.mark.parametrize(
    ("data", "checksum"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)],
)
def test_crc32c_of_the_published_examples(data, checksum):
    """RFC 3720, B.4."""
    assert crc32c(data) == checksum


def test_a_file_of_tensorboard_itself_is_read():
    assert scalars(TENSORBOARD) == pytest.approx([0.1])
    assert scalars(TENSORBOARD, "val/loss") == pytest.approx([0.1])
    assert masked_checksum(TENSORBOARD[:8]) == struct.unpack("<I", TENSORBOARD[8:12])[0]


def test_values_come_in_the_order_they_were_written():
    assert scalars(events(0.25, 0.5, 0.375)) == [0.25, 0.5, 0.375]
    assert scalars(events(0.25), "val/f1") == []


def test_a_value_kept_as_a_tensor_is_read():
    tensor = b"\x08\x01\x22\x04" + struct.pack("<f", 0.75)
    entry = b"\x0a\x0bval/f1_best" + b"\x42" + bytes([len(tensor)]) + tensor
    summary = b"\x0a" + bytes([len(entry)]) + entry
    assert scalars(record(b"\x2a" + bytes([len(summary)]) + summary)) == [0.75]


def test_a_file_of_a_training_that_was_killed_is_read_to_its_last_whole_record():
    data = events(0.25, 0.5)
    assert scalars(data[:-1]) == [0.25]
    assert scalars(b"") == []


def test_nothing_behind_a_false_checksum_is_believed():
    good, bad = event("val/f1_best", 0.5, 1), bytearray(event("val/f1_best", 0.25, 2))
    bad[-6] ^= 1
    assert scalars(good + bytes(bad) + good) == [0.5]


def test_values_that_are_no_numbers_are_left_out():
    assert scalars(events(float("nan"), 0.5, float("inf"))) == [0.5]


@given(place=st.integers(0, 300), byte=st.integers(0, 255), cut=st.integers(0, 400))
def test_any_damage_gives_fewer_values_and_no_fault(place, byte, cut):
    data = bytearray(events(0.25, 0.5, 0.375))
    data[place % len(data)] = byte
    assert set(scalars(bytes(data[:cut]))) <= {0.25, 0.5, 0.375}


@given(st.binary(max_size=60))
def test_any_message_under_a_right_checksum_is_no_fault(message):
    scalars(record(message + b"val/f1_best"))
