"""Points picked on the maps of study areas -> what the areas' bands say there; needs no torch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.warp import transform
from rasterio.windows import Window

from geoseg.errors import TrainingError
from geoseg.grid import Grid
from geoseg.models.footprint import Patch
from geoseg.models.scene_names import scene_of
from geoseg.stack import RasterStack, open_stack
from geoseg.tasks import Task
from geoseg.training.footprints import place_of_points
from geoseg.training.ground import PickedPoint, TrainingArea
from geoseg.training.points import PointSamples, check_counts

LON_LAT = "EPSG:4326"


def read_area_points(areas: Sequence[TrainingArea], task: Task, setting: str) -> PointSamples:
    """Read the bands of a setting at every picked point; only the pixels under them are read.

    Args:
        areas: Those without points are left out.
        task: Its legend says what classes there are.
        setting: Its bands are read.

    Raises:
        TrainingError: A class has too few points or is not in the legend, or a point lies outside
            the rasters or on no data.
        GeosegError: A file cannot be read or lacks a band of the setting.
    """
    picked = [area for area in areas if area.points]
    ids = np.array([point.class_id for area in picked for point in area.points], int)
    name = " and ".join(area.title for area in picked or areas)
    _check_legend(ids, task, name)
    check_counts(ids.astype(np.uint8), task, name)
    stacks = [open_stack(area.rasters, task, setting, area.bands) for area in picked]
    values = [_values(stack, area) for stack, area in zip(stacks, picked, strict=True)]
    places = [_place(stack.grid, area) for stack, area in zip(stacks, picked, strict=True)]
    simulated = all(area.simulated for area in picked)
    return PointSamples(np.concatenate(values), ids.astype(np.uint8), simulated, tuple(places))


def pixels_under(points: Sequence[PickedPoint], grid: Grid, title: str) -> NDArray[np.intp]:
    """Return the (row, column) of the pixel each point lies in, (point, 2).

    Args:
        points: In longitude and latitude.
        grid: Its pixels are counted.
        title: Of the study area, for the sentence.

    Raises:
        TrainingError: A point lies outside the grid.
    """
    lons, lats = [point.lon for point in points], [point.lat for point in points]
    x, y = transform(LON_LAT, grid.crs, lons, lats)
    cols, rows = ~grid.transform @ (np.array(x), np.array(y))
    inside = np.asarray((cols >= 0) & (cols < grid.width) & (rows >= 0) & (rows < grid.height))
    _refuse(
        points,
        ~inside,
        f"outside the rasters of {title}",
        "move them onto the rasters or remove them",
    )
    return np.floor(np.column_stack([rows, cols])).astype(np.intp)


def _check_legend(ids: NDArray[np.int_], task: Task, name: str) -> None:
    """Refuse classes that the task does not have: a legend may change after points were picked."""
    if odd := sorted({*ids.tolist()} - {label.id for label in task.classes}):
        legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
        raise TrainingError(
            f"points of {name} are of class {', '.join(map(str, odd))}, task {task.name} has "
            f"{legend}; remove them or pick them again"
        )


def _values(stack: RasterStack, area: TrainingArea) -> NDArray[np.float32]:
    """Return the bands at the points of an area, (point, band), NaN where one is missing."""
    pixels = pixels_under(area.points, stack.grid, area.title)
    with stack.open() as reader:
        rows = [reader.read(Window(col, row, 1, 1))[:, 0, 0] for row, col in pixels.tolist()]
    values = np.array(rows, np.float32)
    blank = np.asarray(np.isnan(values).all(axis=1))
    _refuse(
        area.points, blank, f"where the bands of {area.title} hold no data", "move or remove them"
    )
    return values


def _place(grid: Grid, area: TrainingArea) -> Patch | None:
    """Return the squares around the points of an area."""
    pixels = pixels_under(area.points, grid, area.title)
    scene = scene_of(area.rasters, area.simulated)
    return place_of_points(grid.crs, grid.transform, grid.shape, pixels, scene)


def _refuse(
    points: Sequence[PickedPoint], wrong: NDArray[np.bool_], where: str, remedy: str
) -> None:
    if wrong.any():
        first = points[int(np.flatnonzero(wrong)[0])]
        raise TrainingError(
            f"{int(wrong.sum())} of {len(points)} points lie {where}, the first at longitude "
            f"{first.lon:.5f}, latitude {first.lat:.5f}; {remedy}"
        )
