"""Tiles + a member -> probabilities, as many tiles at a time as memory allows."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ModelError, SettingsError
from geoseg.inference.member import Member
from geoseg.progress import Cancelled, Event, Progress, stop_if

BATCH = 4
"""Tiles at a time for members that name no `batch` of their own."""

ENOUGH_TILES = 16
"""For a speed worth remembering; the first tiles of a network are slow."""

OVERSHOOT = 1e-3
"""How far a member's values may leave 0..1 by rounding before they are refused."""


class Batches:
    """Asks the members, watches for the wish to stop, and halves the batch where memory ends."""

    def __init__(
        self, members: Sequence[Member], total: int, progress: Progress, cancelled: Cancelled
    ) -> None:
        self.size = max(1, min(getattr(member, "batch", BATCH) for member in members))
        self._members = members
        self._done = [0] * len(members)
        self._asked = [0] * len(members)
        self._seconds = [0.0] * len(members)
        self._total = total
        self._progress, self._cancelled = progress, cancelled

    def ask(
        self, index: int, member: Member, tiles: NDArray[np.float32]
    ) -> list[NDArray[np.float32]]:
        """Return the member's probability (class, y, x) of every tile.

        Raises:
            RunCancelledError: The watcher asked to stop.
            SettingsError: Memory does not suffice for a single tile.
            ModelError: The member's answer has another shape than asked for, or is no probability.
        """
        answers: list[NDArray[np.float32]] = []
        start = perf_counter()
        while len(answers) < len(tiles):
            stop_if(self._cancelled)
            # The whole array as it is, where it fits: a GPU then copies it once for all members.
            fits = len(tiles) <= self.size
            part = tiles if fits else tiles[len(answers) : len(answers) + self.size]
            try:
                answers.extend(_checked(member, part))
            except MemoryError:
                self._halve(member, tiles.shape[-1], min(self.size, len(part)), index)
        self._asked[index] += len(answers)
        self._seconds[index] += perf_counter() - start
        return answers

    def pixels_per_second(self, tile_size: int) -> dict[str, float]:
        """Return the speed of every member that has a `key` and was asked often enough to tell."""
        return {
            member.key: asked * tile_size**2 / seconds
            for member, asked, seconds in zip(
                self._members, self._asked, self._seconds, strict=True
            )
            if hasattr(member, "key") and asked >= ENOUGH_TILES
        }

    def count(self, index: int, member: Member, tiles: int) -> None:
        """Tell the watcher that a member is through with so many more tiles."""
        self._done[index] += tiles
        self._progress(Event("predicting", self._done[index], self._total, member.name))

    def _halve(self, member: Member, side: int, failed: int, index: int) -> None:
        if failed <= 1:
            raise SettingsError(
                f"memory does not suffice for one tile of {side} x {side} pixels "
                f"with {member.name}; choose smaller tiles or fewer members"
            ) from None
        self.size = failed // 2
        stage = f"memory ran short, going on with {self.size} tiles at a time"
        self._progress(Event(stage, self._done[index], self._total, member.name))


def _checked(member: Member, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    probability = np.asarray(member.probability(tiles), np.float32)
    count, _, *shape = tiles.shape
    expected = (count, member.classes, *shape)
    if probability.shape != expected:
        raise ModelError(
            f"member {member.name} answered with shape {probability.shape}, expected {expected}; "
            "it cannot be used in an ensemble"
        )
    # Written so that NaN fails as well.
    if not (probability.min() >= -OVERSHOOT and probability.max() <= 1 + OVERSHOOT):
        raise ModelError(
            f"member {member.name} gave values outside 0..1 or none at all; "
            "its weights or the bands' units are wrong, check the band table"
        )
    return probability
