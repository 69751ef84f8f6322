"""Windows of a grid -> outlines in degrees, and back onto the plane of another grid."""

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.warp import transform_geom
from shapely.affinity import affine_transform
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geoseg.models.rectangles import Rectangles

LON_LAT = "EPSG:4326"
DIGITS = 6
"""Of a degree: a tenth of a metre."""
PIECES = 16
"""Edges are cut into at least so many pieces a side, so that they bend with the system."""

Ring = tuple[tuple[float, float], ...]
Polygons = tuple[tuple[Ring, ...], ...]
"""Coordinates of a GeoJSON MultiPolygon."""


def outline_in_degrees(crs: CRS, transform: Affine, rectangles: Rectangles) -> Polygons:
    """Return the outline of windows as longitude and latitude, cut where it crosses 180 degrees.

    Returns:
        Empty where the system cannot be told in degrees on Earth.
    """
    try:
        found = transform_geom(
            crs, LON_LAT, mapping(on_plane(transform, rectangles)), antimeridian_cutting=True
        )
    except (CRSError, RasterioError):
        return ()
    geometry = shape(found)
    finite = bool(np.isfinite(shapely.get_coordinates(geometry)).all())
    return rings_of(geometry) if finite else ()


def on_plane(transform: Affine, rectangles: Rectangles) -> BaseGeometry:
    """Return windows as polygons in the plane of their grid, with many points along the edges."""
    rows, cols, heights, widths = (column.astype(float) for column in rectangles.T)
    whole = shapely.union_all(shapely.box(cols, rows, cols + widths, rows + heights))
    left, top, right, bottom = whole.bounds
    bent = shapely.segmentize(whole, max(right - left, bottom - top) / PIECES)
    a, b, c, d, e, f = tuple(transform)[:6]
    return affine_transform(bent, [a, b, d, e, c, f])


def reprojected(geometry: BaseGeometry, source: str | CRS, target: CRS) -> BaseGeometry:
    """Return a geometry in another system.

    Raises:
        CRSError: One cannot be told in the other.
        RasterioError: The same.
    """
    return shape(transform_geom(source, target, mapping(geometry)))


def geometry_of(outline: Polygons) -> BaseGeometry:
    """Return an outline as one geometry, degrees."""
    return shape({"type": "MultiPolygon", "coordinates": outline})


def rings_of(geometry: BaseGeometry) -> Polygons:
    """Return the coordinates of polygons."""
    parts = getattr(geometry, "geoms", [geometry])
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    return tuple(
        tuple(_ring(ring.coords) for ring in (part.exterior, *part.interiors)) for part in polygons
    )


def _ring(places: shapely.coords.CoordinateSequence) -> Ring:
    return tuple((round(float(x), DIGITS), round(float(y), DIGITS)) for x, y, *_ in places)
