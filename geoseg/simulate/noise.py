"""A random generator -> smooth random fields, the raw material of every made-up scene."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]


def fractal(rng: np.random.Generator, size: int, roughness: float, largest: float = 1.0) -> Field:
    """Return a random field (y, x) of mean 0 and standard deviation 1.

    Args:
        rng: Source of chance; the same state gives the same field.
        size: Side of the square field, pixels.
        roughness: Power of the spectrum: 1 is rough as noise in a cloud, 4 is a smooth hill.
        largest: Largest wavelength as a share of the side; longer waves are damped.
    """
    period = 2 * size  # Twice the side, so that opposite edges of the scene do not match.
    frequency_y = np.fft.fftfreq(period)[:, None]
    frequency_x = np.fft.rfftfreq(period)[None, :]
    cycles = np.hypot(frequency_y, frequency_x) * size
    cutoff = 1.0 / largest
    amplitude = np.maximum(cycles, 1e-6) ** (-roughness / 2)
    amplitude *= 1 - np.exp(-((cycles / cutoff) ** 2))
    white = np.fft.rfft2(rng.standard_normal((period, period)))
    field = np.fft.irfft2(white * amplitude, s=(period, period))[:size, :size]
    standard: Field = ((field - field.mean()) / field.std()).astype(np.float32)
    return standard


def ramp(values: NDArray[Any], low: float, high: float) -> Field:
    """Rise smoothly from 0 at `low` to 1 at `high`; `high` below `low` falls instead."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: Field = (share * share * (3 - 2 * share)).astype(np.float32)
    return smooth
