"""A seed -> a simulated scene of bedrock and sediment at 10 m: terrain, Landsat bands, truth.

What is assumed and what is left out is told in docs/simulated_world.md.
"""

import numpy as np

from geoseg.simulate.derived import derive_bands
from geoseg.simulate.landsat import landsat_bands
from geoseg.simulate.rock_ground import make_ground
from geoseg.simulate.rock_worlds import rock_world_of
from geoseg.simulate.scene import UNKNOWN, Scene, check_size, sea_grid
from geoseg.simulate.terrain import PIXEL_SIZE_M
from geoseg.tasks.bedrock import BEDROCK, TERRAIN

SMALLEST = 96


def simulate_bedrock(seed: int, size: int = 512) -> Scene:
    """Make the bedrock scene of a seed; the same seed and size give the same scene.

    Sea and lakes have no data in any band and 255 in the reference.

    Args:
        seed: Chooses the world by its remainder, then rock, sediment, water and plants.
        size: Side of the square scene, pixels of 10 m.

    Raises:
        SettingsError: The scene would be too small to hold a valley, or the seed is negative.
    """
    check_size(seed, size, SMALLEST)
    rng, world = np.random.default_rng(seed), rock_world_of(seed)
    ground = make_ground(rng, size, world)
    image = landsat_bands(rng, ground, world)
    image[:, ground.water] = np.nan
    elevation = np.where(ground.water, np.nan, ground.elevation).astype(np.float32)
    reference = np.where(ground.water, UNKNOWN, ground.bedrock).astype(np.uint8)
    bands = np.concatenate([derive_bands(elevation, TERRAIN, PIXEL_SIZE_M), image])
    known = max(int(np.count_nonzero(~ground.water)), 1)
    return Scene(
        name=f"simulated{seed}",
        grid=sea_grid(size, PIXEL_SIZE_M),
        bands=bands,
        reference=reference,
        seed=seed,
        world=world.name,
        facts={
            "bedrock_share": round(int(np.count_nonzero(reference == 1)) / known, 5),
            "water_share": round(float(ground.water.mean()), 5),
        },
        task=BEDROCK,
        elevation=elevation,
    )
