"""Mapped outlines + reference lines -> length-weighted overlap and coverage of intersecting features.

After Jarna Ganerød, van Boeckel and Solberg (2023): lines say where a feature runs, not how wide it
is, so the share of their length that is found and the share of the mapped ground that meets a line
stand in for recall and precision.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import Field

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.object_files import grid_of, read_outlines
from geoseg.evaluation.overlaps import cut
from geoseg.mapping.polygons import polygonise
from geoseg.mapping.true_plane import metres_per_unit, true_plane
from geoseg.settings import Settings
from geoseg.stack.shapes import read_lines
from geoseg.tasks import ClassLabel

ROUNDING = 1e-9
NO_DATA = ClassLabel(UNKNOWN, "no data", "#000000")
Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]
Score = float | None


class LineSettings(Settings):
    """How outlines are made ready before lines are laid over them."""

    buffer_m: float = Field(default=0, ge=0, le=1000)
    """Outlines grow by this and what then touches becomes one; the ravines of the thesis take 5."""
    min_area_m2: float = Field(default=0, ge=0)
    """Smaller outlines are left out after that; the ravines of the thesis take 5000."""


@dataclass(frozen=True)
class LineScores:
    """How mapped outlines and reference lines meet.

    Attributes:
        length_m: Length of all lines on the map, metres.
        found_m: Of it, the length inside outlines.
        area_m2: Ground of all outlines.
        meeting_m2: Of it, the ground of outlines that meet a line.
        lines: One row a line: id, length_m, found_m, share, status "found", "in part" or "missed".
        outlines: One row an outline as it was compared: id, area_m2, status "meets a line" or
            "false".
        notes: Plain sentences.
    """

    length_m: float
    found_m: float
    area_m2: float
    meeting_m2: float
    lines: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    notes: tuple[str, ...] = ()

    @property
    def length_weighted_overlap(self) -> Score:
        """Share of the length of the lines inside outlines; None without lines."""
        return self.found_m / self.length_m if self.length_m else None

    @property
    def coverage_of_intersecting(self) -> Score:
        """Share of the mapped ground whose outlines meet a line; None without outlines."""
        return self.meeting_m2 / self.area_m2 if self.area_m2 else None

    def record(self) -> dict[str, Any]:
        """Return everything but the rows, JSON-ready."""
        met = int((self.outlines["status"] != "false").sum())
        found = self.lines["status"].value_counts()
        return {
            "length_weighted_overlap": self.length_weighted_overlap,
            "coverage_of_intersecting": self.coverage_of_intersecting,
            "length_m": self.length_m,
            "found_m": self.found_m,
            "missed_m": self.length_m - self.found_m,
            "area_m2": self.area_m2,
            "meeting_m2": self.meeting_m2,
            "outlines": len(self.outlines),
            "outlines_meeting": met,
            "lines": {name: int(found.get(name, 0)) for name in ("found", "in part", "missed")},
            "notes": list(self.notes),
        }


def match_lines(
    polygons: Path, classes: Path, lines: Path, settings: LineSettings | None = None
) -> LineScores:
    """Compare the outlines of a run with a file of lines.

    Args:
        polygons: polygons.gpkg of the run.
        classes: classes.tif of the run; lines count only where it has data.
        lines: Lines in any CRS.
        settings: How the outlines are made ready.

    Raises:
        ReferenceMapError: The file holds no usable lines where the map is.
        GridError: The map's CRS is not projected.
    """
    grid = grid_of(classes)
    frame = read_lines(lines, grid.crs, ReferenceMapError, grid)
    frame["geometry"] = frame.geometry.intersection(shapely.box(*grid.bounds))
    blind = polygonise(classes, classes, classes, 0, [NO_DATA])
    if len(blind):
        frame["geometry"] = frame.geometry.difference(shapely.union_all(blind.geometry.array))
    frame = frame[frame.geometry.length > 0]
    if frame.empty:
        raise ReferenceMapError(
            f"no line of {lines.name} runs over the map; choose lines of this area, or check "
            "their CRS"
        )
    return compare_lines(read_outlines(polygons), frame, settings)


def compare_lines(
    outlines: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, settings: LineSettings | None = None
) -> LineScores:
    """Lay lines over outlines.

    Args:
        outlines: Valid polygons in a projected CRS.
        lines: Lines in any CRS; a stretch that is drawn twice counts twice.
        settings: How the outlines are made ready.

    Raises:
        GridError: The CRS of the outlines is not projected.
    """
    settings = settings or LineSettings()
    home, outlines = outlines.crs, true_plane(outlines)
    metres = metres_per_unit(outlines)
    areas = _made_ready(np.asarray(outlines.geometry.array, object), settings, metres)
    placed = np.asarray(lines.to_crs(outlines.crs).geometry.array, object)
    found, meets = _overlay(areas, placed)
    length = shapely.length(placed)
    ground = shapely.area(areas) * metres**2
    notes = [
        *(["length-weighted overlap is undefined: there is no line"] if not length.sum() else []),
        *(["coverage is undefined: nothing was mapped"] if not ground.sum() else []),
    ]
    return LineScores(
        length_m=float(length.sum() * metres),
        found_m=float(found.sum() * metres),
        area_m2=float(ground.sum()),
        meeting_m2=float(ground[meets].sum()),
        lines=_line_rows(placed, length * metres, found * metres, outlines.crs).to_crs(home),
        outlines=_outline_rows(areas, ground, meets, outlines.crs).to_crs(home),
        notes=tuple(notes),
    )


def _made_ready(shapes: Shapes, settings: LineSettings, metres: float) -> Shapes:
    """Unite what touches after growing, and drop what is small."""
    grown = shapely.buffer(shapes, settings.buffer_m / metres) if settings.buffer_m else shapes
    parts = shapely.get_parts(shapely.union_all(grown)) if len(grown) else grown
    areas = shapely.area(parts)
    kept: Shapes = parts[(areas > 0) & (areas * metres**2 >= settings.min_area_m2)]
    return kept


def _overlay(areas: Shapes, lines: Shapes) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the length of every line inside the areas, and which areas a line meets."""
    meets = np.zeros(len(areas), bool)
    pieces, owners = cut(areas)
    if not len(pieces) or not len(lines):
        return np.zeros(len(lines)), meets
    line, piece = shapely.STRtree(pieces).query(lines, predicate="intersects")
    inside = shapely.length(shapely.intersection(lines[line], pieces[piece]))
    meets[owners[piece]] = True
    found = np.bincount(line, inside, minlength=len(lines))
    # A line along the seam of two pieces lies in both.
    return np.minimum(found, shapely.length(lines)), meets


def _line_rows(lines: Shapes, length_m: Numbers, found_m: Numbers, crs: Any) -> gpd.GeoDataFrame:
    share = np.divide(found_m, length_m, out=np.zeros(len(lines)), where=length_m > 0)
    whole = share >= 1 - ROUNDING
    columns = {
        "id": np.arange(1, len(lines) + 1),
        "length_m": length_m,
        "found_m": found_m,
        "share": share,
        "status": np.where(whole, "found", np.where(share > 0, "in part", "missed")),
    }
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs=crs)


def _outline_rows(
    areas: Shapes, ground_m2: Numbers, meets: NDArray[np.bool_], crs: Any
) -> gpd.GeoDataFrame:
    columns = {
        "id": np.arange(1, len(areas) + 1),
        "area_m2": ground_m2,
        "status": np.where(meets, "meets a line", "false"),
    }
    return gpd.GeoDataFrame(columns, geometry=list(areas), crs=crs)
