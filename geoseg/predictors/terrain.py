"""Elevation -> slope and aspect of the ground, after Horn (1981), doi:10.1109/PROC.1981.11918."""

from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

Heights = NDArray[np.floating[Any]]
Raster = NDArray[np.float32]
Gradient = NDArray[np.float64]

MARGIN = 1
"""Pixels a window needs around it, for its outermost ones to be known."""


def slope_degrees(elevation: Heights, place: Affine | float) -> Raster:
    """Return how steep the ground is.

    Args:
        elevation: Metres, (y, x); NaN where missing.
        place: Way from pixels to metres on the ground (`Grid.ground_place`), or the side of a
            square north-up pixel.

    Returns:
        Degrees, 0 flat to 90 vertical, (y, x); the outermost pixels and those beside a missing
        one are NaN.
    """
    east, north = rises(elevation, place)
    return np.degrees(np.arctan(np.hypot(east, north))).astype(np.float32)


def aspect_degrees(elevation: Heights, place: Affine | float) -> Raster:
    """Return where the ground faces: the direction of steepest descent.

    Args:
        elevation: Metres, (y, x); NaN where missing.
        place: As in `slope_degrees`.

    Returns:
        Degrees from grid north, clockwise, 0 to below 360, (y, x); NaN on level ground and where the
        slope is not known.
    """
    east, north = rises(elevation, place)
    aspect = np.degrees(np.arctan2(-east, -north)) % 360
    aspect[(east == 0) & (north == 0)] = np.nan
    # Rounding to float32 may reach 360, which is north again.
    return aspect.astype(np.float32) % np.float32(360)


def rises(elevation: Heights, place: Affine | float) -> tuple[Gradient, Gradient]:
    """Return the rise in metres per metre towards east and north, (y, x) each.

    Each is the mean over three neighbouring lines, the middle one counting twice.

    Args:
        elevation: Metres, (y, x); NaN where missing.
        place: As in `slope_degrees`.
    """
    if not isinstance(place, Affine):
        place = Affine.scale(float(place), -float(place))
    by_column, by_row = _differences(elevation)
    # The rise along a column or row of pixels -> along east and north, for turned grids too.
    to_pixels = ~place
    east = by_column * to_pixels.a + by_row * to_pixels.d
    north = by_column * to_pixels.b + by_row * to_pixels.e
    return east, north


def _differences(elevation: Heights) -> tuple[Gradient, Gradient]:
    """Return the rise from one column to the next and from one row to the next, (y, x) each."""
    ground = elevation.astype(np.float64)
    by_column, by_row = np.full((2, *ground.shape), np.nan)
    if min(ground.shape) > 2 * MARGIN:
        # Lines are summed first; what is missing anywhere in the 3 x 3 is missing in both.
        rows = ground[:-2] + 2 * ground[1:-1] + ground[2:]
        columns = ground[:, :-2] + 2 * ground[:, 1:-1] + ground[:, 2:]
        by_column[1:-1, 1:-1] = (rows[:, 2:] - rows[:, :-2]) / 8
        by_row[1:-1, 1:-1] = (columns[2:] - columns[:-2]) / 8
        unknown = np.isnan(by_column) | np.isnan(by_row) | np.isnan(ground)
        by_column[unknown] = by_row[unknown] = np.nan
    return by_column, by_row
