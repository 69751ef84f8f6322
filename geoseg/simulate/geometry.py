"""Terrain -> the radar's view: incidence angle, layover and cast shadow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.noise import Field, Mask
from geoseg.simulate.terrain import PIXEL_SIZE_M, Terrain, gradients

ASCENDING_DEGREES, DESCENDING_DEGREES = 78.0, 282.0
"""Where a right-looking beam of Sentinel-1 travels over the ground, clockwise from north."""

TOLERANCE_M = 2.0
"""Less overlap than this is the resampling's, not the ground's."""


@dataclass(frozen=True)
class Geometry:
    """How the radar looks at the scene, every array (y, x).

    Attributes:
        look: Unit vector (east, north) along which the beam travels over the ground.
        angle: Local incidence angle, degrees.
        layover: True where echoes of several places arrive at the same time.
        shadow: True where higher ground hides the place from the beam.
        facing_away: -1 where the slope faces the radar to +1 where it faces away.
    """

    look: tuple[float, float]
    angle: Field
    layover: Mask
    shadow: Mask
    facing_away: Field


def look_at(rng: np.random.Generator, terrain: Terrain) -> Geometry:
    """Choose an orbit and an incidence angle; derive angle, layover and shadow of every pixel."""
    orbit = rng.choice([ASCENDING_DEGREES, DESCENDING_DEGREES])
    azimuth = np.radians(orbit + rng.uniform(-6, 6))
    incidence = np.radians(rng.uniform(33, 44))
    look = (float(np.sin(azimuth)), float(np.cos(azimuth)))
    east, north = gradients(terrain.elevation)
    uphill_along_look = east * look[0] + north * look[1]
    normal_length = np.sqrt(1 + east**2 + north**2)
    cosine = (uphill_along_look * np.sin(incidence) + np.cos(incidence)) / normal_length
    layover, shadow = hidden(terrain.elevation, look, float(incidence))
    return Geometry(
        look=look,
        angle=np.degrees(np.arccos(np.clip(cosine, -1, 1))).astype(np.float32),
        layover=layover,
        shadow=shadow,
        facing_away=terrain.downhill_east * look[0] + terrain.downhill_north * look[1],
    )


def hidden(elevation: Field, look: tuple[float, float], incidence: float) -> tuple[Mask, Mask]:
    """Return layover and shadow (y, x), followed along each line of sight.

    Layover takes in the slope that leans towards the radar and the ground before and behind it
    whose echo arrives with the slope's; shadow is cast as far as the ridge hides the ground.

    Args:
        elevation: Metres, (y, x).
        look: Unit vector (east, north) along which the beam travels over the ground.
        incidence: Angle between beam and the vertical, radians.
    """
    size = len(elevation)
    side = int(np.ceil(size * np.sqrt(2))) + 2
    # Rows grow to the south; the columns of the turned grid follow the beam.
    turn = np.array([[look[0], -look[1]], [look[1], look[0]]])
    middle, turned_middle = (size - 1) / 2, (side - 1) / 2
    there = middle - turn @ np.full(2, turned_middle)
    height = ndimage.affine_transform(
        elevation, turn, there, (side, side), np.float64, order=1, mode="nearest"
    )
    ground_range = np.arange(side) * PIXEL_SIZE_M
    slant = ground_range * np.sin(incidence) - height * np.cos(incidence)
    above_beam = ground_range * np.cos(incidence) + height * np.sin(incidence)
    behind_later = slant < np.maximum.accumulate(slant, axis=1) - TOLERANCE_M
    before_later = slant > _least_ahead(slant) + TOLERANCE_M
    dark = above_beam < np.maximum.accumulate(above_beam, axis=1) - TOLERANCE_M
    back = turned_middle - turn.T @ np.full(2, middle)
    masks = [
        ndimage.affine_transform(
            mask.astype(np.uint8), turn.T, back, (size, size), order=0, mode="nearest"
        )
        > 0
        for mask in (behind_later | before_later, dark)
    ]
    return masks[0], masks[1]


def _least_ahead(slant: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum.accumulate(slant[:, ::-1], axis=1)[:, ::-1]
