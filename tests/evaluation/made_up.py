"""Small maps and outlines whose truth is known."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

WEST, NORTH, PIXEL_M = 500_000, 6_600_000, 10
CRS = "EPSG:32633"


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box in pixels right of and below the corner."""
    return shapely.box(
        WEST + PIXEL_M * x0, NORTH - PIXEL_M * y1, WEST + PIXEL_M * x1, NORTH - PIXEL_M * y0
    )


def outlines(*shapes, crs: str = CRS, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def write_raster(path: Path, values: np.ndarray, nodata: float | None = 255) -> Path:
    bands = np.atleast_3d(values.T).T
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
        dtype=bands.dtype, crs=CRS, nodata=nodata, transform=from_origin(WEST, NORTH, 10, 10),
    ) as raster:  # fmt: skip
        raster.write(bands)
    return path
