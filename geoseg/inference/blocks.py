"""A stack -> blocks of rows as tall as a tile, each row read once, the next ones read ahead."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.inference.tiles import Axis
from geoseg.stack.stack import Stack

NO_DATA = 255
"""Coverage of a pixel at which every band is missing; elsewhere it is percent."""


@dataclass(frozen=True)
class Block:
    """The rows of one row of tiles; rows beyond the scene are mirrored.

    Attributes:
        values: (band, y, x), NaN where missing; x is the scene's width.
        coverage: (y, x), percent of the bands present, `NO_DATA` where none is.
    """

    values: NDArray[np.float32]
    coverage: NDArray[np.uint8]


def read_blocks(stack: Stack, rows: Axis) -> Generator[Block]:
    """Yield the block of every row of tiles, top to bottom."""
    bands, width = len(stack.names), stack.grid.width
    values = np.empty((bands, rows.size, width), np.float32)
    coverage = np.empty((rows.size, width), np.uint8)
    first, end = 0, 0
    with _ReadAhead(stack) as reader:
        pending = reader.start(0, min(rows.size, rows.length))
        for index, origin in enumerate(rows.origins):
            places = rows.folded(origin, origin + rows.size)
            kept = slice(int(places.min()) - first, end - first)
            first = int(places.min())
            filled = kept.stop - kept.start
            values[:, :filled], coverage[:filled] = values[:, kept], coverage[kept]
            end = min(origin + rows.size, rows.length)
            new = slice(filled, end - first)
            values[:, new] = pending.result()
            coverage[new] = cover(values[:, new])
            if index + 1 < len(rows.origins):
                pending = reader.start(end, min(rows.origins[index + 1] + rows.size, rows.length))
                yield Block(values, coverage)
            else:
                yield Block(values[:, places - first], coverage[places - first])


def cover(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the percent of bands present at every pixel; infinite values become NaN in place."""
    present = np.zeros(values.shape[1:], np.uint16)
    for band in values:
        finite = np.isfinite(band)
        present += finite
        band[~finite] = np.nan
    percent = np.rint(present * (100 / len(values))).astype(np.uint8)
    # One band of very many is still some data.
    return np.where(present > 0, np.maximum(percent, 1), NO_DATA).astype(np.uint8)


_OPEN: set["_ReadAhead"] = set()
"""A reader whose generator was abandoned must not lose its thread before it closes the files: the
collector ends the threads of an executor it finds unreachable, and closing would wait forever."""


class _ReadAhead:
    """Reads rows in one thread of its own, which opens, reads and closes the files."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._opened = stack.open()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")

    def __enter__(self) -> Self:
        try:
            self._reader = self._thread.submit(self._opened.__enter__).result()
        except BaseException:
            self._thread.shutdown()
            raise
        _OPEN.add(self)
        return self

    def start(self, first: int, end: int) -> Future[NDArray[np.float32]]:
        """Begin to read the rows from `first` up to `end`."""
        window = Window(0, first, self._stack.grid.width, end - first)
        return self._thread.submit(self._reader.read, window)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._thread.submit(self._opened.__exit__, kind, error, trace).result()
        finally:
            _OPEN.discard(self)
            self._thread.shutdown(cancel_futures=True)
