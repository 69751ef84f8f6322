"""A random generator -> rock that ice has shaped, sediment that fills and smooths it, and water."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from geoseg.simulate.noise import USUAL_SIDE, Field, Grain, Mask, ramp, waves
from geoseg.simulate.rock_worlds import RockWorld
from geoseg.simulate.terrain import gradients

THIN_M = 0.5
"""Under thinner cover the ground counts as bedrock: thin organic soil, as in Article I."""
LEAST_PATCH = 25
"""Pixels: a map of 1:50,000 shows no smaller patches (0.25 ha)."""
ERROR_M, WIDE_ERROR_M = 0.35, 1.0
"""Errors of the terrain model from pixel to pixel, and over some hundred metres."""
FILL_WIDTH, BLANKET_WIDTH = 18, 4
LAKE_PIXELS, LAKE_SHARE = 40, 0.06


@dataclass(frozen=True)
class RockGround:
    """The ground of one scene, every array (y, x).

    Attributes:
        elevation: Metres as a terrain model has them, errors and all; water is level.
        thickness: Of the sediment, metres, 0 on rock.
        slope: Of the true ground, degrees.
        bedrock: True where a map of 1:50,000 shows bedrock.
        water: True on sea and lakes.
    """

    elevation: Field
    thickness: Field
    slope: Field
    bedrock: Mask
    water: Mask


def make_ground(rng: np.random.Generator, size: int, world: RockWorld) -> RockGround:
    """Shape the rock, lay sediment into its hollows, and fill the lowest ground with water."""
    rock = _rock(rng, size, world)
    surface, thickness = _sediment(rng, rock, world)
    if world.sea[1] > 0:
        surface = surface - np.quantile(surface, rng.uniform(*world.sea))
        water = surface < 0
    else:
        surface = surface - surface.min() + np.float32(rng.uniform(*world.base_m))
        water = np.zeros(surface.shape, bool)
    lakes, level = _lakes(rng, surface, water)
    surface = np.where(water, 0, np.where(lakes, level, surface)).astype(np.float32)
    water |= lakes
    east, north = gradients(surface)
    slope = np.degrees(np.arctan(np.hypot(east, north))).astype(np.float32)
    bedrock = as_mapped(thickness < THIN_M)
    errors = ERROR_M * rng.standard_normal(surface.shape)
    errors += WIDE_ERROR_M * waves(rng, size, 4.0, 0.1)
    elevation = np.where(water, surface, surface + errors).astype(np.float32)
    return RockGround(elevation, thickness, slope, bedrock, water)


def as_mapped(bedrock: Mask) -> Mask:
    """Return what a map of 1:50,000 shows: smooth outlines, no patches under 0.25 ha."""
    shown = ndimage.median_filter(bedrock, 5)
    for there in (True, False):
        numbers, _ = ndimage.label(shown == there)
        small = np.bincount(numbers.ravel()) < LEAST_PATCH
        small[0] = False
        shown[small[numbers]] = not there
    return np.asarray(shown)


def _rock(rng: np.random.Generator, size: int, world: RockWorld) -> Field:
    """Raise hills, cut troughs with U-shaped cross-sections, clefts along joints, and knobs."""
    grain = Grain(rng.uniform(0, np.pi), rng.uniform(1.2, 2.2))
    trough = rng.uniform(*world.trough)
    hills = waves(rng, size, 4.2, rng.uniform(0.3, 0.6), grain)
    valleys = np.abs(waves(rng, size, 4.8, rng.uniform(0.5, 0.9), grain))
    height = (1 - trough) * hills / 4 + trough * ramp(valleys, 0.05, 1.1)
    # A smaller scene shows less of the relief.
    height *= rng.uniform(*world.relief_m) * min(1, size / USUAL_SIDE) ** 0.7 / np.ptp(height)
    turned = grain.angle + rng.uniform(0.8, 1.6)
    for angle, share in ((grain.angle, 1.0), (turned, 0.7)):
        joints = waves(rng, size, 3.4, 0.12, Grain(angle, 5.0))
        clefts = np.exp(-((joints / 0.14) ** 2))
        height -= share * rng.uniform(*world.joints_m) * clefts
    rough_m = rng.uniform(*world.rough_m)
    height += rough_m * waves(rng, size, 3.0, 0.06) + 0.35 * rough_m * waves(rng, size, 2.2, 0.02)
    return height.astype(np.float32)


def _sediment(rng: np.random.Generator, rock: Field, world: RockWorld) -> tuple[Field, Field]:
    """Return the surface with sediment, and its thickness: most in hollows, none on steep sides."""
    size = len(rock)
    around = ndimage.gaussian_filter(rock, FILL_WIDTH)
    east, north = gradients(ndimage.gaussian_filter(rock, 3))
    steep = ramp(np.hypot(east, north), np.tan(np.radians(16)), np.tan(np.radians(32)))
    patches = waves(rng, size, 3.8, 0.35)
    spread = np.std(around - rock)
    fill = around + spread * (0.55 * patches - 2.5 * ndimage.gaussian_filter(steep, 4))
    fill -= np.quantile(fill - rock, 1 - rng.uniform(*world.sediment))
    room = np.maximum(fill - rock, 0)
    thin = patches < np.quantile(patches, rng.uniform(*world.blanket))
    blanket = ndimage.gaussian_filter(rock, BLANKET_WIDTH) + rng.uniform(0.8, 2.5)
    drumlins = waves(rng, size, 4.0, 0.07, Grain(rng.uniform(0, np.pi), 3.5))
    rise = rng.uniform(*world.drumlins_m) * np.maximum(drumlins, 0) * ramp(room, 1, 6)
    thickness = np.where(thin, np.minimum(room, np.maximum(blanket - rock, 0)), room + rise)
    thickness += 0.2 * waves(rng, size, 2.6, 0.04) * ramp(thickness, 0.5, 2)
    thickness = np.maximum(thickness, 0)
    return (rock + thickness).astype(np.float32), thickness.astype(np.float32)


def _lakes(rng: np.random.Generator, surface: Field, sea: Mask) -> tuple[Mask, Field]:
    """Return where lakes lie in closed hollows, and their levels."""
    smooth = ndimage.gaussian_filter(surface, 3)
    lowest = (smooth == ndimage.minimum_filter(smooth, 41)) & ~sea
    lakes, level = np.zeros(surface.shape, bool), np.zeros_like(surface)
    for row, column in np.argwhere(lowest):
        height = smooth[row, column] + rng.uniform(1, 7)
        numbers, _ = ndimage.label(smooth < height)
        own = numbers == numbers[row, column]
        size = np.count_nonzero(own)
        if LAKE_PIXELS < size < LAKE_SHARE * surface.size and not (own & sea).any():
            lakes |= own
            level[own] = height
    return lakes, level
