"""A scene's size + tile settings -> where tiles lie and how much each counts where they overlap."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geoseg.settings import STRIDE_OF_NETWORKS, TileSettings


@dataclass(frozen=True)
class Axis:
    """The tiles along one side of the scene; along the other they repeat.

    Origins are multiples of 32 pixels, so that pooling falls on the same pixels as it would in
    one pass over the whole scene. The last tile is pulled back: networks read real pixels, and
    at most 31 mirrored ones, unless the scene is smaller than a tile.

    Attributes:
        length: Pixels of the scene.
        origins: First pixel of every tile.
        size: Pixels of a tile; the last one may reach beyond the scene.
        ramp: Pixels over which one tile gives way to the next, in the middle of their overlap.
    """

    length: int
    origins: tuple[int, ...]
    size: int
    ramp: int

    @cached_property
    def ramps(self) -> tuple[tuple[int, int], ...]:
        """First pixel and end of every ramp, between a tile and the one after it."""
        middles = [
            (before + self.size + after) // 2
            for before, after in zip(self.origins[:-1], self.origins[1:], strict=True)
        ]
        return tuple(
            (middle - self.ramp // 2, middle - self.ramp // 2 + self.ramp) for middle in middles
        )

    def weight(self, index: int) -> NDArray[np.float32]:
        """Return how much each pixel of a tile counts; over all tiles they sum to 1."""
        place = self.origins[index] + np.arange(self.size)
        return (self._rise(index, place) - self._rise(index + 1, place)).astype(np.float32)

    def span(self, index: int) -> tuple[int, int]:
        """Return first pixel and end of what a tile counts for, within the scene."""
        start = self.ramps[index - 1][0] if index else 0
        last = index == len(self.origins) - 1
        return start, self.length if last else self.ramps[index][1]

    def finished(self, index: int) -> int:
        """Return the end of the pixels that no tile after this one touches."""
        return self.length if index == len(self.origins) - 1 else self.ramps[index][0]

    def folded(self, start: int, end: int) -> NDArray[np.intp]:
        """Return pixels of the scene for places that may lie beyond its end, mirrored."""
        return fold(np.arange(start, end), self.length)

    def _rise(self, index: int, place: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return 0 before the ramp into a tile, 1 behind it, half a cosine between."""
        if index == 0:
            return np.ones(len(place))
        if index == len(self.origins):
            return np.zeros(len(place))
        start, end = self.ramps[index - 1]
        if start == end:
            return (place >= start).astype(float)
        along = np.clip((place - start + 0.5) / (end - start), 0, 1)
        return 0.5 - 0.5 * np.cos(np.pi * along)


def plan_axis(length: int, tiles: TileSettings) -> Axis:
    """Lay tiles along one side of a scene: overlapping, covering it, the last pulled back."""
    stride = tiles.size - tiles.overlap
    last = max(_whole_strides(length) - tiles.size, 0)
    origins = (*range(0, last, stride), last)
    return Axis(length, origins, tiles.size, tiles.overlap // 2)


def count_tiles(shape: tuple[int, int], tiles: TileSettings) -> int:
    """Return how many tiles cover a scene of (height, width)."""
    height, width = shape
    return len(plan_axis(height, tiles).origins) * len(plan_axis(width, tiles).origins)


def fold(places: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Mirror places beyond either end back inside, without repeating the edge, any number of times.

    A scene one pixel long repeats that pixel.
    """
    if length == 1:
        return np.zeros_like(places)
    period = 2 * (length - 1)
    phase = np.abs(places) % period
    return np.minimum(phase, period - phase)


def _whole_strides(length: int) -> int:
    return -(-length // STRIDE_OF_NETWORKS) * STRIDE_OF_NETWORKS
