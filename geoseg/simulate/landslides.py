"""A seed -> a simulated landslide scene with all fifteen bands and its reference.

What is assumed, and where it comes from:

- Bands, order and units are those of Article V; pixels are 10 m.
- Radar levels by land cover, the changes in scarp, transit and deposit, the near and far edge of
  gaps in forest, and slides that only one sensor shows follow the findings of Article IV.
- What misleads the networks follows the weak points named in Article V: water whose NDVI falls,
  harvest, clear-cuts, snow, layover and shadow without data.
- Terrain, climate, towns and forests are random fields: believable in statistics, true nowhere.
  Layover and shadow are judged from each pixel's own slope, without what it hides behind it.
- The reference holds every slide exactly, which no mapper achieves.

Scores on these scenes tell that the line works, not how well a network maps real slides.
"""

from pathlib import Path

import numpy as np
from affine import Affine
from rasterio.crs import CRS

from geoseg.errors import SettingsError
from geoseg.grid import Grid
from geoseg.simulate.cover import make_cover
from geoseg.simulate.files import write_scene
from geoseg.simulate.optical import greenness_change, make_confusers
from geoseg.simulate.radar import look_at, radar_bands
from geoseg.simulate.scene import Scene
from geoseg.simulate.slides import make_slides
from geoseg.simulate.terrain import PIXEL_SIZE_M, make_terrain

DEMO_SEED = 20_240_901
"""The demo area; no shipped member has seen it in training or validation."""

SMALLEST = 64
OPEN_SEA = (300_000.0, 120_000.0)
"""Easting and northing in UTM 31N: open water off Africa, so that nobody takes it for a place."""


def simulate_scene(seed: int, size: int = 512) -> Scene:
    """Make the scene of a seed; the same seed and size give the same scene.

    Args:
        seed: Chooses relief, climate, cover, slides and the radar's look direction.
        size: Side of the square scene, pixels.

    Raises:
        SettingsError: The scene would be too small to hold a slide, or the seed is negative.
    """
    if size < SMALLEST or seed < 0:
        raise SettingsError(
            f"a simulated scene needs at least {SMALLEST} pixels a side and a seed from 0, "
            f"got {size} and {seed}"
        )
    rng = np.random.default_rng(seed)
    terrain = make_terrain(rng, size)
    ground = make_cover(rng, terrain)
    slides = make_slides(rng, terrain, ground)
    geometry = look_at(rng, terrain)
    confusers = make_confusers(rng, terrain, ground)
    radar = radar_bands(rng, ground, slides, geometry, confusers.radar_db)
    optical = greenness_change(rng, ground, slides, confusers)
    rest = (terrain.elevation, terrain.slope, ground.climate, ground.tree_height)
    bands = np.concatenate(
        [radar, np.stack([*rest, ground.mapped_cover.astype(np.float32), optical])]
    )
    return Scene(
        name=f"simulated{seed}",
        grid=_grid(size),
        bands=bands.astype(np.float32),
        reference=slides.mask.astype(np.uint8),
        seed=seed,
    )


def demo_area(out: Path) -> tuple[Path, Path]:
    """Write the demo area's stack and reference; return their paths (stack, reference)."""
    return write_scene(out, simulate_scene(DEMO_SEED), "demo")


def _grid(size: int) -> Grid:
    east, north = OPEN_SEA
    transform = Affine(PIXEL_SIZE_M, 0, east, 0, -PIXEL_SIZE_M, north)
    return Grid(CRS.from_epsg(32631), transform, size, size)
