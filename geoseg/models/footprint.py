"""The ground that taught and judged a member -> pixel windows and outlines, kept on its card."""

from collections.abc import Iterable, Sequence

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pydantic import Field
from rasterio.crs import CRS

from geoseg.models.outlines import Polygons, outline_in_degrees
from geoseg.models.rectangles import Rectangles, fewer
from geoseg.settings import Settings
from geoseg.stack.common_grid import whole_offset

MOST_WINDOWS = 100
"""Of one patch; beyond it windows are joined to coarser ones that hold them all."""

Window = tuple[int, int, int, int]


class Patch(Settings):
    """A piece of ground: pixels of one grid where they are known, and where on Earth it lies."""

    scene: str = Field(default="", exclude_if=lambda value: not value)
    """Of simulated ground: which scene; such ground has no place on Earth. Empty is real ground."""
    crs: str = Field(default="", exclude_if=lambda value: not value)
    transform: tuple[float, ...] = Field(default=(), exclude_if=lambda value: not value)
    """The six numbers from (column, row) to (x, y), as rasterio orders them."""
    windows: tuple[Window, ...] = Field(default=(), exclude_if=lambda value: not value)
    """First row, first column, rows, columns; without any a simulated scene counts whole."""
    outline: Polygons = Field(default=(), exclude_if=lambda value: not value)
    """Coordinates of a GeoJSON MultiPolygon: longitude, latitude in degrees (WGS 84)."""

    @property
    def affine(self) -> Affine:
        """From (column, row) to (x, y)."""
        return Affine(*self.transform)

    @property
    def rectangles(self) -> Rectangles:
        """The windows, (window, 4)."""
        return np.array(self.windows, np.int64).reshape(-1, 4)


class Footprint(Settings):
    """What is known of the ground a member learned from and was chosen on."""

    taught: tuple[Patch, ...] = ()
    judged: tuple[Patch, ...] = ()
    """Validation ground: it chose the weights, so it is not unseen either."""
    missing: tuple[str, ...] = ()
    """Plain words on ground whose place is not known; empty where all of it is."""

    @property
    def patches(self) -> tuple[Patch, ...]:
        """All ground that is not unseen."""
        return *self.taught, *self.judged

    @property
    def simulated(self) -> bool:
        """True where all ground was made up."""
        return bool(self.patches) and all(patch.scene for patch in self.patches)


def make_patch(
    crs: CRS | None, transform: Affine, rectangles: Rectangles, scene: str = ""
) -> Patch | None:
    """Return a piece of ground; None where nobody can say where it lies.

    Args:
        crs: Of the grid; None for rasters that lie nowhere.
        transform: Of the grid.
        rectangles: First row, first column, rows, columns of each window, (window, 4).
        scene: Of simulated ground, which one.
    """
    if crs is None or not len(rectangles):
        return None
    kept = fewer(rectangles, MOST_WINDOWS)
    outline = () if scene else outline_in_degrees(crs, transform, kept)
    six = tuple(float(number) for number in tuple(transform)[:6])
    windows = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in kept)
    return Patch(scene=scene, crs=crs.to_string(), transform=six, windows=windows, outline=outline)


def whole_scene(scene: str) -> Patch:
    """Return all of a simulated scene."""
    return Patch(scene=scene)


def joined(patches: Iterable[Patch]) -> tuple[Patch, ...]:
    """Put patches that lie on one grid into one patch each; each ground is told once."""
    groups: list[tuple[Patch, list[Rectangles]]] = []
    rest: list[Patch] = []
    for patch in dict.fromkeys(patches):
        if not patch.windows:
            rest.append(patch)
            continue
        for first, found in groups:
            if (shift := _shift(first, patch)) is not None:
                found.append(patch.rectangles + np.array([*shift, 0, 0]))
                break
        else:
            groups.append((patch, [patch.rectangles]))
    return *(_one(first, found) for first, found in groups), *rest


def united(footprints: Sequence[Footprint | None]) -> Footprint:
    """Return the ground of several members together; one that says nothing is told as missing."""
    known = [one for one in dict.fromkeys(footprints) if one is not None]
    missing = [words for one in known for words in one.missing]
    return Footprint(
        taught=joined(patch for one in known for patch in one.taught),
        judged=joined(patch for one in known for patch in one.judged),
        missing=tuple(dict.fromkeys(missing)),
    )


def after(start: Footprint | None, own: Footprint, name: str) -> Footprint:
    """Return the ground of a member that went on from another one's weights."""
    whole = united([start, own])
    if start is not None:
        return whole
    words = f"the ground that taught {name} before"
    return whole.model_copy(update={"missing": (*whole.missing, words)})


def _shift(first: Patch, other: Patch) -> tuple[int, int] | None:
    """Return by how many rows and columns another patch's grid begins later, on the same pixels."""
    if (first.scene, first.crs) != (other.scene, other.crs):
        return None
    return whole_offset(first.affine, other.affine)


def _one(first: Patch, found: Sequence[Rectangles]) -> Patch:
    if len(found) == 1:
        return first
    every: NDArray[np.int64] = np.unique(np.concatenate(found), axis=0)
    patch = make_patch(CRS.from_user_input(first.crs), first.affine, every, first.scene)
    return patch or first
