"""A random generator -> made-up mountains: elevation, slope, aspect and wetness of the ground."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.noise import Field, Grain, Mask, fractal, ramp
from geoseg.simulate.worlds import World

PIXEL_SIZE_M = 10.0
RIVER_HALF_WIDTH = 0.025
"""Of the valley field's standard deviation: about one to three pixels."""

Gradient = NDArray[np.float64]


@dataclass(frozen=True)
class Terrain:
    """The ground of one scene, every array (y, x).

    Attributes:
        elevation: Metres above the sea.
        slope: Degrees.
        downhill_east: Eastward part of the unit vector pointing downhill; 0 on flat ground.
        downhill_north: Northward part of it.
        wetness: 0 dry ridge to 1 valley floor.
        water: True on lakes and rivers.
    """

    elevation: Field
    slope: Field
    downhill_east: Field
    downhill_north: Field
    wetness: Field
    water: Mask


def make_terrain(rng: np.random.Generator, size: int, world: World) -> Terrain:
    """Raise mountains, cut valleys into them and fill the lowest ground with water.

    Valleys lie along the zero line of a smooth random field: its absolute value is a network of
    connected V-shaped troughs between ridges, which is as much drainage as the networks can see.
    Side valleys do the same on a smaller scale, so that slopes have hollows and spurs.
    """
    grain = Grain(rng.uniform(0, np.pi), rng.uniform(*world.stretch))
    valley_field = fractal(rng, size, rng.uniform(4.2, 5.0), rng.uniform(*world.valleys), grain)
    side_valleys = fractal(rng, size, 3.6, largest=0.16)
    hills = fractal(rng, size, 4.6, 1.0, grain)
    detail = fractal(rng, size, 3.2, largest=0.06)
    height = np.abs(valley_field) ** 0.9 + 0.11 * np.abs(side_valleys) + 0.4 * hills
    height = ndimage.gaussian_filter(height, 2.5) + 0.008 * detail
    height -= height.min()
    steepest = np.tan(np.radians(rng.uniform(*world.steepest_degrees)))
    height *= steepest / np.percentile(_gradient_size(height), 92)
    level = np.percentile(height, rng.uniform(1, 7))
    river = (np.abs(valley_field) < RIVER_HALF_WIDTH) & (height < np.percentile(height, 35))
    lake = height < level
    elevation = (np.maximum(height, level) + rng.uniform(*world.base_m)).astype(np.float32)
    relative = height - ndimage.gaussian_filter(height, size / 16)
    wetness = ramp(relative, *np.percentile(relative, [75, 5]))
    return _with_slopes(elevation, wetness, lake | river)


def _with_slopes(elevation: Field, wetness: Field, water: Mask) -> Terrain:
    east, north = gradients(elevation)
    steepness = np.hypot(east, north)
    scale = np.where(steepness > 0, steepness, 1)
    return Terrain(
        elevation=elevation,
        slope=np.degrees(np.arctan(steepness)).astype(np.float32),
        downhill_east=(-east / scale).astype(np.float32),
        downhill_north=(-north / scale).astype(np.float32),
        wetness=wetness,
        water=water,
    )


def gradients(elevation: NDArray[Any]) -> tuple[Gradient, Gradient]:
    """Return the rise in metres per metre towards the east and the north."""
    down_the_rows, east = np.gradient(elevation.astype(np.float64), PIXEL_SIZE_M)
    return np.asarray(east), -np.asarray(down_the_rows)


def _gradient_size(elevation: NDArray[Any]) -> Gradient:
    east, north = gradients(elevation)
    return np.asarray(np.hypot(east, north))
