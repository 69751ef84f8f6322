"""A random generator -> ravines as lines: where their floors run, how deep, sharp or levelled.

Everything is in pixels of 1 m, (row, column), with the river or the lower ground to the south; the
scene is turned when it is done.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.simulate.clay_worlds import ClayWorld
from geoseg.simulate.noise import Field, Mask, fractal

Points = NDArray[np.float64]
SMOOTH, SHARP = 1, 2
STEP_M = 3.0
LEAST_LENGTH_M = 40.0
SIDE_ORDER, LAST_ORDER = 2, 3
MANY_TRUNKS = 0.7
"""Odds of a second trunk."""
MOST_TRIES = 8
BRANCHED = 0.45
"""Odds that one of a row of ravines has branches."""
NORTH = -np.pi / 2
"""Headings are angles from the columns' direction towards growing rows."""


@dataclass(frozen=True)
class Reach:
    """One ravine without its branches, from mouth to head.

    Attributes:
        points: Places (row, column) every `STEP_M`, (point, 2).
        depth: Metres below the plain, (point,).
        order: 1 trunk, 2 branch, 3 branch of a branch.
    """

    points: Points
    depth: NDArray[np.float64]
    order: int


@dataclass
class _Growing:
    """Ravines so far, and where none may go."""

    rng: np.random.Generator
    world: ClayWorld
    barred: Mask
    reaches: list[Reach]

    def add(
        self,
        start: Points,
        heading: float,
        length_m: float,
        order: int,
        mouth_m: float,
        *,
        least_m: float = LEAST_LENGTH_M,
    ) -> Reach | None:
        """Grow a reach headwards; None where there is no room for the least of it."""
        course = wander(self.rng, start, heading, length_m)
        course = course[: self._free(course, order)]
        if len(course) * STEP_M < least_m:
            return None
        along = np.linspace(0, 1, len(course))
        head_m = min(self.rng.uniform(1.0, 3.0), mouth_m)
        depth = head_m + (mouth_m - head_m) * (1 - along) ** self.rng.uniform(0.6, 1.2)
        reach = Reach(course, depth, order)
        self.reaches.append(reach)
        return reach

    def _free(self, course: Points, order: int) -> int:
        """Return how many points lie on the scene, off hills and clear of other ravines."""
        size = len(self.barred)
        inside = ((course >= 0) & (course < size)).all(axis=1)
        rows, columns = np.clip(course, 0, size - 1).astype(int).T
        free = inside & ~self.barred[rows, columns]
        if self.reaches:
            others = np.concatenate([reach.points for reach in self.reaches])
            apart = np.sqrt(((course[:, None] - others[None]) ** 2).sum(axis=2)).min(axis=1)
            near = apart < self.world.spacing_m[0] * (0.45 if order > SIDE_ORDER else 0.6)
            # A branch begins on its parent, and must have left it for good.
            leaving = np.argmax(~near) if (~near).any() else len(near)
            near[: min(leaving, int(60 / STEP_M))] = False
            free &= ~near
        return len(free) if free.all() else int(np.argmin(free))


def wander(rng: np.random.Generator, start: Points, heading: float, length_m: float) -> Points:
    """Return a course that keeps its heading on the whole, with bends, (point, 2)."""
    count = max(2, int(length_m / STEP_M))
    turns = rng.normal(0, 0.16, count)
    bend, angles = 0.0, np.empty(count)
    for step, turn in enumerate(turns):
        bend = 0.93 * bend + turn
        angles[step] = heading + bend
    moves = STEP_M * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return np.concatenate([start[None], start + np.cumsum(moves, axis=0)])


def grow_ravines(
    rng: np.random.Generator, world: ClayWorld, barred: Mask, scarp_row: Field
) -> list[Reach]:
    """Grow all ravines of a scene.

    Args:
        rng: Source of chance.
        world: Says how they lie.
        barred: True on hills, (y, x).
        scarp_row: Row at which the plain ends above river or lower ground, (x,).
    """
    growing = _Growing(rng, world, barred, [])
    if world.form == "dendritic":
        _trunks(growing, scarp_row)
    else:
        _rows(growing, scarp_row)
    while not growing.reaches:
        # Hills left no room: a ravine somewhere, so that no scene is empty.
        row, column = rng.uniform([0.5, 0.1], [0.95, 0.9]) * len(barred)
        length_m = rng.uniform(0.3, 0.6) * len(barred)
        mouth_m = rng.uniform(*world.depth_m)
        growing.add(np.array([row, column]), NORTH, length_m, SIDE_ORDER, mouth_m)
    return growing.reaches


def _trunks(growing: _Growing, scarp_row: Field) -> None:
    """Let one or two trunks cross the plain, each with branches that branch again."""
    rng, world, size = growing.rng, growing.world, len(growing.barred)
    for place in rng.permutation([0.3, 0.72])[: 1 + (rng.random() < MANY_TRUNKS)]:
        trunk = None
        for left in reversed(range(MOST_TRIES)):
            column = size * (place + rng.uniform(-0.2, 0.2))
            start = np.array([scarp_row[int(column)], column])
            heading, mouth_m = NORTH + rng.uniform(-0.35, 0.35), rng.uniform(*world.depth_m)
            length_m = min(rng.uniform(*world.length_m), 1.2 * size)
            least_m = 0.5 * size if left else LEAST_LENGTH_M
            trunk = trunk or growing.add(start, heading, length_m, 1, mouth_m, least_m=least_m)
        if trunk:
            for branch in _branches(growing, trunk, (90, 0.5 * size)):
                _branches(growing, branch, (45, 0.22 * size))


def _rows(growing: _Growing, scarp_row: Field) -> None:
    """Let ravines run side by side up from the scarp, few of them branched."""
    rng, world, size = growing.rng, growing.world, len(growing.barred)
    column = rng.uniform(0.02, 0.1) * size
    while column < 0.98 * size:
        row = scarp_row[int(column)]
        if world.form == "short":
            row -= rng.uniform(0, 0.6) * size
        length_m = min(rng.uniform(*world.length_m), 0.8 * size)
        heading, mouth_m = NORTH + rng.normal(0, 0.15), rng.uniform(*world.depth_m)
        start = np.array([max(row, 0.15 * size), column])
        reach = growing.add(start, heading, length_m, 1, mouth_m)
        if reach and rng.random() < BRANCHED:
            _branches(growing, reach, (40, 0.2 * size))
        column += rng.uniform(*world.spacing_m)


def _branches(growing: _Growing, parent: Reach, length_m: tuple[float, float]) -> list[Reach]:
    """Put branches on a reach, left and right in turn, never deeper than it is there."""
    rng, order = growing.rng, parent.order + 1
    if order > LAST_ORDER:
        return []
    apart = growing.world.spacing_m[0] * (0.8 if order == SIDE_ORDER else 0.6)
    side, at, grown = rng.choice([-1, 1]), int(rng.uniform(0.3, 1) * apart / STEP_M), []
    while at < len(parent.points) - 2:
        along = parent.points[at + 1] - parent.points[at]
        heading = float(np.arctan2(along[0], along[1])) + side * rng.uniform(0.7, 1.25)
        longest = max(length_m[0] + 1, length_m[1])
        mouth_m = parent.depth[at] * rng.uniform(0.75, 0.95)
        branch = growing.add(
            parent.points[at], heading, rng.uniform(length_m[0], longest), order, mouth_m
        )
        grown += [branch] if branch else []
        side, at = -side, at + max(1, int(rng.uniform(0.6, 1.5) * apart / STEP_M))
    return grown


def levelled(
    rng: np.random.Generator, world: ClayWorld, reaches: list[Reach], size: int
) -> list[NDArray[np.bool_]]:
    """Tell which points of every reach farming has smoothed: whole stretches, shallow ones first."""
    fields = fractal(rng, size, 4.0, largest=0.3)
    wish = []
    for reach in reaches:
        rows, columns = np.clip(reach.points, 0, size - 1).astype(int).T
        own = fields[rows, columns] - 0.08 * reach.depth
        width = min(len(own), int(60 / STEP_M))
        wish.append(np.convolve(np.pad(own, width, mode="edge"), np.ones(width) / width, "same"))
        wish[-1] = wish[-1][width:-width]
    level = np.quantile(np.concatenate(wish), 1 - rng.uniform(*world.levelled))
    return [own > level for own in wish]
