"""A class map on disk and its reference -> counts and metrics, for the whole and by sub-area."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from rasterio.windows import Window

from geoseg.errors import GridError, RasterError
from geoseg.evaluation.counts import UNKNOWN, Confusion, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.grid import Grid
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.blocks import blocks
from geoseg.stack.polygons import read_polygons
from geoseg.stack.reference import open_reference
from geoseg.stack.source import RasterInfo, inspect_raster
from geoseg.tasks import TASKS, Task, find_task
from geoseg.tasks.landslides import LANDSLIDES

NAME_COLUMNS = ("name", "NAME", "Name", "id", "ID")


@dataclass(frozen=True)
class Scoring:
    """What is to be compared."""

    classes: Path
    reference: Path
    probability: Path | None = None
    areas: Path | None = None
    task: str | None = None
    positive: tuple[int, ...] = ()


@dataclass
class SubArea:
    """A named part of the map with its own counts."""

    name: str
    shape: shapely.Geometry
    confusion: Confusion

    def add(self, grid: Grid, classes: NDArray[np.uint8], reference: NDArray[np.uint8]) -> None:
        """Count the pixels of one block whose centres lie in the area."""
        if not self.shape.intersects(shapely.box(*grid.bounds)):
            return
        outside = geometry_mask([self.shape], grid.shape, grid.transform)
        self.confusion += count(np.where(outside, UNKNOWN, classes).astype(np.uint8), reference)


def score_map(
    wanted: Scoring, progress: Progress = silent, cancelled: Cancelled = never
) -> dict[str, Any]:
    """Return the keys of metrics.json; with areas a list of the same, with a probability curves.

    Raises:
        RasterError: The class map or the probability cannot be read as such.
        GridError: The probability or the areas do not lie on the map.
        ReferenceMapError: The reference cannot be compared with the map.
    """
    info = _class_map(wanted.classes)
    if wanted.probability is not None:
        _same_place(inspect_raster(wanted.probability), info)
    reference = open_reference(wanted.reference, info.grid, _task(wanted), wanted.positive)
    areas = _areas(wanted.areas, info.grid) if wanted.areas else []
    whole, histogram = Confusion(), ScoreHistogram()
    windows = list(blocks(info.grid))
    with ExitStack() as files:
        classes = files.enter_context(rasterio.open(wanted.classes))
        truth = files.enter_context(reference.open())
        probability = wanted.probability and files.enter_context(rasterio.open(wanted.probability))
        for done, window in enumerate(windows):
            stop_if(cancelled)
            progress(Event("comparing with the reference", done, len(windows)))
            mapped, true = _read(classes, window), truth.read(window)
            whole += count(mapped, true)
            for area in areas:
                area.add(info.grid.window(window), mapped, true)
            if probability:
                histogram.add(probability.read(1, window=window), true)
    record = {**whole.record(), "notes": [*reference.notes, *whole.notes()]}
    if areas:
        record["areas"] = [{"name": a.name, **a.confusion.record()} for a in areas]
    return record | (_best(histogram) if wanted.probability else {})


def _class_map(path: Path) -> RasterInfo:
    info = inspect_raster(path)
    if len(info.bands) != 1 or info.bands[0].dtype != "uint8":
        raise RasterError(
            f"{path.name} is no class map: expected one band of uint8 class ids, got "
            f"{len(info.bands)} of {info.bands[0].dtype}; name the classes.tif of a run"
        )
    return info


def _same_place(probability: RasterInfo, classes: RasterInfo) -> None:
    if not probability.grid.same_as(classes.grid):
        raise GridError(
            f"{probability.path.name} ({probability.grid.words()}) does not lie on the pixels of "
            f"{classes.path.name} ({classes.grid.words()}); take both from one run"
        )


def _task(wanted: Scoring) -> Task:
    """Return the task as asked for, else as the map's tags say."""
    if wanted.task is not None:
        return find_task(wanted.task)
    with rasterio.open(wanted.classes) as raster:
        return TASKS.get(raster.tags().get("GEOSEG_TASK", ""), LANDSLIDES)


def _read(raster: Any, window: Window) -> NDArray[np.uint8]:
    values = raster.read(1, window=window)
    return np.where(raster.dataset_mask(window=window) == 0, UNKNOWN, values).astype(np.uint8)


def _areas(path: Path, grid: Grid) -> list[SubArea]:
    frame = read_polygons(path, grid.crs, GridError)
    column = next((name for name in NAME_COLUMNS if name in frame.columns), None)
    names = _names(frame[column] if column else range(1, len(frame) + 1))
    return [SubArea(n, s, Confusion()) for n, s in zip(names, frame.geometry, strict=True)]


def _names(values: Sequence[Any]) -> Iterator[str]:
    return (str(value) for value in values)


def _best(histogram: ScoreHistogram) -> dict[str, Any]:
    threshold = histogram.best_f1_threshold()
    f1 = None if threshold is None else histogram.confusion_at(threshold).metrics()["f1"]
    return {"best_threshold": threshold, "best_f1": f1}
