"""One made-up scene: bands of its task, what is really there, and its grid."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely import LineString

from geoseg.errors import GridError, SettingsError
from geoseg.grid import Grid
from geoseg.tasks import Task
from geoseg.tasks.landslides import LANDSLIDES

UNKNOWN = 255
OPEN_SEA = (300_000.0, 120_000.0)
"""Easting and northing in UTM 31N: open water off Africa, so that nobody takes it for a place."""


@dataclass(frozen=True)
class FloorLine:
    """A line along the floor of a ravine, as a mapper would draw it: class id and places (x, y)."""

    class_id: int
    line: LineString


@dataclass(frozen=True)
class Scene:
    """A simulated area with known truth.

    Attributes:
        name: Prefix of its files; holds no underscore, since pairing cuts there.
        grid: Where it pretends to lie.
        bands: In the order of `names`, NaN where missing, (band, y, x).
        reference: Class ids of the task, 255 where nothing is to be mapped, (y, x).
        seed: What it was made from.
        world: Name of its kind of country.
        facts: What a table of scenes tells of it, heading -> number.
        task: What is mapped.
        names: Names of the bands; empty stands for all of the task.
        elevation: Terrain model the predictors were derived from, metres, NaN where masked, (y, x).
        lines: References along the features, in the grid's coordinates.
    """

    name: str
    grid: Grid
    bands: NDArray[np.float32]
    reference: NDArray[np.uint8]
    seed: int
    world: str = ""
    facts: Mapping[str, float] = field(default_factory=dict)
    task: Task = LANDSLIDES
    names: tuple[str, ...] = ()
    elevation: NDArray[np.float32] | None = None
    lines: tuple[FloorLine, ...] = ()

    def __post_init__(self) -> None:
        expected = (len(self.band_names), *self.grid.shape)
        if self.bands.shape != expected or self.reference.shape != self.grid.shape:
            raise GridError(
                f"bands are {self.bands.shape} and reference {self.reference.shape}, "
                f"task and grid say {expected}"
            )

    @property
    def band_names(self) -> tuple[str, ...]:
        """Names of the bands, in their order."""
        return self.names or tuple(band.name for band in self.task.bands)

    def share(self, class_id: int) -> float:
        """Return the share of a class among the pixels that are to be mapped; 0 where none is."""
        known = int(np.count_nonzero(self.reference != UNKNOWN))
        return int(np.count_nonzero(self.reference == class_id)) / max(known, 1)


def sea_grid(size: int, pixel_size_m: float) -> Grid:
    """Return a square grid in open water."""
    east, north = OPEN_SEA
    transform = Affine(pixel_size_m, 0, east, 0, -pixel_size_m, north)
    return Grid(CRS.from_epsg(32631), transform, size, size)


def check_size(seed: int, size: int, smallest: int) -> None:
    """Refuse scenes that could hold nothing.

    Raises:
        SettingsError: The scene would be too small, or the seed is negative.
    """
    if size < smallest or seed < 0:
        raise SettingsError(
            f"a simulated scene needs at least {smallest} pixels a side and a seed from 0, "
            f"got {size} and {seed}"
        )
