"""Outlines + maps -> the mean of a map inside each outline, reading only the ground beneath."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.features import geometry_mask
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geoseg.grid import Grid
from geoseg.mapping.polygons import DECIMALS


def add_means(frame: gpd.GeoDataFrame, probability: Path, spread: Path) -> gpd.GeoDataFrame:
    """Fill mean_prob and mean_sprd where they are missing.

    Args:
        frame: An inventory in the CRS of the maps.
        probability: Of one band, or one a class with the background first, which is left out.
        spread: Bands as in `probability`; a mean is given for maps of one band only.
    """
    missing = np.flatnonzero(frame["mean_prob"].isna())
    if not len(missing):
        return frame
    filled = frame.copy()
    for column, path in (("mean_prob", probability), ("mean_sprd", spread)):
        with rasterio.open(path) as raster:
            if column == "mean_sprd" and raster.count > 1:
                continue
            means = [mean_inside(raster, frame.geometry.iloc[row]) for row in missing]
        filled.loc[frame.index[missing], column] = np.round(means, DECIMALS)
    return filled


def mean_inside(raster: Any, outline: BaseGeometry) -> float:
    """Return the mean over the pixels whose centres lie inside; NaN where there are none.

    Args:
        raster: An open dataset; of several bands the first is left out and the rest summed.
        outline: In the raster's CRS.
    """
    grid = Grid(raster.crs, raster.transform, raster.width, raster.height)
    window = _window(grid, outline)
    if window is None:
        return float("nan")
    bands = [1] if raster.count == 1 else list(range(2, raster.count + 1))
    values = raster.read(bands, window=window).astype(np.float64).sum(axis=0)
    part = grid.window(window)
    outside = geometry_mask([outline], part.shape, part.transform)
    inside = values[~outside]
    inside = inside[np.isfinite(inside)]
    return float(inside.mean()) if inside.size else float("nan")


def _window(grid: Grid, outline: BaseGeometry) -> Window | None:
    """Return the whole pixels beneath an outline; None where it lies beside the grid."""
    corners = shapely.get_coordinates(shapely.box(*outline.bounds))
    cols, rows = ~grid.transform @ corners.T
    left, right = np.clip([np.floor(cols.min()), np.ceil(cols.max())], 0, grid.width)
    top, bottom = np.clip([np.floor(rows.min()), np.ceil(rows.max())], 0, grid.height)
    if left >= right or top >= bottom:
        return None
    return Window(int(left), int(top), int(right - left), int(bottom - top))
