"""Matched bands -> a stack on one grid, read by window as (band, y, x) with NaN for missing."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from geoseg.errors import BandError, GridError
from geoseg.grid import Grid
from geoseg.stack.aoi import AreaOfInterest
from geoseg.stack.reading import FileReader, open_on_grid
from geoseg.stack.source import BandSource, joined
from geoseg.tasks import BandKind


class StackReader(Protocol):
    """An open stack."""

    def read(self, window: Window, /) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside the grid, NaN where missing."""
        ...


class Stack(Protocol):
    """Bands on one grid; nothing is read before `open`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The bands, in the order they are read."""
        ...

    @property
    def grid(self) -> Grid:
        """Where the pixels lie."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences on how the files became one stack."""
        ...

    def select(self, names: Sequence[str]) -> "Stack":
        """Return the same stack with these bands in this order."""
        ...

    def open(self) -> AbstractContextManager[StackReader]:
        """Open the files; leave the context to close them."""
        ...


@dataclass(frozen=True)
class Layer:
    """One band of a stack: the task's name for it, where it is read, how it may be resampled.

    `legend` names the ids of a band of classes, where the task declares them. `more` are the
    layers of the scene's other parts; where several hold a value, the first counts. `how` is that
    of the `BandMatch` it was found by.
    """

    name: str
    source: BandSource
    kind: BandKind = BandKind.CONTINUOUS
    legend: tuple[tuple[int, str], ...] = ()
    more: tuple[BandSource, ...] = ()
    how: str = ""

    @property
    def sources(self) -> tuple[BandSource, ...]:
        """Every layer the band is read from, the one that counts first before the others."""
        return self.source, *self.more

    @property
    def key(self) -> str:
        """How a user's choice of these layers is stored: 'west.tif#1 + east.tif#1'."""
        return joined(self.sources)

    @property
    def resampling(self) -> Resampling:
        """Bilinear for measured values, nearest for ids and masks."""
        return Resampling.bilinear if self.kind is BandKind.CONTINUOUS else Resampling.nearest


@dataclass(frozen=True)
class RasterStack:
    """A stack of files' bands."""

    layers: tuple[Layer, ...]
    grid: Grid
    notes: tuple[str, ...] = ()
    area: AreaOfInterest | None = None
    warnings: tuple[str, ...] = ()
    """What was decided of the files' numbers and changes a result, in plain sentences."""

    @property
    def names(self) -> tuple[str, ...]:
        """The bands, in the order they are read."""
        return tuple(layer.name for layer in self.layers)

    def select(self, names: Sequence[str]) -> "RasterStack":
        """Return the same stack with these bands in this order.

        Raises:
            BandError: A band is not in the stack.
        """
        return replace(self, layers=tuple(self.layers[place] for place in places(self, names)))

    @contextmanager
    def open(self) -> Iterator[StackReader]:
        """Open every file once for each way of resampling."""
        files: dict[tuple[Path, Resampling], FileReader] = {}
        reads: dict[tuple[int, Path, Resampling], list[int]] = {}
        with ExitStack() as opened:
            for place, layer in enumerate(self.layers):
                for rank, source in enumerate(layer.sources):
                    file = source.path, layer.resampling
                    if file not in files:
                        view = open_on_grid(source.path, self.grid, layer.resampling)
                        files[file] = opened.enter_context(view)
                    reads.setdefault((rank, *file), []).append(place)
            parts = [
                _Part(files[path, resampling], rank, tuple(reads[rank, path, resampling]))
                for rank, path, resampling in sorted(reads, key=lambda read: read[0])
            ]
            yield _RasterReader(self, tuple(parts))


@dataclass(frozen=True)
class _Part:
    """What one file gives: its place among a scene's parts, and the bands of the stack."""

    file: FileReader
    rank: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class _RasterReader:
    stack: RasterStack
    parts: tuple[_Part, ...]

    def read(self, window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside the grid, NaN where missing."""
        check_inside(window, self.stack.grid)
        shape = len(self.stack.layers), int(window.height), int(window.width)
        values = np.empty(shape, dtype=np.float32)
        for part in self.parts:
            here = list(part.places)
            sources = [self.stack.layers[place].sources[part.rank] for place in here]
            if part.rank == 0:
                values[here] = part.file.read(sources, window)
            elif (lacking := np.isnan(values[here])).any():
                values[here] = np.where(lacking, part.file.read(sources, window), values[here])
        if self.stack.area is not None:
            values[:, self.stack.area.outside(self.stack.grid.window(window))] = np.nan
        return values


@dataclass(frozen=True, eq=False)
class ArrayStack:
    """A stack that already lies in memory: tests, simulated scenes, notebooks."""

    values: NDArray[np.float32]
    names: tuple[str, ...]
    grid: Grid
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        expected = len(self.names), *self.grid.shape
        if self.values.shape != expected:
            raise GridError(
                f"values of shape {self.values.shape} do not fit the names and the grid; "
                f"expected (band, y, x) = {expected}"
            )

    def select(self, names: Sequence[str]) -> "ArrayStack":
        """Return the same stack with these bands in this order.

        Raises:
            BandError: A band is not in the stack.
        """
        return replace(self, values=self.values[places(self, names)], names=tuple(names))

    @contextmanager
    def open(self) -> Iterator[StackReader]:
        """Give the reader; there is nothing to open."""
        yield _ArrayReader(self)


@dataclass(frozen=True, eq=False)
class _ArrayReader:
    stack: ArrayStack

    def read(self, window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside the grid, NaN where missing."""
        check_inside(window, self.stack.grid)
        rows, cols = window.toslices()
        values = self.stack.values[:, rows, cols].astype(np.float32)
        values[~np.isfinite(values)] = np.nan
        return values


def places(stack: Stack, names: Sequence[str]) -> list[int]:
    """Return where the named bands stand in the stack.

    Raises:
        BandError: A band is not in the stack.
    """
    missing = [name for name in names if name not in stack.names]
    if missing:
        raise BandError(
            f"the stack has no band {', '.join(missing)}; its bands are {', '.join(stack.names)}"
        )
    return [stack.names.index(name) for name in names]


def check_inside(window: Window, grid: Grid) -> None:
    """Refuse a window that reaches outside the grid.

    Raises:
        GridError: It does.
    """
    right, bottom = window.col_off + window.width, window.row_off + window.height
    starts_inside = window.col_off >= 0 and window.row_off >= 0
    if not (starts_inside and right <= grid.width and bottom <= grid.height):
        raise GridError(
            f"window {window} reaches outside the grid of {grid.height} rows x {grid.width} "
            "columns; ask for pixels inside it"
        )
