"""An uploaded file -> a sentence on what it holds, or why it is refused.

A file is judged and opened as a run will open it, by the same readers.
"""

from collections.abc import Callable
from pathlib import Path

from geoseg.errors import ReferenceMapError
from geoseg.stack.shapes import describe
from geoseg.stack.source import inspect_raster
from geoseg.stack.vector_formats import FORMATS
from geoseg.tasks.words import in_line

NEEDS_OTHERS = {".shp"}
"""Formats of several files: they come in one zip."""


def check(path: Path) -> str:
    """Return what the file holds in plain words.

    Raises:
        RasterError: A raster that cannot be used.
        GridError: Its coordinate reference system cannot be used.
        ReferenceMapError: Outlines that cannot be used.
    """
    return ENDINGS[path.suffix.lower()](path)


def _raster(path: Path) -> str:
    info = inspect_raster(path)
    bands = f"{len(info.bands)} bands" if len(info.bands) > 1 else "1 band"
    return f"{bands}, {info.grid.words()}"


def _shapes(path: Path) -> str:
    full = [layer for layer in describe(path, ReferenceMapError) if layer.count]
    if not full:
        raise ReferenceMapError(f"{path.name} holds no outlines; export it with its shapes")
    if len(full) == 1:
        return full[0].words()
    names = in_line([f"{layer.name} ({layer.words()})" for layer in full])
    return f"{len(full)} layers: {names}"


ENDINGS: dict[str, Callable[[Path], str]] = {
    ".tif": _raster,
    ".tiff": _raster,
    **{ending: _shapes for ending in FORMATS if ending not in NEEDS_OTHERS},
}
