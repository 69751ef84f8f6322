"""A file's own pixels -> the same on another grid, NaN where missing, block by block.

The file is read, and told what is missing, on its own grid; only then is it resampled. So every
band keeps its own no-data values, and a hole lends nothing to its neighbours.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.warp import reproject, transform
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.stack.source import BandSource

# A hundredth of a pixel: finer than any map, and many times faster than exact reprojection.
TOLERANCE_PIXELS = 0.01
BLOCK = 256
"""Pixels: side of the blocks that are resampled at once, whatever window is asked for."""
SMALLEST_BLOCK = 16
KEPT_BYTES = 64 * 2**20
"""What is kept of resampled blocks; part of a run's memory."""
NODES = 9
"""Places along the side of a block whose pixels are looked up in the file."""


class Source(Protocol):
    """Pixels on their own grid."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    def read(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside, NaN where missing."""
        ...


@dataclass(frozen=True, eq=False)
class MovedPixels:
    """A file's pixels seen on a grid with which they do not line up.

    Attributes:
        own: The file's pixels on their own grid.
        crs: Of the file.
        place: Transform of the file.
        grid: The grid it is seen on.
        resampling: How.
        stretch: Pixels of the file along one pixel of the grid, at least 1.
    """

    own: Source
    crs: CRS
    place: Affine
    grid: Grid
    resampling: Resampling
    stretch: float
    kept: OrderedDict[tuple[object, ...], NDArray[np.float32]] = field(default_factory=OrderedDict)

    @classmethod
    def of(
        cls, own: Source, dataset: DatasetReader, grid: Grid, resampling: Resampling
    ) -> "MovedPixels":
        """Return the view of an open file on a grid."""
        view = cls(own, dataset.crs, dataset.transform, grid, resampling, 1.0)
        row, col = grid.height / 2, grid.width / 2
        rows, cols = view._in_file(np.array([row, row + 1, row]), np.array([col, col, col + 1]))
        steps = np.hypot(rows[1:] - rows[0], cols[1:] - cols[0])
        steps = steps[np.isfinite(steps)]
        return cls(
            own,
            view.crs,
            view.place,
            grid,
            resampling,
            float(max(1.0, *steps)) if steps.size else 1.0,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.grid.shape

    @property
    def side(self) -> int:
        """Side of a block, pixels; shorter where a pixel holds many of the file."""
        return max(SMALLEST_BLOCK, int(BLOCK / self.stretch))

    def read(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside the grid, NaN where missing.

        Raises:
            RasterError: The file cannot be read to the end.
        """
        (top, bottom), (left, right) = window.toranges()
        values = np.empty((len(bands), bottom - top, right - left), dtype=np.float32)
        side = self.side
        for row in range(top // side * side, bottom, side):
            for col in range(left // side * side, right, side):
                block = self._block(tuple(bands), row, col)
                rows = slice(max(row, top), min(row + block.shape[1], bottom))
                cols = slice(max(col, left), min(col + block.shape[2], right))
                values[
                    :, rows.start - top : rows.stop - top, cols.start - left : cols.stop - left
                ] = block[:, rows.start - row : rows.stop - row, cols.start - col : cols.stop - col]
        return values

    def _block(self, bands: tuple[BandSource, ...], row: int, col: int) -> NDArray[np.float32]:
        """Return the block whose corner that is, from among those kept where it is."""
        key = (bands, row, col)
        if key not in self.kept:
            self.kept[key] = self._resampled(bands, row, col)
            while len(self.kept) > 1 and sum(b.nbytes for b in self.kept.values()) > KEPT_BYTES:
                self.kept.popitem(last=False)
        self.kept.move_to_end(key)
        return self.kept[key]

    def _resampled(self, bands: Sequence[BandSource], row: int, col: int) -> NDArray[np.float32]:
        height, width = (
            min(self.side, length - start)
            for length, start in zip(self.grid.shape, (row, col), strict=True)
        )
        block = np.full((len(bands), height, width), np.nan, dtype=np.float32)
        window = self._needed(row, col, height, width)
        if window is None:
            return block
        values = self.own.read(bands, window)
        if not np.isfinite(values).any():
            return block
        reproject(
            values,
            block,
            src_transform=self.place @ Affine.translation(window.col_off, window.row_off),
            src_crs=self.crs,
            dst_transform=self.grid.transform @ Affine.translation(col, row),
            dst_crs=self.grid.crs,
            src_nodata=np.nan,
            dst_nodata=np.nan,
            resampling=self.resampling,
            tolerance=TOLERANCE_PIXELS,
            UNIFIED_SRC_NODATA="NO",  # a band missing somewhere must not lend its neighbours' holes
        )
        return block

    def _needed(self, row: int, col: int, height: int, width: int) -> Window | None:
        """Return the file's pixels that a block takes values from; None where it has none."""
        down, along = np.linspace(row, row + height, NODES), np.linspace(col, col + width, NODES)
        rows, cols = (found.ravel() for found in self._in_file(*np.meshgrid(down, along)))
        seen = np.isfinite(rows) & np.isfinite(cols)
        if not seen.any():
            return None
        # Bilinear takes one pixel around, as many more as a pixel of the grid covers.
        spare = 3 + 2 * math.ceil(self.stretch)
        edges = []
        for places, length in zip((rows[seen], cols[seen]), self.own.shape, strict=True):
            low = max(0, math.floor(places.min()) - spare)
            high = min(length, math.ceil(places.max()) + spare)
            if low >= high:
                return None
            edges.append((low, high))
        (top, bottom), (left, right) = edges
        return Window(left, top, right - left, bottom - top)

    def _in_file(
        self, rows: NDArray[np.float64], cols: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where places of the grid lie in the file, (row, column) in pixels."""
        x, y = _at(self.grid.transform, cols, rows)
        if self.crs != self.grid.crs:
            found = transform(self.grid.crs, self.crs, x.ravel().tolist(), y.ravel().tolist())
            x, y = (np.array(values).reshape(rows.shape) for values in found[:2])
        if self.crs.is_geographic:
            middle = (self.place @ (self.own.shape[1] / 2, self.own.shape[0] / 2))[0]
            turn = 2 * math.pi / self.crs.units_factor[1]
            x = middle + (x - middle + turn / 2) % turn - turn / 2
        col, row = _at(~self.place, x, y)
        return row, col


def _at(
    place: Affine, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return place.a * x + place.b * y + place.c, place.d * x + place.e * y + place.f
