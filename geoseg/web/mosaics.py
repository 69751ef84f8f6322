"""A band whose scene comes in parts -> one small raster to draw, made once."""

import os
import secrets
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

from geoseg.grid import Grid
from geoseg.stack.blocks import blocks
from geoseg.stack.common_grid import common_grid
from geoseg.stack.source import BandSource, inspect_raster
from geoseg.stack.stack import Layer, RasterStack
from geoseg.tasks import BandKind
from geoseg.web.layers import Source
from geoseg.web.places import allowed
from geoseg.workspace.files import make_folder, root

LONGEST = 4096
"""Pixels of the longer side: what is drawn without overviews at once."""
PREVIEWS = "previews"


def drawn_from(sources: Sequence[BandSource], kind: BandKind = BandKind.CONTINUOUS) -> Source:
    """Return the file and band to draw: the only one, or a mosaic of all.

    Args:
        sources: Where a band is read from, the one that counts first before the others.
        kind: Decides how pixels of the mosaic are resampled.

    Raises:
        WorkspaceError: A file lies where the server shows nothing.
    """
    first, *more = sources
    if not more:
        return first.path, first.index
    files = [allowed(source.path) for source in sources]
    state = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    name = sha256(repr((state, [s.index for s in sources], kind)).encode()).hexdigest()
    copy = make_folder(root() / PREVIEWS) / f"{name[:32]}.tif"
    if not copy.is_file():
        infos = [inspect_raster(path) for path in files]
        grid, _ = common_grid(infos, [[info.path for info in infos]])
        _write(RasterStack((Layer("band", first, kind, more=tuple(more)),), _smaller(grid)), copy)
    return copy, 1


def _smaller(grid: Grid) -> Grid:
    factor = max(1.0, max(grid.shape) / LONGEST)
    width, height = (max(1, round(side / factor)) for side in (grid.width, grid.height))
    stretch = Affine.scale(grid.width / width, grid.height / height)
    return Grid(grid.crs, grid.transform @ stretch, width, height)


def _write(stack: RasterStack, copy: Path) -> None:
    """Write the stack's one band block by block; a file appears whole or not at all."""
    grid = stack.grid
    draft = copy.with_name(f".{copy.name}.{os.getpid()}.{secrets.token_hex(4)}.tif")
    profile = {
        "driver": "GTiff", "crs": grid.crs, "transform": grid.transform, "width": grid.width,
        "height": grid.height, "count": 1, "dtype": "float32", "nodata": np.nan, "tiled": True,
        "compress": "deflate",
    }  # fmt: skip
    try:
        with stack.open() as reader, rasterio.open(draft, "w", **profile) as file:
            for window in blocks(grid):
                file.write(reader.read(window)[0], 1, window=window)
        draft.replace(copy)
    finally:
        draft.unlink(missing_ok=True)
