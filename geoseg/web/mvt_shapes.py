"""Shapes in metres of the web map -> drawing commands on a tile's steps, as vector tiles hold them.

Exterior rings run clockwise as seen, holes the other way; what shrinks to nothing is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

POINT, LINE, POLYGON = 1, 2, 3
MOVE, DRAW, CLOSE = 1, 2, 15
TYPES = {POINT: (0, 4), LINE: (1, 2, 5), POLYGON: (3, 6)}
"""Kind of a tile's feature -> shapely's type numbers of single and multiple shapes."""
FEWEST = {POINT: 1, LINE: 2, POLYGON: 3}

Box = tuple[float, float, float, float]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Commands:
    """The commands of all features of one kind.

    Attributes:
        kind: `POINT`, `LINE` or `POLYGON`.
        owners: Place of each feature in the given shapes.
        lengths: Numbers of each feature.
        values: The numbers, feature after feature.
    """

    kind: int
    owners: Whole
    lengths: Whole
    values: NDArray[np.uint64]


@dataclass(frozen=True)
class _Paths:
    """Rings, lines or points: whole steps of the tile, path after path.

    Attributes:
        xy: (vertex, 2), steps to the right and down.
        path: Which path a vertex belongs to, ascending.
        owner: Which shape a path belongs to, ascending.
    """

    xy: Whole
    path: Whole
    owner: Whole

    @property
    def lengths(self) -> Whole:
        return np.bincount(self.path, minlength=len(self.owner)).astype(np.int64)

    def kept(self, paths: NDArray[np.bool_]) -> "_Paths":
        """Return some of the paths, counted anew."""
        vertices = paths[self.path]
        numbers = np.cumsum(paths) - 1
        return _Paths(self.xy[vertices], numbers[self.path[vertices]], self.owner[paths])


def commands(shapes: NDArray[np.object_], box: Box, extent: int) -> Iterator[Commands]:
    """Yield the commands of the points, of the lines and of the polygons among the shapes."""
    types = shapely.get_type_id(shapes)
    for kind, known in TYPES.items():
        chosen = np.flatnonzero(np.isin(types, known))
        if len(chosen):
            paths = READERS[kind](shapes[chosen], box, extent)
            yield _commands(kind, _Paths(paths.xy, paths.path, chosen[paths.owner]))


def _points(shapes: NDArray[np.object_], box: Box, extent: int) -> _Paths:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    return _Paths(_steps(xy, box, extent), owner, np.arange(len(shapes)))


def _lines(shapes: NDArray[np.object_], box: Box, extent: int) -> _Paths:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return _long_enough(_read(parts, owner, box, extent), LINE)


def _polygons(shapes: NDArray[np.object_], box: Box, extent: int) -> _Paths:
    """Read rings without their last vertex, turned the right way round, none that enclose nothing."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    paths = _read(rings, owner[part], box, extent)
    outer = np.concatenate([[True], part[1:] != part[:-1]]) if len(part) else np.zeros(0, bool)
    # The last vertex repeats the first; one that was alone stays to keep the ring counted.
    last = np.concatenate([paths.path[1:] != paths.path[:-1], [True]])
    paths = _Paths(paths.xy[~last], paths.path[~last], paths.owner)
    areas = _signed_areas(paths)
    sound = (paths.lengths >= FEWEST[POLYGON]) & (areas != 0)
    part_sound = np.zeros(len(parts), bool)
    part_sound[part[outer & sound]] = True
    turned = _reversed(paths, (areas > 0) != outer)
    return turned.kept(sound & part_sound[part])


READERS = {POINT: _points, LINE: _lines, POLYGON: _polygons}


def _read(rings: NDArray[np.object_], owner: Whole, box: Box, extent: int) -> _Paths:
    """Put vertices on the tile's steps; those that fall on the one before are dropped."""
    xy, path = shapely.get_coordinates(rings, return_index=True)
    steps = _steps(xy, box, extent)
    moved = np.ones(len(steps), bool)
    moved[1:] = (steps[1:] != steps[:-1]).any(axis=1) | (path[1:] != path[:-1])
    return _Paths(steps[moved], path[moved], owner)


def _steps(xy: NDArray[np.float64], box: Box, extent: int) -> Whole:
    left, bottom, right, top = box
    scaled = np.column_stack(
        [(xy[:, 0] - left) / (right - left), (top - xy[:, 1]) / (top - bottom)]
    )
    return np.rint(scaled * extent).astype(np.int64)


def _long_enough(paths: _Paths, kind: int) -> _Paths:
    return paths.kept(paths.lengths >= FEWEST[kind])


def _signed_areas(paths: _Paths) -> Whole:
    """Return twice each ring's area by the surveyor's formula; positive where seen clockwise."""
    x, y = paths.xy.T
    following = np.arange(1, len(x) + 1)
    starts, ends = _bounds(paths.lengths)
    following[ends[ends > starts] - 1] = starts[ends > starts]
    crosses = x * y[following] - x[following] * y
    sums = np.concatenate([[0], np.cumsum(crosses)])
    return sums[ends] - sums[starts]


def _reversed(paths: _Paths, turn: NDArray[np.bool_]) -> _Paths:
    """Turn the vertices of some paths round."""
    starts, ends = _bounds(paths.lengths)
    here = np.arange(len(paths.path))
    mirrored = (starts + ends)[paths.path] - 1 - here
    return _Paths(paths.xy[np.where(turn[paths.path], mirrored, here)], paths.path, paths.owner)


def _bounds(lengths: Whole) -> tuple[Whole, Whole]:
    ends = np.cumsum(lengths)
    return ends - lengths, ends


def _commands(kind: int, paths: _Paths) -> Commands:
    """Write move, draw and close of every path, each step counted from the vertex before."""
    owners, first_path = np.unique(paths.owner, return_index=True)
    counts = paths.lengths
    extra = {POINT: 1, LINE: 2, POLYGON: 3}[kind]
    path_starts, path_ends = _bounds(2 * counts + extra)
    values = np.zeros(int(path_ends[-1]) if len(path_ends) else 0, np.uint64)
    vertex_starts, _ = _bounds(counts)
    nth = np.arange(len(paths.path)) - vertex_starts[paths.path]
    at = path_starts[paths.path] + 1 + 2 * nth + ((nth > 0) & (kind != POINT))
    steps = np.diff(paths.xy, axis=0, prepend=0)
    starts = vertex_starts[first_path]
    steps[starts] = paths.xy[starts]
    for axis in (0, 1):
        values[at + axis] = (steps[:, axis] << 1) ^ (steps[:, axis] >> 63)
    values[path_starts] = counts << 3 | MOVE if kind == POINT else 1 << 3 | MOVE
    if kind != POINT:
        values[path_starts + 3] = (counts - 1) << 3 | DRAW
    if kind == POLYGON:
        values[path_ends - 1] = CLOSE
    lengths = np.add.reduceat(path_ends - path_starts, first_path) if len(owners) else counts
    return Commands(kind, owners, lengths, values)
