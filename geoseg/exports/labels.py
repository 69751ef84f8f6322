"""A corrected inventory -> a raster to measure by and to learn from: class ids, 255 unknown."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.windows import Window

from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid

YES, NO, UNKNOWN = 1, 0, 255
STRIP_ROWS = 256
BAND = "corrected reference"
ONE_CLASS: Mapping[str, int] = MappingProxyType({})
"""Where one feature is mapped: every outline is a yes."""


def write_labels(
    frame: gpd.GeoDataFrame,
    classes: Path,
    path: Path,
    open_statuses: Collection[str] = (),
    ids: Mapping[str, int] = ONE_CLASS,
) -> None:
    """Burn an inventory on the pixels of a run's map.

    Args:
        frame: Outlines with a column `status`; the rejected ones, and the ground outside, are 0.
        classes: The map, 255 where it has no data; unknown there, too.
        path: The GeoTIFF to write.
        open_statuses: Outlines of these statuses are unknown: neither right nor wrong.
        ids: Name of a class -> what its outlines are burned as; others are 1.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    open_ones = frame["status"].isin(list(open_statuses)).to_numpy()
    rejected = (frame["status"] == "rejected").to_numpy()
    of_class = [ids.get(str(name), YES) for name in frame["class"]] if ids else YES
    values = np.where(open_ones, UNKNOWN, of_class).astype(np.uint8)
    # What a person confirmed is burned last: it holds where outlines overlap.
    order = np.flatnonzero(~rejected)[np.argsort(~open_ones[~rejected], kind="stable")]
    shapes = np.asarray(frame.geometry.array, object)[order]
    with rasterio.open(classes) as mapped:
        grid = Grid(mapped.crs, mapped.transform, mapped.width, mapped.height)
        index = shapely.STRtree(shapes)
        with RasterWriter(path, grid, [BAND], "uint8", UNKNOWN) as writer:
            for row in range(0, grid.height, STRIP_ROWS):
                rows = min(STRIP_ROWS, grid.height - row)
                window = Window(0, row, grid.width, rows)
                strip = _burned(shapes, values[order], index, grid.window(window))
                strip[mapped.read(1, window=window) == UNKNOWN] = UNKNOWN
                writer.write(row, strip)


def _burned(
    shapes: NDArray[np.object_], values: NDArray[np.uint8], index: shapely.STRtree, part: Grid
) -> NDArray[np.uint8]:
    near = np.sort(index.query(shapely.box(*part.bounds)))
    if not near.size:
        return np.zeros(part.shape, np.uint8)
    burned: NDArray[np.uint8] = rasterize(
        zip(shapes[near], values[near].tolist(), strict=True),
        part.shape,
        transform=part.transform,
        dtype=np.uint8,
    )
    return burned
