"""A seed -> a simulated ravine landscape at 1 m: three predictors, classes and floor lines.

What is assumed and what is left out is told in docs/simulated_world.md.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely import LineString

from geoseg.grid import Grid
from geoseg.simulate.carving import carve, class_map
from geoseg.simulate.clay_plain import MARINE_LIMIT_M, disturb, make_plain
from geoseg.simulate.clay_worlds import clay_world_of
from geoseg.simulate.derived import derive_bands
from geoseg.simulate.noise import Field, ramp
from geoseg.simulate.ravine_network import (
    SHARP,
    SMOOTH,
    STEP_M,
    Reach,
    grow_ravines,
    levelled,
)
from geoseg.simulate.scene import UNKNOWN, FloorLine, Scene, check_size, sea_grid
from geoseg.tasks.ravines import RAVINES

PIXEL_SIZE_M = 1.0
SMALLEST = 192
OPEN_NOISE_M, WOODED_NOISE_M = 0.04, 0.12
HAND_M = 1.5
"""How far a mapper's line strays from the floor."""
LEAST_LINE_M = 20.0


def simulate_ravines(seed: int, size: int = 1024) -> Scene:
    """Make the ravine scene of a seed; the same seed and size give the same scene.

    Args:
        seed: Chooses the world by its remainder, then plain, ravines and what disturbs them.
        size: Side of the square scene, pixels of 1 m.

    Raises:
        SettingsError: The scene would be too small to hold a ravine, or the seed is negative.
    """
    check_size(seed, size, SMALLEST)
    rng, world = np.random.default_rng(seed), clay_world_of(seed)
    plain = make_plain(rng, size, world)
    reaches = grow_ravines(rng, world, plain.hills, plain.scarp_row)
    flat = levelled(rng, world, reaches, size)
    carved = carve(rng, plain, reaches, flat)
    ground = disturb(rng, carved.elevation, plain.elevation, world)
    classes = class_map(carved, plain.elevation - ground)
    ground = ground + _noise(rng, carved.sharp)
    turns, mirrored = int(rng.integers(0, 4)), bool(rng.integers(0, 2))
    ground, classes = (_turned(values, turns, mirrored) for values in (ground, classes))
    elevation = np.where(ground > MARINE_LIMIT_M, np.nan, ground).astype(np.float32)
    grid = sea_grid(size, PIXEL_SIZE_M)
    courses = [_turned_points(reach.points, size, turns, mirrored) for reach in reaches]
    classes[np.isnan(elevation)] = UNKNOWN
    lines = _lines(rng, courses, classes, grid)
    return Scene(
        name=f"simulated{seed}",
        grid=grid,
        bands=derive_bands(elevation, RAVINES.bands, PIXEL_SIZE_M),
        reference=classes,
        seed=seed,
        world=world.name,
        facts=_facts(reaches, classes, lines),
        task=RAVINES,
        elevation=elevation,
        lines=lines,
    )


def _noise(rng: np.random.Generator, wooded: NDArray[np.bool_]) -> Field:
    """Return errors of the laser heights: larger under the trees that ravines are left to."""
    white = ndimage.gaussian_filter(rng.standard_normal(wooded.shape).astype(np.float32), 0.8)
    trees = ramp(ndimage.gaussian_filter(wooded.astype(np.float32), 4), 0.1, 0.9)
    size_m = OPEN_NOISE_M + (WOODED_NOISE_M - OPEN_NOISE_M) * trees
    return np.asarray(white / white.std() * size_m, np.float32)


def _turned(values: NDArray[Any], turns: int, mirrored: bool) -> NDArray[Any]:
    turned = np.rot90(values, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def _turned_points(
    points: NDArray[np.float64], size: int, turns: int, mirrored: bool
) -> NDArray[np.float64]:
    """Turn places (row, column) as `_turned` turns the pixels."""
    for _ in range(turns):
        points = np.stack([size - 1 - points[:, 1], points[:, 0]], axis=1)
    if mirrored:
        points = np.stack([points[:, 0], size - 1 - points[:, 1]], axis=1)
    return points


def _lines(
    rng: np.random.Generator,
    courses: list[NDArray[np.float64]],
    classes: NDArray[np.uint8],
    grid: Grid,
) -> tuple[FloorLine, ...]:
    """Draw a line along every stretch of floor that was mapped, one for each class it has."""
    lines = []
    for course in courses:
        rows, columns = np.clip(np.rint(course), 0, len(classes) - 1).astype(int).T
        ids = ndimage.median_filter(classes[rows, columns], 9, mode="nearest")
        strayed = course + ndimage.gaussian_filter1d(rng.normal(0, 3 * HAND_M, course.shape), 4, 0)
        ends = np.flatnonzero(np.diff(ids)) + 1
        for part in np.split(np.arange(len(ids)), ends):
            class_id = int(ids[part[0]])
            stretch = strayed[part[0] : part[-1] + 2]
            if class_id in (0, UNKNOWN) or len(stretch) * STEP_M < LEAST_LINE_M:
                continue
            x, y = grid.transform * (stretch[:, 1] + 0.5, stretch[:, 0] + 0.5)
            lines.append(FloorLine(class_id, LineString(np.stack([x, y], 1)).simplify(0.5)))
    return tuple(lines)


def _facts(
    reaches: list[Reach], classes: NDArray[np.uint8], lines: tuple[FloorLine, ...]
) -> dict[str, float]:
    known = max(int(np.count_nonzero(classes != UNKNOWN)), 1)
    smooth, sharp = (
        float(np.mean(classes == own)) * classes.size / known for own in (SMOOTH, SHARP)
    )
    return {
        "ravines": len(reaches),
        "smooth_share": round(smooth, 5),
        "sharp_share": round(sharp, 5),
        "line_km": round(sum(own.line.length for own in lines) / 1000, 3),
    }
