"""Where the feature is known -> blocks of ground, some to learn from and others to judge by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.errors import TrainingError

CELL = 32
"""Pixels: side of the cells an area is counted in; blocks begin and end on their edges."""
SIDES = (512, 384, 256, 192, 128, 96, 64, 32)
DEMANDS = ((10, 5, 128), (5, 2, 64), (2, 2, 32))
"""(blocks, blocks with the feature, smallest side): the first that some side meets is taken."""
EVERY, FIRST = 5, 2
"""Of the blocks in order, row by row, every fifth from the third on judges."""


@dataclass(frozen=True)
class Survey:
    """How many pixels of each cell of an area are known, and how many show the feature.

    Attributes:
        area: Id of the area.
        prefix: First part of its blocks' names.
        shape: (height, width) of the area, pixels.
        known: Pixels with a label and data, (row of cells, column of cells).
        positive: Pixels of the feature among them.
    """

    area: str
    prefix: str
    shape: tuple[int, int]
    known: NDArray[np.int64]
    positive: NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """A rectangle of an area."""

    area: str
    name: str
    window: Window
    known: int
    positive: int
    judges: bool = False


@dataclass(frozen=True)
class Layout:
    """The blocks of a dataset, the side they were meant to have, and what to tell of them."""

    blocks: tuple[Block, ...]
    side: int
    notes: tuple[str, ...]


def count_cells(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many pixels of each cell are True, (row of cells, column of cells)."""
    height, width = (-(-side // CELL) for side in mask.shape)
    missing = [(0, n * CELL - side) for n, side in zip((height, width), mask.shape, strict=True)]
    padded = np.pad(mask, missing)
    return padded.reshape(height, CELL, width, CELL).sum(axis=(1, 3), dtype=np.int64)


def lay_out(surveys: Sequence[Survey], validate_on: str = "", most_pixels: int = 10**12) -> Layout:
    """Cut areas into the largest blocks that give both sides enough, and divide them.

    Args:
        surveys: What is known of each area.
        validate_on: Id of the area whose blocks judge; empty lets every fifth block judge, counted
            apart for blocks with and without the feature.
        most_pixels: Beyond it blocks are left out, those without the feature first.

    Raises:
        TrainingError: One of the two sides would have no pixel of the feature.
    """
    for least, least_positive, smallest in DEMANDS:
        for side in (side for side in SIDES if side >= smallest):
            blocks = [block for survey in surveys for block in cut(survey, side)]
            if len(blocks) >= least and sum(b.positive > 0 for b in blocks) >= least_positive:
                kept, notes = _thinned(blocks, most_pixels)
                judged = _divided(kept, validate_on)
                _check_sides(judged)
                return Layout(tuple(judged), side, notes)
    raise TrainingError(
        "the mapped feature lies within one spot of "
        f"{SIDES[-1]} pixels, so no ground is left to check the networks on; map more of it, or "
        "add a second study area"
    )


def lay_out_to_judge(surveys: Sequence[Survey], most_pixels: int = 10**12) -> Layout:
    """Cut areas into blocks that all judge, where points teach.

    Args:
        surveys: What is known of each area.
        most_pixels: Beyond it only every second, third ... block is kept, whatever it shows, so
            that feature and background keep their shares.
    """
    side = SIDES[0]
    blocks = [replace(b, judges=True) for survey in surveys for b in cut(survey, side)]
    step = max(1, -(-sum(_pixels(block) for block in blocks) // most_pixels))
    kept = blocks[::step]
    note = f"{len(kept)} of {len(blocks)} blocks, spread over the areas, judge the trees"
    return Layout(tuple(kept), side, (note,) if step > 1 else ())


def cut(survey: Survey, side: int) -> list[Block]:
    """Cut an area evenly into blocks of about `side` pixels; those without a known pixel go."""
    edges = [_edges(cells, side) for cells in survey.known.shape]
    blocks = []
    for row, (top, bottom) in enumerate(zip(edges[0], edges[0][1:], strict=False)):
        for col, (left, right) in enumerate(zip(edges[1], edges[1][1:], strict=False)):
            here = np.s_[top:bottom, left:right]
            if known := int(survey.known[here].sum()):
                window = _window(survey.shape, (top, bottom), (left, right))
                name = f"{survey.prefix}-r{row:02d}c{col:02d}"
                positive = int(survey.positive[here].sum())
                blocks.append(Block(survey.area, name, window, known, positive))
    return blocks


def _edges(cells: int, side: int) -> list[int]:
    count = max(1, round(cells * CELL / side))
    return np.round(np.linspace(0, cells, min(count, cells) + 1)).astype(int).tolist()


def _window(shape: tuple[int, int], rows: tuple[int, int], cols: tuple[int, int]) -> Window:
    (top, bottom), (left, right) = (
        (first * CELL, min(last * CELL, side))
        for (first, last), side in zip((rows, cols), shape, strict=True)
    )
    return Window(left, top, right - left, bottom - top)


def _divided(blocks: Sequence[Block], validate_on: str) -> list[Block]:
    if validate_on:
        return [replace(block, judges=block.area == validate_on) for block in blocks]
    judging = set()
    for group in ([b for b in blocks if b.positive], [b for b in blocks if not b.positive]):
        judging |= {block.name for block in group[FIRST::EVERY]}
    positive = [block.name for block in blocks if block.positive]
    if judging.isdisjoint(positive):
        judging.add(positive[-1])
    return [replace(block, judges=block.name in judging) for block in blocks]


def _check_sides(blocks: Sequence[Block]) -> None:
    for side, judges in (("training", False), ("validation", True)):
        if not any(block.positive for block in blocks if block.judges is judges):
            raise TrainingError(
                f"no area is left for {side} that shows the feature; choose another area to "
                "validate on, or let every fifth block judge"
            )


def _thinned(blocks: Sequence[Block], most_pixels: int) -> tuple[list[Block], tuple[str, ...]]:
    """Leave out blocks, spread evenly, until the rest fits; those with the feature go last."""
    pixels = sum(_pixels(block) for block in blocks)
    if pixels <= most_pixels:
        return list(blocks), ()
    kept: set[str] = set()
    room = most_pixels
    for group in ([b for b in blocks if b.positive], [b for b in blocks if not b.positive]):
        wanted = sum(_pixels(block) for block in group)
        count = int(len(group) * min(1.0, room / max(1, wanted)))
        # One block to learn from and one to judge by are kept whatever the memory.
        count = max(2, count) if not kept else count
        chosen = [group[place] for place in np.linspace(0, len(group) - 1, count).astype(int)]
        kept |= {block.name for block in chosen}
        room = max(0, room - sum(_pixels(block) for block in chosen))
    note = (
        f"{len(kept)} of {len(blocks)} blocks are used, spread over the areas, because all of "
        "them would not fit into memory"
    )
    return [block for block in blocks if block.name in kept], (note,)


def _pixels(block: Block) -> int:
    return int(block.window.width * block.window.height)
