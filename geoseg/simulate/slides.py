"""Terrain -> landslides that start on steep ground and run downhill: zones and slide numbers."""
# ruff: noqa: PLR2004 - the thresholds are the made-up world itself, said once where they act

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.noise import Field, fractal
from geoseg.simulate.terrain import PIXEL_SIZE_M, Gradient, Terrain, gradients

START_SLOPE_DEGREES = 27.0
REST_SLOPE_DEGREES = 9.0
MARGIN = 14
"""Pixels from the scene's edge inside which no slide starts."""


class Zone(IntEnum):
    """Parts of a slide, from its upper end to its foot (Article IV)."""

    NONE = 0
    SCARP = 1
    TRANSIT = 2
    DEPOSIT = 3


@dataclass(frozen=True)
class Slides:
    """Every slide of one scene.

    Attributes:
        zone: `Zone` of every pixel, (y, x).
        number: Slide number of every pixel, from 1; 0 outside, (y, x).
        count: How many slides there are.
    """

    zone: NDArray[np.uint8]
    number: NDArray[np.int32]
    count: int

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True on slides, (y, x)."""
        return self.zone > 0


def make_slides(rng: np.random.Generator, terrain: Terrain, ground: GroundCover) -> Slides:
    """Release slides at random steep places and let each run to its rest."""
    size = len(terrain.elevation)
    zone = np.zeros((size, size), np.uint8)
    number = np.zeros((size, size), np.int32)
    smooth = ndimage.gaussian_filter(terrain.elevation, 2.0)
    downhill = gradients(smooth)
    edge_noise = fractal(rng, size, 1.6, largest=0.05)
    wanted = max(4, round(rng.uniform(22, 75) * (size / 512) ** 2))
    count = 0
    for row, col in _starts(rng, terrain, ground, wanted):
        length_m = min(80 + 190 * rng.pareto(1.6), 1300)
        path = _run(smooth, downhill, terrain.water, (row, col), length_m)
        if len(path) * PIXEL_SIZE_M < 50:
            continue
        count += 1
        window, parts = _footprint(path, _half_widths(rng, len(path)), edge_noise)
        zone[window] = np.where(parts, parts, zone[window])
        number[window] = np.where(parts, count, number[window])
    keep = ~terrain.water
    return Slides(zone * keep, number * keep, count)


def _starts(
    rng: np.random.Generator, terrain: Terrain, ground: GroundCover, wanted: int
) -> NDArray[np.int64]:
    """Choose starting pixels: steep, clustered as by one storm, not in water or town."""
    size = len(terrain.slope)
    storm = fractal(rng, size, 3, largest=0.4)
    chance = np.clip(terrain.slope - START_SLOPE_DEGREES, 0, 12) * np.exp(0.8 * storm)
    chance[np.isin(ground.cover, (Cover.WATER, Cover.URBAN, Cover.SNOW))] = 0
    chance[:MARGIN] = chance[-MARGIN:] = chance[:, :MARGIN] = chance[:, -MARGIN:] = 0
    possible = np.count_nonzero(chance)
    if possible == 0:
        return np.zeros((0, 2), np.int64)
    weights = chance.ravel().astype(np.float64)
    take = min(wanted, int(possible))
    picked = rng.choice(weights.size, take, replace=False, p=weights / weights.sum())
    return np.stack(np.unravel_index(picked, chance.shape), axis=1)


def _run(
    elevation: Field,
    gradient: tuple[Gradient, Gradient],
    water: NDArray[np.bool_],
    start: tuple[int, int],
    length_m: float,
) -> NDArray[np.float64]:
    """Follow the fall line with momentum; return (row, col) at one-pixel steps."""
    east, north = gradient
    position = np.array(start, float)
    heading = np.zeros(2)
    path: list[NDArray[np.float64]] = []
    while len(path) * PIXEL_SIZE_M < length_m:
        row, col = np.round(position).astype(int)
        inside = 1 <= row < len(elevation) - 1 and 1 <= col < len(elevation) - 1
        if not inside or water[row, col]:
            break
        path.append(position.copy())
        fall = np.array([north[row, col], -east[row, col]])  # towards lower ground, (row, col)
        steepness = np.hypot(*fall)
        if np.degrees(np.arctan(steepness)) < REST_SLOPE_DEGREES and len(path) > 4:
            break
        heading = 0.55 * heading + 0.45 * fall / max(steepness, 1e-6)
        heading /= max(np.hypot(*heading), 1e-6)
        position = position + heading
    return np.array(path).reshape(-1, 2)


def _half_widths(rng: np.random.Generator, steps: int) -> NDArray[np.float64]:
    """Return half the width at each step, pixels: broad scarp, narrower track, fan at the foot."""
    along = np.linspace(0, 1, steps)
    broad = rng.uniform(1.6, 3.2) + 0.045 * steps * rng.uniform(0.5, 1.6)
    shape = 1.0 - 0.35 * np.sin(np.pi * np.clip(along / 0.8, 0, 1)) + 0.45 * (along > 0.75)
    smooth = ndimage.gaussian_filter1d(shape, max(steps / 20, 1))
    return np.asarray(np.clip(broad * smooth, 1.4, 14))


def _footprint(
    path: NDArray[np.float64], half_widths: NDArray[np.float64], edge_noise: Field
) -> tuple[tuple[slice, slice], NDArray[np.uint8]]:
    """Return a window and the zone of its pixels: inside, the path is nearer than its half width."""
    reach = int(np.ceil(half_widths.max())) + 2
    low = np.maximum(np.floor(path.min(axis=0)).astype(int) - reach, 0)
    high = np.ceil(path.max(axis=0)).astype(int) + reach + 1
    window = (slice(low[0], high[0]), slice(low[1], high[1]))
    noise = edge_noise[window]
    rows, cols = np.indices(noise.shape)
    offsets = np.stack([rows + low[0], cols + low[1]], axis=-1)[:, :, None] - path
    distance = np.hypot(offsets[..., 0], offsets[..., 1])
    step = distance.argmin(axis=2)
    inside = distance.min(axis=2) < half_widths[step] * (1 + 0.15 * noise)
    along = step / max(len(path) - 1, 1)
    parts = np.where(along < 0.2, Zone.SCARP, np.where(along < 0.7, Zone.TRANSIT, Zone.DEPOSIT))
    return window, (parts * inside).astype(np.uint8)
