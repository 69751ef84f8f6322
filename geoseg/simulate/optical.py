"""Ground and slides -> greenness change, with everything else that also loses green."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.simulate.cover import Cover, GroundCover
from geoseg.simulate.noise import Field, Mask, fractal, ramp
from geoseg.simulate.slides import Slides, Zone
from geoseg.simulate.terrain import Terrain

STEEPEST_FELLING_DEGREES = 30.0


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
    """Fell forest, harvest fields, muddy the lakes and let snow fall (weak points of Article V)."""
    size = len(ground.cover)
    scale = (size / 512) ** 2
    cuts = _rectangles(rng, size, round(rng.uniform(3, 16) * scale) + 1, (6, 26))
    fields = _rectangles(rng, size, round(rng.uniform(30, 120) * scale) + 1, (5, 16))
    cut = (cuts > 0) & (ground.cover == Cover.FOREST) & (terrain.slope < STEEPEST_FELLING_DEGREES)
    harvested = (fields > 0) & (ground.cover == Cover.PASTURE)
    greenness = np.where(cut, -0.25 - 0.35 * cuts, 0) + np.where(harvested, -0.5 * fields, 0)
    mud = ramp(fractal(rng, size, 3, largest=0.3), -0.3, 1.0) * rng.uniform(0, 0.55)
    greenness -= mud * (ground.cover == Cover.WATER)
    snow_line = ramp(ground.temperature, 0, -4) * ramp(fractal(rng, size, 2.4, largest=0.2), 0, 1)
    greenness -= rng.choice([0.0, rng.uniform(0.1, 0.5)]) * snow_line
    radar = np.zeros((2, size, size), np.float32)
    radar += np.where(cut, -1.5 - 2 * cuts, 0) * np.array([0.6, 1.2])[:, None, None]
    radar += np.where(harvested, 4 * (fields - 0.55), 0)
    return Confusers(greenness.astype(np.float32), radar, cut, harvested)


def greenness_change(
    rng: np.random.Generator, ground: GroundCover, slides: Slides, confusers: Confusers
) -> Field:
    """Return dNDVI (y, x): after minus before.

    Slides strip vegetation down to soil; debris keeps some green at the foot, and one slide in
    eight was hidden by cloud or overgrown when the later image was taken.
    """
    size = len(ground.cover)
    bare = rng.uniform(0.05, 0.22, slides.count + 1)
    seen = rng.choice([0.1, 0.55, 1.0], slides.count + 1, p=[0.12, 0.18, 0.70])
    left_over = np.array([0, 0.0, 0.05, 0.12])[slides.zone]
    after = np.maximum(bare[slides.number], 0.02) + left_over
    stripped = np.minimum(after - ground.greenness, 0) * seen[slides.number]
    patchy = 1 - 0.2 * np.abs(fractal(rng, size, 1.5, largest=0.05))
    everywhere = rng.normal(0, 0.03) + 0.035 * fractal(rng, size, 2.2, largest=0.3)
    change = np.where(slides.zone > Zone.NONE, stripped * patchy, confusers.greenness)
    change = change + everywhere + 0.025 * rng.standard_normal((size, size))
    return np.asarray(change, np.float32)


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
