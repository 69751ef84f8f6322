"""A mapped truth, raster or polygons, of any CRS -> 0 no, 1 feature, 255 unknown on a grid."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.features import rasterize
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from geoseg.errors import RasterError, ReferenceMapError
from geoseg.files.parts import split_part
from geoseg.grid import Grid
from geoseg.stack.blocks import blocks
from geoseg.stack.class_column import class_ids
from geoseg.stack.common_grid import lines_up, overlap
from geoseg.stack.kinds import POLYGONS
from geoseg.stack.label_bands import LabelBands, OneBand, label_bands
from geoseg.stack.layers import ALL
from geoseg.stack.reading import FileReader, open_on_grid
from geoseg.stack.shapes import is_vector, layers_with, notes_of, read_polygons
from geoseg.stack.source import RasterInfo, inspect_raster
from geoseg.stack.stack import check_inside
from geoseg.tasks import Task
from geoseg.tasks.words import find_name, in_line, key

UNKNOWN = 255
MANY_CLASSES = 256


class ReferenceReader(Protocol):
    """An open reference."""

    def read(self, window: Window, /) -> NDArray[np.uint8]:
        """Return (y, x): 0 no feature, 1 feature, 255 unknown."""
        ...


class Reference(Protocol):
    """The mapped truth on the grid of a run."""

    @property
    def name(self) -> str:
        """File name."""
        ...

    @property
    def kind(self) -> Literal["raster", "vector"]:
        """What the file is."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences on how it was read."""
        ...

    def open(self) -> AbstractContextManager[ReferenceReader]:
        """Open the file; leave the context to close it."""
        ...


@dataclass(frozen=True)
class RasterReference:
    """A class map; pixels of the positive ids are the feature, missing ones are unknown."""

    bands: LabelBands
    grid: Grid
    positive: tuple[int, ...]
    notes: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    """Every class id on the grid."""
    zeros_count: bool = False
    unknown: int | None = None
    """Id that stands for unknown although the file does not declare it."""
    kind: Literal["raster"] = "raster"

    @property
    def path(self) -> Path:
        """The file."""
        return self.bands.sources[0].path

    @property
    def name(self) -> str:
        """File name."""
        return self.path.name

    @contextmanager
    def open(self) -> Iterator[ReferenceReader]:
        """Open the file on the grid, each pixel taking its nearest class."""
        with self._opened() as file:
            yield _RasterReader(self, file)

    @contextmanager
    def open_ids(self) -> Iterator[ReferenceReader]:
        """Open the file so that it is read as it is: class ids, 255 unknown."""
        with self._opened() as file:
            yield _IdReader(self, file)

    def ids_of(self, file: FileReader, window: Window) -> NDArray[np.float32]:
        """Return class ids (y, x), NaN where unknown."""
        ids = self.bands.ids(file.read(self.bands.sources, window))
        return ids if self.unknown is None else np.where(ids == self.unknown, np.nan, ids)

    def _opened(self) -> AbstractContextManager[FileReader]:
        return open_on_grid(self.path, self.grid, Resampling.nearest, zeros_count=self.zeros_count)


@dataclass(frozen=True)
class _IdReader:
    reference: RasterReference
    file: FileReader

    def read(self, window: Window) -> NDArray[np.uint8]:
        check_inside(window, self.reference.grid)
        ids = self.reference.ids_of(self.file, window)
        return np.where(np.isnan(ids), UNKNOWN, ids).astype(np.uint8)


@dataclass(frozen=True)
class _RasterReader:
    reference: RasterReference
    file: FileReader

    def read(self, window: Window) -> NDArray[np.uint8]:
        check_inside(window, self.reference.grid)
        ids = self.reference.ids_of(self.file, window)
        found = np.isin(ids, self.reference.positive).astype(np.uint8)
        found[np.isnan(ids)] = UNKNOWN
        return found


@dataclass(frozen=True)
class VectorReference:
    """Polygons of the feature, in the grid's CRS; everything outside them is no feature.

    Where they tell classes and some are background, nothing is known outside of them all.
    """

    name: str
    polygons: tuple[BaseGeometry, ...]
    grid: Grid
    notes: tuple[str, ...] = ()
    classes: tuple[int, ...] = ()
    """Class id of every polygon; empty where they do not tell classes."""
    kind: Literal["vector"] = "vector"

    @property
    def ids(self) -> tuple[int, ...]:
        """Every class id on the grid; none where the polygons do not tell classes."""
        return tuple(sorted({0, *self.classes})) if self.classes else ()

    @contextmanager
    def open(self) -> Iterator[ReferenceReader]:
        """Give the reader; the polygons are already in memory."""
        yield _VectorReader(self, shapely.STRtree(self.polygons))

    @contextmanager
    def open_ids(self) -> Iterator[ReferenceReader]:
        """Give a reader of class ids, 255 unknown."""
        yield _VectorReader(self, shapely.STRtree(self.polygons), by_class=True)


@dataclass(frozen=True)
class _VectorReader:
    reference: VectorReference
    index: shapely.STRtree
    by_class: bool = False

    def read(self, window: Window) -> NDArray[np.uint8]:
        check_inside(window, self.reference.grid)
        part = self.reference.grid.window(window)
        near = sorted(self.index.query(shapely.box(*part.bounds)))
        classes = self.reference.classes
        outside = UNKNOWN if 0 in classes else 0
        if not near:
            return np.full(part.shape, outside, dtype=np.uint8)
        shapes = [(self.reference.polygons[at], classes[at] if classes else 1) for at in near]
        ids = rasterize(shapes, part.shape, fill=outside, transform=part.transform, dtype=np.uint8)
        if self.by_class:
            return ids
        ids[(ids != 0) & (ids != UNKNOWN)] = 1
        return ids


def open_reference(
    path: Path, grid: Grid, task: Task, positive: Sequence[int] = ()
) -> RasterReference | VectorReference:
    """Read the truth that a run is compared with, and check that it can be compared.

    Args:
        path: GeoTIFF (0/1 map or land-cover map) or polygon file, in any CRS; a layer, or how the
            bands of a raster are to be read, may be named behind it, see `geoseg.files.parts`.
        grid: The run's grid; the reference is put on it, nearest pixel.
        task: Says what is mapped and which land-cover classes count as it.
        positive: Class ids that count as the feature; empty leaves the choice to the task.

    Raises:
        ReferenceMapError: It cannot be read, lies elsewhere, or holds no feature on the grid.
    """
    if is_vector(path):
        return _vector_reference(path, grid, task)
    file, part = split_part(path)
    try:
        info = inspect_raster(file)
        bands = label_bands(info.bands, task, ReferenceMapError, part)
        return _raster_reference(info, bands, grid, task, tuple(positive))
    except RasterError as error:
        raise ReferenceMapError(f"the reference cannot be used: {error}") from error


def check_reference(path: Path, task: Task) -> None:
    """Look into a reference before there is a grid: whether it can be read, and its parts.

    Raises:
        ReferenceMapError: It cannot be read, or nobody can know which of its bands is meant.
    """
    file, part = split_part(path)
    if is_vector(path):
        names = layers_with(POLYGONS, path, ReferenceMapError)
        if part and key(part) != ALL and not find_name(names, part):
            raise ReferenceMapError(
                f"{file.name} has no layer {part}; with polygons it has {in_line(names) or 'none'}"
            )
        return
    try:
        label_bands(inspect_raster(file).bands, task, ReferenceMapError, part)
    except RasterError as error:
        raise ReferenceMapError(f"the reference cannot be used: {error}") from error


def _vector_reference(path: Path, grid: Grid, task: Task) -> VectorReference:
    every = read_polygons(path, grid.crs, ReferenceMapError, grid)
    edge = shapely.box(*grid.bounds)
    frame = every[every.intersects(edge) & ~every.touches(edge)]
    polygons = tuple(frame.geometry)
    if not polygons:
        raise _elsewhere(path.name, grid)
    classes, told = class_ids(frame, task, path.name)
    if classes and not any(classes):
        raise ReferenceMapError(
            f"{path.name} holds no {task.feature} where the rasters lie, only polygons of "
            f"{task.classes[0].name}; add some of the other classes"
        )
    count = f"{len(polygons)} of {len(every)}" if len(polygons) < len(every) else len(polygons)
    outside = "unknown" if 0 in classes else "none"
    note = f"{path.name}: {count} polygons count as {task.feature}, everything outside them as none"
    if classes:
        note = f"{path.name}: {count} polygons, everything outside them counts as {outside}"
    notes = (note, *([told] if told else []), *notes_of(every))
    reference = VectorReference(path.name, polygons, grid, notes, classes)
    with reference.open() as reader:
        if not any((reader.read(window) == 1).any() for window in blocks(grid)):
            raise ReferenceMapError(
                f"the polygons of {path.name} are smaller than a pixel of {grid.pixel_size_m:g} m, "
                "so none of them shows on the map; use larger outlines or finer rasters"
            )
    return reference


def _raster_reference(
    info: RasterInfo, bands: LabelBands, grid: Grid, task: Task, positive: tuple[int, ...]
) -> RasterReference:
    if not overlap(info.grid, grid):
        raise _elsewhere(info.path.name, grid)
    # Zeros of single classes and colours are values, whatever the file declares.
    zeros_count = bands.sources[0].nodata == 0 and not isinstance(bands, OneBand)
    raw = RasterReference(bands, grid, (), zeros_count=zeros_count)
    ids = _classes_on(raw)
    unknown = UNKNOWN if ids - {UNKNOWN} <= {0, 1} and 1 in ids and not positive else None
    chosen, note = _positive(info.path.name, ids - {unknown}, task, positive)
    notes = tuple(text for text in (bands.note, note) if text)
    if unknown in ids:
        notes += (f"{info.path.name} holds {unknown} beside 0 and 1; it is read as unknown",)
    # Burned polygons with 0 declared missing: ground without the feature is meant.
    if bands.sources[0].nodata == 0 and len(ids) == 1 and not zeros_count:
        zeros_count = True
        notes += (f"{info.path.name} declares 0 as no data; it is read as no {task.feature}",)
    if not lines_up(info, grid):
        notes += (f"{info.path.name} is resampled to the map's grid, nearest pixel",)
    return replace(raw, positive=chosen, notes=notes, ids=tuple(sorted(ids - {unknown})),
                   zeros_count=zeros_count, unknown=unknown)  # fmt: skip


def _classes_on(reference: RasterReference) -> set[int]:
    """Return every class id on the grid, read by blocks.

    Raises:
        ReferenceMapError: No pixel is known, or the values are no class ids.
    """
    ids: set[float] = set()
    name = reference.name
    with reference._opened() as file:
        for window in blocks(reference.grid):
            values = np.unique(reference.ids_of(file, window))
            ids |= set(values[~np.isnan(values)].tolist())
            if any(value != int(value) for value in ids) or len(ids) > MANY_CLASSES:
                raise ReferenceMapError(
                    f"{name} holds measured values such as {max(ids):g}, no classes; "
                    "expected a map of class ids, e.g. 0 and 1"
                )
    if not ids:
        raise ReferenceMapError(
            f"{name} is empty where the rasters lie: every pixel is no data; "
            "choose a reference that covers them"
        )
    return {int(value) for value in ids}


def _positive(
    name: str, ids: set[int], task: Task, wished: tuple[int, ...]
) -> tuple[tuple[int, ...], str]:
    """Decide which ids are the feature, and say so."""
    positive = wished or ((1,) if ids <= {0, 1} else task.reference_positive)
    words = ", ".join(map(str, positive))
    if ids == {0} and 0 not in positive:
        note = (
            f"{name} holds no {task.feature} where the rasters lie: every pixel there is class 0, "
            "so every find counts as a false alarm and recall is undefined"
        )
        return positive, note
    if ids == {0, UNKNOWN} and not wished:
        raise ReferenceMapError(
            f"{name} holds 0 and {UNKNOWN} where the rasters lie: if {UNKNOWN} is {task.feature}, "
            f"say so (--positive {UNKNOWN}, or the class numbers of the study area); if it means "
            "unknown, there is none, or declare it as no data"
        )
    if ids.isdisjoint(positive):
        found = ", ".join(map(str, sorted(ids)))
        raise ReferenceMapError(
            f"{name} holds no {task.feature} where the rasters lie: its classes there are {found}, "
            f"and {words} was looked for; say which classes count, or choose another reference"
        )
    others = sorted(ids - set(positive))
    against = f", {', '.join(map(str, others))} as none" if others else ""
    return positive, f"{name}: class {words} counts as {task.feature}{against}"


def _elsewhere(name: str, grid: Grid) -> ReferenceMapError:
    west, south, east, north = grid.lonlat_bounds
    return ReferenceMapError(
        f"{name} does not overlap the rasters (longitude {west:.3f} to {east:.3f}, latitude "
        f"{south:.3f} to {north:.3f}); choose a reference of this area, or check its CRS"
    )
