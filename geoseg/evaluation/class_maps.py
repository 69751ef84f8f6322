"""A map of anyone, raster of classes or polygons, of any CRS -> class ids of the task on a grid.

An old inventory, another tool's result or a national map is read so that it can be scored beside
ours: 0 no feature, 1 and more the feature, 255 no data.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from geoseg.errors import GridError, RasterError, SettingsError
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.polygon_classes import chosen_polygons
from geoseg.grid import Grid
from geoseg.stack.blocks import blocks
from geoseg.stack.common_grid import lines_up, overlap
from geoseg.stack.reading import FileReader, open_on_grid
from geoseg.stack.reference import VectorReference
from geoseg.stack.shapes import is_vector, read_polygons
from geoseg.stack.source import BandSource, RasterInfo, inspect_raster
from geoseg.tasks import Task
from geoseg.tasks.words import in_line

HIGHEST_CLASS = 254
MANY_CLASSES = 256
OPTION = "--map-positive"
Positive = Sequence[int | str]
Ids = NDArray[np.uint8]


class ClassReader(Protocol):
    """An open map."""

    def read(self, window: Window, /) -> Ids:
        """Return (y, x) class ids of the task, 255 no data."""
        ...


@dataclass(frozen=True)
class ClassMap:
    """A map on a grid, checked, ready to be read.

    Attributes:
        name: File name.
        grid: Where it is read.
        notes: Plain sentences on how its classes are read.
        tells_classes: Whether its ids are those of the task's legend; else it says yes or no.
    """

    name: str
    grid: Grid
    notes: tuple[str, ...]
    tells_classes: bool
    _source: "_Raster | VectorReference" = field(repr=False)

    @contextmanager
    def open(self) -> Iterator[ClassReader]:
        """Open the file; leave the context to close it."""
        source = self._source
        if isinstance(source, VectorReference) and self.tells_classes:
            with source.open_ids() as reader:
                yield reader
        else:
            with source.open() as reader:
                yield reader


def open_class_map(
    path: Path,
    grid: Grid,
    task: Task,
    positive: Positive = (),
    *,
    option: str = OPTION,
    by_legend: bool = False,
) -> ClassMap:
    """Read a map that was not made here, and check that it can be compared.

    Args:
        path: GeoTIFF of classes, or polygons, in any CRS.
        grid: It is put on this grid, nearest pixel.
        task: Says what is mapped, and its legend.
        positive: Class ids of the map, or words of a column of polygons, that count as the feature;
            empty takes the task's legend, 1, or every class beside 0.
        option: Where the user gives them.
        by_legend: A map of zeros and ones alone is told by the legend of several classes, too, and
            says not just yes and no.

    Raises:
        RasterError: It holds no classes.
        GridError: It lies elsewhere.
        SettingsError: It is not clear which classes are the feature.
    """
    if is_vector(path):
        return _of_polygons(path, grid, task, positive, option)
    info = inspect_raster(path)
    if not overlap(info.grid, grid):
        raise _elsewhere(path.name)
    ids, has_gaps = _ids_on(info, grid)
    # Burned polygons with 0 declared missing: ground without the feature is meant.
    zeros_missing = info.bands[0].nodata == 0 and 0 not in ids and has_gaps
    legend = {label.id for label in task.classes}
    tells = task.outputs > 1 and not positive and set(ids) <= legend
    tells = tells and (by_legend or not set(ids) <= {0, 1})
    if tells:
        table, words = {own: own for own in ids}, ""
    else:
        table, words = _decide(
            path.name, [0, *ids] if zeros_missing and not positive else ids, task, positive, option
        )
    notes = [words] if words else []
    zeros_count = zeros_missing and all(table[own] for own in ids)
    if zeros_count:
        notes.append(f"{path.name} declares 0 as no data; it is read as no {task.feature}")
    if not lines_up(info, grid):
        notes.append(f"{path.name} is resampled to {grid.words()}, nearest pixel")
    raster = _Raster(info.bands[0], grid, table, zeros_count)
    return ClassMap(path.name, grid, tuple(notes), tells, raster)


@dataclass(frozen=True)
class _Raster:
    """One band of class ids, seen on a grid.

    Attributes:
        table: Id in the file -> class of the task.
        zeros_count: True where 0 is no feature although the file declares it as no data.
    """

    source: BandSource
    grid: Grid
    table: dict[int, int]
    zeros_count: bool

    @contextmanager
    def open(self) -> Iterator[ClassReader]:
        with open_on_grid(
            self.source.path, self.grid, Resampling.nearest, zeros_count=self.zeros_count
        ) as file:
            yield _RasterReader(self, file)


@dataclass(frozen=True)
class _RasterReader:
    raster: _Raster
    file: FileReader

    def read(self, window: Window) -> Ids:
        values = self.file.read([self.raster.source], window)[0]
        found = np.full(values.shape, UNKNOWN, np.uint8)
        for own, class_id in self.raster.table.items():
            found[values == own] = class_id
        if self.raster.zeros_count:
            found[values == 0] = 0
        return found


def _ids_on(info: RasterInfo, grid: Grid) -> tuple[list[int], bool]:
    """Return every class id on the grid but 255, and whether some pixels are missing."""
    name = info.path.name
    if len(info.bands) != 1:
        raise RasterError(
            f"{name} holds {len(info.bands)} bands; expected one band of class ids, as in the "
            "classes.tif of a run"
        )
    found: set[float] = set()
    has_gaps = False
    with open_on_grid(info.path, grid, Resampling.nearest) as file:
        for window in blocks(grid):
            values = np.unique(file.read(info.bands, window))
            missing = np.isnan(values)
            has_gaps |= bool(missing.any())
            found |= set(values[~missing].tolist())
            odd = [value for value in found if value != int(value) or value < 0]
            if odd or len(found) > MANY_CLASSES:
                raise RasterError(
                    f"{name} holds {(odd or sorted(found))[0]:g}, which is no class id; expected "
                    f"whole numbers from 0 to {HIGHEST_CLASS}, as in the classes.tif of a run"
                )
    ids = sorted(int(value) for value in found if value != UNKNOWN or len(found) == 1)
    if not ids or ids == [UNKNOWN]:
        raise RasterError(
            f"{name} is empty where it is compared: every pixel is no data; choose a map of this "
            "area"
        )
    return ids, has_gaps


def _decide(
    name: str, ids: list[int], task: Task, positive: Positive, option: str
) -> tuple[dict[int, int], str]:
    """Return the class of the task for every id of the map, and one sentence; "" where it is plain."""
    if positive:
        chosen = _wished(name, ids, positive, option)
    elif set(ids) <= {0, 1}:
        return {own: own for own in ids}, "" if 1 in ids else f"{name} maps no {task.feature} here"
    else:
        chosen = [own for own in ids if own]
        if len(chosen) > 1 and 0 not in ids:
            raise SettingsError(
                f"{name} holds the classes {in_line(ids)}, none of them 0, so it is not clear which "
                f"are {task.feature}; say so with {option}, e.g. {option} {ids[-1]}"
            )
    return {own: int(own in chosen) for own in ids}, _told(name, ids, chosen, task.feature)


def _wished(name: str, ids: list[int], positive: Positive, option: str) -> list[int]:
    """Return the wished ids; a word is none."""
    try:
        wished = [int(str(value)) for value in positive]
    except ValueError:
        raise SettingsError(
            f"{option} takes class ids such as 6 or 3,6 where the map is a raster, got "
            f"{', '.join(map(str, positive))}; {name} holds {in_line(ids)}"
        ) from None
    if not set(wished) & set(ids):
        raise SettingsError(
            f"{name} holds no class {' or '.join(map(str, wished))} here; its classes are "
            f"{in_line(ids)}, so choose among them with {option}"
        )
    return wished


def _told(name: str, ids: list[int], chosen: Sequence[int], feature: str) -> str:
    others = [own for own in ids if own not in chosen]
    there = [own for own in chosen if own in ids]
    lacking = [own for own in chosen if own not in ids]
    against = f", {in_line(others)} as none" if others else ""
    beside = f"; class {in_line(lacking)} does not occur here" if lacking else ""
    return f"{name}: class {in_line(there)} counts as {feature}{against}{beside}"


def _elsewhere(name: str) -> GridError:
    return GridError(
        f"{name} does not lie where it is compared; choose a map of this area, or check its CRS"
    )


def _of_polygons(path: Path, grid: Grid, task: Task, positive: Positive, option: str) -> ClassMap:
    every = read_polygons(path, grid.crs, RasterError, grid)
    edge = shapely.box(*grid.bounds)
    frame = every[every.intersects(edge) & ~every.touches(edge)]
    if frame.empty:
        raise _elsewhere(path.name)
    frame, classes, words = chosen_polygons(
        frame, every, task, path.name, positive=positive, option=option
    )
    vector = VectorReference(path.name, tuple(frame.geometry), grid, (), classes)
    tells = any(class_id > 1 for class_id in classes)
    return ClassMap(path.name, grid, words, tells, vector)
