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
from rasterio.windows import Window

from geoseg.ellipsoid import horizontal
from geoseg.grid import Grid
from geoseg.stack.alpha import hidden
from geoseg.stack.common_grid import whole_offset
from geoseg.stack.gtiff import cut_off, open_gtiff
from geoseg.stack.missing import Stored, values_of
from geoseg.stack.moving import MovedPixels
from geoseg.stack.source import BandSource


@dataclass(frozen=True)
class OwnPixels:
    """An open file on its own grid: what is missing is told here, and nowhere else.

    Attributes:
        path: The file.
        dataset: It, open.
        zeros_count: True where 0 is a value although the file declares it as no data.
    """

    path: Path
    dataset: DatasetReader
    zeros_count: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.dataset.height, self.dataset.width

    def read(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) of a window inside the file, NaN where missing.

        Every band has its own no-data value and fills; masks and transparency hide all of them.

        Raises:
            RasterError: The file cannot be read to the end.
        """
        stored, holes = self.stored(bands, window)
        values = np.stack(
            [
                values_of(numbers, band, zeros_count=self.zeros_count)
                for numbers, band in zip(stored, bands, strict=True)
            ]
        )
        values[holes] = np.nan
        return values

    def stored(
        self, bands: Sequence[BandSource], window: Window
    ) -> tuple[list[Stored], NDArray[np.bool_]]:
        """Return every band's numbers in its own type, (y, x), and what is hidden, (band, y, x).

        Raises:
            RasterError: The file cannot be read to the end.
        """
        indexes = [band.index for band in bands]
        types = {self.dataset.dtypes[index - 1] for index in indexes}
        try:
            if len(types) == 1:
                numbers = list(self.dataset.read(indexes, window=window))
            else:
                numbers = [self.dataset.read(index, window=window) for index in indexes]
            return numbers, self._hidden(bands, window)
        except RasterioError:
            raise cut_off(self.path) from None

    def _hidden(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.bool_]:
        """Return (band, y, x): True where a mask or transparency says that nothing is there."""
        shape = len(bands), int(window.height), int(window.width)
        holes = np.zeros(shape, dtype=bool)
        alpha = sorted({index for band in bands for index in band.alpha})
        if alpha:
            holes |= hidden(self.dataset.read(alpha, window=window))
        flags = self.dataset.mask_flag_enums
        for place, band in enumerate(bands):
            if _has_mask(flags[band.index - 1], band):
                holes[place] |= self.dataset.read_masks(band.index, window=window) == 0
        return holes


def _has_mask(flags: Sequence[MaskFlags], band: BandSource) -> bool:
    """Tell whether GDAL alone knows: a mask, or a 64-bit value that no float can hold."""
    if MaskFlags.nodata in flags and MaskFlags.per_dataset not in flags:
        return band.nodata is None
    return MaskFlags.all_valid not in flags and MaskFlags.alpha not in flags


@dataclass(frozen=True)
class FileReader:
    """An open file seen on a grid.

    Attributes:
        pixels: Those of the file, or its view on the grid where pixels do not line up.
        offset: The grid's corner in them (row, column).
    """

    pixels: OwnPixels | MovedPixels
    offset: tuple[int, int] = (0, 0)

    def read(self, bands: Sequence[BandSource], window: Window) -> NDArray[np.float32]:
        """Return (band, y, x) in the bands' own units, NaN where missing or outside the file.

        Raises:
            RasterError: The file cannot be read to the end.
        """
        shape = int(window.height), int(window.width)
        values = np.full((len(bands), *shape), np.nan, dtype=np.float32)
        top, left = int(window.row_off) + self.offset[0], int(window.col_off) + self.offset[1]
        height, width = self.pixels.shape
        row0, row1 = np.clip([top, top + shape[0]], 0, height).tolist()
        col0, col1 = np.clip([left, left + shape[1]], 0, width).tolist()
        if row0 < row1 and col0 < col1:
            inside = Window(col0, row0, col1 - col0, row1 - row0)
            target = (slice(row0 - top, row1 - top), slice(col0 - left, col1 - left))
            values[:, *target] = self.pixels.read(bands, inside)
        return values


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
        own = OwnPixels(path, dataset, zeros_count)
        offset = None
        if horizontal(dataset.crs) == grid.crs:
            offset = whole_offset(dataset.transform, grid.transform)
        if offset is not None:
            yield FileReader(own, offset)
        else:
            yield FileReader(MovedPixels.of(own, dataset, grid, resampling))
