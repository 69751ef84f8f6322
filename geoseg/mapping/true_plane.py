"""Outlines in any projected CRS -> the same in a plane whose areas and lengths are the ground's."""

import geopandas as gpd
import numpy as np
import pyproj
from rasterio.crs import CRS

from geoseg.ellipsoid import ground_matrix, is_plain
from geoseg.errors import GridError

PLACES = 9
"""A side, at which a CRS is measured over the outlines."""


def true_plane(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines where a square metre is one.

    Their own CRS serves where it is true to a quarter of a percent, as UTM in its zone; else they
    go to the equal-area plane about their middle (Lambert, azimuthal), whose areas are true
    everywhere and whose lengths are true to a thousandth within 550 km.

    Args:
        frame: In a projected CRS.
    """
    if frame.crs is None or not frame.crs.is_projected or frame.empty:
        return frame
    if not np.isfinite(frame.total_bounds).all():
        return frame
    left, bottom, right, top = frame.total_bounds
    crs = CRS.from_wkt(frame.crs.to_wkt())
    x, y = np.meshgrid(np.linspace(left, right, PLACES), np.linspace(bottom, top, PLACES))
    if is_plain(crs, ground_matrix(crs, x, y)):
        return frame
    return frame.to_crs(_equal_area(frame.crs, (left + right) / 2, (bottom + top) / 2))


def metres_per_unit(frame: gpd.GeoDataFrame) -> float:
    """Return the metres in one unit of a frame's CRS.

    Raises:
        GridError: The CRS has degrees or none is known.
    """
    if frame.crs is None or not frame.crs.is_projected:
        name = frame.crs.to_string() if frame.crs else "none"
        raise GridError(f"areas in square metres need a projected CRS, got {name}; reproject")
    return float(frame.crs.axis_info[0].unit_conversion_factor)


def _equal_area(crs: pyproj.CRS, x: float, y: float) -> pyproj.CRS:
    """Return the plane about a place of a CRS."""
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return pyproj.CRS({"proj": "laea", "lat_0": lat, "lon_0": lon, "datum": "WGS84", "units": "m"})
