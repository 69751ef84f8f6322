"""A seed -> a simulated landslide scene with all fifteen bands and its reference.

What is assumed, where it comes from and what is left out is told in docs/simulated_world.md.
Scores on these scenes tell that the line works, not how well a network maps real slides.
"""

from pathlib import Path

import numpy as np

from geoseg.simulate.cover import make_cover
from geoseg.simulate.files import write_scene
from geoseg.simulate.geometry import look_at
from geoseg.simulate.optical import greenness_change, make_confusers
from geoseg.simulate.radar import radar_bands, slide_change
from geoseg.simulate.scene import Scene, check_size, sea_grid
from geoseg.simulate.slides import make_slides
from geoseg.simulate.terrain import PIXEL_SIZE_M, make_terrain
from geoseg.simulate.visibility import see_slides
from geoseg.simulate.worlds import world_of

DEMO_SEED = 20_240_899
"""The demo area; no shipped member has seen it in training or validation."""

SMALLEST = 64


def simulate_scene(seed: int, size: int = 512) -> Scene:
    """Make the scene of a seed; the same seed and size give the same scene.

    Args:
        seed: Chooses the world by its remainder, then relief, cover, slides and the radar's view.
        size: Side of the square scene, pixels.

    Raises:
        SettingsError: The scene would be too small to hold a slide, or the seed is negative.
    """
    check_size(seed, size, SMALLEST)
    rng = np.random.default_rng(seed)
    world = world_of(seed)
    terrain = make_terrain(rng, size, world)
    ground = make_cover(rng, terrain, world)
    slides = make_slides(rng, terrain, ground, world)
    visibility = see_slides(rng, slides, ground, world)
    geometry = look_at(rng, terrain)
    confusers = make_confusers(rng, terrain, ground)
    slide_db = slide_change(rng, ground, slides, geometry, visibility)
    radar = radar_bands(rng, ground, geometry, slide_db, confusers.radar_db)
    optical = greenness_change(rng, ground, slides, visibility, confusers)
    rest = (terrain.elevation, terrain.slope, ground.climate, ground.tree_height)
    bands = np.concatenate(
        [radar, np.stack([*rest, ground.mapped_cover.astype(np.float32), optical])]
    )
    reference = slides.mask.astype(np.uint8)
    return Scene(
        name=f"simulated{seed}",
        grid=sea_grid(size, PIXEL_SIZE_M),
        bands=bands.astype(np.float32),
        reference=reference,
        seed=seed,
        world=world.name,
        facts={"slides": slides.count, "slide_share": round(float(reference.mean()), 5)},
    )


def demo_area(out: Path) -> tuple[Path, Path]:
    """Write the demo area's stack and reference; return their paths (stack, reference)."""
    return write_scene(out, simulate_scene(DEMO_SEED), "demo")
