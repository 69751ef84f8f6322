"""Rasters -> which simulated scene they show, so that made-up ground is told from other such."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import rasterio

UNNAMED = "a simulated scene without a name"
"""Simulated ground whose files do not say which scene they are."""
SCENE_TAG = "GEOSEG_SCENE"


def scene_named(tags: Mapping[str, str], simulated: bool = False) -> str:
    """Return which simulated scene a raster's tags tell of; empty for real ground.

    All scenes of one world and seed are one ground, whatever else was drawn of it.

    Args:
        tags: Of the raster.
        simulated: True where it is known beside its tags that it was made up.
    """
    if not simulated and tags.get("SIMULATED") != "yes":
        return ""
    world, seed = tags.get("GEOSEG_WORLD"), tags.get("GEOSEG_SEED")
    return tags.get(SCENE_TAG) or (scene_words(world, seed) if world and seed else UNNAMED)


def scene_words(world: str, seed: int | str) -> str:
    """Name a simulated scene by its kind of country and its seed."""
    return f"{world}, seed {seed}"


def scene_of(rasters: Sequence[Path], simulated: bool = False) -> str:
    """Return which simulated scene several rasters show; empty for real ground."""
    named = UNNAMED if simulated else ""
    for path in rasters:
        with rasterio.open(path) as raster:
            found = scene_named(raster.tags(), simulated)
        if found not in ("", UNNAMED):
            return found
        named = found or named
    return named
