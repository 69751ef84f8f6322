"""True wetlands -> an old, coarse map of them; squares of field points spread over the ground."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window
from scipy import ndimage

from geoseg.experiments.rectangles import inside
from geoseg.exports.disk import whole
from geoseg.grid import Grid

LEAST_M2, KEPT, DRAINED = 20_000, 0.65, 0.2
"""Smallest wetland on the old map; share of those that were surveyed; share of false ones, drained
since, by the number of true ones."""
BLOCK, SHIFT = 5, 2
"""Pixels: how coarse the old map is, and how far it may lie off."""
SQUARE_M, POINTS = 500, (6, 3)
"""Squares of the national monitoring, and 18 points in each."""

Ids = NDArray[np.uint8]


def draw_old_map(truth: Ids, pixel_size_m: float, rng: np.random.Generator) -> Ids:
    """Return what an old map of 1:50,000 may show: 1 wetland, 0 none, (y, x).

    It lacks the small wetlands and some of the others, shows some that were drained since, is drawn
    in blocks and lies a little off.

    Args:
        truth: 1 wetland, 0 none, (y, x).
        pixel_size_m: Side of a pixel, metres.
        rng: Source of chance.
    """
    least = LEAST_M2 / pixel_size_m**2
    seen = _some_patches(truth == 1, least, KEPT, rng)
    away = [int(rng.integers(side // 4, side - side // 4)) for side in truth.shape]
    elsewhere = np.roll(truth == 1, away, axis=(0, 1)) & (truth == 0)
    drawn = seen | _some_patches(elsewhere, least, DRAINED, rng)
    moved = np.roll(drawn, rng.integers(-SHIFT, SHIFT + 1, 2).tolist(), axis=(0, 1))
    rows, cols = (np.arange(side) // BLOCK for side in truth.shape)
    blocks = np.zeros((rows[-1] + 1, cols[-1] + 1))
    np.add.at(blocks, (rows[:, None], cols[None, :]), moved)
    return (blocks[rows[:, None], cols[None, :]] > BLOCK**2 / 2).astype(np.uint8)


def _some_patches(
    mask: NDArray[np.bool_], least: float, share: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Keep each connected patch of at least so many pixels with that chance."""
    patches, count = ndimage.label(mask, np.ones((3, 3), int))
    kept = (np.bincount(patches.ravel()) >= least) & (rng.random(count + 1) < share)
    kept[0] = False
    return np.asarray(kept[patches])


def write_ids(path: Path, ids: Ids, grid: Grid) -> None:
    """Write class ids as a GeoTIFF that says it is simulated.

    Raises:
        DiskError: The folder cannot be written.
    """
    with whole(path) as target, rasterio.open(
        target, "w", driver="GTiff", crs=grid.crs, transform=grid.transform, width=grid.width,
        height=grid.height, count=1, dtype="uint8", compress="deflate",
    ) as raster:  # fmt: skip
        raster.write(ids, 1)
        raster.update_tags(SIMULATED="yes")


def draw_points(
    truth: Ids, grid: Grid, squares: int, avoided: Sequence[Window], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Put squares on a regular grid, which never touch, with 18 points each; return the points.

    Args:
        truth: Class ids, (y, x); the pixel under a point gives its class (column class).
        grid: Of the truth, square pixels.
        squares: How many; all there are where there are fewer.
        avoided: Rectangles that a network learned from; points in them are left out.
        rng: Source of chance.
    """
    side = SQUARE_M / grid.pixel_size_m
    # Every other row and column of squares, so that none share a side or a corner.
    corners = [
        (row * side, col * side)
        for row in range(0, int(grid.height // side), 2)
        for col in range(0, int(grid.width // side), 2)
    ]
    chosen = rng.permutation(len(corners))[:squares]
    steps = [(np.arange(count) + 0.5) / count * side for count in POINTS]
    lattice = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 2)
    places = (np.array(corners)[chosen][:, None] + lattice[None]).reshape(-1, 2)
    rows, cols = places.astype(int).T
    free = ~inside(truth.shape, avoided)[rows, cols]
    x, y = grid.transform @ (places[free, 1], places[free, 0])
    classes = truth[rows[free], cols[free]].astype(int)
    return gpd.GeoDataFrame({"class": classes}, geometry=gpd.points_from_xy(x, y), crs=grid.crs)
