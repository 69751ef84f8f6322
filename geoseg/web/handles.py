"""Open GeoTIFFs kept for the next tile, so that blocks once unpacked serve its neighbours too.

A handle serves one reader at a time; a changed file gets a new one.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rasterio
from rasterio.errors import RasterioIOError
from rasterio.io import DatasetReader

from geoseg.errors import RasterError

# TRUE looks for overviews and masks beside the file by name and lists no folder.
GDAL = {"GDAL_DISABLE_READDIR_ON_OPEN": "TRUE", "GDAL_CACHEMAX": 256 * 2**20}
MOST_IDLE = 32
IDLE_S = 120.0
Key = tuple[Path, int, int]


class Handles:
    """Files that wait open for their next reader."""

    def __init__(self, most: int = MOST_IDLE, idle_s: float = IDLE_S) -> None:
        self.most = most
        self.idle_s = idle_s
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Key, DatasetReader]] = []

    @contextmanager
    def borrow(self, path: Path) -> Iterator[DatasetReader]:
        """Lend an open GeoTIFF; one that failed its reader is closed.

        Raises:
            RasterError: The file is missing or no GeoTIFF.
        """
        with rasterio.Env(**GDAL):
            key = _key(path)
            dataset = self._take(key) or _opened(path)
            try:
                yield dataset
            except BaseException:
                dataset.close()
                raise
            self._give_back(key, dataset)

    def close_idle(self, older_than_s: float | None = None) -> None:
        """Close what nobody asked for lately, so that deleted files free their disk."""
        limit = self.idle_s if older_than_s is None else older_than_s
        with self._lock:
            now = time.monotonic()
            old = [entry for entry in self._idle if now - entry[0] > limit]
            self._idle = [entry for entry in self._idle if now - entry[0] <= limit]
            too_many = self._idle[: max(0, len(self._idle) - self.most)]
            self._idle = self._idle[len(too_many) :]
        for entry in (*old, *too_many):
            entry[2].close()

    def _take(self, key: Key) -> DatasetReader | None:
        """Return the handle of that file used last, whose blocks are the freshest."""
        with self._lock:
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place][1] == key:
                    return self._idle.pop(place)[2]
        return None

    def _give_back(self, key: Key, dataset: DatasetReader) -> None:
        with self._lock:
            self._idle.append((time.monotonic(), key, dataset))
        self.close_idle()


def _key(path: Path) -> Key:
    try:
        state = path.stat()
    except OSError:
        raise _unreadable(path) from None
    return path, state.st_mtime_ns, state.st_size


def _opened(path: Path) -> DatasetReader:
    """Open a GeoTIFF and nothing else: other drivers may name further files."""
    try:
        return rasterio.open(path, driver="GTiff")
    except RasterioIOError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> RasterError:
    return RasterError(f"{path.name} cannot be read as a GeoTIFF; upload or compute it again")


HANDLES = Handles()
