"""A CRS and places in it -> how its plane lies on the ground there: lengths, areas, directions.

A projection is true to scale along some lines alone. Here the ellipsoid itself is measured: a small
step along x and one along y become points in space, and their lengths and the angle between them
say what a unit of the CRS is worth at that place (the first fundamental form; Snyder 1987,
doi:10.3133/pp1395). It holds for every system, whatever its unit or prime meridian.
"""

from functools import lru_cache

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from rasterio.crs import CRS

from geoseg.errors import GridError

NEAR_TRUE = 2.5e-3
"""A plane that departs less from the ground, in length and in area, is taken at its word: so is UTM
in its zone (at most 0.002) and a little beyond; in all others the ground is measured."""
STEP_M = 20.0
EARTH_M = 6_300_000.0, 6_400_000.0
"""Radii of the Earth's ellipsoids and spheres lie between."""

Numbers = NDArray[np.float64]


@lru_cache(maxsize=256)
def known(crs: CRS) -> pyproj.CRS:
    """Return the same system for pyproj, without the system on which it is bound to another.

    Raises:
        GridError: PROJ cannot read it.
    """
    try:
        found = pyproj.CRS.from_wkt(crs.to_wkt())
    except CRSError as error:
        raise GridError(
            f"the coordinate reference system {crs.to_string()[:80]!r} cannot be read; "
            "expected one that PROJ knows, such as UTM"
        ) from error
    return found.source_crs if found.is_bound and found.source_crs is not None else found


@lru_cache(maxsize=256)
def horizontal(crs: CRS) -> CRS:
    """Return the system without its heights; one that has none comes back as it is."""
    whole = known(crs)
    if whole.is_compound:
        return CRS.from_wkt(whole.sub_crs_list[0].to_wkt())
    if len(whole.axis_info) > 2:  # noqa: PLR2004
        return CRS.from_wkt(whole.to_2d().to_wkt())
    return crs


@lru_cache(maxsize=256)
def place_fault(crs: CRS) -> str:
    """Say in one sentence why a CRS gives no place on the Earth; "" where it does."""
    whole = known(crs)
    own = whole.sub_crs_list[0] if whole.is_compound else whole
    expected = "expected a projected CRS such as UTM, or longitude and latitude"
    if own.is_geocentric:
        return f"has a geocentric system (X, Y and Z from the Earth's centre); {expected}"
    if own.is_vertical:
        return f"has a system of heights alone ({own.name}); {expected}"
    if not (crs.is_projected or crs.is_geographic):
        return f"has a local coordinate system that is not tied to the Earth; {expected}"
    radius = own.ellipsoid.semi_major_metre if own.ellipsoid else EARTH_M[0]
    if not EARTH_M[0] <= radius <= EARTH_M[1]:
        return (
            f"lies on another body than the Earth: {own.name}, with a radius of "
            f"{radius / 1000:,.0f} km; GeoSeg maps the Earth alone"
        )
    return ""


def ground_matrix(crs: CRS, x: Numbers, y: Numbers) -> Numbers:
    """Return what one unit of x and one of y are on the ground.

    Args:
        crs: Projected.
        x: Places, in its unit.
        y: Of the same shape.

    Returns:
        (..., 2, 2): metres towards grid east and grid north (first axis) of a unit of x and of y
        (second axis); NaN where the system does not reach. Grid north is the way of the y axis,
        so the matrix has no part of x in the north but where the system shears.
    """
    crs = horizontal(crs)
    step = STEP_M / metres_per_unit(crs)
    by_x = (_in_space(crs, x + step, y) - _in_space(crs, x - step, y)) / (2 * step)
    by_y = (_in_space(crs, x, y + step) - _in_space(crs, x, y - step)) / (2 * step)
    xx, xy, yy = ((a * b).sum(axis=-1) for a, b in ((by_x, by_x), (by_x, by_y), (by_y, by_y)))
    with np.errstate(invalid="ignore", divide="ignore"):
        north = np.sqrt(yy)
        rows = [[np.sqrt(xx - (xy / north) ** 2), np.zeros_like(xx)], [xy / north, north]]
        matrix = np.moveaxis(np.array(rows), (0, 1), (-2, -1))
    return matrix * _ways(crs)


def plain_matrix(crs: CRS) -> Numbers:
    """Return the same (2, 2) as the CRS's unit promises, right where the system is true."""
    return np.eye(2) * metres_per_unit(crs) * _ways(horizontal(crs))


def is_plain(crs: CRS, matrix: Numbers) -> bool:
    """Tell whether a plane is true to `NEAR_TRUE`, lengths and areas, at all these places."""
    unit = metres_per_unit(crs)
    stretch = matrix / (unit * _ways(horizontal(crs)))
    finite = np.isfinite(stretch).all(axis=(-2, -1))
    off = np.abs(stretch[finite] - np.eye(2))
    areas = np.abs(np.abs(np.linalg.det(stretch[finite])) - 1)
    return bool((off <= NEAR_TRUE).all() and (areas <= NEAR_TRUE).all()) if finite.any() else True


@lru_cache(maxsize=256)
def metres_per_unit(crs: CRS) -> float:
    """Return the metres of one unit of a projected CRS: 1 for metres, 0.3048 for feet."""
    return float(crs.linear_units_factor[1])


@lru_cache(maxsize=256)
def _ways(crs: CRS) -> Numbers:
    """Return +1 for x counted to the east and y to the north, -1 for west and south; (1, 2).

    Polar systems name both axes alike and are left as they are drawn.
    """
    ways = [axis.direction for axis in known(crs).axis_info[:2]]
    if len({way in {"east", "west"} for way in ways}) < 2:  # noqa: PLR2004
        return np.ones((1, 2))
    return np.array([[-1.0 if "west" in ways else 1.0, -1.0 if "south" in ways else 1.0]])


@lru_cache(maxsize=64)
def _to_degrees(crs: CRS) -> tuple[pyproj.Transformer, float]:
    """Return the way to longitude and latitude on the CRS's own ellipsoid, radians of its unit."""
    own = known(crs)
    geodetic = own.geodetic_crs
    if geodetic is None:
        raise GridError(f"{crs.to_string()} is not tied to the Earth; expected one such as UTM")
    unit = geodetic.axis_info[0].unit_conversion_factor
    return pyproj.Transformer.from_crs(own, geodetic, always_xy=True), unit


@lru_cache(maxsize=64)
def _radii(crs: CRS) -> tuple[float, float]:
    """Return the half axes of the ellipsoid, metres."""
    body = known(crs).ellipsoid
    if body is None:
        raise GridError(f"{crs.to_string()} is not tied to the Earth; expected one such as UTM")
    return body.semi_major_metre, body.semi_minor_metre


def _in_space(crs: CRS, x: Numbers, y: Numbers) -> Numbers:
    """Return the points of the ellipsoid, metres from its centre, (..., 3); NaN beyond it."""
    transformer, unit = _to_degrees(crs)
    places = transformer.transform(np.asarray(x, float).ravel(), np.asarray(y, float).ravel())
    found = np.array(places, float) * unit
    found[:, ~np.isfinite(found).all(axis=0)] = np.nan
    lon, lat = found.reshape(2, *np.shape(x))
    major, minor = _radii(crs)
    flat = 1 - (minor / major) ** 2
    across = major / np.sqrt(1 - flat * np.sin(lat) ** 2)
    return np.stack(
        [
            across * np.cos(lat) * np.cos(lon),
            across * np.cos(lat) * np.sin(lon),
            across * (1 - flat) * np.sin(lat),
        ],
        axis=-1,
    )
