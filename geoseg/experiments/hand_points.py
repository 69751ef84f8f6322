"""A simulated event -> points as a geologist would pick them: few, clear, of every kind of ground."""

from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from rasterio.transform import xy
from rasterio.windows import Window
from scipy import ndimage

from geoseg.errors import TrainingError
from geoseg.simulate.cover import Cover
from geoseg.simulate.scene import Scene

LANDSLIDE = "landslide"
SLIDE_POINTS, OTHER_POINTS = 18, 112
"""As many as in Article III."""
KINDS = {
    "water": Cover.WATER, "snow or ice": Cover.SNOW, "bare rock": Cover.BARE_ROCK,
    "agriculture": Cover.PASTURE, "forest": Cover.FOREST, "alpine scrub": Cover.SCRUB,
    "urban": Cover.URBAN,
}  # fmt: skip
INSIDE = 2
"""Pixels that a point lies inside of its ground, where there is so much of it."""


def write_points(
    path: Path, scene: Scene, cover: NDArray[np.uint8], window: Window, seed: int
) -> dict[str, int]:
    """Write points with the columns class (id) and ground (words); return how many of each ground.

    Kinds of ground that the window lacks leave their points to the others.

    Args:
        path: The GeoPackage.
        scene: The event.
        cover: `Cover` before it, (y, x).
        window: Where points may lie.
        seed: Chooses them.

    Raises:
        TrainingError: The window holds no landslide, or none of the other kinds of ground.
    """
    rng = np.random.default_rng([seed, SLIDE_POINTS])
    allowed = np.zeros(cover.shape, bool)
    allowed[window.toslices()] = True
    allowed &= np.isfinite(scene.bands).all(axis=0)
    slides = scene.reference == 1
    grounds = {kind: (cover == id_) & ~slides & allowed for kind, id_ in KINDS.items()}
    present = [kind for kind, mask in grounds.items() if mask.sum() > OTHER_POINTS]
    if not present or not (slides & allowed).any():
        raise TrainingError(
            "the part of the event that teaches holds no landslide or no ground to tell it from; "
            "choose another seed"
        )
    wanted = {LANDSLIDE: SLIDE_POINTS}
    for number in range(OTHER_POINTS):
        kind = present[number % len(present)]
        wanted[kind] = wanted.get(kind, 0) + 1
    masks = grounds | {LANDSLIDE: slides & allowed}
    rows = [(kind, *place) for kind, n in wanted.items() for place in _picked(rng, masks[kind], n)]
    x, y = xy(scene.grid.transform, [row for _, row, _ in rows], [column for _, _, column in rows])
    columns = {
        "class": [int(kind == LANDSLIDE) for kind, _, _ in rows],
        "ground": [kind for kind, _, _ in rows],
    }
    frame = gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs=scene.grid.crs)
    frame.to_file(path, driver="GPKG")
    return wanted


def _picked(
    rng: np.random.Generator, ground: NDArray[np.bool_], count: int
) -> list[tuple[int, int]]:
    """Pick pixels well inside a ground where it has enough of them, else anywhere on it."""
    inner = ndimage.binary_erosion(ground, iterations=INSIDE)
    places = np.argwhere(inner if inner.sum() >= count else ground)
    chosen = rng.choice(len(places), min(count, len(places)), replace=False)
    return [(int(row), int(column)) for row, column in places[chosen]]
