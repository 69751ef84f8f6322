"""Ground and slides -> radar bands: backscatter before and after, with speckle."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.geometry import Geometry
from geoseg.simulate.noise import Mask, fractal, ramp
from geoseg.simulate.slides import Slides, Zone
from geoseg.simulate.visibility import Visibility

BACKSCATTER_DB = {
    Cover.URBAN: (-7.0, -14.5),
    Cover.FOREST: (-8.6, -15.2),
    Cover.SCRUB: (-9.3, -16.8),
    Cover.HERBACEOUS: (-9.8, -17.4),
    Cover.PASTURE: (-10.0, -17.7),
    Cover.SPARSE: (-9.9, -18.2),
    Cover.WATER: (-17.5, -25.5),
    Cover.WETLAND: (-11.5, -19.6),
    Cover.BARE_ROCK: (-9.8, -19.6),
    Cover.SNOW: (-10.8, -20.2),
}
"""Median VV and VH before the event, arranged around the medians of Article IV, -9.9 and -17.6."""

CHANGE_DB = {
    Cover.URBAN: (1.0, -0.5),
    Cover.FOREST: (-3.8, -4.2),
    Cover.SCRUB: (2.0, -0.8),
    Cover.HERBACEOUS: (8.5, 4.0),
    Cover.PASTURE: (8.5, 4.0),
    Cover.SPARSE: (4.5, 3.0),
    Cover.WATER: (0.0, 0.0),
    Cover.WETLAND: (6.0, 5.5),
    Cover.BARE_ROCK: (3.5, 3.0),
    Cover.SNOW: (6.5, 6.5),
}
"""Change of VV and VH in the transit zone of a clearly visible slide. Herbaceous: Article IV, 7 to
10 dB in its time series. Forest, wetland, snow: so that whole slides, clear or not, average the
-2 and 4 dB of its polygons. The others rise moderately there, without a number."""

MEAN_ANGLE_DEGREES = 39.0
PONDED_DB = -4.0
"""Fine sediment settled from still water is smooth and dark."""

EDGE = 2.0
"""Pixels: width of the dark near edge and the bright far edge of a gap in the forest."""


def radar_bands(
    rng: np.random.Generator,
    ground: GroundCover,
    geometry: Geometry,
    slide_db: NDArray[np.float64],
    other_db: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return preVV postVV dVV preVH postVH dVH layover shadow liaDeg as (band, y, x).

    The six backscatter bands are NaN in layover and shadow.

    Args:
        rng: Source of chance.
        ground: Cover before the event.
        geometry: The radar's view.
        slide_db: Change of VV and VH made by the slides, dB, (2, y, x).
        other_db: Change that is no slide's doing, alike.
    """
    size = len(geometry.angle)
    looks = 5 * rng.uniform(4, 9)
    before = backscatter(rng, ground, geometry)
    after = before + other_db + slide_db
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
    rng: np.random.Generator,
    ground: GroundCover,
    slides: Slides,
    geometry: Geometry,
    visibility: Visibility,
) -> NDArray[np.float64]:
    """Return the change of VV and VH made by the slides, dB, (2, y, x); 0 outside."""
    patchy = 1 + 0.25 * fractal(rng, len(ground.cover), 1.5, largest=0.05)
    change = np.zeros((2, *ground.cover.shape))
    for zone, law in ((Zone.SCARP, _scarp), (Zone.TRANSIT, _transit)):
        here = slides.zone == zone
        change[:, here] = law(ground, slides, geometry)[:, here]
    here = slides.zone == Zone.DEPOSIT
    number = slides.number[here]
    rise = _deposit(ground)[:, here] + visibility.coarseness_db[number]
    change[:, here] = np.where(visibility.ponded[number], PONDED_DB, rise)
    return change * visibility.radar[slides.number] * patchy * slides.mask


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
    change[:, forest & near] = -6.0
    change[:, forest & far & ~near] = 2.5
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
    by_class[[Cover.SPARSE, Cover.BARE_ROCK]] = (3.8, 2.8)
    by_class[Cover.WETLAND] = (4.5, 4.0)
    by_class[Cover.SNOW] = (6.0, 6.0)
    by_class[Cover.FOREST] = (0.9, 0.5)
    return np.stack([by_class[ground.cover, p] for p in range(2)])


def _season(rng: np.random.Generator, ground: GroundCover) -> NDArray[np.float64]:
    """Moisture differs everywhere, tilth and wet spots in blotches, snow near freezing by much."""
    size = len(ground.cover)
    moisture = rng.normal(0, 0.6) + 0.5 * fractal(rng, size, 3, largest=0.4)
    cold = ramp(ground.temperature, -0.5, -5) * (ground.cover != Cover.WATER)
    # Months of equal season mostly cancel the winter's 10 to 20 dB; some years they do not.
    swing = rng.choice([0.0, rng.normal(0, 3), rng.choice([-1, 1]) * rng.uniform(10, 20)],
                       p=[0.5, 0.35, 0.15])  # fmt: skip
    snow = swing * cold * ramp(fractal(rng, size, 2.6, largest=0.25), 0.4, 1.6)
    blotches = fractal(rng, size, 2.4, largest=0.04)
    soil = rng.uniform(1, 5) * (ramp(blotches, 1.2, 2.8) - ramp(-blotches, 1.2, 2.8))
    soil *= ~np.isin(ground.cover, (Cover.FOREST, Cover.URBAN, Cover.WATER))
    wind = rng.normal(0, 2) * (ground.cover == Cover.WATER)
    vv = moisture + snow + soil + wind
    return np.stack([vv, 0.8 * moisture + 0.9 * snow + 0.6 * soil + wind])


def speckle_db(
    rng: np.random.Generator, shape: tuple[int, ...], looks: float
) -> NDArray[np.float64]:
    """Return speckle of that many looks in dB: gamma of mean 1 in power (Article IV composites)."""
    return 10 * np.log10(rng.gamma(looks, 1 / looks, shape))
