"""Windows of a grid -> float32 values of files' bands, resampled where the grids differ."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from geoseg.ellipsoid import horizontal
from geoseg.grid import Grid
from geoseg.stack.common_grid import whole_offset
from geoseg.stack.gtiff import cut_off, open_gtiff
from geoseg.stack.source import BandSource

# A hundredth of a pixel: finer than any map, and many times faster than exact reprojection.
TOLERANCE_PIXELS = 0.01


@dataclass(frozen=True)
class FileReader:
    """An open file seen on a grid.

    Attributes:
        path: The file.
        dataset: It, or its view on the grid where pixels do not line up.
        offset: The grid's corner in the dataset (row, column).
        zeros_count: True where 0 is a value although the file declares it as no data.
    """

    path: Path
    dataset: DatasetReader | WarpedVRT
    offset: tuple[int, int] = (0, 0)
    zeros_count: bool = False

    def read(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) in the bands' own units, NaN where missing or outside the file.

        Raises:
            RasterError: The file cannot be read to the end.
        """
        shape = int(window.height), int(window.width)
        values = np.full((len(bands), *shape), np.nan, dtype=np.float32)
        top, left = int(window.row_off) + self.offset[0], int(window.col_off) + self.offset[1]
        row0, row1 = np.clip([top, top + shape[0]], 0, self.dataset.height).tolist()
        col0, col1 = np.clip([left, left + shape[1]], 0, self.dataset.width).tolist()
        if row0 < row1 and col0 < col1:
            inside = Window(col0, row0, col1 - col0, row1 - row0)
            target = (slice(row0 - top, row1 - top), slice(col0 - left, col1 - left))
            values[:, *target] = self._read_inside(bands, inside)
        return values

    def _read_inside(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        indexes = [band.index for band in bands]
        try:
            values = self.dataset.read(indexes, window=window, out_dtype=np.float32)
            if self._needs_masks(indexes):
                values[self.dataset.read_masks(indexes, window=window) == 0] = np.nan
        except RasterioError:
            raise cut_off(self.path) from None
        values[~np.isfinite(values)] = np.nan
        for place, band in enumerate(bands):
            if (band.scale, band.offset) != (1.0, 0.0):
                values[place] = values[place] * band.scale + band.offset
        return values

    def _needs_masks(self, indexes: Sequence[int]) -> bool:
        """Tell whether missing pixels are marked otherwise than by NaN among the values."""
        nodata = self.dataset.nodata
        marked = {MaskFlags.all_valid}
        if nodata is not None and np.isnan(nodata):
            marked.add(MaskFlags.nodata)
        flags = (self.dataset.mask_flag_enums[index - 1] for index in indexes)
        return not self.zeros_count and not all(marked.intersection(flag) for flag in flags)


@contextmanager
def open_on_grid(
    path: Path, grid: Grid, resampling: Resampling, *, zeros_count: bool = False
) -> Iterator[FileReader]:
    """Open a file so that windows of the grid can be read from it.

    Pixels that line up with the grid are read as they are; all others are resampled.

    Args:
        path: A GeoTIFF.
        grid: Where windows are counted.
        resampling: For pixels that do not line up.
        zeros_count: True reads 0 as a value although the file declares it as no data.
    """
    with open_gtiff(path) as dataset:
        offset = None
        if horizontal(dataset.crs) == grid.crs:
            offset = whole_offset(dataset.transform, grid.transform)
        if offset is not None:
            yield FileReader(path, dataset, offset, zeros_count)
            return
        nodata = None if zeros_count else _storable_nodata(dataset)
        with _warped(dataset, grid, resampling, nodata) as vrt:
            yield FileReader(path, vrt, zeros_count=zeros_count)


def _warped(
    dataset: DatasetReader, grid: Grid, resampling: Resampling, nodata: float | None
) -> WarpedVRT:
    """Return the file seen on the grid, float32, NaN where missing."""
    return WarpedVRT(
        dataset,
        crs=grid.crs,
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=resampling,
        src_nodata=nodata,
        nodata=np.nan,
        dtype="float32",
        tolerance=TOLERANCE_PIXELS,
        UNIFIED_SRC_NODATA="NO",  # a band missing somewhere must not lend its neighbours' holes
    )


def _storable_nodata(dataset: DatasetReader) -> float | None:
    """Return the nodata value, None where none is stated or the values can never hold it."""
    kind = np.dtype(dataset.dtypes[0])
    if dataset.nodata is None:
        return np.nan if kind.kind == "f" else None
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        return dataset.nodata if limits.min <= dataset.nodata <= limits.max else None
    return dataset.nodata
