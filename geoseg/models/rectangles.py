"""Pixels that are known -> few rectangles that hold them all."""

import numpy as np
from numpy.typing import NDArray

MOST_RUNS = 4000
MOST_CELLS = 4_000_000

Rectangles = NDArray[np.int64]
"""First row, first column, rows, columns, (rectangle, 4)."""


def rectangles_of(mask: NDArray[np.bool_]) -> Rectangles:
    """Return rectangles that hold every True pixel, exact where these are not too many.

    Args:
        mask: (y, x). One of scattered pixels is taken by cells of 2, 4, 8 ... pixels.
    """
    side, cells = 1, mask
    while len(runs := _runs(cells)) > MOST_RUNS:
        cells, side = _halved(cells), side * 2
    return _clipped(_stacked(runs) * side, np.zeros(2, np.int64), np.array(mask.shape))


def fewer(rectangles: Rectangles, most: int) -> Rectangles:
    """Return at most so many rectangles, which hold all of those given and no more than need be."""
    if len(rectangles) <= most:
        return rectangles
    first = rectangles[:, :2].min(axis=0)
    last = (rectangles[:, :2] + rectangles[:, 2:]).max(axis=0)
    side = 1
    while True:
        shape = -(-(last - first) // side)
        if shape.prod() <= MOST_CELLS:
            found = _stacked(_runs(_covered(rectangles, first, side, shape)))
            if len(found) <= most:
                placed = found * side
                placed[:, :2] += first
                return _clipped(placed, first, last)
        side *= 2


def _covered(
    rectangles: Rectangles, first: NDArray[np.int64], side: int, shape: NDArray[np.int64]
) -> NDArray[np.bool_]:
    cells = np.zeros(tuple(shape), bool)
    begins = (rectangles[:, :2] - first) // side
    ends = -(-(rectangles[:, :2] + rectangles[:, 2:] - first) // side)
    for (top, left), (bottom, right) in zip(begins, ends, strict=True):
        cells[top:bottom, left:right] = True
    return cells


def _runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return (row, first column, end column) of every run of True pixels, row by row."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return np.column_stack([rows, begins, ends]).astype(np.int64)


def _stacked(runs: NDArray[np.int64]) -> Rectangles:
    """Join runs of the same columns in rows that follow each other."""
    growing: dict[tuple[int, int], list[int]] = {}
    done = []
    for row, begin, end in runs.tolist():
        known = growing.get((begin, end))
        if known is not None and known[0] + known[2] == row:
            known[2] += 1
        else:
            growing[begin, end] = one = [row, begin, 1, end - begin]
            done.append(one)
    return np.array(done, np.int64).reshape(-1, 4)


def _halved(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return cells of 2 x 2 pixels, True where one of them is."""
    even = np.pad(mask, [(0, side % 2) for side in mask.shape])
    return np.asarray(even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2])


def _clipped(
    rectangles: Rectangles, first: NDArray[np.int64], last: NDArray[np.int64]
) -> Rectangles:
    ends = np.minimum(rectangles[:, :2] + rectangles[:, 2:], last)
    begins = np.maximum(rectangles[:, :2], first)
    return np.concatenate([begins, ends - begins], axis=1)
