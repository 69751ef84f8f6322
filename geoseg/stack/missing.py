"""Stored numbers of a band -> values in its unit, NaN where the file or its numbers say missing."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.stack.source import BandSource

BEYOND_MEASURE = 1e20
"""Nothing measured is so large; numbers of this size are declared with few digits."""
FEW_DIGITS = 0.99
ROUNDED = 1e-6
"""Share by which a declared number may differ from the stored one, for texts are rounded."""
LONG_BYTES = 8
"""Bytes of the numbers that float64 cannot hold exactly."""

Stored = NDArray[Any]


def values_of(
    stored: Stored, source: BandSource, *, zeros_count: bool = False
) -> NDArray[np.float32]:
    """Return float32 values in the band's unit, NaN where its numbers mean missing.

    Args:
        stored: Numbers as the file holds them, in its own type.
        source: The band, with its no-data value, fill values, scale and offset.
        zeros_count: True reads 0 as a value although the file declares it as no data.
    """
    with np.errstate(over="ignore"):
        values = stored.astype(np.float32)
        if (source.scale, source.offset) != (1.0, 0.0):
            values = (stored * source.scale + source.offset).astype(np.float32)
    values[is_missing(stored, source, zeros_count=zeros_count) | ~np.isfinite(values)] = np.nan
    return values


def is_missing(
    stored: Stored, source: BandSource, *, zeros_count: bool = False
) -> NDArray[np.bool_]:
    """Return True where a stored number is NaN, the band's no-data value or one of its fills."""
    missing = np.zeros(stored.shape, dtype=bool)
    if stored.dtype.kind == "f":
        missing |= np.isnan(stored)
    if source.nodata is not None and not (zeros_count and source.nodata == 0):
        missing |= is_value(stored, source.nodata)
    for fill in source.fills:
        missing |= is_value(stored, fill)
    return missing


def is_value(stored: Stored, value: float) -> NDArray[np.bool_]:
    """Return True where a stored number is the value, as far as its type can hold it.

    Floats may differ by the rounding of a text, those beyond all measure by 1 % or more: files
    declare -3.4e+38 and hold -3.4028235e+38. A value that the type cannot hold occurs nowhere.
    """
    if stored.dtype.kind == "f":
        return _is_float(stored, value)
    if not math.isfinite(value) or value != int(value):
        return np.zeros(stored.shape, dtype=bool)
    if stored.dtype.itemsize == LONG_BYTES:  # sentinels such as 2**63 - 1 come as rounded floats
        return np.asarray(stored.astype(np.float64) == value)
    limits = np.iinfo(stored.dtype)
    if not limits.min <= value <= limits.max:
        return np.zeros(stored.shape, dtype=bool)
    return np.asarray(stored == stored.dtype.type(int(value)))


def _is_float(stored: Stored, value: float) -> NDArray[np.bool_]:
    if math.isnan(value):
        return np.isnan(stored)
    if abs(value) >= BEYOND_MEASURE:
        largest = float(np.finfo(stored.dtype).max)
        least = FEW_DIGITS * min(abs(value), largest)
        return np.asarray(stored >= least if value > 0 else stored <= -least)
    return np.asarray(np.abs(stored - value) <= ROUNDED * abs(value))
