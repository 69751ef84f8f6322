"""Any class map, raster or polygons, and what people mapped -> its scores, nothing kept."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from affine import Affine
from pydantic import Field
from rasterio.crs import CRS

from geoseg.comparison.finished import POLYGONS
from geoseg.comparison.maps import (
    grid_of_first,
    tags_of,
    told_task,
    write_classes,
    write_outlines,
    yes_or_no,
)
from geoseg.errors import RasterError, ReferenceMapError, SettingsError
from geoseg.evaluation import evaluate_files
from geoseg.evaluation.class_maps import open_class_map
from geoseg.evaluation.lines import LineSettings, match_lines
from geoseg.evaluation.points import score_points
from geoseg.files.parts import file_of
from geoseg.grid import Grid
from geoseg.progress import Cancelled, Progress, never, silent
from geoseg.settings import Settings
from geoseg.stack.point_tables import LON_LAT, read_point_file
from geoseg.stack.shapes import is_vector, read_lines, read_polygons
from geoseg.stack.source import inspect_raster
from geoseg.tasks import Task

NOTHING = (
    "there is nothing to compare with: give a REFERENCE of areas, or mapped points or lines with "
    "--points or --lines"
)
MARGIN = 2
"""Pixels around polygons that are put on a grid of their own."""
WIDEST_PIXELS = 100_000


class ScoreRequest(Settings):
    """A map and what it is scored by."""

    classes: Path
    """GeoTIFF of classes or polygons, in any CRS."""
    reference: Path | None = None
    """GeoTIFF or polygons; None where there are only points or lines."""
    positive: tuple[int, ...] = ()
    """Class ids of the reference that count as the feature; empty takes the task's."""
    map_positive: tuple[int | str, ...] = ()
    """Classes of the map that count as the feature; empty takes the legend's, or all beside 0."""
    probability: Path | None = None
    """Probability of the feature on the map's pixels."""
    areas: Path | None = None
    """Polygons: each is scored on its own, too."""
    grid: Path | None = None
    """A raster whose pixels are taken; None takes the map's own, or the reference's."""
    task: str = ""
    """What was mapped; empty asks the map's tags."""
    points: Path | None = None
    """Mapped points with their class."""
    point_class: str = ""
    """Column of the points that holds the class; empty lets the file decide."""
    point_feature: tuple[str, ...] = ()
    """Values of that column that count as the feature; empty takes its name, or 1."""
    tolerance_m: float = Field(default=10.0, ge=0)
    """How far a point may lie from its class on the map and still count as right."""
    lines: Path | None = None
    """Mapped lines: how much of them the outlines hold."""
    line_settings: LineSettings = LineSettings()
    """How outlines are made ready before lines are laid over them."""


@dataclass(frozen=True)
class _Map:
    """The map as a file of class ids on a grid, and how it came about."""

    path: Path
    grid: Grid
    task: Task
    notes: tuple[str, ...] = ()


def score_map(
    request: ScoreRequest, progress: Progress = silent, cancelled: Cancelled = never
) -> dict[str, Any]:
    """Score a map, ours or of others, and return what metrics.json holds, with points and lines.

    Raises:
        GeosegError: Map and reference cannot be compared; the sentence says what to do.
        RunCancelledError: `cancelled` answered True.
    """
    if not (request.reference or request.points or request.lines):
        raise SettingsError(NOTHING)
    with TemporaryDirectory(prefix="geoseg-map-") as folder:
        scratch = Path(folder)
        found = _ready(request, scratch, cancelled)
        record = _of_pixels(request, found, progress, cancelled)
        record["notes"] = [*found.notes, *record["notes"]]
        if request.points is not None:
            record["points"] = _points(request, request.points, found)
        if request.lines is not None:
            record["lines"] = _lines(request.lines, request, found, scratch)
    for part in ("points", "lines"):
        record["notes"] += record.get(part, {}).get("notes", [])
    return record


def _ready(request: ScoreRequest, scratch: Path, cancelled: Cancelled) -> _Map:
    """Give the map as it is where it is one of ours, else written anew by the task's legend."""
    task = told_task(request.task, [request.classes])
    plain = not (request.map_positive or request.grid or is_vector(request.classes))
    if plain and "GEOSEG_TASK" in tags_of(request.classes):
        return _Map(request.classes, inspect_raster(request.classes).grid, task)
    grid, notes = _grid(request, task)
    found = open_class_map(
        request.classes, grid, task, request.map_positive, by_legend=bool(request.task)
    )
    path = scratch / f"{file_of(request.classes).stem}.tif"
    write_classes(found, path, cancelled)
    told = task if found.tells_classes else yes_or_no(task)
    return _Map(path, grid, told, (*notes, *found.notes))


def _grid(request: ScoreRequest, task: Task) -> tuple[Grid, tuple[str, ...]]:
    """Return the grid the map is read on: a stated one, its own, the reference's, or one made."""
    files = (request.grid, request.classes, request.probability, request.reference)
    if grid := grid_of_first(files):
        return grid, ()
    if request.reference is not None:
        raise SettingsError(
            f"{request.classes.name} and {request.reference.name} are both polygons, so nothing "
            "says how large the pixels are that are counted; give a raster of the area with --grid"
        )
    return _grid_around(request, task)


def _grid_around(request: ScoreRequest, task: Task) -> tuple[Grid, tuple[str, ...]]:
    """Return a grid of the task's pixels over polygons and the points or lines they meet."""
    lonlat = CRS.from_string(LON_LAT)
    frames = [read_polygons(request.classes, lonlat, RasterError)]
    if request.points is not None:
        frames.append(read_point_file(request.points, lonlat, ReferenceMapError))
    elif request.lines is not None:
        frames.append(read_lines(request.lines, lonlat, ReferenceMapError))
    crs = frames[-1].estimate_utm_crs()
    corners = np.array([frame.to_crs(crs).total_bounds for frame in frames])
    left, bottom = corners[:, :2].min(axis=0)
    right, top = corners[:, 2:].max(axis=0)
    side = task.pixel_size_m
    left, top = side * (np.floor(left / side) - MARGIN), side * (np.ceil(top / side) + MARGIN)
    width, height = ceil((right - left) / side) + MARGIN, ceil((top - bottom) / side) + MARGIN
    if max(width, height) > WIDEST_PIXELS:
        raise SettingsError(
            f"{request.classes.name} and the points span {max(width, height):,} pixels of {side:g} "
            "m; cut them to the area, or give a raster of it with --grid"
        )
    grid = Grid(CRS.from_wkt(crs.to_wkt()), Affine(side, 0, left, 0, -side, top), width, height)
    return grid, (f"{request.classes.name} is put on pixels of {side:g} m in {crs.to_string()}",)


def _of_pixels(
    request: ScoreRequest, found: _Map, progress: Progress, cancelled: Cancelled
) -> dict[str, Any]:
    if request.reference is None:
        return {"notes": ["no scores of pixels: no reference of areas"]}
    return evaluate_files(
        found.path,
        request.reference,
        probability=request.probability,
        areas=request.areas,
        task=found.task,
        positive=request.positive,
        progress=progress,
        cancelled=cancelled,
    ).record()


def _points(request: ScoreRequest, path: Path, found: _Map) -> dict[str, Any]:
    return score_points(
        read_point_file(path, found.grid.crs, ReferenceMapError, found.grid),
        found.path,
        feature=found.task.feature,
        column=request.point_class,
        positive=request.point_feature,
        tolerance_m=request.tolerance_m,
        labels=found.task.classes,
    ).record()


def _lines(path: Path, request: ScoreRequest, found: _Map, scratch: Path) -> dict[str, Any]:
    outlines = scratch / POLYGONS
    write_outlines(found.path, found.task, outlines)
    return match_lines(outlines, found.path, path, request.line_settings).record()
