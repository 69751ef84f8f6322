"""Ground and slides -> greenness change, with everything else that also loses green."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.noise import Field, Mask, fractal, ramp
from geoseg.simulate.slides import Slides, Zone
from geoseg.simulate.terrain import Terrain
from geoseg.simulate.visibility import Visibility

STEEPEST_FELLING_DEGREES = 30.0
PHENOLOGY = {
    Cover.FOREST: 0.025,
    Cover.SCRUB: 0.03,
    Cover.HERBACEOUS: 0.04,
    Cover.PASTURE: 0.05,
    Cover.SPARSE: 0.015,
    Cover.WETLAND: 0.04,
}
"""Standard deviation over scenes of a cover's NDVI change by the season alone (ours)."""


@dataclass(frozen=True)
class Confusers:
    """Change between the images that is no slide's doing.

    Attributes:
        greenness: Change of NDVI, (y, x).
        radar_db: Change of VV and VH, dB, (2, y, x).
        clear_cut: True where forest was felled, (y, x).
        harvest: True where fields were cut, (y, x).
    """

    greenness: Field
    radar_db: NDArray[np.float32]
    clear_cut: Mask
    harvest: Mask


def make_confusers(rng: np.random.Generator, terrain: Terrain, ground: GroundCover) -> Confusers:
    """Muddy the lakes and let snow fall (Article V); fell forest and harvest fields (ours)."""
    size = len(ground.cover)
    scale = (size / 512) ** 2
    cuts = _rectangles(rng, size, round(rng.uniform(3, 16) * scale) + 1, (6, 26))
    fields = _rectangles(rng, size, round(rng.uniform(30, 120) * scale) + 1, (5, 16))
    sown = _rectangles(rng, size, round(rng.uniform(10, 60) * scale) + 1, (5, 16))
    cut = (cuts > 0) & (ground.cover == Cover.FOREST) & (terrain.slope < STEEPEST_FELLING_DEGREES)
    harvested = (fields > 0) & (ground.cover == Cover.PASTURE)
    growing = (sown > 0) & (ground.cover == Cover.PASTURE) & ~harvested
    greenness = np.where(cut, -0.25 - 0.35 * cuts, 0) + np.where(harvested, -0.5 * fields, 0)
    greenness += np.where(growing, 0.2 * sown, 0)
    mud = ramp(fractal(rng, size, 3, largest=0.3), -0.3, 1.0) * rng.uniform(0, 0.55)
    greenness -= mud * (ground.cover == Cover.WATER)
    greenness -= _snowfall(rng, ground)
    radar = np.zeros((2, size, size), np.float32)
    radar += np.where(cut, -1.5 - 2 * cuts, 0) * np.array([0.6, 1.2])[:, None, None]
    radar += np.where(harvested, 4 * (fields - 0.55), 0)
    return Confusers(greenness.astype(np.float32), radar, cut, harvested)


def greenness_change(
    rng: np.random.Generator,
    ground: GroundCover,
    slides: Slides,
    visibility: Visibility,
    confusers: Confusers,
) -> Field:
    """Return dNDVI (y, x): after minus before.

    Slides strip vegetation down to soil; debris keeps some green at the foot. A slide that was
    overgrown or under cloud when the later image was taken loses little.
    """
    size = len(ground.cover)
    left_over = np.array([0, 0.0, 0.05, 0.12])[slides.zone]
    after = visibility.bare[slides.number] + left_over
    stripped = np.minimum(after - ground.greenness, 0) * visibility.green[slides.number]
    patchy = 1 - 0.2 * np.abs(fractal(rng, size, 1.5, largest=0.05))
    change = np.where(slides.zone > Zone.NONE, stripped * patchy, confusers.greenness)
    change = change + _season(rng, ground) - _haze(rng, ground)
    change = change + 0.025 * rng.standard_normal((size, size))
    return np.asarray(change, np.float32)


def _snowfall(rng: np.random.Generator, ground: GroundCover) -> Field:
    """Return the green hidden by snow that lies only in the later image, (y, x)."""
    patches = ramp(fractal(rng, len(ground.cover), 2.4, largest=0.2), 0, 1)
    depth = rng.choice([0.0, rng.uniform(0.1, 0.5)])
    cold = ramp(ground.temperature, 1.5, -3)
    return np.minimum(depth * cold * patches, np.maximum(ground.greenness + 0.1, 0))


def _season(rng: np.random.Generator, ground: GroundCover) -> Field:
    """Return how much greener or paler each cover is in the later image, (y, x)."""
    size = len(ground.cover)
    by_class = np.zeros(max(Cover) + 1)
    by_class[list(PHENOLOGY)] = rng.normal(0, list(PHENOLOGY.values()))
    spread = 0.035 * fractal(rng, size, 2.2, largest=0.3)
    return np.asarray(by_class[ground.cover] + rng.normal(0, 0.02) + spread, np.float32)


def _haze(rng: np.random.Generator, ground: GroundCover) -> Field:
    """Return what thin cloud takes from the later image in some scenes, (y, x)."""
    patches = ramp(fractal(rng, len(ground.cover), 2.6, largest=0.35), 0.8, 2.0)
    depth = rng.choice([0.0, rng.uniform(0.05, 0.2)])
    return np.asarray(depth * patches * np.maximum(ground.greenness, 0), np.float32)


def _rectangles(
    rng: np.random.Generator, size: int, count: int, sides: tuple[int, int]
) -> NDArray[np.float64]:
    """Return turned rectangles holding a strength of 0.2 to 1 each, 0 between them, (y, x)."""
    strength = np.zeros((size, size))
    reach = sides[1] + 1
    for _ in range(count):
        row, col = rng.integers(0, size, 2)
        height, width = rng.uniform(*sides, 2)
        angle = rng.uniform(0, np.pi)
        top, left = max(row - reach, 0), max(col - reach, 0)
        window = strength[top : row + reach, left : col + reach]
        rows, cols = np.indices(window.shape)
        y, x = rows + top - row, cols + left - col
        along = x * np.cos(angle) + y * np.sin(angle)
        across = y * np.cos(angle) - x * np.sin(angle)
        window[(np.abs(along) < width / 2) & (np.abs(across) < height / 2)] = rng.uniform(0.2, 1)
    return strength
