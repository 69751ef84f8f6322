"""A window of a stack -> its values with some pixels around, NaN where the grid ends."""

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.stack.stack import StackReader


def read_with_margin(
    reader: StackReader, grid: Grid, window: Window, margin: int
) -> NDArray[np.float32]:
    """Read a window and `margin` pixels on every side, so that neighbourhoods are whole.

    Args:
        reader: An open stack.
        grid: Its grid.
        window: Inside the grid.
        margin: Pixels.

    Returns:
        (band, y + 2 margin, x + 2 margin); NaN beyond the grid.
    """
    top, left = int(window.row_off) - margin, int(window.col_off) - margin
    bottom = int(window.row_off + window.height) + margin
    right = int(window.col_off + window.width) + margin
    row0, row1 = max(0, top), min(grid.height, bottom)
    col0, col1 = max(0, left), min(grid.width, right)
    inside = reader.read(Window(col0, row0, col1 - col0, row1 - row0))
    beyond = ((0, 0), (row0 - top, bottom - row1), (col0 - left, right - col1))
    return np.pad(inside, beyond, constant_values=np.nan)
