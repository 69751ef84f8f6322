"""A map that is no run -> a folder that can be compared like a run's: classes and outlines.

What such a map cannot have (probability, doubt, members) is missing there, and said.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.windows import Window

from geoseg.comparison.finished import CLASSES, FinishedRun
from geoseg.evaluation.class_maps import ClassMap, ClassReader
from geoseg.evaluation.counts import UNKNOWN
from geoseg.exports.disk import whole
from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.progress import Cancelled, never, stop_if
from geoseg.stack.blocks import blocks
from geoseg.stack.ogr import pyogrio
from geoseg.tasks import Task, custom_task

POLYGONS = "polygons.gpkg"
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
    valid, mapped = write_classes(found, path, cancelled)
    write_outlines(path, told, folder / POLYGONS, cancelled)
    area = found.grid.pixel_area_m2
    record: dict[str, Any] = {
        "title": found.name,
        "reference": None,
        "members": [],
        "settings": {"threshold": None, "min_area_m2": 0},
        "summary": {"valid_pixels": valid, "feature_area_m2": mapped * area},
    }
    return FinishedRun(folder, record, found.grid, told, is_run=False)


def write_classes(found: ClassMap, path: Path, cancelled: Cancelled = never) -> tuple[int, int]:
    """Write a map's class ids; return how many pixels it knows, and how many are the feature."""
    valid = mapped = 0
    with found.open() as reader, RasterWriter(path, found.grid, ["class"], "uint8", UNKNOWN) as out:
        for row, strip in _strips(found.grid):
            stop_if(cancelled)
            ids = _read(reader, strip)
            valid += int(np.count_nonzero(ids != UNKNOWN))
            mapped += int(np.count_nonzero((ids != UNKNOWN) & (ids != 0)))
            out.write(row, ids)
    return valid, mapped


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


def _strips(grid: Grid) -> Iterator[tuple[int, list[Window]]]:
    for row, strip in groupby(blocks(grid), key=lambda window: int(window.row_off)):
        yield row, list(strip)


def _read(reader: ClassReader, strip: list[Window]) -> np.ndarray:
    return np.concatenate([reader.read(window) for window in strip], axis=1)
