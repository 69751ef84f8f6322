"""A random generator -> hills, where water gathers, and what grows: wetlands among their like."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.mire_worlds import MireWorld
from geoseg.simulate.noise import USUAL_SIDE, Field, Mask, ramp, waves
from geoseg.simulate.terrain import gradients

LEAST_PATCH = 15
"""Pixels: smaller wetlands were not mapped (0.15 ha)."""
NEVER = 99.0
MEADOWS = 0.45
"""Share of farmed parcels that are meadow."""


class Cover(IntEnum):
    """What grows; only bogs and fens without trees are wetland, as in Article II."""

    CONIFERS = 0
    BROADLEAVES = 1
    CLEAR_CUT = 2
    HEATH = 3
    FIELD = 4
    MEADOW = 5
    ROCK = 6
    WATER = 7
    SWAMP_FOREST = 8
    BOG = 9
    FEN = 10


OPEN_WETLAND = (Cover.BOG, Cover.FEN)
HEIGHT_M = {
    Cover.CONIFERS: (6, 22), Cover.BROADLEAVES: (4, 15), Cover.CLEAR_CUT: (0.2, 2.0),
    Cover.HEATH: (0.1, 0.7), Cover.FIELD: (0.0, 0.6), Cover.MEADOW: (0.0, 0.3),
    Cover.ROCK: (0.0, 0.1), Cover.WATER: (0.0, 0.0), Cover.SWAMP_FOREST: (2, 9),
    Cover.BOG: (0.0, 0.5), Cover.FEN: (0.0, 0.6),
}  # fmt: skip
"""Least and most height of the canopy."""


@dataclass(frozen=True)
class MireGround:
    """The ground of one scene, every array (y, x).

    Attributes:
        elevation: Metres above the sea.
        cover: `Cover` ids.
        canopy_m: Surface minus terrain, metres.
        wetland: True on open wetland as mapped.
    """

    elevation: Field
    cover: NDArray[np.uint8]
    canopy_m: Field
    wetland: Mask


def make_mires(rng: np.random.Generator, size: int, world: MireWorld) -> MireGround:
    """Raise hills, let water gather in hollows and on gentle ground, and clothe all of it."""
    height = waves(rng, size, 4.3, rng.uniform(0.3, 0.6)) / 4 + 0.008 * waves(rng, size, 3.2, 0.08)
    height *= rng.uniform(*world.relief_m) * min(1, size / USUAL_SIDE) ** 0.7 / np.ptp(height)
    elevation = (height - height.min() + rng.uniform(*world.base_m)).astype(np.float32)
    east, north = gradients(ndimage.gaussian_filter(elevation, 2))
    slope = np.degrees(np.arctan(np.hypot(east, north))).astype(np.float32)
    hollow = ndimage.gaussian_filter(elevation, 24) - ndimage.gaussian_filter(elevation, 4)
    wetness = hollow / hollow.std() - 1.2 * ramp(slope, 1, rng.uniform(*world.steepest_degrees))
    wetness += 0.6 * waves(rng, size, 4.2, 0.2) + 0.12 * waves(rng, size, 3.4, 0.05)
    cover = _dry(rng, elevation, slope, wetness, world)
    cover = _wet(rng, cover, wetness, slope, world)
    wetland = as_mapped(np.isin(cover, OPEN_WETLAND))
    return MireGround(elevation, cover, _canopy(rng, cover, elevation, world), wetland)


def as_mapped(wetland: Mask) -> Mask:
    """Return wetlands as mappers draw them: whole patches of 0.15 ha and more."""
    shown = ndimage.median_filter(wetland, 3)
    numbers, _ = ndimage.label(shown)
    small = np.bincount(numbers.ravel()) < LEAST_PATCH
    return np.asarray(shown & ~small[numbers])


def _dry(
    rng: np.random.Generator, elevation: Field, slope: Field, wetness: Field, world: MireWorld
) -> NDArray[np.uint8]:
    """Clothe the ground as if none were wet."""
    size = len(elevation)
    growth, patch = waves(rng, size, 4.2, 0.35), waves(rng, size, 3.8, 0.12)
    parcels = _parcels(rng, size)
    line_m = rng.uniform(*world.tree_line_m) + 40 * patch
    cover = np.full((size, size), Cover.HEATH, np.uint8)
    wooded = (growth < np.quantile(growth, rng.uniform(*world.forest))) & (elevation < line_m)
    leafy = patch + 0.3 * wetness > np.quantile(patch, rng.uniform(*world.conifers))
    cover[wooded] = Cover.CONIFERS
    cover[wooded & leafy] = Cover.BROADLEAVES
    felled = parcels > 1 - rng.uniform(*world.felled)
    cover[wooded & felled] = Cover.CLEAR_CUT
    farmed = (growth > np.quantile(growth, 1 - rng.uniform(*world.farmed))) & (slope < 8)  # noqa: PLR2004
    farmed &= elevation < line_m - 150
    cover[farmed] = np.where(parcels < MEADOWS, Cover.MEADOW, Cover.FIELD)[farmed]
    rock = slope + 3 * patch > rng.uniform(26, 34)
    cover[rock | ((elevation > line_m + 120) & (patch > 1))] = Cover.ROCK
    return cover


def _parcels(rng: np.random.Generator, size: int) -> Field:
    """Return a number 0 to 1 that is the same all over a parcel of some hectares, (y, x)."""
    rows, columns = np.indices((size, size), np.float32)
    angle, sides = rng.uniform(0, np.pi / 2), rng.uniform(9, 24, 2)
    along = rows * np.cos(angle) - columns * np.sin(angle) + 2 * waves(rng, size, 3.6, 0.1)
    across = rows * np.sin(angle) + columns * np.cos(angle) + 2 * waves(rng, size, 3.6, 0.1)
    table = rng.random((97, 101), np.float32)
    places = (np.floor(along / sides[0]) % 97, np.floor(across / sides[1]) % 101)
    return np.asarray(table[places[0].astype(int), places[1].astype(int)])


def _wet(
    rng: np.random.Generator,
    cover: NDArray[np.uint8],
    wetness: Field,
    slope: Field,
    world: MireWorld,
) -> NDArray[np.uint8]:
    """Put lakes, swamp forest, bogs and fens where it is wet; farming has drained some."""
    size = len(cover)
    cover = cover.copy()
    lake = wetness > np.quantile(wetness, 1 - rng.uniform(*world.lakes))
    steepest = rng.uniform(*world.steepest_degrees)
    drained = np.isin(cover, (Cover.FIELD, Cover.MEADOW)) & (waves(rng, size, 4.0, 0.15) > 0)
    wish = wetness - 4 * ramp(slope, 0.7 * steepest, 1.3 * steepest) - NEVER * (lake | drained)
    # Open wetland and the swamp forest along it.
    open_share, treed_share = rng.uniform(*world.wetland), rng.uniform(0.01, 0.05)
    wet = wish > np.quantile(wish, 1 - open_share - treed_share)
    trees = waves(rng, size, 3.8, 0.1) - 0.5 * ndimage.gaussian_filter(wet.astype(np.float32), 4)
    swamp = wet & np.isin(cover, (Cover.CONIFERS, Cover.BROADLEAVES))
    if swamp.any():
        keeps = open_share / (open_share + treed_share)
        swamp &= trees > np.quantile(trees[wet], keeps)
    kinds = waves(rng, size, 4.2, 0.25) - 0.15 * slope
    bog = wet & (kinds > np.quantile(kinds[wet], 1 - rng.uniform(*world.bogs)))
    cover[wet] = Cover.FEN
    cover[bog] = Cover.BOG
    cover[swamp] = Cover.SWAMP_FOREST
    cover[lake] = Cover.WATER
    return cover


def _canopy(
    rng: np.random.Generator, cover: NDArray[np.uint8], elevation: Field, world: MireWorld
) -> Field:
    """Return the height of what grows, as two height models differ."""
    size = len(cover)
    low, high = np.array([HEIGHT_M[own] for own in Cover], np.float32).T
    share = ramp(waves(rng, size, 3.0, 0.1) + 0.4 * rng.standard_normal((size, size)), -1.8, 1.8)
    stunted = 1 - 0.5 * ramp(elevation, world.tree_line_m[0] - 300, world.tree_line_m[1])
    height = (low[cover] + (high - low)[cover] * share) * stunted
    # Pines stand scattered on some bogs.
    pines = (cover == Cover.BOG) & (waves(rng, size, 2.8, 0.06) > 1)
    height += pines * rng.uniform(0.5, 3.5, (size, size))
    seen = ndimage.gaussian_filter(height.astype(np.float32), 0.6)
    return np.maximum(seen + 0.15 * rng.standard_normal((size, size)), 0).astype(np.float32)
