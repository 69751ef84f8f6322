"""Labelled study areas -> a dataset folder of blocks, training and validation on separate ground.

Nothing is held whole: an area is read window by window, once to learn where the feature is, once
to write its blocks.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError

from geoseg.errors import DiskError, TrainingError
from geoseg.grid import Grid
from geoseg.models.scene_names import SCENE_TAG, scene_of
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack import RasterStack, Reference, blocks, open_reference, open_stack
from geoseg.stack.reference import RasterReference, ReferenceReader, VectorReference
from geoseg.tasks import Task
from geoseg.training.area_blocks import (
    CELL,
    Block,
    Layout,
    Survey,
    count_cells,
    lay_out,
    lay_out_to_judge,
)
from geoseg.training.dataset import UNKNOWN
from geoseg.training.ground import SPLIT, AreaDataset, TrainingArea

MOST_PIXELS = 60_000_000
"""Of a dataset; more would not fit into the memory of a common machine while it trains."""

JUDGED_PIXELS = 8_000_000
"""Of the blocks that judge trees of points: more would tell the same."""


@dataclass(frozen=True)
class _OpenArea:
    """An area whose files were checked: nothing of it is missing."""

    area: TrainingArea
    prefix: str
    stack: RasterStack
    reference: Reference
    by_class: bool
    scene: str
    """Which simulated scene it shows; empty for real ground."""

    def open_labels(self) -> AbstractContextManager[ReferenceReader]:
        """Open the reference: 0, 1 and 255, or class ids where the task has several."""
        if self.by_class and isinstance(self.reference, RasterReference | VectorReference):
            return self.reference.open_ids()
        return self.reference.open()


def write_area_dataset(
    areas: Sequence[TrainingArea],
    task: Task,
    setting: str,
    out: Path,
    *,
    validate_on: str = "",
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> AreaDataset:
    """Write the blocks of labelled areas in the published layout, and which of them judge.

    Args:
        areas: One or several, each with a reference.
        task: What the reference shows.
        setting: Its bands are written.
        out: Dataset folder; appears whole or not at all, one that is there stays as it is.
        validate_on: Id of the area that judges whole; empty lets every fifth block judge.
        progress: Hears of areas looked through and blocks written.
        cancelled: Asked at every window.

    Raises:
        TrainingError: An area has no reference, or the feature is in one spot only.
        GeosegError: A file cannot be read, holds no feature, or lacks a band of the setting.
        DiskError: The folder cannot be written.
    """
    if (out / SPLIT).is_file():
        return AreaDataset.from_json((out / SPLIT).read_bytes())
    opened, surveys = _looked_through(areas, task, setting, progress, cancelled)
    layout = lay_out(surveys, validate_on, MOST_PIXELS)
    return _write_dataset(opened, layout, task.feature, out, _stopping(progress, cancelled))


def write_judging_dataset(
    areas: Sequence[TrainingArea],
    task: Task,
    setting: str,
    out: Path,
    *,
    points: int,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> AreaDataset:
    """Write blocks of labelled areas that judge what learns from points; without areas none.

    Args:
        areas: Those that judge, each with a reference; may be empty.
        task: What the reference shows.
        setting: Its bands are written.
        out: As in `write_area_dataset`.
        points: How many teach.
        progress: Hears of areas looked through and blocks written.
        cancelled: Asked at every window.

    Raises:
        GeosegError: As in `write_area_dataset`.
    """
    if (out / SPLIT).is_file():
        return AreaDataset.from_json((out / SPLIT).read_bytes())
    opened, surveys = _looked_through(areas, task, setting, progress, cancelled)
    layout = lay_out_to_judge(surveys, JUDGED_PIXELS)
    told = _stopping(progress, cancelled)
    return _write_dataset(opened, layout, task.feature, out, told, points=points)


def area_prefix(title: str, place: int) -> str:
    """Return '1-demo-valley' for 'Demo valley'; no underscore, since pairing of files cuts there."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return f"{place}-{'-'.join(words)[:24].strip('-') or 'area'}"


def _open(area: TrainingArea, place: int, task: Task, setting: str) -> _OpenArea:
    if area.reference is None:
        raise TrainingError(
            f"study area {area.title!r} has no reference to learn from; add a map of known "
            f"{task.features} (raster or polygons) to it, or choose another area"
        )
    stack = open_stack(area.rasters, task, setting, area.bands)
    reference = open_reference(area.reference, stack.grid, task, area.positive)
    if task.outputs > 1:
        _check_classes(reference, task)
    scene = scene_of(area.rasters, area.simulated)
    prefix = area_prefix(area.title, place)
    return _OpenArea(area, prefix, stack, reference, task.outputs > 1, scene)


def _check_classes(reference: Reference, task: Task) -> None:
    """Refuse a reference that does not tell the classes of a task of several."""
    legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
    if isinstance(reference, VectorReference) and not reference.classes:
        raise TrainingError(
            f"{reference.name} holds polygons without classes, task {task.name} tells apart "
            f"{legend}; give them a column class with these ids or names, or bring a raster of ids"
        )
    ids = reference.ids if isinstance(reference, RasterReference | VectorReference) else ()
    if odd := sorted(set(ids) - {label.id for label in task.classes}):
        raise TrainingError(
            f"{reference.name} holds the class ids {', '.join(map(str, odd))}; task {task.name} "
            f"has {legend}, so give its pixels these ids"
        )


def _looked_through(
    areas: Sequence[TrainingArea],
    task: Task,
    setting: str,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[list[_OpenArea], list[Survey]]:
    """Open the areas and learn where the feature is."""
    opened = [_open(area, place, task, setting) for place, area in enumerate(areas, start=1)]
    surveys = []
    for place, one in enumerate(opened):
        progress(Event("looking through the areas", place, len(opened)))
        surveys.append(_survey(one, cancelled))
    return opened, surveys


def _stopping(progress: Progress, cancelled: Cancelled) -> Progress:
    """Return a progress that stops the work where that is wished."""

    def told(event: Event) -> None:
        stop_if(cancelled)
        progress(event)

    return told


def _survey(one: _OpenArea, cancelled: Cancelled) -> Survey:
    grid = one.stack.grid
    known, positive = (np.zeros([-(-n // CELL) for n in grid.shape], np.int64) for _ in range(2))
    with one.stack.open() as stack, one.open_labels() as reference:
        for window in blocks(grid):
            stop_if(cancelled)
            label = _label(stack.read(window), reference.read(window))
            rows, cols = (slice(n.start // CELL, -(-n.stop // CELL)) for n in window.toslices())
            known[rows, cols] = count_cells(label != UNKNOWN)
            positive[rows, cols] = count_cells((label != 0) & (label != UNKNOWN))
    if not positive.any():
        raise TrainingError(
            f"the reference of study area {one.area.title!r} shows nothing where its bands have "
            "data; check that both lie on the same ground"
        )
    return Survey(one.area.id, one.prefix, grid.shape, known, positive)


def _label(bands: NDArray[np.float32], label: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Count pixels without any band as unknown: nothing can be learned there."""
    return np.where(np.isfinite(bands).any(axis=0), label, np.uint8(UNKNOWN))


def _write_dataset(
    opened: Sequence[_OpenArea],
    layout: Layout,
    feature: str,
    out: Path,
    told: Progress,
    *,
    points: int = 0,
) -> AreaDataset:
    """Write blocks and their division; the folder appears whole or not at all."""
    draft = out.with_name(f".{out.name}-unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        if layout.blocks:
            _write_blocks(opened, layout, feature, draft, told)
        dataset = _described(opened, layout, points)
        (draft / SPLIT).write_text(dataset.to_json(), encoding="utf-8")
        draft.replace(out)
    except (OSError, RasterioError) as error:
        raise DiskError(
            f"the blocks for training cannot be written to {out.parent}: {error}; free some disk "
            "space or choose fewer areas"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return dataset


def _write_blocks(
    opened: Sequence[_OpenArea], layout: Layout, feature: str, out: Path, told: Progress
) -> None:
    inputs, labels = out / "train_val" / "input", out / "train_val" / "label"
    for folder in (inputs, labels):
        folder.mkdir(parents=True)
    with ExitStack() as files:
        readers = {
            one.area.id: (one, files.enter_context(one.stack.open()),
                          files.enter_context(one.open_labels()))
            for one in opened
        }  # fmt: skip
        for place, block in enumerate(layout.blocks):
            told(Event("cutting the areas into blocks", place, len(layout.blocks)))
            one, stack, reference = readers[block.area]
            bands = stack.read(block.window)
            label = _label(bands, reference.read(block.window))
            names = one.stack.names
            _write(inputs / f"{block.name}_input.tif", one, block, bands, names)
            _write(labels / f"{block.name}_label.tif", one, block, label[None], [feature])


def _write(
    path: Path, one: _OpenArea, block: Block, values: NDArray[Any], names: Sequence[str]
) -> None:
    grid: Grid = one.stack.grid.window(block.window)
    floats = values.dtype.kind == "f"
    with rasterio.open(
        path, "w", driver="GTiff", crs=grid.crs, transform=grid.transform, width=grid.width,
        height=grid.height, count=len(values), dtype=values.dtype, compress="deflate", zlevel=1,
        nodata=float("nan") if floats else UNKNOWN, predictor=3 if floats else 2,
    ) as raster:  # fmt: skip
        raster.write(values)
        raster.descriptions = tuple(names)
        if one.scene:
            raster.update_tags(SIMULATED="yes", **{SCENE_TAG: one.scene})


def _described(opened: Sequence[_OpenArea], layout: Layout, points: int) -> AreaDataset:
    notes = [note for one in opened 
             for note in (*one.stack.notes, *one.stack.warnings, *one.reference.notes)]  # fmt: skip
    return AreaDataset(
        training=tuple(block.name for block in layout.blocks if not block.judges),
        validation=tuple(block.name for block in layout.blocks if block.judges),
        block_pixels=layout.side,
        notes=(*layout.notes, *notes),
        points=points,
    )
