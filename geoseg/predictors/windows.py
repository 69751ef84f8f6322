"""Values with a margin -> sums, means, extremes and deviations in windows, NaN left out.

A window is (rows, columns) of pixels, odd numbers, so that one in metres is square on the ground
where pixels are not; a single number stands for both.

All functions take (y, x) with NaN for missing and give the same shape back; windows that reach over
the edge use what is inside. Every pixel is summed in one fixed order, so a block that carries a
margin of half a window gives, to the last bit, what the whole raster gives.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Values = NDArray[np.float64]
Size = int | tuple[int, int]


def odd(pixels: float) -> int:
    """Return the width of a centred window: the next odd number of pixels, at least 3."""
    width = max(3, round(pixels))
    return width + 1 - width % 2


def window_sum(values: Values, width: Size) -> tuple[Values, Values]:
    """Return the sum of the known values in a window, and how many there are."""
    known = np.isfinite(values)
    total = _summed(np.where(known, values, 0.0), width)
    return total, _summed(known.astype(np.float64), width)


def window_mean(values: Values, width: Size) -> Values:
    """Return the mean of the known values in a window; NaN where there is none."""
    return _divided(*window_sum(values, width))


def surrounding_mean(values: Values, width: Size) -> Values:
    """Return the mean of the known values in a window without its centre; NaN where none is."""
    total, count = window_sum(values, width)
    known = np.isfinite(values)
    return _divided(total - np.where(known, values, 0.0), count - known)


def window_deviation(values: Values, width: Size) -> Values:
    """Return the standard deviation (of the population) in a window; NaN where nothing is known."""
    mean = window_mean(values, width)
    square = _divided(*window_sum(values * values, width))
    # Rounding can push a flat window a hair below zero.
    return np.sqrt(np.maximum(square - mean * mean, 0.0))


def window_maximum(values: Values, width: Size) -> Values:
    """Return the highest known value in a window; NaN where there is none."""
    filled = np.where(np.isfinite(values), values, -np.inf)
    highest = ndimage.maximum_filter(filled, size=width, mode="constant", cval=-np.inf)
    return np.where(np.isfinite(highest), highest, np.nan)


def window_minimum(values: Values, width: Size) -> Values:
    """Return the lowest known value in a window; NaN where there is none."""
    return -window_maximum(-values, width)


def _summed(values: Values, width: Size) -> Values:
    # Not a running sum: that would carry the rounding of all pixels to the left along.
    down, across = (width, width) if isinstance(width, int) else width
    rows = ndimage.correlate1d(values, np.ones(down), axis=0, mode="constant")
    return np.asarray(ndimage.correlate1d(rows, np.ones(across), axis=1, mode="constant"))


def _divided(total: Values, count: Values) -> Values:
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
