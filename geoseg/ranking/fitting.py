"""Validation pixels of all members -> members and weights of better ensembles.

Everything here sees validation pixels only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.progress import Cancelled, stop_if
from geoseg.ranking.counting import f1_of
from geoseg.ranking.store import CHUNK, Store

PICKS = 40
"""Rounds of forward selection; the best number of them is kept."""

SAMPLE = 200_000
"""Pixels the weights are fitted to: half of them the feature where there is as much of it."""

ROUNDS = 300
SMALLEST_WEIGHT = 0.005
SUREST = 1e-4


@dataclass(frozen=True, eq=False)
class Sample:
    """Pixels of the members that stand for all of them.

    Attributes:
        probability: (member, pixel).
        truth: (pixel,).
        count: How many pixels each stands for, (pixel,).
    """

    probability: NDArray[np.float32]
    truth: NDArray[np.bool_]
    count: NDArray[np.float64]

    def first(self, members: int) -> "Sample":
        """Return the same pixels of the first so many members."""
        return Sample(self.probability[:members], self.truth, self.count)


def greedy(
    store: Store, truth: NDArray[np.bool_], size: int, cancelled: Cancelled
) -> dict[int, float]:
    """Select members one after the other, each the one that F1 at 0.5 gains most by.

    Forward selection with replacement (Caruana et al. 2004, doi:10.1145/1015330.1015432),
    started from the best single member; ties go to the better ranked.

    Args:
        store: Validation pixels of the ranked members.
        truth: (pixel,).
        size: The first so many members are candidates.
        cancelled: Asked before every round.

    Returns:
        Place of a member in the ranking -> its share of the picks.
    """
    doubtful, sure = _doubtful(store, size)
    said, true = store.take(range(size), doubtful), truth[doubtful]
    always = np.array([truth[sure].sum(), (~truth[sure]).sum()])
    positives = int(truth.sum())
    total = np.zeros(len(doubtful), np.float32)
    picks: list[int] = []
    scores: list[float] = []
    for _ in range(PICKS):
        stop_if(cancelled)
        level = np.float32(0.5 * (len(picks) + 1))
        found = [_f1((total + own) >= level, true, always, positives) for own in said]
        best = int(np.argmax(found))
        total += said[best]
        picks.append(best)
        scores.append(found[best])
    kept = picks[: int(np.argmax(scores)) + 1]
    return {place: kept.count(place) / len(kept) for place in sorted(set(kept))}


def _f1(
    mapped: NDArray[np.bool_], true: NDArray[np.bool_], always: NDArray[np.int64], positives: int
) -> float:
    hits = int(np.count_nonzero(mapped & true)) + int(always[0])
    false = int(np.count_nonzero(mapped)) - (hits - int(always[0])) + int(always[1])
    return float(np.nan_to_num(f1_of(np.array([hits, false, positives - hits]))))


def _doubtful(store: Store, size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pixels members disagree on at 0.5, and those that all call the feature.

    No mean of members can decide otherwise than all of them, so the others need no look.
    """
    doubtful, sure = [], []
    for start in range(0, store.pixels, CHUNK):
        here = np.arange(start, min(start + CHUNK, store.pixels))
        yes = store.take(range(size), here) >= 0.5  # noqa: PLR2004
        share = yes.mean(axis=0)
        doubtful.append(here[(share > 0) & (share < 1)])
        sure.append(here[share == 1])
    return np.concatenate(doubtful), np.concatenate(sure)


def draw_sample(store: Store, truth: NDArray[np.bool_], size: int, seed: int) -> Sample:
    """Draw pixels of the feature and others apart; each stands for as many as were left out."""
    rng = np.random.default_rng(seed)
    chosen, counts = [], []
    for group in (np.flatnonzero(truth), np.flatnonzero(~truth)):
        taken = min(len(group), SAMPLE // 2)
        chosen.append(np.sort(rng.choice(group, taken, replace=False)))
        counts.append(np.full(taken, len(group) / max(taken, 1)))
    pixels = np.concatenate(chosen)
    return Sample(store.take(range(size), pixels), truth[pixels], np.concatenate(counts))


def weighted(sample: Sample, cancelled: Cancelled) -> dict[int, float]:
    """Fit weights, none below 0, that sum to 1 and give the least log loss.

    The loss is convex in the weights; each round of expectation and maximisation (Dempster et
    al. 1977, doi:10.1111/j.2517-6161.1977.tb01600.x) lowers it.

    Returns:
        Place of a member in the ranking -> its weight; those too small to matter are left out.
    """
    likely = np.where(sample.truth, sample.probability, 1 - sample.probability)
    likely = np.clip(likely, SUREST, 1).astype(np.float32)
    share = (sample.count / sample.count.sum()).astype(np.float32)
    weights = np.full(len(likely), 1 / len(likely), np.float32)
    for _ in range(ROUNDS):
        stop_if(cancelled)
        before = weights
        weights = weights * (likely @ (share / (weights @ likely)))
        weights /= weights.sum()
        if np.abs(weights - before).max() < SMALLEST_WEIGHT / 1000:
            break
    kept = {place: float(w) for place, w in enumerate(weights) if w >= SMALLEST_WEIGHT}
    total = sum(kept.values())
    return {place: weight / total for place, weight in kept.items()}
