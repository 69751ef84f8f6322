"""Simulated scenes with the ground, slides and view they were made from."""

from dataclasses import dataclass

import numpy as np
import pytest

from geoseg.simulate import DEMO_SEED, Scene, simulate_scene
from geoseg.simulate.cover import GroundCover, make_cover
from geoseg.simulate.geometry import Geometry, look_at
from geoseg.simulate.slides import Slides, make_slides
from geoseg.simulate.terrain import Terrain, make_terrain
from geoseg.simulate.visibility import Visibility, see_slides
from geoseg.simulate.worlds import WORLDS, world_of

SIZE = 256
SEEDS = range(100, 100 + 2 * len(WORLDS))


@dataclass(frozen=True)
class Made:
    scene: Scene
    terrain: Terrain
    ground: GroundCover
    slides: Slides
    visibility: Visibility
    geometry: Geometry


def make(seed):
    """Take the first steps of `simulate_scene` again, in its order."""
    rng, world = np.random.default_rng(seed), world_of(seed)
    terrain = make_terrain(rng, SIZE, world)
    ground = make_cover(rng, terrain, world)
    slides = make_slides(rng, terrain, ground, world)
    visibility = see_slides(rng, slides, ground, world)
    return Made(
        simulate_scene(seed, SIZE), terrain, ground, slides, visibility, look_at(rng, terrain)
    )


@pytest.fixture(scope="session")
def made():
    """Two scenes of every world."""
    return [make(seed) for seed in SEEDS]


@pytest.fixture(scope="session")
def demo():
    return simulate_scene(DEMO_SEED)
