"""Stack + members -> strips of probability and its uncertainty, within bounded memory."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ModelError
from geoseg.inference.batches import BATCH, Batches
from geoseg.inference.blocks import NO_DATA, Block, read_blocks
from geoseg.inference.ensemble import (
    CARRY_BUDGET_BYTES,
    EVEN,
    Blend,
    Mix,
    Moments,
    carries,
    tempered,
)
from geoseg.inference.machine import remember_speeds
from geoseg.inference.member import Member
from geoseg.inference.observer import NOBODY, Observer
from geoseg.inference.tiles import Axis, plan_axis
from geoseg.inference.uncertainty import entropy_bits, most_bits
from geoseg.progress import Cancelled, Progress, never, silent
from geoseg.settings import RunSettings, TileSettings
from geoseg.stack.stack import Stack

FLOAT_BYTES = 4


@dataclass(frozen=True)
class Strip:
    """Finished rows of the scene, all columns.

    Attributes:
        row: First row within the scene.
        probability: (class, y, x), weighted mean over the members, NaN no data.
        spread: (class, y, x), standard deviation over the members' maps, NaN no data.
        agreement: (class, y, x), share of members (by weight) that say yes, NaN no data.
        single: (class, y, x), probability of the one member that stands beside the ensemble, as
            it answered, NaN no data.
        entropy: (y, x), entropy of the probability as share of the most there can be, NaN no data.
        mutual_information: (y, x), bits, entropy of the members' mean less their mean entropy,
            before any temperature; NaN no data.
        coverage: (y, x), percent of the setting's bands present, 255 no data.
    """

    row: int
    probability: NDArray[np.float32]
    spread: NDArray[np.float32]
    agreement: NDArray[np.float32]
    single: NDArray[np.float32]
    entropy: NDArray[np.float32]
    mutual_information: NDArray[np.float32]
    coverage: NDArray[np.uint8]


def predict_strips(
    stack: Stack,
    members: Sequence[Member],
    settings: RunSettings,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    *,
    mix: Mix = EVEN,
    observer: Observer = NOBODY,
) -> Generator[Strip]:
    """Yield the strips of a scene from top to bottom; together they cover every row once.

    Every row of the stack is read once for all members. A pixel where every band is missing is no
    data; where only some are, the members put the training mean.

    Args:
        stack: The bands the members read, in their order.
        members: Asked about every tile.
        settings: Tiles and threshold count.
        progress: Hears of every member's batch of tiles.
        cancelled: Asked before every batch.
        mix: Weights of the members, the temperature of the final probability, and which member's
            own map is kept.
        observer: Sees the members' maps before they are one.

    Raises:
        ModelError: There are no members, they do not read the stack's bands in its order, or the
            mix is of another number of members.
        RunCancelledError: `cancelled` answered True.
        SettingsError: Memory does not suffice for a single tile.
    """
    _check(stack, members)
    height, width = stack.grid.shape
    rows, columns = plan_axis(height, settings.tiles), plan_axis(width, settings.tiles)
    classes, weights = members[0].classes, mix.of(len(members))
    threshold = own_threshold(settings.threshold, mix.temperature)
    carry = carries(len(members), classes, rows.ramp, width)
    work = _Work(
        members,
        columns,
        [Blend(rows, columns, own) for own in carry],
        Batches(members, len(rows.origins) * len(columns.origins), progress, cancelled),
        observer,
    )
    with closing(read_blocks(stack, rows)) as blocks:
        for row, block in enumerate(blocks):
            shape = (classes, rows.finished(row) - rows.span(row)[0], width)
            moments = Moments(shape, weights, threshold, mix.single)
            inside = slice(rows.span(row)[0] - rows.origins[row], None)
            coverage = block.coverage[inside][: shape[1]]
            work.observer.begin(rows.span(row)[0], coverage)
            _predict_row(row, block, work, moments)
            yield _strip(rows.span(row)[0], moments, coverage, mix.temperature)
    remember_speeds(work.batches.pixels_per_second(settings.tiles.size))


def own_threshold(threshold: float, temperature: float) -> float:
    """Return the threshold on the scale the members answer in, on which they vote."""
    return float(tempered(np.array([threshold], np.float32), 1 / temperature)[0])


def memory_bound_bytes(
    width: int,
    bands: int,
    members: int,
    tiles: TileSettings,
    *,
    classes: int = 1,
    batch: int = BATCH,
) -> int:
    """Return what `predict_strips` holds at most, beside the networks, whatever the height.

    Rows being read, in use and mirrored: 3 tiles of all bands. Two strips of results. What the
    members' tiles share with the next row, 0.5 overlap a member, of which all above a gibibyte
    lies on disk. One batch of tiles with its answers, as the members hand it on.
    """
    across = max(width, tiles.size)
    rows_read = 3 * bands * tiles.size * across
    strips = 2 * (4 * classes + 2) * tiles.size * across
    ramp = tiles.overlap // 2
    below = min(members * classes * ramp * across, CARRY_BUDGET_BYTES // FLOAT_BYTES)
    beside = members * classes * ramp * tiles.size
    tiles_at_a_time = batch * tiles.size**2 * (2 * bands + 8 * classes)
    return (
        FLOAT_BYTES * (rows_read + strips + below + beside + tiles_at_a_time)
        + 3 * tiles.size * across
    )


@dataclass(frozen=True)
class _Work:
    """What stays the same from one row of tiles to the next."""

    members: Sequence[Member]
    columns: Axis
    blends: Sequence[Blend]
    batches: Batches
    observer: Observer


def _check(stack: Stack, members: Sequence[Member]) -> None:
    if not members:
        raise ModelError("an ensemble needs at least one member, got none")
    for member in members:
        if tuple(member.bands) != tuple(stack.names):
            raise ModelError(
                f"member {member.name} reads the bands {', '.join(member.bands)}, the stack has "
                f"{', '.join(stack.names)}; choose the setting the member was trained for"
            )
        if member.classes != members[0].classes:
            raise ModelError(
                f"member {member.name} maps {member.classes} classes, {members[0].name} "
                f"{members[0].classes}; average only members of the same classes"
            )


def _predict_row(row: int, block: Block, work: _Work, moments: Moments) -> None:
    """Let all members predict one row of tiles, batch by batch from left to right."""
    first = 0
    while first < len(work.columns.origins):
        last = min(first + work.batches.size, len(work.columns.origins)) - 1
        places, tiles = _cut(block, work.columns, first, last)
        span = slice(work.columns.span(first)[0], work.columns.finished(last))
        for index, member in enumerate(work.members):
            answers = work.batches.ask(index, member, tiles)
            own = dict(zip(places, answers, strict=True))
            finished = work.blends[index].add(row, (first, last), own)
            moments.add(index + 1, finished, span)
            work.observer.see(index, finished, moments.mean[..., span], span)
            work.batches.count(index, member, last - first + 1)
        first = last + 1


def _cut(
    block: Block, columns: Axis, first: int, last: int
) -> tuple[list[int], NDArray[np.float32]]:
    """Return the tiles that hold any data, and their columns of tiles."""
    pixels = {
        column: columns.folded(columns.origins[column], columns.origins[column] + columns.size)
        for column in range(first, last + 1)
    }
    places = [
        column for column, inside in pixels.items() if (block.coverage[:, inside] != NO_DATA).any()
    ]
    tiles = np.empty((len(places), len(block.values), columns.size, columns.size), np.float32)
    for tile, column in zip(tiles, places, strict=True):
        np.take(block.values, pixels[column], axis=2, out=tile)
    return places, tiles


def _strip(row: int, moments: Moments, coverage: NDArray[np.uint8], temperature: float) -> Strip:
    entropy = entropy_bits(moments.mean)
    mutual_information = moments.mutual_information(entropy)
    probability = tempered(moments.mean, temperature)
    if temperature != 1:
        entropy = entropy_bits(probability)
    entropy /= np.float32(most_bits(len(probability)))
    spread, agreement, single = moments.spread(), moments.agreement(), moments.single
    missing = coverage == NO_DATA
    for layer in (probability, spread, agreement, single, entropy, mutual_information):
        layer[..., missing] = np.nan
    return Strip(
        row, probability, spread, agreement, single, entropy, mutual_information, coverage.copy()
    )
