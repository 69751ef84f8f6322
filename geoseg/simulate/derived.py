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
    return np.stack([_derived(elevation, band.derive, pixel_size_m) for band in bands])


def _derived(elevation: NDArray[np.float32], name: str, pixel_size_m: float) -> NDArray[np.float32]:
    own = predictor(name, pixel_size_m)
    # Beyond the scene nothing is known, which windows of windows must see too.
    heights = np.pad(elevation.astype(np.float64), own.margin, constant_values=np.nan)
    rows, columns = (slice(own.margin, own.margin + length) for length in elevation.shape)
    return own.compute(heights)[rows, columns].astype(np.float32)
