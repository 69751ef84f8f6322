"""Terrain -> climate class, land cover, tree height and greenness of a made-up scene."""
# ruff: noqa: PLR2004 - the thresholds are the made-up world itself, said once where they act

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.noise import Field, fractal, ramp
from geoseg.simulate.terrain import Terrain
from geoseg.simulate.worlds import World

LAPSE_DEGREES_PER_M = 0.0065
"""Cooling with height in the standard atmosphere."""


class Cover(IntEnum):
    """Ten land covers, a reading of the eight groups of Article IV; the ids are the simulator's."""

    URBAN = 1
    FOREST = 2
    SCRUB = 3
    HERBACEOUS = 4
    PASTURE = 5
    SPARSE = 6
    WATER = 7
    WETLAND = 8
    BARE_ROCK = 9
    SNOW = 10


GREENNESS = {
    Cover.URBAN: 0.25,
    Cover.FOREST: 0.82,
    Cover.SCRUB: 0.66,
    Cover.HERBACEOUS: 0.60,
    Cover.PASTURE: 0.64,
    Cover.SPARSE: 0.28,
    Cover.WATER: 0.02,
    Cover.WETLAND: 0.52,
    Cover.BARE_ROCK: 0.08,
    Cover.SNOW: -0.02,
}
"""Summer NDVI before the event."""

CLIMATES = ((18, 1), (10, 15), (5, 26), (-1, 27), (-7, 29), (-99, 30))
"""Yearly mean temperature from which a Koeppen-Geiger class holds, warmest first; ids after
Beck et al. (2018), doi:10.1038/sdata.2018.214: Af, Cfb, Dfb, Dfc, ET, EF."""

LOOKALIKES = {
    Cover.FOREST: Cover.SCRUB,
    Cover.SCRUB: Cover.HERBACEOUS,
    Cover.HERBACEOUS: Cover.PASTURE,
    Cover.PASTURE: Cover.HERBACEOUS,
    Cover.SPARSE: Cover.BARE_ROCK,
    Cover.BARE_ROCK: Cover.SPARSE,
    Cover.WETLAND: Cover.HERBACEOUS,
}


@dataclass(frozen=True)
class GroundCover:
    """What grows on the ground before the event, every array (y, x).

    Attributes:
        temperature: Yearly mean, degrees Celsius.
        climate: Koeppen-Geiger class id.
        cover: True `Cover` id, which the radar and the camera see.
        mapped_cover: The same with a classifier's mistakes: the band CART_landcover.
        tree_height: Metres.
        greenness: NDVI before the event.
    """

    temperature: Field
    climate: Field
    cover: NDArray[np.uint8]
    mapped_cover: NDArray[np.uint8]
    tree_height: Field
    greenness: Field


def make_cover(rng: np.random.Generator, terrain: Terrain, world: World) -> GroundCover:
    """Clothe the ground by the world's habit, temperature, slope, wetness and chance."""
    size = len(terrain.elevation)
    above_base = terrain.elevation - terrain.elevation.min()
    at_base = rng.uniform(*world.base_degrees)
    temperature = (at_base - LAPSE_DEGREES_PER_M * above_base).astype(np.float32)
    temperature += 0.8 * fractal(rng, size, 3, largest=0.5)
    cover = _true_cover(rng, terrain, temperature, world)
    greenness = np.asarray([0.0, *GREENNESS.values()], np.float32)[cover]
    greenness += 0.04 * fractal(rng, size, 2, largest=0.1)
    return GroundCover(
        temperature=temperature,
        climate=climate_classes(temperature),
        cover=cover,
        mapped_cover=_with_mistakes(rng, cover),
        tree_height=_tree_height(rng, cover, temperature),
        greenness=greenness,
    )


def climate_classes(temperature: Field) -> Field:
    """Return the Koeppen-Geiger class id of every pixel's yearly mean temperature."""
    conditions = [temperature >= low for low, _ in CLIMATES]
    return np.select(conditions, [i for _, i in CLIMATES]).astype(np.float32)


def _true_cover(
    rng: np.random.Generator, terrain: Terrain, temperature: Field, world: World
) -> NDArray[np.uint8]:
    size = len(temperature)
    growth = fractal(rng, size, 3.2, largest=0.25)
    patches = fractal(rng, size, 3.0, largest=0.12)
    drought = fractal(rng, size, 3.0, largest=0.3) + 0.7 * ramp(terrain.slope, 10, 40)
    chill = temperature + 1.2 * patches
    forest, scrub = rng.uniform(*world.forest), rng.uniform(*world.scrub)
    forest_to, scrub_to = np.quantile(growth, [forest, min(forest + scrub, 1)])
    farming = rng.uniform(*world.farming) * (at_rest := ramp(terrain.slope, 24, 8))
    barren = drought > np.quantile(drought, 1 - rng.uniform(*world.barren))
    cover = np.full((size, size), Cover.HERBACEOUS, np.uint8)
    cover[(growth < scrub_to) & (chill > 0)] = Cover.SCRUB
    cover[(growth < forest_to) & (chill > 2)] = Cover.FOREST
    cover[(farming > 0.08) & (patches > 1 - 2 * farming) & (chill > 3)] = Cover.PASTURE
    cover[barren] = Cover.SPARSE
    cover[(at_rest > 0.4) & (terrain.wetness > 0.6) & (patches < -0.4)] = Cover.WETLAND
    cover[(chill < -0.5) & (growth > -0.8)] = Cover.SPARSE
    rock = terrain.slope + 4 * patches > rng.uniform(*world.rock_degrees)
    cover[rock | (chill < -4) | (barren & (patches > 0.7))] = Cover.BARE_ROCK
    cover[(chill < -5) & (terrain.slope < 42)] = Cover.SNOW
    cover[_towns(rng, terrain, temperature)] = Cover.URBAN
    cover[terrain.water] = Cover.WATER
    return cover


def _towns(rng: np.random.Generator, terrain: Terrain, temperature: Field) -> NDArray[np.bool_]:
    """Put a few towns on flat, mild ground."""
    size = len(temperature)
    suited = fractal(rng, size, 2.4, largest=0.15) + ramp(terrain.slope, 12, 3) - 0.3
    return (suited > rng.uniform(1.6, 2.6)) & (terrain.slope < 12) & (temperature > 1)


def _with_mistakes(rng: np.random.Generator, cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Swap classes that look alike, in small clumps, as a classifier does."""
    size = len(cover)
    clumps = ndimage.gaussian_filter(rng.standard_normal((size, size)), 0.8)
    wrong = clumps > np.quantile(clumps, 1 - rng.uniform(0.03, 0.1))
    lookalike = np.arange(max(Cover) + 1, dtype=np.uint8)
    for true, mapped in LOOKALIKES.items():
        lookalike[true] = mapped
    return np.where(wrong, lookalike[cover], cover)


def _tree_height(rng: np.random.Generator, cover: NDArray[np.uint8], temperature: Field) -> Field:
    size = len(cover)
    grown = (6 + 22 * ramp(temperature, 0, 20)) * (1 + 0.25 * fractal(rng, size, 2, largest=0.1))
    height = np.where(cover == Cover.FOREST, grown, np.where(cover == Cover.SCRUB, 0.15 * grown, 0))
    measured = height + 1.2 * (height > 0) * rng.standard_normal((size, size))
    return np.maximum(measured, 0).astype(np.float32)
