"""Places in longitude and latitude around 180 degrees and the poles, where longitudes jump.

Bounds follow RFC 7946, 5.2 (doi:10.17487/RFC7946): across 180 degrees west is greater than east.
Shapes follow 3.1.9: they are cut there, so that every part lies on one side.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.warp import transform_bounds
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
"""(west, south, east, north), degrees."""
HALF_TURN = 180.0
POLE = 90.0
FULL_TURN = 2 * HALF_TURN


def bounds_in_degrees(crs: CRS, box: Box) -> Box:
    """Return (west, south, east, north) of a box of any CRS; west > east across 180 degrees."""
    west, south, east, north = transform_bounds(crs, "EPSG:4326", *box)
    return west, south, east, north


def unrolled(box: Box) -> Box:
    """Return bounds whose east is greater than their west, beyond 180 degrees where they cross it.

    That is how a map is told what to show.
    """
    west, south, east, north = box
    return west, south, east + FULL_TURN if east < west else east, north


def crosses(box: Box) -> bool:
    """Tell whether bounds cross 180 degrees."""
    return box[2] < box[0]


def turned_back(longitude: float) -> float:
    """Return a longitude between -180 and 180 degrees; a map that goes on counts beyond."""
    if -HALF_TURN <= longitude <= HALF_TURN:
        return longitude
    return (longitude + HALF_TURN) % FULL_TURN - HALF_TURN


def continuous(shape: BaseGeometry, half: float = HALF_TURN, pole: float = POLE) -> BaseGeometry:
    """Return a shape whose coordinates do not jump at 180 degrees but go on beyond it.

    Args:
        shape: Polygons as a transformation left them, x between -half and half.
        half: What half a turn is, 180 for degrees.
        pole: y of the northern pole, or of the map's edge; reached where a pole lies inside.
    """
    if not _jumps(shape, half):
        return shape
    parts = [_one(part, half, pole) for part in shapely.get_parts(shape)
             if part.geom_type == "Polygon"]  # fmt: skip
    return shapely.union_all(_side_by_side(parts, half)) if parts else shape


def cut(shape: BaseGeometry, half: float = HALF_TURN, pole: float = POLE) -> BaseGeometry:
    """Return a shape cut at 180 degrees, every part with x between -half and half."""
    whole = continuous(shape, half, pole)
    left, bottom, right, top = shapely.bounds(whole)
    if -half <= left and right <= half:
        return whole
    parts: list[BaseGeometry] = []
    for turn in (-1, 0, 1):
        aside = 2 * half * turn
        inside = shapely.clip_by_rect(whole, aside - half, bottom, aside + half, top)
        moved = translate(inside, -aside)
        parts += [part for part in shapely.get_parts(moved) if part.geom_type == "Polygon"]
    # Around a pole the parts meet where the ring was opened.
    return shapely.union_all(parts)


def cut_all(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut those of many shapes in degrees that cross 180 degrees."""
    mended = np.array(shapes, object)
    for at in np.flatnonzero(_wide(mended, HALF_TURN)):
        mended[at] = cut(mended[at])
    return mended


def continuous_all(
    shapes: NDArray[np.object_], half: float = HALF_TURN, pole: float = POLE
) -> NDArray[np.object_]:
    """Make those of many shapes continuous that jump at 180 degrees."""
    mended = np.array(shapes, object)
    for at in np.flatnonzero(_wide(mended, half)):
        mended[at] = continuous(mended[at], half, pole)
    return mended


def bounds_of(shape: BaseGeometry) -> Box:
    """Return the bounds of polygons in degrees that may jump at 180 degrees; west > east there."""
    west, south, east, north = shapely.bounds(continuous(shape)).tolist()
    if east - west >= FULL_TURN:
        return -HALF_TURN, south, HALF_TURN, north
    return turned_back(west), south, turned_back(east), north


def _wide(shapes: NDArray[np.object_], half: float) -> NDArray[np.bool_]:
    bounds = shapely.bounds(shapes)
    polygons = np.isin(shapely.get_type_id(shapes), (3, 6))
    return np.asarray(polygons & (bounds[:, 2] - bounds[:, 0] > half))


def _jumps(shape: BaseGeometry, half: float) -> bool:
    """Tell whether a side is longer than half a turn, or parts lie on both sides."""
    left, _, right, _ = shapely.bounds(shape)
    return bool(right - left > half)


def _one(polygon: shapely.Polygon, half: float, pole: float) -> BaseGeometry:
    whole = _ring(shapely.get_coordinates(polygon.exterior), half, pole)
    for hole in polygon.interiors:
        empty = _ring(shapely.get_coordinates(hole), half, pole)
        for turn in (-1, 0, 1):
            whole = whole.difference(translate(empty, 2 * half * turn))
    return whole


def _ring(corners: NDArray[np.float64], half: float, pole: float) -> BaseGeometry:
    """Return the ground inside a ring; one that goes around the world holds a pole."""
    x = np.unwrap(corners[:, 0], period=2 * half)
    y = corners[:, 1]
    if abs(x[-1] - x[0]) > half:
        end = pole if y.mean() > 0 else -pole
        x = np.concatenate([x, x[[-1, 0]]])
        y = np.concatenate([y, [end, end]])
    x = x - 2 * half * np.round((x.min() + x.max()) / 2 / (2 * half))
    ground = shapely.Polygon(np.column_stack([x, y]))
    return ground if ground.is_valid else shapely.make_valid(ground, method="structure")


def _side_by_side(parts: list[BaseGeometry], half: float) -> list[BaseGeometry]:
    """Move parts by whole turns so that each lies as near as it can to the first."""
    middle = sum(shapely.bounds(parts[0])[[0, 2]]) / 2
    near = []
    for part in parts:
        own = sum(shapely.bounds(part)[[0, 2]]) / 2
        aside = 2 * half * np.round((middle - own) / (2 * half))
        near.append(translate(part, aside))
    return near
