"""A map that is no run -> a folder that can be compared like a run's: classes and outlines.

What such a map cannot have (probability, doubt, members) is missing there, and said.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.comparison.finished import CLASSES, POLYGONS, FinishedRun
from geoseg.evaluation.class_maps import ClassMap
from geoseg.evaluation.counts import UNKNOWN
from geoseg.exports.disk import whole
from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.progress import Cancelled, never, stop_if
from geoseg.stack.blocks import strips
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.ogr import pyogrio
from geoseg.stack.shapes import is_vector
from geoseg.stack.source import inspect_raster
from geoseg.tasks import Task, all_tasks, custom_task, find_task

MEASURED = ("mean_prob", "mean_sprd")
"""Columns of outlines that only a run can fill."""


def lay_out(found: ClassMap, task: Task, folder: Path, cancelled: Cancelled = never) -> FinishedRun:
    """Write a map into a folder like a run's.

    Args:
        found: The map, checked.
        task: What was mapped.
        folder: Where classes.tif and polygons.gpkg go.
        cancelled: Asked before every strip.

    Raises:
        RasterError: The map is cut off.
        DiskError: The disk is full.
        RunCancelledError: `cancelled` answered True.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = task if found.tells_classes else yes_or_no(task)
    path = folder / CLASSES
    valid, mapped_m2 = write_classes(found, path, cancelled)
    write_outlines(path, told, folder / POLYGONS, cancelled)
    record: dict[str, Any] = {
        "title": found.name,
        "reference": None,
        "members": [],
        "settings": {"threshold": None, "min_area_m2": 0},
        "summary": {"valid_pixels": valid, "feature_area_m2": mapped_m2},
    }
    return FinishedRun(folder, record, found.grid, told, is_run=False)


def write_classes(found: ClassMap, path: Path, cancelled: Cancelled = never) -> tuple[int, float]:
    """Write a map's class ids; return how many pixels it knows, and the feature's square metres."""
    grid, valid, mapped_m2 = found.grid, 0, 0.0
    with found.open() as reader, RasterWriter(path, grid, ["class"], "uint8", UNKNOWN) as out:
        for row, strip in strips(grid):
            stop_if(cancelled)
            read = [reader.read(window) for window in strip]
            for ids, window in zip(read, strip, strict=True):
                valid += int(np.count_nonzero(ids != UNKNOWN))
                mapped_m2 += float(grid.areas_m2(ids, window, UNKNOWN)[1:].sum())
            out.write(row, np.concatenate(read, axis=1))
    return valid, mapped_m2


def write_outlines(classes: Path, task: Task, path: Path, cancelled: Cancelled = never) -> None:
    """Write the outlines of a class map, every patch of it, without what only a run can tell."""
    outlines = polygonise(classes, classes, classes, 0, task.classes, cancelled=cancelled)
    outlines = outlines.assign(**dict.fromkeys(MEASURED, np.nan))
    with whole(path) as target:
        pyogrio.write_dataframe(
            outlines, target, driver="GPKG", layer="polygons", geometry_type="Polygon"
        )


def yes_or_no(task: Task) -> Task:
    """Return the task as one question; a task of one class is that already."""
    if task.outputs == 1:
        return task
    return custom_task({}, task.feature)


def tags_of(path: Path) -> dict[str, str]:
    """Return the tags of a raster; none of other files."""
    if is_vector(path):
        return {}
    with open_gtiff(path) as dataset:
        return dict(dataset.tags())


def told_task(name: str, maps: Iterable[Path]) -> Task:
    """Return what was mapped: as the user says, else as the maps are tagged, else any feature.

    Raises:
        SettingsError: There is no task of that name.
    """
    if name:
        return find_task(name)
    known = all_tasks()
    tagged = (known.get(tags_of(path).get("GEOSEG_TASK", "")) for path in maps)
    return next(filter(None, tagged), None) or custom_task({}, "feature")


def grid_of_first(files: Iterable[Path | None]) -> Grid | None:
    """Return the grid of the first raster; None where there is none."""
    rasters = (path for path in files if path is not None and not is_vector(path))
    return next((inspect_raster(path).grid for path in rasters), None)
