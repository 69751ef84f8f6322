"""Rankings of the four landslide settings -> the thesis's findings, each reproduced or not.

Every word is decided by differences of F1 and their 95 % intervals; nothing is written by hand.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from geoseg.ranking.counting import Resampling, f1_of, percentiles
from geoseg.ranking.judging import baseline_size
from geoseg.ranking.results import Difference, Ranking

Rankings = Mapping[str, Ranking]
RADAR, OPTICAL, BOTH, ALL = "s1", "s2", "s1s2", "all"
REPRODUCED, IN_PART, NOT = "reproduced", "reproduced in part", "not reproduced"
UNSURE, UNTESTED = "not decided", "not tested"


@dataclass(frozen=True)
class Finding:
    """One claim of Article V and what this zoo says of it."""

    claim: str
    verdict: str
    words: str

    def record(self) -> dict[str, str]:
        """Return the finding as JSON-ready values."""
        return asdict(self)


def findings(rankings: Rankings) -> list[Finding]:
    """Return the four qualitative findings of Article V, judged by these rankings.

    Args:
        rankings: Name of a setting -> its ranking; missing ones leave findings untested.
    """
    return [
        _compared(
            "Radar alone is the worst choice of bands", rankings,
            [(OPTICAL, RADAR), (BOTH, RADAR), (ALL, RADAR)], one_refutes=True,
        ),
        _compared(
            "Both sensors together are better than either alone", rankings,
            [(BOTH, RADAR), (BOTH, OPTICAL)],
        ),
        _ensembles_win(rankings),
        _gain_is_flat(rankings),
    ]  # fmt: skip


def between(better: Ranking, worse: Ranking) -> Difference:
    """Return how far the mean of the best ten of one setting is above that of another.

    The same squares are drawn for both where both were judged on the same ground.
    """
    sides = [_counts(ranking) for ranking in (better, worse)]
    seeds = [ranking.settings.seed for ranking in (better, worse)]
    same_ground = len(sides[0]) == len(sides[1]) and better.areas_key == worse.areas_key
    if not same_ground:
        seeds[1] += 1  # independent draws
    resamples = min(ranking.settings.resamples for ranking in (better, worse))
    drawn = [
        Resampling.of(len(counts), resamples, seed).f1(counts)
        for counts, seed in zip(sides, seeds, strict=True)
    ]
    low, high = percentiles(drawn[0] - drawn[1])
    values = [float(f1_of(counts.sum(axis=0))) for counts in sides]
    value = values[0] - values[1]
    return Difference(value=None if np.isnan(value) else value, low=low, high=high)


def _counts(ranking: Ranking) -> np.ndarray:
    size = baseline_size(len(ranking.members))
    found = next(
        (own for own in ranking.block_counts if own.size == size), ranking.block_counts[-1]
    )
    return np.array(found.counts, np.int64)


def _compared(
    claim: str, rankings: Rankings, pairs: list[tuple[str, str]], one_refutes: bool = False
) -> Finding:
    """Judge a claim that the first of every pair is better than the second.

    Args:
        claim: In words.
        rankings: As in `findings`.
        pairs: Better and worse setting, as the claim has it.
        one_refutes: A single pair that is surely the other way round makes the claim false.
    """
    there = [pair for pair in pairs if pair[0] in rankings and pair[1] in rankings]
    if not there:
        return Finding(claim, UNTESTED, "the settings it compares are not all in this zoo")
    rows = {pair: between(rankings[pair[0]], rankings[pair[1]]) for pair in there}
    words = "; ".join(f"{a} against {b} {_words(row)}" for (a, b), row in rows.items())
    refuted = one_refutes and any(row.is_below for row in rows.values())
    return Finding(claim, NOT if refuted else _verdict(list(rows.values())), words)


def _ensembles_win(rankings: Rankings) -> Finding:
    claim = "Ensembles are better than the single best network"
    rows = {}
    for name, ranking in rankings.items():
        size = baseline_size(len(ranking.members))
        gains = {row.size: row.gain for row in ranking.improvements}
        if size > 1:
            rows[f"{name} (best {size} averaged)"] = gains.get(size, ranking.improvements[-1].gain)
    if not rows:
        return Finding(claim, UNTESTED, "no setting has more than one network")
    words = "; ".join(f"{name} {_words(row)}" for name, row in rows.items())
    return Finding(claim, _verdict(list(rows.values())), words)


def _gain_is_flat(rankings: Rankings) -> Finding:
    """Flat: from the smaller to the largest ensemble F1 does not surely rise."""
    claim = "The gain is flat after 10 to 20 networks"
    verdicts, words = [], []
    for name, ranking in rankings.items():
        sizes = [row.size for row in ranking.block_counts]
        first = max((size for size in sizes if size in (10, 20) and size < sizes[-1]), default=None)
        if first is None:
            continue
        row = _grown(ranking, first, sizes[-1])
        verdicts.append(not row.is_above)
        words.append(f"{name} from {first} to {sizes[-1]} networks {_words(row)}")
    if not verdicts:
        return Finding(claim, UNTESTED, "no setting has more than ten networks")
    verdict = REPRODUCED if all(verdicts) else IN_PART if any(verdicts) else NOT
    return Finding(claim, verdict, "; ".join(words))


def _grown(ranking: Ranking, first: int, last: int) -> Difference:
    by_size = {row.size: np.array(row.counts, np.int64) for row in ranking.block_counts}
    draws = Resampling.of(ranking.blocks, ranking.settings.resamples, ranking.settings.seed)
    low, high = draws.difference(by_size[last], by_size[first])
    value = float(f1_of(by_size[last].sum(axis=0)) - f1_of(by_size[first].sum(axis=0)))
    return Difference(value=None if np.isnan(value) else value, low=low, high=high)


def _verdict(rows: list[Difference]) -> str:
    """Say of differences that a claim wants above 0 whether they are."""
    if all(row.is_above for row in rows):
        return REPRODUCED
    if any(row.is_below for row in rows) and not any(row.is_above for row in rows):
        return NOT
    if any(row.is_above for row in rows):
        return IN_PART
    return UNSURE


def _words(row: Difference) -> str:
    if row.value is None or row.low is None or row.high is None:
        return "undefined"
    sure = "" if row.is_above or row.is_below else ", which may be chance"
    return f"{row.value:+.3f} F1 ({row.low:+.3f} to {row.high:+.3f}{sure})"
