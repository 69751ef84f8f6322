"""Tiles + members + bands to hide -> how far the map moves when the networks miss each band.

Occlusion of Zeiler and Fergus (2014), arXiv:1311.2901, over bands instead of squares: a hidden
band is missing everywhere, so that the members put its training mean, 0 after normalisation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.inference.batches import Batches
from geoseg.inference.ensemble import Mix, of_feature, tempered
from geoseg.inference.member import Member
from geoseg.inference.streaming import own_threshold
from geoseg.progress import Cancelled, Event, Progress, never, silent

Map = NDArray[np.float32]
Figures = NDArray[np.float64]

AT_ONCE = 4
"""Ways of hiding that lie in memory together."""
MOSTLY = 0.5
"""Weight from which a pixel of a tile is counted as right or wrong; elsewhere another tile does."""
UNKNOWN = 255
STAGE = "hiding one band after the other"


@dataclass(frozen=True)
class Hidden:
    """One way of hiding: a band, or several at once.

    Attributes:
        name: Of the band or the group.
        places: Of its bands in the stack.
    """

    name: str
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Patch:
    """A tile and what of it counts.

    Attributes:
        values: (band, y, x), NaN where missing.
        weight: (y, x), 0 where a pixel does not count.
        truth: (y, x), 0 no feature, 1 feature, 255 unknown.
    """

    values: Map
    weight: Map
    truth: NDArray[np.uint8]


class Tally:
    """Sums over patches; axis 0 is the way of hiding, of which the first hides nothing.

    Attributes:
        weight: Of all pixels; of those mapped with nothing hidden.
        probability: Weighted sums over all pixels, and over the mapped, (hidden, 2).
        by_member: The same of every member by itself, (member, hidden, 2).
        moved: Weighted sums of how far the probability moved either way, (hidden,).
        counts: True and false positives, false and true negatives, (hidden, 4).
        counts_by_member: The same of every member by itself, (member, hidden, 4).
    """

    def __init__(self, members: int, ways: int) -> None:
        self.weight = np.zeros(2)
        self.probability = np.zeros((ways, 2))
        self.by_member = np.zeros((members, ways, 2))
        self.moved = np.zeros(ways)
        self.counts = np.zeros((ways, 4), np.int64)
        self.counts_by_member = np.zeros((members, ways, 4), np.int64)


def occlude(
    patches: Iterable[Patch],
    members: Sequence[Member],
    hidden: Sequence[Hidden],
    *,
    mix: Mix,
    threshold: float,
    total: int = 0,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Tally:
    """Ask every member about every patch, whole and with each thing hidden.

    Args:
        patches: One after the other; one lies in memory at a time.
        members: As in the run.
        hidden: What is hidden, one way after the other.
        mix: How the members become one probability.
        threshold: From which that probability is the feature.
        total: Number of patches, for the watcher.
        progress: Hears of every patch.
        cancelled: Asked before every batch.

    Raises:
        RunCancelledError: `cancelled` answered True.
        ModelError: A member's answer is no probability.
    """
    tally = Tally(len(members), 1 + len(hidden))
    work = _Work(members, mix, threshold, Batches(members, total, silent, cancelled))
    for done, patch in enumerate(patches):
        progress(Event(STAGE, done, max(total, done + 1)))
        _add(patch, hidden, work, tally)
    progress(Event(STAGE, max(total, 1), max(total, 1)))
    return tally


@dataclass(frozen=True)
class _Work:
    members: Sequence[Member]
    mix: Mix
    threshold: float
    batches: Batches

    def ask(self, tiles: Map) -> tuple[list[Map], list[list[Map]]]:
        """Return of every tile the ensemble's map, and of every member those of every tile."""
        weights = self.mix.of(len(self.members))
        shape = len(tiles), self.members[0].classes, *tiles.shape[2:]
        mean = np.zeros(shape, np.float32)
        own = []
        for index, (member, weight) in enumerate(zip(self.members, weights, strict=True)):
            answers = self.batches.ask(index, member, tiles)
            for nth, answer in enumerate(answers):
                mean[nth] += answer * np.float32(weight / sum(weights))
            own.append([of_feature(answer) for answer in answers])
        return [of_feature(tempered(whole, self.mix.temperature)) for whole in mean], own


def _add(patch: Patch, hidden: Sequence[Hidden], work: _Work, tally: Tally) -> None:
    """Take in one patch: first whole, then with everything hidden in turn."""
    (whole,), own = work.ask(patch.values[None])
    mapped = patch.weight * (whole >= np.float32(work.threshold))
    tally.weight += patch.weight.sum(dtype=float), mapped.sum(dtype=float)
    counting = _Counting(patch, mapped, whole, work)
    counting.add(tally, 0, whole, [maps[0] for maps in own])
    for first in range(0, len(hidden), AT_ONCE):
        some = hidden[first : first + AT_ONCE]
        tiles = np.repeat(patch.values[None], len(some), axis=0)
        for tile, way in zip(tiles, some, strict=True):
            tile[list(way.places)] = np.nan
        together, own = work.ask(tiles)
        for nth, probability in enumerate(together):
            counting.add(tally, 1 + first + nth, probability, [maps[nth] for maps in own])


class _Counting:
    """Adds the maps of one patch to the sums."""

    def __init__(self, patch: Patch, mapped: Map, whole: Map, work: _Work) -> None:
        self._weights = patch.weight, mapped
        self._whole = whole
        known = (patch.weight >= MOSTLY) & (patch.truth != UNKNOWN)
        self._feature, self._other = known & (patch.truth != 0), known & (patch.truth == 0)
        self._threshold = work.threshold
        self._own_threshold = own_threshold(work.threshold, work.mix.temperature)

    def add(self, tally: Tally, way: int, probability: Map, own: Sequence[Map]) -> None:
        """Add the ensemble's map and those of its members."""
        tally.probability[way] += self._sums(probability)
        tally.moved[way] += (self._weights[0] * np.abs(probability - self._whole)).sum(dtype=float)
        tally.counts[way] += self._count(probability, self._threshold)
        for place, map_ in enumerate(own):
            tally.by_member[place, way] += self._sums(map_)
            tally.counts_by_member[place, way] += self._count(map_, self._own_threshold)

    def _sums(self, probability: Map) -> Figures:
        return np.array([(weight * probability).sum(dtype=float) for weight in self._weights])

    def _count(self, probability: Map, threshold: float) -> NDArray[np.int64]:
        mapped = probability >= np.float32(threshold)
        sides = ((mapped, self._feature), (mapped, self._other),
                 (~mapped, self._feature), (~mapped, self._other))  # fmt: skip
        return np.array([np.count_nonzero(said & true) for said, true in sides], np.int64)
