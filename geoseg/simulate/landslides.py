"""A seed -> a simulated landslide scene with all fifteen bands and its reference.

What is assumed, where it comes from and what is left out is told in docs/simulated_world.md.
Scores on these scenes tell that the line works, not how well a network maps real slides.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geoseg.simulate.cover import GroundCover, make_cover
from geoseg.simulate.files import write_scene
from geoseg.simulate.geometry import look_at
from geoseg.simulate.noise import Field
from geoseg.simulate.optical import Confusers, greenness_change, make_confusers
from geoseg.simulate.radar import radar_bands, slide_change
from geoseg.simulate.scene import Scene, check_size, sea_grid
from geoseg.simulate.slides import Slides, make_slides
from geoseg.simulate.terrain import PIXEL_SIZE_M, Terrain, make_terrain
from geoseg.simulate.visibility import Visibility, see_slides
from geoseg.simulate.worlds import World, world_of

DEMO_SEED = 20_240_899
"""The demo area; no shipped member has seen it in training or validation."""

SMALLEST = 64


@dataclass(frozen=True)
class Event:
    """Everything of one made-up event, before a task chooses its bands.

    Attributes:
        world: Kind of country.
        terrain: The ground.
        ground: What grows on it before.
        slides: What slid.
        visibility: How clearly it shows.
        confusers: What else changed.
        radar: Nine radar bands, (band, y, x).
        greenness_change: NDVI after minus before, (y, x).
    """

    world: World
    terrain: Terrain
    ground: GroundCover
    slides: Slides
    visibility: Visibility
    confusers: Confusers
    radar: Field
    greenness_change: Field


def simulate_event(seed: int, size: int) -> Event:
    """Make the event of a seed, of a given side in pixels.

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
    return Event(world, terrain, ground, slides, visibility, confusers, radar, optical)


def simulate_scene(seed: int, size: int = 512) -> Scene:
    """Make the scene of a seed; the same seed and size give the same scene.

    Args:
        seed: Chooses the world by its remainder, then relief, cover, slides and the radar's view.
        size: Side of the square scene, pixels.

    Raises:
        SettingsError: The scene would be too small to hold a slide, or the seed is negative.
    """
    event = simulate_event(seed, size)
    terrain, ground, slides = event.terrain, event.ground, event.slides
    rest = (terrain.elevation, terrain.slope, ground.climate, ground.tree_height)
    optical = np.stack([*rest, ground.mapped_cover.astype(np.float32), event.greenness_change])
    bands = np.concatenate([event.radar, optical])
    reference = slides.mask.astype(np.uint8)
    return Scene(
        name=f"simulated{seed}",
        grid=sea_grid(size, PIXEL_SIZE_M),
        bands=bands.astype(np.float32),
        reference=reference,
        seed=seed,
        world=event.world.name,
        facts={"slides": slides.count, "slide_share": round(float(reference.mean()), 5)},
    )


def demo_area(out: Path) -> tuple[Path, Path]:
    """Write the demo area's stack and reference; return their paths (stack, reference)."""
    return write_scene(out, simulate_scene(DEMO_SEED), "demo")
