"""A random generator -> the ground that ravines are cut into, and what may be taken for one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.clay_worlds import ClayWorld
from geoseg.simulate.noise import Field, Mask, fractal, ramp

PLAIN_M = (135.0, 175.0)
MARINE_LIMIT_M = 205.0
"""Ground above was never under the sea: no clay, so nothing is mapped there."""
ROAD_HALF_M, DITCH_AT_M = 3.5, 6.5
HILL_FOOT_M = 1.0
BANK_M = 12
"""Bends of scarps shorter than this are smoothed."""


@dataclass(frozen=True)
class Plain:
    """The ground before ravines, every array (y, x) unless said otherwise.

    Attributes:
        clay: Metres above the sea, with terraces and scarp.
        elevation: The same with hills of bedrock on it.
        hills: True on bedrock.
        scarp_row: Row at which the plain ends above the river or lower ground, (x,).
    """

    clay: Field
    elevation: Field
    hills: Mask
    scarp_row: Field


def make_plain(rng: np.random.Generator, size: int, world: ClayWorld) -> Plain:
    """Lay a gently tilted plain with terrace steps, a river to the south, and hills of bedrock."""
    rows, columns = np.indices((size, size), np.float32)
    height = np.float32(rng.uniform(*PLAIN_M)) + 1.3 * fractal(rng, size, 4.2, largest=0.5)
    height += (size / 2 - rows) * np.tan(np.radians(rng.uniform(*world.tilt_degrees)))
    height += (columns - size / 2) * np.tan(np.radians(rng.uniform(-0.4, 0.4)))
    for _ in range(rng.integers(0, 3)):
        height += _terrace(rng, rows, size)
    height += 0.12 * fractal(rng, size, 2.4, largest=0.05)
    scarp_row = _scarp_row(rng, size, world)
    height = _river(rng, height, rows, scarp_row, world)
    hills, rise = _hills(rng, size, world)
    clay = height.astype(np.float32)
    return Plain(clay, clay + rise, hills, scarp_row)


def _terrace(rng: np.random.Generator, rows: Field, size: int) -> Field:
    """Raise the ground north of a winding line by some metres: a step, one-sided as no ravine is."""
    line = 0.06 * size * ndimage.gaussian_filter1d(fractal(rng, size, 4.5, largest=0.4)[0], BANK_M)
    line += size * rng.uniform(0.15, 0.8)
    width = rng.uniform(10, 30)
    return rng.uniform(2, 6) * ramp(line[None] - rows, -width, width)


def _scarp_row(rng: np.random.Generator, size: int, world: ClayWorld) -> Field:
    share = rng.uniform(0.06, 0.2) if world.form == "parallel" else rng.uniform(0.0, 0.05)
    winding = 0.04 * size * fractal(rng, size, 4.5, largest=0.5)[0]
    winding = ndimage.gaussian_filter1d(winding, BANK_M)
    return np.clip(size * (1 - share) + winding, 0.6 * size, size - 1).astype(np.float32)


def _river(
    rng: np.random.Generator, height: Field, rows: Field, scarp_row: Field, world: ClayWorld
) -> Field:
    """Lower the ground south of the scarp to a flood plain."""
    if world.form == "short":
        return height
    fall = rng.uniform(*world.depth_m)
    steepness = np.tan(np.radians(rng.uniform(18, 32)))
    below = np.clip((rows - scarp_row[None]) * steepness, 0, fall)
    return height - below


def _hills(rng: np.random.Generator, size: int, world: ClayWorld) -> tuple[Mask, Field]:
    """Let rough hills of bedrock stand out of the clay."""
    rise = np.zeros((size, size), np.float32)
    rows, columns = np.indices((size, size), np.float32)
    warp = 0.3 * fractal(rng, size, 3.6, largest=0.25)
    for _ in range(rng.integers(world.knolls[0], world.knolls[1] + 1)):
        row, column = rng.uniform(0, size, 2)
        radii = rng.uniform(0.06, 0.16, 2) * size
        distance = np.hypot((rows - row) / radii[0], (columns - column) / radii[1]) + warp
        rise = np.maximum(rise, rng.uniform(8, 40) * np.clip(1 - distance**2, 0, 1))
    hills = rise > HILL_FOOT_M
    rough = 0.7 * fractal(rng, size, 2.6, largest=0.05) * ramp(rise, 0.5, 4)
    return hills, (rise + rough).astype(np.float32)


def disturb(rng: np.random.Generator, ground: Field, plain: Field, world: ClayWorld) -> Field:
    """Add what people and slides left: scars of quick clay, roads with ditches, drains.

    Args:
        rng: Source of chance.
        ground: With ravines, metres, (y, x).
        plain: Without, metres, (y, x).
        world: Says how many.
    """
    for _ in range(rng.integers(world.scars[0], world.scars[1] + 1)):
        ground = _scar(rng, ground)
    for _ in range(rng.integers(3, 9)):
        distance = np.abs(_line_distance(rng, len(ground), bend=0.0))
        depth = rng.uniform(0.3, 0.9)
        ground = ground - depth * ramp(distance, rng.uniform(1.2, 2.2), 0.4)
    for _ in range(rng.integers(world.roads[0], world.roads[1] + 1)):
        ground = _road(rng, ground, plain)
    return ground.astype(np.float32)


def _scar(rng: np.random.Generator, ground: Field) -> Field:
    """Sink a pear-shaped bowl with a steep back and a hummocky floor: a slide, not a ravine."""
    size = len(ground)
    rows, columns = np.indices((size, size), np.float32)
    row, column = rng.uniform(0.1, 0.9, 2) * size
    along, across = rng.uniform(45, 100), rng.uniform(30, 60)
    distance = np.hypot((rows - row) / along, (columns - column) / across)
    distance += 0.12 * fractal(rng, size, 3.0, largest=0.06)
    sunk = rng.uniform(2.5, 5) * ramp(distance, 1.08, 0.92) * ramp(rows - row, 1.4 * along, 0)
    hummocks = 0.5 * np.maximum(fractal(rng, size, 2.6, largest=0.04), 0) * (sunk > 1)
    return (ground - sunk + hummocks).astype(np.float32)


def _road(rng: np.random.Generator, ground: Field, plain: Field) -> Field:
    """Build an embankment that crosses ravines on fill, with a ditch on either side."""
    distance = np.abs(_line_distance(rng, len(ground), bend=1.0))
    level = ndimage.gaussian_filter(plain, 12) + 0.6
    level -= 0.35 * np.maximum(plain - ndimage.gaussian_filter(ground, 6), 0)
    side = np.maximum(distance - ROAD_HALF_M, 0) * np.tan(np.radians(32))
    ditch = 0.6 * ramp(np.abs(distance - DITCH_AT_M), 1.3, 0.3)
    filled = np.maximum(ground, level - side)
    cut = np.minimum(filled, level + side)
    return cut - np.where(cut <= ground + 0.1, ditch, 0)


def _line_distance(rng: np.random.Generator, size: int, bend: float) -> NDArray[np.float32]:
    """Return the distance to a line across the scene, metres, signed, (y, x)."""
    rows, columns = np.indices((size, size), np.float32)
    angle = rng.uniform(0, np.pi)
    row, column = rng.uniform(0.15, 0.85, 2) * size
    across = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
    along = (rows - row) * np.sin(angle) + (columns - column) * np.cos(angle)
    curve = bend * rng.uniform(-1, 1) * (along**2) / (2.5 * size)
    swing = bend * 12 * np.sin(along / rng.uniform(80, 160))
    return ((across + curve + swing) / np.sqrt(1 + (bend * 0.1) ** 2)).astype(np.float32)
