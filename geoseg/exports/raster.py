"""Strips of rows -> one Cloud Optimized GeoTIFF that appears whole or not at all."""

import zlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError  # what the copy raises when the disk fills
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geoseg import __version__
from geoseg.errors import DiskError, ExportError
from geoseg.exports.disk import need_space, whole, write_failure
from geoseg.files.sides import remove_statistics
from geoseg.grid import Grid
from geoseg.settings import RunSettings

BLOCK = 512
"""Pixels: side of the product's internal tiles."""

GDAL_FAULTS = (RasterioError, CPLE_BaseError)

SMALL_CACHE = {"GDAL_CACHEMAX": 64 * 2**20}
"""A raster of any size passes through this many bytes of GDAL's cache."""


def run_tags(settings: RunSettings, simulated: bool = False) -> dict[str, str]:
    """Return what every raster of a run says about itself in its tags."""
    tags = {"GEOSEG_SETTINGS": settings.model_dump_json(), "GEOSEG_TASK": settings.task}
    return tags | ({"SIMULATED": "yes"} if simulated else {})


def disk_need_bytes(grid: Grid, bands: int = 1, dtype: str = "float32") -> int:
    """Return the most that writing one raster may take, the temporary file included."""
    raw = grid.width * grid.height * bands * np.dtype(dtype).itemsize
    return int(raw * (2 + 2 / 3)) + 2**16


@dataclass
class RasterWriter:
    """Takes strips from top to bottom; on leaving the `with` block the GeoTIFF is there.

    Class maps (integers) get overviews by majority, measured values (floats) by average.
    A fault inside the block, or on the disk, leaves an older file of that name as it was.

    Attributes:
        path: The GeoTIFF to make.
        grid: Where the pixels lie.
        bands: One description a band.
        dtype: numpy name of the values.
        nodata: The value of missing pixels; None for none.
        tags: Further tags; GEOSEG_VERSION comes by itself.

    Raises:
        DiskError: The disk is full or the folder is not writable.
        ExportError: The strips leave rows out or overlap.
    """

    path: Path
    grid: Grid
    bands: Sequence[str]
    dtype: str = "float32"
    nodata: float | None = float("nan")
    tags: Mapping[str, str] = field(default_factory=dict)
    _stack: ExitStack = field(init=False, repr=False, default_factory=ExitStack)
    _checks: list[tuple[int, int, int]] = field(init=False, repr=False, default_factory=list)
    _rows: int = field(init=False, repr=False, default=0)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._target = stack.enter_context(whole(self.path, self._raw_bytes))
            need_space(self.path.parent, self._raw_bytes, self.path.name)
            self._raw = self._target.with_suffix(".raw.tif")
            self._dataset = stack.enter_context(self._create())
            self._stack = stack.pop_all()
        return self

    def write(self, row: int, values: NDArray[Any]) -> None:
        """Write a strip that starts at `row`: (y, x), or (band, y, x) where there are several."""
        strip = np.ascontiguousarray(values, self.dtype).reshape(-1, *values.shape[-2:])
        bands, height, width = strip.shape
        if row != self._rows or (bands, width) != (len(self.bands), self.grid.width):
            raise ExportError(
                f"{self.path.name}: got a strip {strip.shape} at row {row}; expected row "
                f"{self._rows}, {len(self.bands)} bands and {self.grid.width} columns"
            )
        need_space(self.path.parent, strip.nbytes, f"the next part of {self.path.name}")
        try:
            with rasterio.Env(**SMALL_CACHE):
                self._dataset.write(strip, window=Window(0, row, width, height))
        except GDAL_FAULTS as error:
            raise self._failure(str(error)) from error
        self._checks.append((row, height, zlib.crc32(strip.data)))
        self._rows += height

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if fault is not None:
                raise fault  # the temporary folder then goes, and nothing is renamed
            if self._rows != self.grid.height:
                raise ExportError(
                    f"{self.path.name}: got {self._rows} rows, expected {self.grid.height}"
                )
            self._dataset.close()
            with rasterio.Env(**SMALL_CACHE):
                self._optimise()
                self._verify()
        remove_statistics(self.path)

    @property
    def _raw_bytes(self) -> int:
        pixels = self.grid.width * self.grid.height
        return pixels * len(self.bands) * np.dtype(self.dtype).itemsize

    @property
    def _is_classes(self) -> bool:
        return np.issubdtype(np.dtype(self.dtype), np.integer)

    def _create(self) -> Any:
        """Open the temporary file: tiled, and plain, so that strips may end inside a tile."""
        try:
            with rasterio.Env(**SMALL_CACHE):
                dataset = rasterio.open(
                    self._raw, "w", driver="GTiff", width=self.grid.width,
                    height=self.grid.height, count=len(self.bands), dtype=self.dtype,
                    nodata=self.nodata, crs=self.grid.crs, transform=self.grid.transform,
                    tiled=True, blockxsize=256, blockysize=256, BIGTIFF="IF_SAFER",
                )  # fmt: skip
        except GDAL_FAULTS as error:
            raise self._failure(str(error)) from error
        for index, name in enumerate(self.bands, start=1):
            dataset.set_band_description(index, name)
        dataset.update_tags(GEOSEG_VERSION=__version__, **self.tags)
        return dataset

    def _optimise(self) -> None:
        """Make the Cloud Optimized GeoTIFF of the temporary file."""
        try:
            rasterio.shutil.copy(
                self._raw, self._target, driver="COG", COMPRESS="DEFLATE", PREDICTOR="YES",
                LEVEL=4, BLOCKSIZE=BLOCK, BIGTIFF="IF_SAFER", NUM_THREADS="ALL_CPUS",
                OVERVIEW_RESAMPLING="MODE" if self._is_classes else "AVERAGE",
            )  # fmt: skip
        except GDAL_FAULTS as error:
            raise self._failure(str(error)) from error

    def _verify(self) -> None:
        """Read every strip back: GDAL reports a disk that fills at closing to nobody."""
        try:
            with rasterio.open(self._target) as written:
                for row, height, expected in self._checks:
                    strip = written.read(window=Window(0, row, self.grid.width, height))
                    if zlib.crc32(np.ascontiguousarray(strip).data) != expected:
                        raise self._failure(f"rows from {row} read back differently")
        except GDAL_FAULTS as error:
            raise self._failure(str(error)) from error

    def _failure(self, reason: str) -> DiskError:
        need = disk_need_bytes(self.grid, len(self.bands), self.dtype)
        return write_failure(self.path.parent, need, self.path.name, reason)
