"""A seed -> a simulated scene of wetlands at 10 m: fourteen predictors and truth.

What is assumed and what is left out is told in docs/simulated_world.md.
"""

import numpy as np
from scipy import ndimage

from geoseg.simulate.mire_ground import make_mires
from geoseg.simulate.mire_worlds import mire_world_of
from geoseg.simulate.scene import Scene, check_size, sea_grid
from geoseg.simulate.season import season_predictors
from geoseg.simulate.terrain import PIXEL_SIZE_M
from geoseg.tasks.wetlands import SENTINEL2, WETLANDS

SMALLEST = 96


def simulate_wetlands(seed: int, size: int = 512) -> Scene:
    """Make the wetland scene of a seed; the same seed and size give the same scene.

    Args:
        seed: Chooses the world by its remainder, then hills, wetness, plants and the season.
        size: Side of the square scene, pixels of 10 m.

    Raises:
        SettingsError: The scene would be too small to hold a mire, or the seed is negative.
    """
    check_size(seed, size, SMALLEST)
    rng, world = np.random.default_rng(seed), mire_world_of(seed)
    ground = make_mires(rng, size, world)
    names = tuple(band.name for band in SENTINEL2)
    optical = season_predictors(rng, ground, names[:-1])
    reference = ground.wetland.astype(np.uint8)
    _, count = ndimage.label(ground.wetland)
    return Scene(
        name=f"simulated{seed}",
        grid=sea_grid(size, PIXEL_SIZE_M),
        bands=np.concatenate([optical, ground.canopy_m[None]]),
        reference=reference,
        seed=seed,
        world=world.name,
        facts={"wetlands": int(count), "wetland_share": round(float(reference.mean()), 5)},
        task=WETLANDS,
        names=names,
    )
