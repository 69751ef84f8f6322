"""TensorBoard's event file -> the values of one scalar; records that are damaged end the reading.

The file is a row of records: length (8 bytes), its checksum, the bytes, their checksum. A record is
a protobuf message, of which only the numbered fields needed here are looked at.
"""

import math
import struct
from collections.abc import Iterator
from typing import IO

SUMMARY, VALUE, TAG, SIMPLE_VALUE, TENSOR = 5, 1, 1, 2, 8
TENSOR_CONTENT, TENSOR_FLOATS = 4, 5
VARINT, EIGHT_BYTES, LENGTH_GIVEN, FOUR_BYTES = 0, 1, 2, 5
LONGEST_RECORD = 64 << 20
LONGEST_VARINT = 10
POLYNOMIAL = 0x82F63B78
"""Of CRC-32C (Castagnoli 1993), bits reversed."""


def read_scalar(file: IO[bytes], tag: str) -> list[float]:
    """Return the finite values of a scalar in the order they were written.

    Args:
        file: An event file, opened for reading bytes.
        tag: Name of the scalar, e.g. "val/f1_best".
    """
    wanted = tag.encode()
    found: list[float] = []
    for record in _records(file, wanted):
        try:
            found += _values(record, wanted)
        except (ValueError, struct.error):
            break
    return [value for value in found if math.isfinite(value)]


def masked_checksum(data: bytes) -> int:
    """Return the checksum as TFRecord stores it: CRC-32C turned by 15 bits, plus a constant."""
    value = crc32c(data)
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of the bytes."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _table_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = [_table_entry(byte) for byte in range(256)]


def _records(file: IO[bytes], wanted: bytes) -> Iterator[bytes]:
    """Yield the records that hold the wanted bytes, until the end or the first damaged one.

    Other records (pictures, mostly) are passed over unchecked: a checksum in Python is slow.
    """
    while len(head := file.read(12)) == 12:  # noqa: PLR2004
        length, checksum = struct.unpack("<QI", head)
        if masked_checksum(head[:8]) != checksum or length > LONGEST_RECORD:
            return
        data, tail = file.read(length), file.read(4)
        if len(data) != length or len(tail) != 4:  # noqa: PLR2004
            return
        if wanted not in data:
            continue
        if masked_checksum(data) != struct.unpack("<I", tail)[0]:
            return
        yield data


def _values(record: bytes, wanted: bytes) -> Iterator[float]:
    for summary in _fields(record, SUMMARY):
        for value in _fields(summary, VALUE):
            if wanted in _fields(value, TAG):
                for number in _fields(value, SIMPLE_VALUE):
                    yield struct.unpack("<f", number)[0]
                for tensor in _fields(value, TENSOR):
                    for numbers in (TENSOR_CONTENT, TENSOR_FLOATS):
                        for number in _fields(tensor, numbers):
                            yield struct.unpack("<f", number)[0]


def _fields(message: bytes, wanted: int) -> list[bytes]:
    """Return the raw bytes of every field of this number.

    Raises:
        ValueError: The message does not follow protobuf's wire format.
    """
    found, place = [], 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            _, end = _varint(message, place)
        elif kind == LENGTH_GIVEN:
            size, place = _varint(message, place)
            end = place + size
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            end = place + (8 if kind == EIGHT_BYTES else 4)
        else:
            raise ValueError(f"field kind {kind}")
        if end > len(message):
            raise ValueError("a field reaches beyond its message")
        if number == wanted:
            found.append(message[place:end])
        place = end
    return found


def _varint(message: bytes, place: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, lowest first, and the place behind it."""
    value = 0
    for count, byte in enumerate(message[place : place + LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004
            return value, place + count + 1
    raise ValueError("a number without an end")
