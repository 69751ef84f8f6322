"""An area of interest -> the part of a grid it touches, and what lies outside as no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geoseg.errors import GridError
from geoseg.grid import Grid
from geoseg.stack.common_grid import snapped_window
from geoseg.stack.shapes import notes_of, read_polygons


@dataclass(frozen=True)
class AreaOfInterest:
    """Polygons in the CRS of the grid they were read for."""

    name: str
    polygons: tuple[BaseGeometry, ...]
    notes: tuple[str, ...] = ()
    """Plain sentences on how the file was read."""

    def crop(self, grid: Grid) -> Grid:
        """Return the whole pixels of the grid that the area touches."""
        boxes = [polygon.bounds for polygon in self.polygons]
        wanted = snapped_window(grid, boxes)
        whole = Window(0, 0, grid.width, grid.height)
        return grid.window(wanted.intersection(whole))

    def outside(self, grid: Grid) -> NDArray[np.bool_]:
        """Return True where a pixel (y, x) is not touched by the area."""
        left, bottom, right, top = grid.bounds
        near = [p for p in self.polygons if p.intersects(shapely.box(left, bottom, right, top))]
        if not near:
            return np.ones(grid.shape, dtype=bool)
        return geometry_mask(near, grid.shape, grid.transform, all_touched=True)


def read_area(path: Path, grid: Grid) -> AreaOfInterest:
    """Read the area of interest of a run.

    Raises:
        GridError: The file holds no usable polygons, or none of them lies on the grid.
    """
    frame = read_polygons(path, grid.crs, GridError, grid)
    polygons = touching(list(frame.geometry), grid)
    if not polygons:
        west, south, east, north = grid.lonlat_bounds
        x, y = frame.to_crs("EPSG:4326").total_bounds.reshape(2, 2).mean(axis=0)
        raise GridError(
            f"the area of {path.name} (around longitude {x:.3f}, latitude {y:.3f}) does not "
            f"overlap the rasters (longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to "
            f"{north:.3f}); draw it inside them"
        )
    return AreaOfInterest(path.name, polygons, notes_of(frame))


def touching(polygons: Sequence[BaseGeometry], grid: Grid) -> tuple[BaseGeometry, ...]:
    """Return the polygons that share ground with the grid."""
    frame = shapely.box(*grid.bounds)
    return tuple(p for p in polygons if p.intersects(frame) and not p.touches(frame))
