"""Footprints of members + the grid of a map -> which of its pixels taught or judged them.

Pixels count as taught as soon as taught ground touches them. Beyond its edge networks still see
some of it around a pixel, and neighbouring ground is alike: no margin is left out for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from geoseg.models.footprint import Footprint, Patch, united
from geoseg.models.outlines import LON_LAT, geometry_of, on_plane, reprojected
from geoseg.models.rectangles import Rectangles
from geoseg.models.scene_names import UNNAMED
from geoseg.stack.common_grid import whole_offset
from geoseg.tasks.words import in_line

NO_RECTANGLES: Rectangles = np.empty((0, 4), np.int64)
SOME_NAMES = 3
TAUGHT, JUDGED = "taught", "judged"


@dataclass(frozen=True)
class Placed:
    """Ground brought onto the grid of a run.

    Attributes:
        rectangles: On the run's own pixels, (rectangle, 4) as of a patch.
        shapes: Of ground on other grids, in the run's CRS.
    """

    rectangles: Rectangles = field(default_factory=NO_RECTANGLES.copy)
    shapes: tuple[BaseGeometry, ...] = ()

    def burn(self, found: NDArray[np.bool_], window: Window, grid: Grid) -> None:
        """Set the pixels (y, x) of a window that lie on this ground."""
        corner = np.array([int(window.row_off), int(window.col_off)])
        begins = self.rectangles[:, :2] - corner
        ends = begins + self.rectangles[:, 2:]
        touching = (ends > 0).all(axis=1) & (begins < found.shape).all(axis=1)
        for (top, left), (bottom, right) in zip(
            np.maximum(begins[touching], 0), ends[touching], strict=True
        ):
            found[top:bottom, left:right] = True
        part = grid.window(window)
        if near := [shape for shape in self.shapes if shape.intersects(_frame(part))]:
            burnt = rasterize(
                near, part.shape, transform=part.transform, all_touched=True, dtype="uint8"
            )
            found |= burnt.astype(bool)

    def outline(self, grid: Grid) -> BaseGeometry:
        """Return what of it lies on a grid, in the grid's CRS; empty for none."""
        parts = list(self.shapes)
        if len(self.rectangles):
            parts.append(on_plane(grid.transform, self.rectangles))
        return shapely.union_all(parts).intersection(_frame(grid)) if parts else shapely.Polygon()


@dataclass(frozen=True)
class TaughtGround:
    """The ground of a run that its members learned from or were chosen on.

    Attributes:
        grid: Of the run.
        footprint: Of all members together.
        scene: Which simulated scene the run maps; empty for real ground.
        members: How many members were asked.
        doubts: Why it cannot be told of all ground; empty where it can.
        taught: What they learned from.
        judged: What chose their weights.
    """

    grid: Grid
    footprint: Footprint
    scene: str
    members: int
    doubts: tuple[str, ...]
    taught: Placed = field(default_factory=Placed)
    judged: Placed = field(default_factory=Placed)

    @property
    def known(self) -> bool:
        """Tell whether every pixel is known to be taught or unseen."""
        return not self.doubts

    def read(self, window: Window) -> NDArray[np.bool_]:
        """Return True where a pixel (y, x) taught or judged a member."""
        found = np.zeros((int(window.height), int(window.width)), bool)
        for ground in (self.taught, self.judged):
            ground.burn(found, window, self.grid)
        return found

    def outlines(self) -> dict[str, BaseGeometry]:
        """Return taught and judged ground on the grid, in its CRS; what is empty is left out."""
        found = {TAUGHT: self.taught.outline(self.grid), JUDGED: self.judged.outline(self.grid)}
        return {kind: shape for kind, shape in found.items() if not shape.is_empty}

    def record(self) -> dict[str, Any]:
        """Return what run.json keeps; `taught_again` makes the same of it."""
        return {
            "scene": self.scene,
            "members": self.members,
            "doubts": list(self.doubts),
            "footprint": self.footprint.model_dump(mode="json"),
        }


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
    return _on_grid(TaughtGround(grid, footprint, scene, len(footprints), tuple(doubts)))


def taught_again(record: Mapping[str, Any] | None, grid: Grid) -> TaughtGround:
    """Read what `record` wrote; of a run of an older version nothing can be told."""
    if not record:
        older = ("the run was made by a version that kept no record of it; run again",)
        return TaughtGround(grid, Footprint(), "", 0, older)
    footprint = Footprint(**record["footprint"])
    doubts = tuple(record["doubts"])
    return _on_grid(TaughtGround(grid, footprint, record["scene"], record["members"], doubts))


def taught_together(grounds: Sequence[TaughtGround]) -> TaughtGround:
    """Return the taught ground of several runs of one grid together."""
    first = grounds[0]
    footprint = united([one.footprint for one in grounds])
    doubts = tuple(dict.fromkeys(words for one in grounds for words in one.doubts))
    members = sum(one.members for one in grounds)
    return _on_grid(TaughtGround(first.grid, footprint, first.scene, members, doubts))


def _silence(names: Sequence[str], of: int) -> str:
    shown = in_line(names, SOME_NAMES)
    if of == 1:
        return f"the card of {shown} does not say where it learned"
    return f"the cards of {len(names)} of {of} members do not say where they learned ({shown})"


def _on_grid(ground: TaughtGround) -> TaughtGround:
    """Bring the footprint onto the grid; what cannot be brought there is a doubt."""
    doubts = list(ground.doubts)
    taught, judged = (
        _placed(patches, ground, doubts)
        for patches in (ground.footprint.taught, ground.footprint.judged)
    )
    distinct = tuple(dict.fromkeys(doubts))
    return replace(ground, taught=taught, judged=judged, doubts=distinct)


def _placed(patches: Sequence[Patch], ground: TaughtGround, doubts: list[str]) -> Placed:
    """Bring patches onto a grid: by whole pixels where the grids agree, else by outlines."""
    grid, scene = ground.grid, ground.scene
    rectangles, shapes = [NO_RECTANGLES], []
    for patch in patches:
        if patch.scene != scene:
            if UNNAMED in (patch.scene, scene) and patch.scene and scene:
                doubts.append("the files of a simulated scene do not say which one it is")
        elif patch.scene and not patch.windows:
            rectangles.append(np.array([[0, 0, *grid.shape]], np.int64))
        elif (found := _by_pixels(patch, grid)) is not None:
            rectangles.append(found)
        elif (shape := _by_outline(patch, grid)) is None:
            doubts.append("taught ground cannot be brought onto the grid of this map")
        elif not shape.is_empty:
            shapes.append(shape)
    return Placed(np.concatenate(rectangles), tuple(shapes))


def _frame(grid: Grid) -> shapely.Polygon:
    """Return the edge of a grid in its CRS."""
    corners = shapely.box(0, 0, grid.width, grid.height).exterior.coords
    return shapely.Polygon([grid.transform @ corner for corner in corners])


def _by_pixels(patch: Patch, grid: Grid) -> Rectangles | None:
    """Return the windows on the run's pixels; None where the grids differ."""
    if not patch.windows or CRS.from_user_input(patch.crs) != grid.crs:
        return None
    shift = whole_offset(grid.transform, patch.affine)
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
