"""Findings follow the numbers: the same claim is reproduced or not as the counts say."""

import numpy as np
import pytest

from geoseg.ranking.counting import Pixels, Resampling
from geoseg.ranking.findings import (
    IN_PART,
    NOT,
    REPRODUCED,
    UNSURE,
    UNTESTED,
    between,
    findings,
)
from geoseg.ranking.judging import Judge
from geoseg.ranking.results import BlockCounts, Improvement

BLOCKS = 60


def with_hits(ranking, hits, sizes=(1, 10, 20)):
    """The same ranking with other counts: `hits` of 20 feature pixels found in every block."""
    rng = np.random.default_rng(int(sum(hits)))
    counts = {
        size: np.stack([np.clip(rng.poisson(own, BLOCKS), 0, 20), np.full(BLOCKS, 2),
                        20 - np.clip(rng.poisson(own, BLOCKS), 0, 20)], axis=1)
        for size, own in zip(sizes, hits, strict=True)
    }  # fmt: skip
    truth, block = np.zeros(BLOCKS * 100, bool), np.repeat(np.arange(BLOCKS), 100)
    judge = Judge(Pixels(truth, block.astype(np.int32), BLOCKS), Resampling.of(BLOCKS, 200, 0))
    rows = [
        Improvement(
            size=size, score=judge.score(own), gain=judge.difference(own, counts[1]), percent=0
        )
        for size, own in counts.items()
    ]
    return ranking.model_copy(
        update={
            "blocks": BLOCKS,
            "block_counts": tuple(
                BlockCounts(size=s, counts=tuple(map(tuple, own.tolist()))) for s, own in counts.items()
            ),
            "improvements": tuple(rows),
        }
    )  # fmt: skip


@pytest.fixture
def as_published(ranked):
    hits = {"s1": (5, 8, 8), "s2": (9, 12, 12), "s1s2": (12, 16, 16), "all": (12, 16, 16)}
    return {name: with_hits(ranked[0], own) for name, own in hits.items()}


def verdicts(rankings):
    return [finding.verdict for finding in findings(rankings)]


def test_numbers_as_published_reproduce_everything(as_published):
    assert verdicts(as_published) == [REPRODUCED] * 4


def test_a_radar_that_is_best_does_not(as_published, ranked):
    changed = {**as_published, "s1": with_hits(ranked[0], (17, 19, 19))}
    worst, both, _, _ = verdicts(changed)
    assert worst == NOT
    assert both == IN_PART


def test_one_setting_surely_below_radar_makes_radar_not_the_worst(as_published, ranked):
    changed = {**as_published, "s2": with_hits(ranked[0], (2, 4, 4))}
    assert verdicts(changed)[0] == NOT


def test_settings_that_are_alike_leave_it_undecided(ranked):
    same = {name: with_hits(ranked[0], (9, 12, 12)) for name in ("s1", "s2", "s1s2", "all")}
    assert verdicts(same)[:2] == [UNSURE, UNSURE]


def test_a_gain_that_goes_on_is_not_flat(ranked):
    assert verdicts({"s1": with_hits(ranked[0], (5, 8, 8), (1, 10, 20))})[3] == REPRODUCED
    assert verdicts({"s1": with_hits(ranked[0], (5, 8, 16), (1, 10, 20))})[3] == NOT


def test_what_is_not_there_is_not_tested(ranked):
    words = findings({"s2": with_hits(ranked[0], (5, 8), (1, 10))})
    assert [finding.verdict for finding in words][:2] == [UNTESTED, UNTESTED]
    assert words[3].verdict == UNTESTED


def test_a_difference_of_settings_is_that_of_their_counts(as_published):
    row = between(as_published["s1s2"], as_published["s1"])
    assert row.low < row.value < row.high
    assert row.is_above
    assert between(as_published["s1"], as_published["s1"]).value == 0
