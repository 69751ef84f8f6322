"""Footprints of members + the grid of a map -> which of its pixels taught or judged them.

Pixels count as taught as soon as taught ground touches them. Beyond its edge networks still see
some of it around a pixel, and neighbouring ground is alike: no margin is left out for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.features import rasterize
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geoseg.grid import Grid
from geoseg.models.footprint import UNNAMED, Footprint, Patch, united
from geoseg.models.outlines import LON_LAT, geometry_of, on_plane, reprojected
from geoseg.models.rectangles import Rectangles, aligned_offset

NO_RECTANGLES: Rectangles = np.empty((0, 4), np.int64)
SOME_NAMES = 3


@dataclass(frozen=True)
class TaughtGround:
    """The ground of a run that its members learned from or were chosen on.

    Attributes:
        grid: Of the run.
        footprint: Of all members together.
        scene: Which simulated scene the run maps; empty for real ground.
        doubts: Why it cannot be told of all ground; empty where it can.
        rectangles: On the run's own pixels, (rectangle, 4) as of a patch.
        shapes: Of ground on other grids, in the run's CRS.
    """

    grid: Grid
    footprint: Footprint
    scene: str
    doubts: tuple[str, ...]
    rectangles: Rectangles
    shapes: tuple[BaseGeometry, ...]

    @property
    def known(self) -> bool:
        """Tell whether every pixel is known to be taught or unseen."""
        return not self.doubts

    def read(self, window: Window) -> NDArray[np.bool_]:
        """Return True where a pixel (y, x) taught or judged a member."""
        rows, cols = (int(one) for one in (window.row_off, window.col_off))
        found = np.zeros((int(window.height), int(window.width)), bool)
        inside = self.rectangles - np.array([rows, cols, 0, 0])
        ends = inside[:, :2] + inside[:, 2:]
        touching = (ends > 0).all(axis=1) & (inside[:, :2] < found.shape).all(axis=1)
        for (top, left), (bottom, right) in zip(
            np.maximum(inside[touching, :2], 0), ends[touching], strict=True
        ):
            found[top:bottom, left:right] = True
        if self.shapes:
            self._burn(window, found)
        return found

    def record(self) -> dict[str, Any]:
        """Return what run.json keeps; `taught_again` makes the same of it."""
        footprint = self.footprint.model_dump(mode="json")
        return {"scene": self.scene, "doubts": list(self.doubts), "footprint": footprint}

    def _burn(self, window: Window, found: NDArray[np.bool_]) -> None:
        part = self.grid.window(window)
        corners = shapely.box(0, 0, part.width, part.height).exterior.coords
        here = shapely.Polygon([part.transform @ corner for corner in corners])
        near = [shape for shape in self.shapes if shape.intersects(here)]
        if near:
            burnt = rasterize(
                near, part.shape, transform=part.transform, all_touched=True, dtype="uint8"
            )
            found |= burnt.astype(bool)


def find_taught(
    footprints: Mapping[str, Footprint | None], grid: Grid, scene: str = ""
) -> TaughtGround:
    """Find the ground of a grid that members learned from or were chosen on.

    Args:
        footprints: Member -> what its card says.
        grid: Of the run.
        scene: Which simulated scene the run maps; empty for real ground.
    """
    silent = [name for name, one in footprints.items() if one is None]
    footprint = united(list(footprints.values()))
    doubts = [_silence(silent, len(footprints))] if silent else []
    doubts += [f"the place of {words} is not known" for words in footprint.missing]
    return _placed(footprint, grid, scene, doubts)


def taught_again(record: Mapping[str, Any] | None, grid: Grid) -> TaughtGround:
    """Read what `record` wrote; of a run of an older version nothing can be told."""
    if not record:
        older = ("the run was made by a version that kept no record of it; run again",)
        return TaughtGround(grid, Footprint(), "", older, NO_RECTANGLES, ())
    footprint = Footprint(**record["footprint"])
    again = _placed(footprint, grid, record["scene"], record["doubts"])
    return again


def _silence(names: Sequence[str], of: int) -> str:
    shown = ", ".join(names[:SOME_NAMES]) + (", ..." if len(names) > SOME_NAMES else "")
    if of == 1:
        return f"the card of {shown} does not say where it learned"
    return f"the cards of {len(names)} of {of} members do not say where they learned ({shown})"


def _placed(
    footprint: Footprint, grid: Grid, scene: str, doubts: Sequence[str]
) -> TaughtGround:
    """Bring ground onto a grid: by whole pixels where the grids agree, else by outlines."""
    rectangles, shapes, told = [NO_RECTANGLES], [], list(doubts)
    for patch in footprint.patches:
        if patch.scene != scene:
            if UNNAMED in (patch.scene, scene) and patch.scene and scene:
                told.append("the files of a simulated scene do not say which one it is")
            continue
        if patch.scene and patch.scene != UNNAMED and not patch.windows:
            rectangles.append(np.array([[0, 0, *grid.shape]], np.int64))
        elif (found := _by_pixels(patch, grid)) is not None:
            rectangles.append(found)
        else:
            shape = _by_outline(patch, grid)
            if shape is None:
                told.append("taught ground cannot be brought onto the grid of this map")
            elif not shape.is_empty:
                shapes.append(shape)
    every = np.concatenate(rectangles)
    distinct = tuple(dict.fromkeys(told))
    return TaughtGround(grid, footprint, scene, distinct, every, tuple(shapes))


def _by_pixels(patch: Patch, grid: Grid) -> Rectangles | None:
    """Return the windows on the run's pixels; None where the grids differ."""
    if not patch.windows or CRS.from_user_input(patch.crs) != grid.crs:
        return None
    shift = aligned_offset(grid.transform, patch.affine)
    return None if shift is None else patch.rectangles + np.array([*shift, 0, 0])


def _by_outline(patch: Patch, grid: Grid) -> BaseGeometry | None:
    """Return a patch in the CRS of a grid, empty where it lies elsewhere; None where unknown."""
    if patch.outline and _elsewhere(geometry_of(patch.outline), grid):
        return shapely.Polygon()
    try:
        if patch.windows:
            found = reprojected(on_plane(patch.affine, patch.rectangles), patch.crs, grid.crs)
        else:
            found = reprojected(geometry_of(patch.outline), LON_LAT, grid.crs)
    except (CRSError, RasterioError):
        return None
    return found if np.isfinite(shapely.get_coordinates(found)).all() else None


def _elsewhere(outline: BaseGeometry, grid: Grid) -> bool:
    """Tell whether ground lies clear of a grid by longitude and latitude alone."""
    try:
        west, south, east, north = grid.lonlat_bounds
    except (CRSError, RasterioError):
        return False
    if west > east:  # across 180 degrees
        return not any(
            outline.intersects(shapely.box(*box))
            for box in ((west, south, 180, north), (-180, south, east, north))
        )
    return not outline.intersects(shapely.box(west, south, east, north))
