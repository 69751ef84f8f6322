"""Two sets of outlines -> the ground each pair shares; overlapping outlines -> one outline each.

Large outlines are cut into pieces first, so that one that meets thousands of small ones costs no
more than its pieces.
"""

from dataclasses import dataclass
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

MOST_CORNERS = 256
"""Outlines of more corners are cut."""
DEEPEST_CUT = 24
SEEN = "seen"
"""Column of the share of an outline's ground that the other side knows."""
Places = NDArray[np.int64]
Numbers = NDArray[np.float64]
Shapes = NDArray[np.object_]
Outlines: TypeAlias = Shapes | gpd.GeoSeries


@dataclass(frozen=True)
class Pairs:
    """Which outline of one set shares ground with which of the other.

    Attributes:
        first: Place in the first set, one a pair.
        second: Place in the second set.
        area: Ground they share, in the CRS's square unit; above 0.
    """

    first: Places
    second: Places
    area: Numbers


def shared_ground(first: Outlines, second: Outlines) -> Pairs:
    """Return every pair that shares ground; touching is not sharing.

    Args:
        first: Valid polygons.
        second: Valid polygons in the same CRS.
    """
    pieces, owners = cut(np.asarray(first, object))
    others, other_owners = cut(np.asarray(second, object))
    if not len(pieces) or not len(others):
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    left, right = shapely.STRtree(others).query(pieces, predicate="intersects")
    area = shapely.area(shapely.intersection(pieces[left], others[right]))
    keys = owners[left] * len(second) + other_owners[right]
    pairs, place = np.unique(keys[area > 0], return_inverse=True)
    summed: Numbers = np.bincount(place, area[area > 0], minlength=len(pairs)).astype(np.float64)
    return Pairs(pairs // len(second), pairs % len(second), summed)


def touching_pairs(shapes: Shapes) -> tuple[Places, Places]:
    """Return the places of outlines that meet, at a corner or along a side, in both orders."""
    pieces, owners = cut(shapes)
    left, right = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    first, second = owners[left], owners[right]
    apart = first != second
    return first[apart], second[apart]


def grouped(count: int, first: Places, second: Places) -> list[Places]:
    """Return the places 0 to `count` that pairs connect, each group in order, by its first."""
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
    _, group = csgraph.connected_components(links, directed=False)
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(group))[:-1]) if count else []
    return sorted(members, key=lambda places: int(places[0]))


def merge_overlaps(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Unite outlines that share ground into one, which keeps the attributes of the first.

    Args:
        frame: Polygons; those that only touch stay apart.

    Returns:
        The outlines, in the order of their first parts, and how many others they took in.
    """
    shapes = np.asarray(frame.geometry.array, object)
    pairs = shared_ground(shapes, shapes)
    apart = pairs.first != pairs.second
    return _united(frame, pairs.first[apart], pairs.second[apart])


def merge_touching(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Unite outlines that touch, at a corner too; else as `merge_overlaps`."""
    return _united(frame, *touching_pairs(np.asarray(frame.geometry.array, object)))


def _united(frame: gpd.GeoDataFrame, first: Places, second: Places) -> tuple[gpd.GeoDataFrame, int]:
    shapes = np.asarray(frame.geometry.array, object)
    members = grouped(len(shapes), first, second)
    if len(members) == len(shapes):
        return frame.reset_index(drop=True), 0
    united = [
        shapes[places[0]] if len(places) == 1 else shapely.union_all(shapes[places])
        for places in members
    ]
    merged = frame.iloc[[int(places[0]) for places in members]]
    merged = merged.set_geometry(united, crs=frame.crs).reset_index(drop=True)
    if SEEN in frame:
        area, seen = shapely.area(shapes), frame[SEEN].to_numpy()
        merged[SEEN] = [np.average(seen[places], weights=area[places]) for places in members]
    return merged, len(shapes) - len(members)


def cut(shapes: Shapes) -> tuple[Shapes, Places]:
    """Halve large outlines until each piece has few corners; owners are places in `shapes`."""
    owners = np.arange(len(shapes))
    done: list[Shapes] = []
    done_owners: list[Places] = []
    for _ in range(DEEPEST_CUT):
        large = shapely.get_num_coordinates(shapes) > MOST_CORNERS
        done.append(shapes[~large])
        done_owners.append(owners[~large])
        shapes, owners = _halved(shapes[large], owners[large])
        if not len(shapes):
            break
    return np.concatenate([*done, shapes]), np.concatenate([*done_owners, owners])


def _halved(shapes: Shapes, owners: Places) -> tuple[Shapes, Places]:
    """Cut every outline through the middle of its longer side."""
    left, bottom, right, top = shapely.bounds(shapes).T
    wide = right - left >= top - bottom
    x, y = np.where(wide, (left + right) / 2, right), np.where(wide, top, (bottom + top) / 2)
    near = shapely.box(left, bottom, x, y)
    far = shapely.box(np.where(wide, x, left), np.where(wide, bottom, y), right, top)
    halves = np.concatenate([shapely.intersection(shapes, near), shapely.intersection(shapes, far)])
    kept = shapely.area(halves) > 0
    return halves[kept], np.concatenate([owners, owners])[kept]
