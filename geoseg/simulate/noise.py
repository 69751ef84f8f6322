"""A random generator -> smooth random fields, the raw material of every made-up scene."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Grain(NamedTuple):
    """Main direction of a field.

    Attributes:
        angle: Of the long axis, radians from the direction of the columns.
        stretch: How much longer than broad its forms are.
    """

    angle: float
    stretch: float


NO_GRAIN = Grain(0.0, 1.0)


def fractal(
    rng: np.random.Generator,
    size: int,
    roughness: float,
    largest: float = 1.0,
    grain: Grain = NO_GRAIN,
) -> Field:
    """Return a random field (y, x) of mean 0 and standard deviation 1.

    Args:
        rng: Source of chance; the same state gives the same field.
        size: Side of the square field, pixels.
        roughness: Power of the spectrum: 1 is rough as noise in a cloud, 4 is a smooth hill.
        largest: Largest wavelength as a share of the side; longer waves are damped.
        grain: Main direction.
    """
    # Half as long again as the side, so that opposite edges of the scene do not match.
    period = int(fft.next_fast_len(size + size // 2, real=True))
    frequency_y = fft.fftfreq(period)[:, None].astype(np.float32)
    frequency_x = fft.rfftfreq(period)[None, :].astype(np.float32)
    along = frequency_x * np.float32(np.cos(grain.angle) * grain.stretch)
    along = along + frequency_y * np.float32(np.sin(grain.angle) * grain.stretch)
    across = frequency_y * np.float32(np.cos(grain.angle))
    across = across - frequency_x * np.float32(np.sin(grain.angle))
    squared = np.maximum((along**2 + across**2) * np.float32(size**2), np.float32(1e-12))
    amplitude = squared ** np.float32(-roughness / 4)
    amplitude *= -np.expm1(-squared * np.float32(largest**2))
    white = fft.rfft2(rng.standard_normal((period, period), np.float32))
    field = fft.irfft2(white * amplitude, s=(period, period))[:size, :size]
    standard: Field = ((field - field.mean()) / field.std()).astype(np.float32)
    return standard


def ramp(values: NDArray[Any], low: float, high: float) -> Field:
    """Rise smoothly from 0 at `low` to 1 at `high`; `high` below `low` falls instead."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: Field = (share * share * (3 - 2 * share)).astype(np.float32)
    return smooth


USUAL_SIDE = 512


def waves(rng: np.random.Generator, size: int, roughness: float, largest: float,
          grain: Grain = NO_GRAIN) -> Field:  # fmt: skip
    """Return a `fractal` whose largest wavelength is a share of 512 pixels, whatever the side.

    A small scene then shows a part of what a large one does, at the same scale.
    """
    return fractal(rng, size, roughness, min(1.0, largest * USUAL_SIDE / size), grain)
