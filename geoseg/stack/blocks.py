"""A grid -> windows that cover it, or a spread sample of it, so that memory stays bounded."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from rasterio.windows import Window

from geoseg.grid import Grid

BLOCK_PIXELS = 512
SAMPLE_PIXELS = 128


def blocks(grid: Grid, size: int = BLOCK_PIXELS) -> Iterator[Window]:
    """Yield windows of at most size x size pixels that cover the grid once, row by row."""
    for row in range(0, grid.height, size):
        for col in range(0, grid.width, size):
            yield Window(col, row, min(size, grid.width - col), min(size, grid.height - row))


def strips(grid: Grid) -> Iterator[tuple[int, list[Window]]]:
    """Yield the same windows by their first row, with that row: what a raster is written by."""
    for row, strip in groupby(blocks(grid), key=lambda window: int(window.row_off)):
        yield row, list(strip)


def spread_windows(grid: Grid, max_pixels: int, size: int = SAMPLE_PIXELS) -> list[Window]:
    """Return windows spread evenly over the grid that hold about `max_pixels` together.

    A grid with fewer pixels is covered whole.
    """
    if grid.width * grid.height <= max_pixels:
        return list(blocks(grid))
    wanted = max(1.0, max_pixels / size**2)
    across = min(wanted, max(1.0, (wanted * grid.width / grid.height) ** 0.5))
    cols = _starts(grid.width, size, across)
    rows = _starts(grid.height, size, wanted / across)
    width, height = min(size, grid.width), min(size, grid.height)
    return [Window(col, row, width, height) for row in rows for col in cols]


def _starts(length: int, size: int, count: float) -> list[int]:
    """Return where windows start so that they are spread from edge to edge, without overlap."""
    most = max(1, length // size)
    number = min(most, max(1, round(count)))
    if number == 1:
        return [max(0, (length - size) // 2)]
    return np.linspace(0, length - size, number).astype(int).tolist()
