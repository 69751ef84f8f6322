"""A landslide event -> what a colour camera sees of it before and after: the scene of Article III.

Radar, change of greenness and terrain are those of the landslide world; colours are added here, so
that near infrared and red give the greenness of that world before and after.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.simulate.cover import Cover
from geoseg.simulate.landslides import Event, simulate_event
from geoseg.simulate.noise import Field, fractal
from geoseg.simulate.scene import Scene, sea_grid
from geoseg.simulate.terrain import PIXEL_SIZE_M, gradients
from geoseg.tasks.local_landslides import LOCAL_LANDSLIDES

COLOUR_SEED = 3
"""Beside the scene's seed, so that the landslide world's own chance stays as it is."""
COLOURS = {
    Cover.URBAN: (0.140, 0.130, 0.120),
    Cover.FOREST: (0.028, 0.042, 0.026),
    Cover.SCRUB: (0.052, 0.066, 0.038),
    Cover.HERBACEOUS: (0.062, 0.080, 0.045),
    Cover.PASTURE: (0.060, 0.086, 0.044),
    Cover.SPARSE: (0.135, 0.120, 0.095),
    Cover.WATER: (0.030, 0.042, 0.050),
    Cover.WETLAND: (0.070, 0.076, 0.048),
    Cover.BARE_ROCK: (0.170, 0.160, 0.145),
    Cover.SNOW: (0.600, 0.610, 0.620),
}
"""Reflectance in red, green and blue; our numbers, in the range of spectral libraries."""
SOIL = (0.170, 0.135, 0.100)
"""Of fresh ground; not far from that of sparse ground and rock, which is why colour alone misleads."""
LEAST_GREEN = 0.05
SUN_AZIMUTH, SUN_HEIGHT = np.radians(165.0), np.radians(45.0)
NOISE = 0.06
HIGHEST_NDVI, BRIGHTEST_INFRARED = 0.95, 0.5
"""No plants reflect more, so the greenest ground has a little less NDVI here than in that world."""


@dataclass(frozen=True)
class _Images:
    """Colours before (R, G, B) and after (R, G, B, NIR), (band, y, x)."""

    before: Field
    after: Field


def simulate_local(seed: int, size: int = 512) -> Scene:
    """Make the scene of a seed; the same seed and size give the same scene.

    Slides, radar, greenness and terrain are those of `simulate_scene` of the same seed and size.

    Args:
        seed: Chooses the world by its remainder, then everything else.
        size: Side of the square scene, pixels.

    Raises:
        SettingsError: The scene would be too small to hold a slide, or the seed is negative.
    """
    event = simulate_event(seed, size)
    images = _photograph(np.random.default_rng([seed, COLOUR_SEED]), event)
    terrain = np.stack([event.greenness_change, event.terrain.elevation, event.terrain.slope])
    bands = np.concatenate([event.radar[:6], images.after, terrain, images.before])
    reference = event.slides.mask.astype(np.uint8)
    return Scene(
        name=f"simulated{seed}",
        grid=sea_grid(size, PIXEL_SIZE_M),
        bands=bands.astype(np.float32),
        reference=reference,
        seed=seed,
        world=event.world.name,
        facts={"slides": event.slides.count, "slide_share": round(float(reference.mean()), 5)},
        task=LOCAL_LANDSLIDES,
    )


def _photograph(rng: np.random.Generator, event: Event) -> _Images:
    """Take both images: cover by its colour, soil where green was lost, light by the slope."""
    size = len(event.ground.cover)
    table = np.array([(0.0, 0.0, 0.0), *(COLOURS[cover] for cover in Cover)])
    colours = np.moveaxis(table[event.ground.cover], -1, 0)
    colours = colours * (1 + 0.18 * fractal(rng, size, 2.4, largest=0.1))
    before, change = event.ground.greenness, event.greenness_change
    lost = np.clip(-change / np.maximum(before + 0.1, LEAST_GREEN), 0, 1)
    lost = np.where(before > LEAST_GREEN, lost, event.slides.mask * 0.6)
    soil = np.array(SOIL)[:, None, None] * rng.uniform(0.8, 1.2)
    bared = colours + (soil - colours) * lost
    infrared = _infrared(bared[0], before + change)
    shade = _light(event.terrain.elevation)
    first = colours * (0.3 + 0.7 * shade) * _grain(rng, 3, size)
    second = np.concatenate([bared, infrared[None]]) * (0.3 + 0.7 * shade) * _grain(rng, 4, size)
    return _Images(first, second * rng.uniform(0.92, 1.08))


def _infrared(red: NDArray[np.float64], ndvi: Field) -> NDArray[np.float64]:
    """Return the reflectance at which near infrared and red give that NDVI."""
    known = np.clip(ndvi, -HIGHEST_NDVI, HIGHEST_NDVI)
    return np.minimum(red * (1 + known) / (1 - known), BRIGHTEST_INFRARED)


def _light(elevation: Field) -> Field:
    """Return the sun's light on the ground against that on level ground, 0.1 in deep shade."""
    east, north = gradients(elevation)
    towards = east * np.sin(SUN_AZIMUTH) + north * np.cos(SUN_AZIMUTH)
    light = (np.sin(SUN_HEIGHT) - towards * np.cos(SUN_HEIGHT)) / np.sqrt(1 + east**2 + north**2)
    return np.asarray(np.clip(light / np.sin(SUN_HEIGHT), 0.1, 1.6), np.float32)


def _grain(rng: np.random.Generator, bands: int, size: int) -> NDArray[np.float64]:
    return 1 + NOISE * rng.standard_normal((bands, size, size))
