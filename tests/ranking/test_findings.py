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


def drawn(hits):
    """Counts of every block: the same for the same hits."""
    rng = np.random.default_rng(hits)
    found, missed = (np.clip(rng.poisson(hits, BLOCKS), 0, 20) for _ in range(2))
    return np.stack([found, np.full(BLOCKS, 2), 20 - missed], axis=1)


def with_hits(ranking, hits, sizes=(1, 10, 40), members=40):
    """The same ranking with other counts: `hits` of 20 feature pixels found in every block."""
    counts = {size: drawn(own) for size, own in zip(sizes, hits, strict=True)}
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
            "members": ranking.members[:1] * members,
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
    assert verdicts({"s1": with_hits(ranked[0], (5, 8, 8))})[3] == REPRODUCED
    assert verdicts({"s1": with_hits(ranked[0], (5, 8, 16))})[3] == NOT


@pytest.mark.parametrize("sizes", [(1, 10, 20), (1, 20), (1, 10), (1, 10, 12)])
def test_a_zoo_that_ends_at_twenty_cannot_tell_what_comes_after_twenty(ranked, sizes):
    ranking = with_hits(ranked[0], (5, 8, 8)[: len(sizes)], sizes, members=sizes[-1])
    flat = findings({"s1": ranking})[3]
    assert flat.verdict == UNTESTED
    assert flat.words == f"it takes more than 20 networks, this zoo ends at {sizes[-1]}"


def test_intervals_too_wide_to_exclude_a_gain_are_not_called_flat(ranked):
    row = with_hits(ranked[0], (5, 8, 8))
    few = row.model_copy(
        update={
            "blocks": 4,
            "block_counts": tuple(
                BlockCounts(size=size, counts=counts)
                for size, counts in (
                    (10, ((9, 2, 11), (3, 2, 17), (14, 2, 6), (8, 2, 12))),
                    (40, ((3, 2, 17), (9, 2, 11), (8, 2, 12), (14, 2, 6))),
                )
            ),
        }
    )
    assert verdicts({"s1": few})[3] == UNSURE


def test_what_is_not_there_is_not_tested(ranked):
    words = findings({"s2": with_hits(ranked[0], (5, 8), (1, 10), members=10)})
    assert [finding.verdict for finding in words][:2] == [UNTESTED, UNTESTED]
    assert words[3].verdict == UNTESTED


def test_a_claim_of_which_a_part_is_missing_is_reproduced_in_part_at_most(as_published):
    del as_published["all"]
    worst = findings(as_published)[0]
    assert worst.verdict == IN_PART
    assert "not tested: all against s1" in worst.words


def test_settings_judged_on_other_ground_or_with_fewer_networks_are_not_compared(as_published):
    s1, both = as_published["s1"], as_published["s1s2"]
    elsewhere = tuple(area.model_copy(update={"name": "elsewhere"}) for area in s1.areas)
    assert between(both, s1.model_copy(update={"areas": elsewhere})) is None
    assert between(both, s1.model_copy(update={"members": s1.members[:3]})) is None


def test_a_single_judging_scene_is_said(as_published):
    for finding in findings(as_published):
        assert "judged on a single scene, so for other ground it is not tested" in finding.words


def test_a_difference_of_settings_is_that_of_their_counts(as_published):
    row = between(as_published["s1s2"], as_published["s1"])
    assert row.low < row.value < row.high
    assert row.is_above
    assert between(as_published["s1"], as_published["s1"]).value == 0
