"""Ground and slides -> radar bands: geometry, masks, backscatter before and after, speckle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.noise import Field, Mask, fractal, ramp
from geoseg.simulate.slides import Slides, Zone
from geoseg.simulate.terrain import Terrain, gradients

BACKSCATTER_DB = {
    Cover.URBAN: (-7.0, -14.5),
    Cover.FOREST: (-8.7, -15.2),
    Cover.SCRUB: (-9.9, -17.3),
    Cover.HERBACEOUS: (-10.6, -18.4),
    Cover.PASTURE: (-10.9, -18.8),
    Cover.SPARSE: (-10.8, -19.8),
    Cover.WATER: (-17.5, -25.5),
    Cover.WETLAND: (-11.8, -20.2),
    Cover.BARE_ROCK: (-10.2, -21.0),
    Cover.SNOW: (-11.5, -21.5),
}
"""Median VV and VH before the event, arranged around the medians of Article IV, -9.9 and -17.6."""

CHANGE_DB = {
    Cover.URBAN: (1.0, -0.5),
    Cover.FOREST: (-2.0, -2.0),
    Cover.SCRUB: (2.0, -0.8),
    Cover.HERBACEOUS: (8.5, 4.0),
    Cover.PASTURE: (8.5, 4.0),
    Cover.SPARSE: (3.0, 2.0),
    Cover.WATER: (0.0, 0.0),
    Cover.WETLAND: (4.5, 4.0),
    Cover.BARE_ROCK: (1.5, 1.5),
    Cover.SNOW: (4.0, 4.0),
}
"""Change of VV and VH in a clearly visible transit zone, Article IV."""

MEAN_ANGLE_DEGREES = 39.0
PONDED_SHARE = 0.08
"""Of the slides: their foot is fine sediment settled from still water, smooth and dark."""

EDGE = 2.5
"""Pixels: width of the dark near edge and the bright far edge of a gap in the forest."""


@dataclass(frozen=True)
class Geometry:
    """How the radar looks at the scene, every array (y, x).

    Attributes:
        look: Unit vector (east, north) along which the beam travels over the ground.
        angle: Local incidence angle, degrees.
        layover: True where steep slopes facing the radar fold over.
        shadow: True where the slope hides from the beam.
        facing_away: -1 where the slope faces the radar to +1 where it faces away.
    """

    look: tuple[float, float]
    angle: Field
    layover: Mask
    shadow: Mask
    facing_away: Field


def look_at(rng: np.random.Generator, terrain: Terrain) -> Geometry:
    """Choose an orbit and an incidence angle; derive angle, layover and shadow of every pixel."""
    azimuth = np.radians(rng.choice([78.0, 282.0]) + rng.uniform(-6, 6))
    incidence = np.radians(rng.uniform(33, 44))
    look = (float(np.sin(azimuth)), float(np.cos(azimuth)))
    east, north = gradients(terrain.elevation)
    uphill_along_look = east * look[0] + north * look[1]
    normal_length = np.sqrt(1 + east**2 + north**2)
    cosine = (uphill_along_look * np.sin(incidence) + np.cos(incidence)) / normal_length
    facing_radar = np.degrees(np.arctan(uphill_along_look))
    return Geometry(
        look=look,
        angle=np.degrees(np.arccos(np.clip(cosine, -1, 1))).astype(np.float32),
        layover=facing_radar > np.degrees(incidence),
        shadow=facing_radar < np.degrees(incidence) - 90,
        facing_away=terrain.downhill_east * look[0] + terrain.downhill_north * look[1],
    )


def radar_bands(
    rng: np.random.Generator,
    ground: GroundCover,
    slides: Slides,
    geometry: Geometry,
    other_change: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return preVV postVV dVV preVH postVH dVH layover shadow liaDeg as (band, y, x).

    The six backscatter bands are NaN in layover and shadow.

    Args:
        rng: Source of chance.
        ground: Cover before the event.
        slides: The slides of the event.
        geometry: The radar's view.
        other_change: Change of VV and VH that is no slide's doing, dB, (2, y, x).
    """
    size = len(geometry.angle)
    looks = 5 * rng.uniform(4, 9)
    before = backscatter(rng, ground, geometry)
    after = before + other_change + slide_change(rng, ground, slides, geometry)
    after = after + _season(rng, ground)
    before = before + speckle_db(rng, before.shape, looks)
    after = np.maximum(after, -29) + speckle_db(rng, after.shape, looks)
    hidden = geometry.layover | geometry.shadow
    bands = np.empty((9, size, size), np.float32)
    for polarisation in range(2):
        first = 3 * polarisation
        bands[first], bands[first + 1] = before[polarisation], after[polarisation]
        bands[first + 2] = after[polarisation] - before[polarisation]
    bands[:6, hidden] = np.nan
    bands[6], bands[7], bands[8] = geometry.layover, geometry.shadow, geometry.angle
    return bands


def backscatter(
    rng: np.random.Generator, ground: GroundCover, geometry: Geometry
) -> NDArray[np.float64]:
    """Return VV and VH before the event without speckle, dB, (2, y, x)."""
    size = len(ground.cover)
    texture = 0.8 * fractal(rng, size, 1.8, largest=0.1)
    # What terrain correction leaves over: bright at steep angles, dark at grazing ones.
    residual = -0.06 * (geometry.angle - MEAN_ANGLE_DEGREES)
    by_class = np.array([(0.0, 0.0), *BACKSCATTER_DB.values()])
    return np.stack([by_class[ground.cover, p] + texture + residual for p in range(2)])


def slide_change(
    rng: np.random.Generator, ground: GroundCover, slides: Slides, geometry: Geometry
) -> NDArray[np.float64]:
    """Return the change of VV and VH made by the slides, dB, (2, y, x); 0 outside.

    Every slide has its own strength, and about half are only partly or not visible (sets 1 to 3
    of Article IV).
    """
    count = slides.count + 1
    strength = rng.choice([0.08, 0.55, 1.0], count, p=[0.18, 0.27, 0.55]) * rng.uniform(
        0.85, 1.15, count
    )
    coarseness_db = rng.uniform(-1.0, 3.0, count)
    ponded = rng.random(count) < PONDED_SHARE
    patchy = 1 + 0.25 * fractal(rng, len(ground.cover), 1.5, largest=0.05)
    change = np.zeros((2, *ground.cover.shape))
    for zone, law in ((Zone.SCARP, _scarp), (Zone.TRANSIT, _transit)):
        here = slides.zone == zone
        change[:, here] = law(ground, slides, geometry)[:, here]
    here = slides.zone == Zone.DEPOSIT
    number = slides.number[here]
    rise = np.where(ponded[number], -4.0, _deposit(ground)[:, here] + coarseness_db[number])
    change[:, here] = rise
    return change * strength[slides.number] * patchy * slides.mask


def _scarp(ground: GroundCover, slides: Slides, geometry: Geometry) -> NDArray[np.float64]:
    """Facing away: down 7 to 12 dB. Facing the radar: a little up. VH follows more weakly."""
    away = geometry.facing_away
    vv = np.where(away > 0, -10.0 * ramp(away, 0.0, 0.5), 2.5 * ramp(away, 0.0, -0.7))
    return np.stack([vv, 0.8 * vv])


def _transit(ground: GroundCover, slides: Slides, geometry: Geometry) -> NDArray[np.float64]:
    """By cover; gaps in forest are dark on the edge near the radar and bright on the far one."""
    by_class = np.array([(0.0, 0.0), *CHANGE_DB.values()])
    change = np.stack([by_class[ground.cover, p] for p in range(2)])
    forest = (ground.cover == Cover.FOREST) & slides.mask
    near, far = edges(slides.mask, geometry.look)
    change[:, forest & near] = -6.5
    change[:, forest & far & ~near] = 3.0
    return change


def edges(mask: Mask, look: tuple[float, float]) -> tuple[Mask, Mask]:
    """Return the part of the mask that borders on its outside towards the radar, and away from it.

    Args:
        mask: (y, x).
        look: Unit vector (east, north) along which the beam travels over the ground.
    """
    # Rows grow to the south: a step with the beam is (-north, east).
    step = np.array([-look[1], look[0]]) * EDGE
    behind = ndimage.shift(mask.astype(np.uint8), step, order=0, mode="nearest") > 0
    ahead = ndimage.shift(mask.astype(np.uint8), -step, order=0, mode="nearest") > 0
    return mask & ~behind, mask & ~ahead


def _deposit(ground: GroundCover) -> NDArray[np.float64]:
    """Rise in every class, most in herbaceous cover; coarseness is added per slide."""
    by_class = np.full((max(Cover) + 1, 2), (3.0, 2.0))
    by_class[[Cover.HERBACEOUS, Cover.PASTURE]] = (4.5, 3.0)
    by_class[[Cover.WETLAND, Cover.SNOW]] = (4.5, 4.0)
    by_class[Cover.FOREST] = (2.0, 0.8)
    return np.stack([by_class[ground.cover, p] for p in range(2)])


def _season(rng: np.random.Generator, ground: GroundCover) -> NDArray[np.float64]:
    """Moisture differs between the two months everywhere, snow near the freezing line by much."""
    size = len(ground.cover)
    moisture = rng.normal(0, 0.6) + 0.5 * fractal(rng, size, 3, largest=0.4)
    cold = ramp(ground.temperature, 0.5, -4) * (ground.cover != Cover.WATER)
    swing = rng.choice([0.0, rng.normal(0, 6)])
    snow = swing * cold * ramp(fractal(rng, size, 2.6, largest=0.25), -0.5, 0.5)
    return np.stack([moisture + snow, 0.8 * moisture + 0.9 * snow])


def speckle_db(
    rng: np.random.Generator, shape: tuple[int, ...], looks: float
) -> NDArray[np.float64]:
    """Return speckle of that many looks in dB: gamma of mean 1 in power (Article IV composites)."""
    return 10 * np.log10(rng.gamma(looks, 1 / looks, shape))
