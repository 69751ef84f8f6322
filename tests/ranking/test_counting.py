"""Counts by block add up, and the interval holds the truth about as often as it says."""

import numpy as np
import pytest

from geoseg.evaluation.counts import Confusion
from geoseg.ranking.counting import Pixels, Resampling, block_numbers, f1_of


def test_blocks_by_hand():
    expected = [[0, 0, 1], [0, 0, 1], [2, 2, 3]]
    assert block_numbers((3, 3), 2).tolist() == expected


def test_counts_by_hand():
    truth = np.array([1, 1, 0, 0, 1, 0], bool)
    mapped = np.array([1, 0, 1, 0, 1, 0], bool)
    pixels = Pixels(truth, np.array([0, 0, 0, 1, 1, 1], np.int32), 2)
    counts = pixels.count(mapped)
    assert counts.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert pixels.confusion(counts) == Confusion(tp=2, fp=1, fn=1, tn=2)


def test_f1_of_nothing_is_undefined():
    np.testing.assert_array_equal(f1_of(np.array([[0, 0, 0], [1, 1, 0]])), [np.nan, 2 / 3])


def test_blocks_that_are_all_alike_leave_no_doubt():
    counts = np.tile([3, 1, 2], (40, 1))
    draws = Resampling.of(40, 300, 0)
    assert draws.interval(counts) == pytest.approx((2 / 3, 2 / 3))
    assert draws.difference(counts, counts) == (0, 0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """Blocks of a simulated world whose F1 over all of it is known."""
    rng = np.random.default_rng(5)
    world = rng.poisson(rng.gamma(2, [[20, 6, 8]], (200_000, 3)))
    true_f1 = float(f1_of(world.sum(axis=0)))
    held = 0
    for trial in range(200):
        sample = world[rng.integers(0, len(world), 64)]
        low, high = Resampling.of(64, 300, trial).interval(sample)
        held += low <= true_f1 <= high
    assert 0.88 <= held / 200 <= 0.99


def test_paired_draws_see_a_small_difference_that_single_intervals_hide():
    rng = np.random.default_rng(1)
    worse = rng.poisson(20, (64, 3)) * rng.integers(1, 20, (64, 1))
    better = worse + np.array([0, 0, 0]) - np.minimum(worse, [0, 3, 0])
    draws = Resampling.of(64, 500, 0)
    assert draws.interval(worse)[1] > draws.interval(better)[0]
    low, high = draws.difference(better, worse)
    assert 0 < low < high
