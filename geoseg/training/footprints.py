"""Labelled scenes or points -> the footprint that a member's card keeps of them; needs no torch."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS

from geoseg.models.card import read_card
from geoseg.models.footprint import Footprint, Patch, joined, make_patch, whole_scene
from geoseg.models.rectangles import Rectangles
from geoseg.models.scene_names import scene_words
from geoseg.simulate import make_scene
from geoseg.training.dataset import LabelledScene

AROUND_A_POINT = 1
"""Pixels on every side of a point that count as taught too: they are all but the same ground."""


def footprint_of(teaching: Sequence[LabelledScene], judging: Sequence[LabelledScene]) -> Footprint:
    """Return the ground of labelled scenes; a scene that lies nowhere is told as missing."""
    taught = {scene.name for scene in teaching}
    scenes = {scene.name: scene for scene in (*teaching, *judging)}
    return Footprint(
        taught=_places(teaching),
        judged=_places([scene for scene in judging if scene.name not in taught]),
        missing=_without_place(list(scenes.values())),
    )


def footprint_of_points(
    places: Sequence[Patch | None], judging: Sequence[LabelledScene]
) -> Footprint:
    """Return the ground of points and of the scenes that judge what they taught.

    Args:
        places: One a raster with points on it; None where it lies nowhere.
        judging: May be empty.
    """
    known = [place for place in places if place is not None]
    lost = len(places) - len(known)
    words = (f"the points on {lost} of {len(places)} rasters",) if lost else ()
    return Footprint(
        taught=joined(known), judged=_places(judging), missing=(*words, *_without_place(judging))
    )


def place_of_points(
    crs: CRS | None,
    transform: Affine,
    shape: tuple[int, int],
    pixels: NDArray[np.intp],
    scene: str = "",
) -> Patch | None:
    """Return the squares around points.

    Args:
        crs: Of the raster; None for one that lies nowhere.
        transform: Of the raster.
        shape: (height, width), pixels.
        pixels: (row, column) of each point, (point, 2).
        scene: Of simulated ground, which one.
    """
    begins = np.maximum(np.unique(pixels, axis=0) - AROUND_A_POINT, 0)
    ends = np.minimum(np.unique(pixels, axis=0) + AROUND_A_POINT + 1, shape)
    squares: Rectangles = np.concatenate([begins, ends - begins], axis=1).astype(np.int64)
    return make_patch(crs, transform, squares, scene)


def of_simulated(task: str, teaching: Iterable[int], judging: Iterable[int]) -> Footprint:
    """Return the ground of simulated scenes, whole, by their seeds."""
    taught, judged = (tuple(_scene(task, seed) for seed in seeds) for seeds in (teaching, judging))
    return Footprint(taught=taught, judged=judged)


def fill_in(folder: Path, footprint: Footprint) -> int:
    """Write a footprint into a folder's first card and its name into the others; count them all."""
    paths = [path.with_suffix(".json") for path in sorted(folder.glob("*.safetensors"))]
    for path in paths:
        whole = {"footprint": footprint, "footprint_of": ""}
        told = whole if path == paths[0] else {"footprint": None, "footprint_of": paths[0].stem}
        card = read_card(path).model_copy(update=told)
        path.write_text(card.to_json() + "\n", encoding="utf-8")
    return len(paths)


def _scene(task: str, seed: int) -> Patch:
    return whole_scene(scene_words(make_scene(task, seed).world, seed))


def _places(scenes: Sequence[LabelledScene]) -> tuple[Patch, ...]:
    return joined(scene.place for scene in scenes if scene.place is not None)


def _without_place(scenes: Sequence[LabelledScene]) -> tuple[str, ...]:
    lost = [scene.name for scene in scenes if scene.place is None and scene.known.any()]
    return (f"{len(lost)} of {len(scenes)} scenes",) if lost else ()
