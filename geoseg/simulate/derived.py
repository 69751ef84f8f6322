"""Simulated elevation -> the predictors of a task, as `geoseg derive terrain` makes them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.predictors.catalogue import predictor
from geoseg.tasks import Band


def derive_bands(
    elevation: NDArray[np.float32], bands: Sequence[Band], pixel_size_m: float
) -> NDArray[np.float32]:
    """Return the predictors (band, y, x) of an elevation in metres (y, x), NaN where masked."""
    heights = elevation.astype(np.float64)
    found = [predictor(band.derive, pixel_size_m).compute(heights) for band in bands]
    return np.stack(found).astype(np.float32)
