"""One made-up scene: fifteen bands, the slides that are in it, and its grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import GridError
from geoseg.grid import Grid
from geoseg.tasks.landslides import LANDSLIDES


@dataclass(frozen=True)
class Scene:
    """A simulated area with known truth.

    Attributes:
        name: Prefix of its files; holds no underscore, since pairing cuts there.
        grid: Where it pretends to lie.
        bands: In the order of the task's bands, NaN where missing, (band, y, x).
        reference: 1 on slides, 0 elsewhere, (y, x).
        seed: What it was made from.
        world: Name of its kind of country.
        slide_count: How many slides it holds, some running into each other.
    """

    name: str
    grid: Grid
    bands: NDArray[np.float32]
    reference: NDArray[np.uint8]
    seed: int
    world: str = ""
    slide_count: int = 0

    def __post_init__(self) -> None:
        expected = (len(LANDSLIDES.bands), *self.grid.shape)
        if self.bands.shape != expected or self.reference.shape != self.grid.shape:
            raise GridError(
                f"bands are {self.bands.shape} and reference {self.reference.shape}, "
                f"task and grid say {expected}"
            )
