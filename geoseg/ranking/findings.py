"""Rankings of the four landslide settings -> the thesis's findings, each reproduced or not.

Every word is decided by differences of F1 and their 95 % intervals; nothing is written by hand. A
claim that the numbers cannot reach, for networks, settings or ground are missing, is not tested.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from geoseg.ranking.counting import Resampling, f1_of
from geoseg.ranking.judging import baseline_size
from geoseg.ranking.results import Difference, Ranking

Rankings = Mapping[str, Ranking]
RADAR, OPTICAL, BOTH, ALL = "s1", "s2", "s1s2", "all"
REPRODUCED, IN_PART, NOT = "reproduced", "reproduced in part", "not reproduced"
UNSURE, UNTESTED = "not decided", "not tested"
FLAT_FROM = (10, 20)
"""Networks after which Article V finds no further gain; only a larger zoo can tell."""
FLAT_F1 = 0.01
"""A gain that is surely below this is none."""


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


def between(better: Ranking, worse: Ranking) -> Difference | None:
    """Return how far the mean of the best ten of one setting is above that of another.

    The same squares are drawn for both. None where the two cannot be set side by side: they were
    judged on different ground, or have not as many networks.
    """
    size = baseline_size(len(better.members))
    sides = [_counts(ranking, size) for ranking in (better, worse)]
    same = better.areas_key == worse.areas_key and better.blocks == worse.blocks
    if not same or size != baseline_size(len(worse.members)):
        return None
    first, second = sides
    return None if first is None or second is None else _difference(better, first, second)


def _counts(ranking: Ranking, size: int) -> np.ndarray | None:
    return next(
        (np.array(own.counts, np.int64) for own in ranking.block_counts if own.size == size), None
    )


def _difference(ranking: Ranking, counts: np.ndarray, other: np.ndarray) -> Difference:
    """Return how far F1 of `counts` is above that of `other`, on the same draws."""
    settings = ranking.settings
    low, high = Resampling.of(ranking.blocks, settings.resamples, settings.seed).difference(
        counts, other
    )
    value = float(f1_of(counts.sum(axis=0)) - f1_of(other.sum(axis=0)))
    return Difference(value=None if np.isnan(value) else value, low=low, high=high)


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
    found = {pair: between(rankings[pair[0]], rankings[pair[1]]) for pair in there}
    rows = {pair: row for pair, row in found.items() if row is not None}
    missing = [f"{a} against {b}" for a, b in pairs if (a, b) not in rows]
    untested = f"not tested: {', '.join(missing)} (not judged on the same ground, or not ranked)"
    if not rows:
        return Finding(claim, UNTESTED, untested)
    words = [f"{a} against {b} {_words(row)}" for (a, b), row in rows.items()]
    refuted = one_refutes and any(row.is_below for row in rows.values())
    verdict = NOT if refuted else _verdict(list(rows.values()))
    if missing:
        # What was not looked at cannot be reproduced.
        verdict = IN_PART if verdict == REPRODUCED else verdict
        words.append(untested)
    return Finding(claim, verdict, "; ".join([*words, *_one_scene(rankings)]))


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
    words = [f"{name} {_words(row)}" for name, row in rows.items()]
    return Finding(claim, _verdict(list(rows.values())), "; ".join([*words, *_one_scene(rankings)]))


def _gain_is_flat(rankings: Rankings) -> Finding:
    """Flat: from 10 or 20 networks to more than 20, F1 surely rises by less than `FLAT_F1`."""
    claim = "The gain is flat after 10 to 20 networks"
    rows: dict[str, Difference] = {}
    for name, ranking in rankings.items():
        sizes = [row.size for row in ranking.block_counts]
        first = max((size for size in sizes if size in FLAT_FROM), default=None)
        if first is None or sizes[-1] <= max(FLAT_FROM):
            continue
        row = _grown(ranking, first, sizes[-1])
        rows[f"{name} from {first} to {sizes[-1]} networks {_words(row)}"] = row
    if not rows:
        most = max((len(ranking.members) for ranking in rankings.values()), default=0)
        return Finding(
            claim,
            UNTESTED,
            f"it takes more than {max(FLAT_FROM)} networks, this zoo ends at {most}",
        )
    words = "; ".join([*rows, *_one_scene(rankings)])
    flat = [row.high is not None and row.high < FLAT_F1 for row in rows.values()]
    if all(flat):
        return Finding(claim, REPRODUCED, words)
    rising = [row.is_above for row in rows.values()]
    if any(flat):
        return Finding(claim, IN_PART, words)
    return Finding(claim, NOT if any(rising) else UNSURE, words)


def _grown(ranking: Ranking, first: int, last: int) -> Difference:
    by_size = {row.size: np.array(row.counts, np.int64) for row in ranking.block_counts}
    return _difference(ranking, by_size[last], by_size[first])


def _one_scene(rankings: Rankings) -> list[str]:
    """Say so where one scene judged: of other ground it tells nothing."""
    judging = [
        len([area for area in ranking.areas if area.part == ranking.judged_on])
        for ranking in rankings.values()
    ]
    if max(judging, default=0) != 1:
        return []
    return ["judged on a single scene, so for other ground it is not tested"]


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
