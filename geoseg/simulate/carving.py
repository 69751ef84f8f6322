"""Ravines as lines and a plain -> the ground with ravines cut into it, and what each pixel is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.clay_plain import Plain
from geoseg.simulate.noise import Field, Mask, fractal
from geoseg.simulate.ravine_network import LAST_ORDER, SHARP, SMOOTH, STEP_M, Reach

LEAST_PATCH_M2 = 2500
"""Article VI mapped no smaller ravines."""
SHOULDER_M = 0.35
"""How far the rim of a sharp ravine is rounded."""
SHARP_FROM_M, SMOOTH_FROM_M = 0.7, 0.4
FILLED = (0.5, 0.85)
"""Share of its depth that a levelled ravine keeps."""
FAR_M = 400.0
RIM = 5
"""Shoulders outside a rim that its rounding reaches."""


@dataclass(frozen=True)
class Carved:
    """Ground with ravines, every array (y, x).

    Attributes:
        elevation: Metres.
        sharp: True between the rims of sharp ravines.
        smooth: True in levelled ones.
    """

    elevation: Field
    sharp: Mask
    smooth: Mask


@dataclass(frozen=True)
class _Floors:
    """Pixels of ravine floors with what holds there; zero elsewhere."""

    depth: Field
    width: Field

    def spread(self) -> tuple[Field, Field, Field, NDArray[np.int32]]:
        """Return the distance to the nearest floor, its depth and width, and its place."""
        distance, places = ndimage.distance_transform_edt(self.depth == 0, return_indices=True)
        nearest = tuple(places)
        return distance.astype(np.float32), self.depth[nearest], self.width[nearest], places


def carve(
    rng: np.random.Generator,
    plain: Plain,
    reaches: list[Reach],
    levelled: list[NDArray[np.bool_]],
) -> Carved:
    """Cut V-shaped ravines with sharp rims, and shallow trough-shaped ones where levelled."""
    clay, size = plain.clay, len(plain.clay)
    wobble = 1 + 0.13 * fractal(rng, size, 3.4, largest=0.06)
    gentle = 1 + 0.1 * fractal(rng, size, 4.4, largest=0.1)
    side = np.tan(np.radians(30 + 4 * fractal(rng, size, 4.0, largest=0.2)))
    sharp_m = np.zeros_like(clay)
    for order in range(1, LAST_ORDER + 1):
        floors = _floors(reaches, levelled, size, order=order, smooth=False, rng=rng)
        if floors.depth.any():
            sharp_m = np.maximum(sharp_m, _v_shaped(clay, floors, wobble, side))
    smooth_m, deepest_m = np.zeros_like(clay), np.ones_like(clay)
    floors = _floors(reaches, levelled, size, order=0, smooth=True, rng=rng)
    if floors.depth.any():
        distance, depth, width, _ = floors.spread()
        depth, width = (ndimage.gaussian_filter(values, 6) for values in (depth, width))
        smooth_m = depth * np.exp(-0.5 * (gentle * distance / np.maximum(width, 1)) ** 2)
        deepest_m = depth
    # Rock is not cut.
    clayey = 1 - ndimage.gaussian_filter(plain.hills.astype(np.float32), 3)
    sharp_m, smooth_m = sharp_m * clayey, smooth_m * clayey
    cut_m = np.maximum(sharp_m, smooth_m)
    is_sharp = (sharp_m > SHARP_FROM_M) & (sharp_m > smooth_m)
    is_smooth = (smooth_m > np.maximum(SMOOTH_FROM_M, 0.3 * deepest_m)) & ~is_sharp
    return Carved((plain.elevation - cut_m).astype(np.float32), is_sharp, is_smooth)


def _v_shaped(clay: Field, floors: _Floors, wobble: Field, side: Field) -> Field:
    """Return how deep the V of the nearest floor cuts, metres, its rim slightly rounded."""
    distance, depth, width, places = floors.spread()
    floor_m = clay[tuple(places)] - depth
    wall_m = floor_m + np.maximum(wobble * distance - width, 0) * side
    above = np.clip((clay - wall_m) / SHOULDER_M, -40, FAR_M)
    return (SHOULDER_M * np.logaddexp(0, above)).astype(np.float32) * (above > -RIM)


def _floors(
    reaches: list[Reach],
    levelled: list[NDArray[np.bool_]],
    size: int,
    *,
    order: int,
    smooth: bool,
    rng: np.random.Generator,
) -> _Floors:
    """Draw the floors of one order, or of all orders (0), that are smooth or sharp."""
    depth, width = np.zeros((2, size, size), np.float32)
    for reach, flat in zip(reaches, levelled, strict=True):
        keeps, half = rng.uniform(*FILLED), rng.uniform(0.5, 2.5)
        chosen = flat == smooth
        if order not in (0, reach.order) or not chosen.any():
            continue
        dense = np.linspace(0, len(flat) - 1, int(len(flat) * STEP_M * 1.6))
        row, column = (np.interp(dense, np.arange(len(flat)), reach.points[:, i]) for i in (0, 1))
        depth_m = np.interp(dense, np.arange(len(flat)), reach.depth)
        here = chosen[np.rint(dense).astype(int)]
        rows, columns = (np.clip(v[here], 0, size - 1).astype(int) for v in (row, column))
        depth[rows, columns] = depth_m[here] * (keeps if smooth else 1)
        width[rows, columns] = (4 + 1.2 * depth_m[here]) if smooth else half
    return _Floors(depth, width)


def class_map(carved: Carved, cut_m: Field) -> NDArray[np.uint8]:
    """Return what a mapper would draw: 0, 1 smooth, 2 sharp, (y, x).

    Args:
        carved: Where ravines were cut.
        cut_m: How deep the ground lies below the plain in the end, roads and all, metres.
    """
    still = ndimage.gaussian_filter(cut_m, 1.5) > SMOOTH_FROM_M / 2
    classes = np.zeros(cut_m.shape, np.uint8)
    classes[ndimage.median_filter(carved.smooth & still, 7)] = SMOOTH
    classes[ndimage.median_filter(carved.sharp & still, 5)] = SHARP
    numbers, _ = ndimage.label(classes > 0, np.ones((3, 3)))
    too_small = np.bincount(numbers.ravel()) < LEAST_PATCH_M2
    classes[too_small[numbers]] = 0
    return classes
