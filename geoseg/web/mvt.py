"""Shapes on the web map -> one vector tile, Mapbox's specification 2.1, written by arrays.

A tile far out holds tens of thousands of outlines: numbers are encoded all at once, not one by one.
"""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoseg.web.mvt_shapes import Commands, commands

EXTENT = 4096
"""Steps along a tile's side."""
SEVEN_BITS, MORE = 0x7F, 0x80
LENGTH, VARINT, DOUBLE = 2, 0, 1
"""Wire types of the protocol."""

Box = tuple[float, float, float, float]
Shapes = NDArray[np.object_]
Columns = Mapping[str, NDArray[Any]]


def encode(name: str, shapes: Shapes, ids: NDArray[np.int64], columns: Columns, box: Box) -> bytes:
    """Return a tile of one layer; nothing at all where no shape is left.

    Args:
        name: The layer's name.
        shapes: Points, lines or polygons cut to the tile, metres of the web map.
        ids: Number of each shape, 0 or more.
        columns: Name -> a value for each shape; numbers, words or truth; NaN and None are left out.
        box: The tile's bounds (left, bottom, right, top), metres of the web map.
    """
    drawn = [part for part in commands(shapes, box, EXTENT) if len(part.owners)]
    if not drawn:
        return b""
    keys, values, tags, tags_at = _tags(columns, len(shapes))
    features = [row for part in drawn for row in _features(part, ids, tags, tags_at)]
    body = b"".join(
        (
            _field(1, name.encode()),
            *features,
            *(_field(3, key.encode()) for key in keys),
            *(_field(4, value) for value in values),
            _number(5, EXTENT),
            _number(15, 2),
        )
    )
    return _field(3, body)


def varints(values: NDArray[np.uint64]) -> tuple[bytes, NDArray[np.int64]]:
    """Return all numbers in the protocol's form, and where each one ends."""
    most = max(1, -(-int(values.max(initial=0)).bit_length() // 7))
    places = np.arange(most, dtype=np.uint64)
    lengths = np.ones(len(values), np.int64)
    for place in range(1, most):
        lengths += values >= np.uint64(1 << 7 * place)
    groups = ((values[:, None] >> (np.uint64(7) * places)) & np.uint64(SEVEN_BITS)).astype(np.uint8)
    groups |= np.where(places < (lengths - 1)[:, None], np.uint8(MORE), np.uint8(0))
    kept = places < lengths[:, None]
    return groups[kept].tobytes(), np.cumsum(lengths)


def _features(
    part: Commands, ids: NDArray[np.int64], tags: bytes, tags_at: NDArray[np.int64]
) -> list[bytes]:
    """Return the features of one kind of shape."""
    content, ends = varints(part.values)
    stops = [0, *ends[np.cumsum(part.lengths) - 1].tolist()]
    rows = []
    for place, owner in enumerate(part.owners.tolist()):
        rows.append(
            _field(
                2,
                _number(1, int(ids[owner]))
                + _field(2, tags[tags_at[owner] : tags_at[owner + 1]])
                + _number(3, part.kind)
                + _field(4, content[stops[place] : stops[place + 1]]),
            )
        )
    return rows


def _tags(columns: Columns, count: int) -> tuple[list[str], list[bytes], bytes, NDArray[np.int64]]:
    """Return keys, values, and for each shape the pairs of their places with where they begin."""
    keys, values = list(columns), list[bytes]()
    pairs = np.zeros((count, len(keys), 2), np.uint64)
    there = np.zeros((count, len(keys), 2), bool)
    for place, column in enumerate(columns.values()):
        known = ~pd.isna(column)
        different, which = np.unique(column[known], return_inverse=True)
        pairs[:, place, 0] = place
        pairs[known, place, 1] = which + len(values)
        there[known, place] = True
        values += [_value(value) for value in different.tolist()]
    content, ends = varints(pairs[there])
    many = np.cumsum(there.sum(axis=(1, 2)))
    starts = np.concatenate([[0], ends])[np.concatenate([[0], many])]
    return keys, values, content, starts


def _value(value: object) -> bytes:
    """Return one value of a column."""
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, int):
        return _number(6, value << 1 if value >= 0 else (-value << 1) - 1)
    if isinstance(value, float):
        return bytes([3 << 3 | DOUBLE]) + struct.pack("<d", value)
    return _field(1, str(value).encode())


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | LENGTH]) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return bytes([number << 3 | VARINT]) + _varint(value)


def _varint(value: int) -> bytes:
    groups = []
    while value > SEVEN_BITS:
        groups.append(value & SEVEN_BITS | MORE)
        value >>= 7
    return bytes([*groups, value])
