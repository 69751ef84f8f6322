"""A large raster without overviews -> a small copy of one band for far views, made once.

Without it every far tile of such a file would read all of it.
"""

import os
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.io import DatasetReader

from geoseg.web.layers import Source
from geoseg.web.rasters import Box, check_band, opened, read_small
from geoseg.workspace.files import make_folder, root

LARGE_PIXELS = 4096
"""A raster with a longer side needs overviews to be drawn at once."""
PREVIEW_PIXELS = 2048
PREVIEWS = "previews"

_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def fit_for(source: Source, view: Box | None) -> Iterator[tuple[DatasetReader, int]]:
    """Open what draws a view fastest: the file itself or its small copy.

    Args:
        source: File and band.
        view: Bounds, metres of the web map; None for the whole.

    Yields:
        The open dataset and the band in it.
    """
    path, band = source
    with opened(path) as dataset:
        check_band(dataset, band)
        if not _needs_preview(dataset) or (view is not None and _is_near(dataset, view)):
            yield dataset, band
            return
    with opened(_preview(source)) as small:
        yield small, 1


def _needs_preview(dataset: DatasetReader) -> bool:
    return max(dataset.shape) > LARGE_PIXELS and not dataset.overviews(1)


def _is_near(dataset: DatasetReader, view: Box) -> bool:
    """Tell whether a tile shows less of the raster than the small copy resolves."""
    metres = dataset.crs.linear_units_factor[1] if dataset.crs.is_projected else 111_320.0
    longest_m = max(dataset.shape) * max(dataset.res) * metres
    return (view[2] - view[0]) / 256 < longest_m / PREVIEW_PIXELS


def _preview(source: Source) -> Path:
    """Return the small copy, made by the first who asks."""
    path, band = source
    state = path.stat()
    name = sha256(repr((str(path), band, state.st_mtime_ns, state.st_size)).encode()).hexdigest()
    copy = make_folder(root() / PREVIEWS) / f"{name[:32]}.tif"
    with _locks[copy]:
        if not copy.is_file():
            _write(source, copy)
    return copy


def _write(source: Source, copy: Path) -> None:
    path, band = source
    draft = copy.with_name(f".{copy.name}.{os.getpid()}.{secrets.token_hex(4)}.tif")
    with opened(path) as dataset:
        values = read_small(dataset, band, PREVIEW_PIXELS)
        height, width = values.shape
        stretch = Affine.scale(dataset.width / width, dataset.height / height)
        profile = {
            "driver": "GTiff", "crs": dataset.crs, "transform": dataset.transform @ stretch,
            "width": width, "height": height, "count": 1, "dtype": "float32", "nodata": np.nan,
            "tiled": True, "compress": "deflate",
        }  # fmt: skip
    try:
        with rasterio.open(draft, "w", **profile) as file:
            file.write(values, 1)
        draft.replace(copy)
    finally:
        draft.unlink(missing_ok=True)
