"""Terrain -> landslides that start on steep ground and run downhill: zones, numbers and kinds."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.noise import Field, Mask, fractal, ramp
from geoseg.simulate.terrain import PIXEL_SIZE_M, Gradient, Terrain, gradients
from geoseg.simulate.worlds import HABITS, Habit, Kind, World

MARGIN = 14
"""Pixels from the scene's edge inside which no slide starts."""

SHORTEST = 4
"""Pixels; what stops earlier is no slide."""

TRIES = 400
FEWEST = 3
LARGEST_SHARE = 0.03
"""Of the scene's pixels: no slide takes more, so that a small scene is not one slide."""


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
        kinds: `Kind` of slide 1, 2, and so on.
        starts: Row and column at which each began, (slide, 2).
    """

    zone: NDArray[np.uint8]
    number: NDArray[np.int32]
    kinds: tuple[Kind, ...]
    starts: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Say how many slides there are."""
        return len(self.kinds)

    @property
    def mask(self) -> Mask:
        """True on slides, (y, x)."""
        return self.zone > 0


@dataclass(frozen=True)
class Fall:
    """The ground as a falling mass feels it, every array (y, x).

    Attributes:
        east: Rise towards the east, metres per metre, smoothed.
        north: The same towards the north.
        water: True where every slide ends.
    """

    east: Gradient
    north: Gradient
    water: Mask


def make_slides(
    rng: np.random.Generator, terrain: Terrain, ground: GroundCover, world: World
) -> Slides:
    """Release slides at likely places until the world's share of the ground has slid."""
    size = len(terrain.elevation)
    zone = np.zeros((size, size), np.uint8)
    number = np.zeros((size, size), np.int32)
    fall = Fall(*gradients(ndimage.gaussian_filter(terrain.elevation, 2.0)), terrain.water)
    edge_noise = fractal(rng, size, 1.6, largest=0.05)
    wanted = rng.uniform(*world.share) * size * size
    kinds: list[Kind] = []
    starts: list[tuple[int, int]] = []
    for kind, start in _starts(rng, terrain, ground, world):
        if np.count_nonzero(zone) >= wanted and len(kinds) >= FEWEST:
            break
        habit = HABITS[kind]
        path = _run(fall, habit, start, _length_m(rng, habit))
        if len(path) < SHORTEST:
            continue
        window, parts = _footprint(path, _half_widths(rng, habit, len(path)), habit, edge_noise)
        parts = parts * ~terrain.water[window]
        if not 0 < np.count_nonzero(parts) < LARGEST_SHARE * size * size:
            continue
        kinds.append(kind)
        starts.append(start)
        zone[window] = np.where(parts, parts, zone[window])
        number[window] = np.where(parts, len(kinds), number[window])
    return Slides(zone, number, tuple(kinds), np.array(starts, np.int64).reshape(-1, 2))


def _starts(
    rng: np.random.Generator, terrain: Terrain, ground: GroundCover, world: World
) -> list[tuple[Kind, tuple[int, int]]]:
    """Choose kinds and starting pixels: steep, in hollows, on the storm's side, in clusters."""
    readiness = _readiness(rng, terrain, ground, world)
    kinds = np.array(list(world.slides))
    weights = np.array(list(world.slides.values()), float)
    drawn = rng.choice(kinds, TRIES, p=weights / weights.sum())
    chosen: list[tuple[int, Kind, tuple[int, int]]] = []
    for kind in map(Kind, kinds):
        turns = np.flatnonzero(drawn == kind)
        spare = np.clip(terrain.slope - HABITS[kind].start_degrees, 0, 10)
        chance = (spare * readiness).ravel().astype(np.float64)
        take = min(len(turns), int(np.count_nonzero(chance)))
        if take == 0:
            continue
        places = rng.choice(chance.size, take, replace=False, p=chance / chance.sum())
        rows, cols = np.unravel_index(places, readiness.shape)
        chosen += [
            (int(turn), kind, (int(row), int(col)))
            for turn, row, col in zip(turns, rows, cols, strict=False)
        ]
    return [(kind, start) for _, kind, start in sorted(chosen)]


def _readiness(
    rng: np.random.Generator, terrain: Terrain, ground: GroundCover, world: World
) -> Field:
    """Return how much likelier than elsewhere a slope as steep gives way here, (y, x)."""
    size = len(terrain.slope)
    storm = fractal(rng, size, 3, largest=0.4)
    from_where = rng.uniform(0, 2 * np.pi)
    lee = terrain.downhill_east * np.sin(from_where) + terrain.downhill_north * np.cos(from_where)
    smooth = ndimage.gaussian_filter(terrain.elevation, 3.0)
    hollow = ndimage.laplace(smooth)
    hollow = hollow / max(float(hollow.std()), 1e-9)
    ready = np.exp(0.9 * storm + rng.uniform(*world.one_sided) * lee)
    ready *= 0.3 + ramp(hollow, -0.5, 1.5) + 0.5 * terrain.wetness
    ready[ground.cover == Cover.FOREST] *= 0.6
    ready[ground.cover == Cover.SNOW] *= 0.4
    ready[np.isin(ground.cover, (Cover.WATER, Cover.URBAN))] = 0
    ready[:MARGIN] = ready[-MARGIN:] = ready[:, :MARGIN] = ready[:, -MARGIN:] = 0
    return np.asarray(ready, np.float32)


def _length_m(rng: np.random.Generator, habit: Habit) -> float:
    """Draw a length: a power-law tail, as inventories show for sizes."""
    shortest, scale, longest = habit.length_m
    return min(shortest + scale * float(rng.pareto(habit.tail)), longest)


def _run(fall: Fall, habit: Habit, start: tuple[int, int], length_m: float) -> NDArray[np.float64]:
    """Follow the fall line with momentum; return (row, col) at one-pixel steps."""
    size = len(fall.water)
    position = np.array(start, float)
    heading = np.zeros(2)
    rest = np.tan(np.radians(habit.rest_degrees))
    path: list[NDArray[np.float64]] = []
    while len(path) * PIXEL_SIZE_M < length_m:
        row, col = round(position[0]), round(position[1])
        if not (1 <= row < size - 1 and 1 <= col < size - 1) or fall.water[row, col]:
            break
        downhill = np.array([fall.north[row, col], -fall.east[row, col]])  # (row, col)
        steepness = float(np.hypot(*downhill))
        # A mass that would climb has come to rest, however fast it was.
        climbs = float(heading @ downhill) < 0
        path.append(position.copy())
        if (steepness < rest or climbs) and len(path) > SHORTEST:
            break
        heading = habit.momentum * heading + (1 - habit.momentum) * downhill / max(steepness, 1e-6)
        heading /= max(float(np.hypot(*heading)), 1e-6)
        position = position + heading
    return np.array(path).reshape(-1, 2)


def _half_widths(rng: np.random.Generator, habit: Habit, steps: int) -> NDArray[np.float64]:
    """Return half the width at each step, pixels: broad scarp, narrower track, fan at the foot."""
    along = np.linspace(0, 1, steps)
    broad = rng.uniform(*habit.half_width) + habit.widening * steps * rng.uniform(0.5, 1.5)
    track = 1.0 - 0.35 * np.sin(np.pi * np.clip(along / 0.8, 0, 1))
    shape = track + habit.fan * (along > habit.parts[1] + 0.1)
    smooth = ndimage.gaussian_filter1d(shape, max(steps / 20, 1))
    return np.asarray(np.clip(broad * smooth, 1.3, 18))


def _footprint(
    path: NDArray[np.float64], half_widths: NDArray[np.float64], habit: Habit, edge_noise: Field
) -> tuple[tuple[slice, slice], NDArray[np.uint8]]:
    """Return a window and the zone of its pixels: inside, the path is nearer than its half width."""
    reach = int(np.ceil(half_widths.max() * 1.5)) + 2
    low = np.maximum(np.floor(path.min(axis=0)).astype(int) - reach, 0)
    high = np.ceil(path.max(axis=0)).astype(int) + reach + 1
    window = (slice(low[0], high[0]), slice(low[1], high[1]))
    noise = edge_noise[window]
    rows, cols = (np.round(path).astype(int) - low).T
    step_at = np.full(noise.shape, -1)
    step_at[rows, cols] = np.arange(len(path))
    distance, (near_row, near_col) = ndimage.distance_transform_edt(
        step_at < 0, return_indices=True
    )
    step = step_at[near_row, near_col]
    inside = distance < half_widths[step] * np.clip(1 + 0.15 * noise, 0.5, 1.5)
    along = step / max(len(path) - 1, 1)
    scarp_ends, deposit_begins = habit.parts
    after = np.where(along < deposit_begins, Zone.TRANSIT, Zone.DEPOSIT)
    parts = np.where(along < scarp_ends, Zone.SCARP, after)
    return window, (parts * inside).astype(np.uint8)
