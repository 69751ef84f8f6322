"""Products of a run -> small pictures over grey ground, as text to put into a page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.windows import Window

from geoseg.figures.styles import LayerStyle
from geoseg.grid import Grid
from geoseg.stack.stack import Layer, RasterStack
from geoseg.tasks import BandKind

SIDE = 800
"""Pixels: the longer side of a picture."""

PAPER, NO_DATA_GREY = 232, 255
NO_DATA = 255
GREYS = 32
"""Steps of the ground; fewer make a smaller page and no eye sees it."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """The grid of a picture: the run's grid, made so small that it fits a page."""

    grid: Grid
    small: Grid

    @classmethod
    def of(cls, grid: Grid, side: int = SIDE) -> "Frame":
        """Return the frame of a run's grid; a small grid of square pixels keeps its own.

        A picture's pixels are square on the ground, whatever those of the grid are.
        """
        longest = max(grid.pixel_sides_m)
        tall, wide = (own / longest for own in grid.pixel_sides_m)
        lengths = grid.width * wide, grid.height * tall
        shrink = max(1.0, max(lengths) / side)
        width, height = (max(1, round(length / shrink)) for length in lengths)
        stretch = rasterio.Affine.scale(grid.width / width, grid.height / height)
        return cls(grid, Grid(grid.crs, grid.transform @ stretch, width, height))

    def edges(self, axis: int) -> NDArray[np.int64]:
        """Return the first row (axis 0) or column (axis 1) of the run under every small one."""
        many, few = self.grid.shape[axis], self.small.shape[axis]
        return np.arange(few) * many // few


def read_ids(path: Path, frame: Frame, ids: Sequence[int], background: int) -> Bytes:
    """Read whole numbers; under a picture's pixel the most frequent of `ids` shows, if any is.

    So a landslide of one pixel is still seen. 255 shows only where nothing else is.

    Args:
        path: A raster of uint8, 255 no data.
        frame: Where the picture lies.
        ids: What must not get lost.
        background: Shows where none of them is.
    """
    rows, columns = frame.edges(0), frame.edges(1)
    ends = [*rows[1:], frame.grid.height]
    picture = np.empty(frame.small.shape, np.uint8)
    shown = np.array([*ids, background], np.uint8)
    with rasterio.open(path) as raster:
        for place, (start, end) in enumerate(zip(rows, ends, strict=True)):
            strip = raster.read(1, window=Window(0, start, frame.grid.width, end - start))
            votes = [np.add.reduceat((strip == value).sum(axis=0), columns) for value in ids]
            # Half a vote for the background: it wins where no id has one.
            winner = np.argmax([*votes, np.full(len(columns), 0.5)], axis=0)
            empty = np.logical_and.reduceat((strip == NO_DATA).all(axis=0), columns)
            picture[place] = np.where(empty, NO_DATA, shown[winner])
    return picture


def read_values(path: Path, frame: Frame, band: int = 2) -> NDArray[np.float32]:
    """Read the feature's band, averaged under every pixel of the picture; NaN no data.

    Args:
        path: One band, or one a class with the background first.
        frame: Where the picture lies.
        band: Which of several, from 1.
    """
    with rasterio.open(path) as raster:
        return raster.read(
            min(band, raster.count), out_shape=frame.small.shape, resampling=Resampling.average
        )


def ground(layers: Sequence[Layer], frame: Frame) -> Bytes:
    """Return the grey ground of every picture, (y, x): terrain, else imagery, else paper."""
    layer = _backdrop(layers)
    if layer is None:
        return np.full(frame.small.shape, PAPER, np.uint8)
    values = _warped(layer, frame)
    if layer.name == "elevation":
        values = hillshade(values, frame.small.pixel_sides_m)
    known = np.isfinite(values)
    if not known.any():
        return np.full(frame.small.shape, PAPER, np.uint8)
    low, high = np.percentile(values[known], [2, 98])
    share = np.clip((values - low) / (high - low or 1), 0, 1)
    # Between middle grey and white, so that colours stand out.
    steps = np.round(np.nan_to_num(share, nan=1.0) * (GREYS - 1)) / (GREYS - 1)
    return (120 + 130 * steps).astype(np.uint8)


def hillshade(elevation: NDArray[np.float32], sides_m: tuple[float, float]) -> NDArray[np.float32]:
    """Return terrain lit from the north-west at 45 degrees, 0 dark to 1 bright, NaN no data.

    Args:
        elevation: Metres, (y, x).
        sides_m: (height, width) of a pixel.
    """
    if min(elevation.shape) < 2:  # noqa: PLR2004
        return np.zeros_like(elevation)
    to_south, to_east = np.gradient(elevation, *sides_m)
    towards_sun = (to_south + to_east) * np.sqrt(0.5)
    light = (1 + towards_sun) * np.sqrt(0.5) / np.sqrt(1 + to_south**2 + to_east**2)
    return np.clip(light, 0, 1).astype(np.float32)


def paint(values: NDArray[Any], look: LayerStyle, ground_grey: Bytes, seen: Bytes) -> str:
    """Draw a layer over the ground and return it as the source of an image in a page.

    Args:
        values: (y, x), of the layer's kind.
        look: Its colours and range.
        ground_grey: (y, x), from `ground`.
        seen: (y, x), 255 where the run has no data.
    """
    table = np.zeros((256, 4), np.float32)
    for value, colour in look.table().items():
        table[value] = colour
    index = values if look.discrete else _steps(values, look.rescale or (0.0, 1.0))
    colours = table[index]
    cover = colours[..., 3:] / 255
    base = np.where(seen == NO_DATA, NO_DATA_GREY, ground_grey)[..., None]
    shown = base * (1 - cover) + colours[..., :3] * cover
    return png_source(np.moveaxis(shown.round().astype(np.uint8), 2, 0))


def png_source(picture: Bytes) -> str:
    """Turn (colour, y, x) into 'data:image/png;base64,...'."""
    count, height, width = picture.shape
    with MemoryFile() as memory:
        with memory.open(driver="PNG", width=width, height=height, count=count, dtype="uint8",
                         transform=rasterio.Affine.scale(2), zlevel=6) as image:  # fmt: skip
            image.write(picture)
        memory.seek(0)
        return "data:image/png;base64," + base64.b64encode(memory.read()).decode("ascii")


def _steps(values: NDArray[np.float32], ends: tuple[float, float]) -> Bytes:
    low, high = ends
    return (np.nan_to_num(np.clip((values - low) / (high - low), 0, 1)) * 255).astype(np.uint8)


def _backdrop(layers: Sequence[Layer]) -> Layer | None:
    """Choose the terrain where there is one, else the first measured band."""
    measured = [layer for layer in layers if layer.kind is BandKind.CONTINUOUS]
    terrain = [layer for layer in measured if layer.name == "elevation"]
    return next(iter(terrain + measured), None)


def _warped(layer: Layer, frame: Frame) -> NDArray[np.float32]:
    """Read a band of the input at the picture's places, NaN where it has none."""
    small = frame.small
    with RasterStack((layer,), small).open() as reader:
        return reader.read(Window(0, 0, small.width, small.height))[0]
