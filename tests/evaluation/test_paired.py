"""Two maps at the same points: published intervals, a trusted test, words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from geoseg.errors import ReferenceMapError
from geoseg.evaluation import Confusion
from geoseg.evaluation.paired import PairedPoints, Pairs, pair_points
from geoseg.evaluation.points import PointRows, PointScores

some = st.integers(0, 400)


@given(some, some, some, st.integers(1, 400))
def test_changing_sides_changes_the_sign(both, one, two, neither):
    found, turned = Pairs(both, one, two, neither), Pairs(both, two, one, neither)
    low, high = found.interval()
    assert -1 <= low <= high <= 1
    assert turned.interval() == pytest.approx((-high, -low))
    assert turned.p_value() == pytest.approx(found.p_value())


def test_the_test_is_the_binomial_of_what_parts_the_maps():
    assert Pairs(80, 30, 10, 5).p_value() == binomtest(30, 40).pvalue
    assert Pairs(80, 0, 0, 5).p_value() == 1


def test_the_interval_by_hand():
    # Counts 1000 + 2: (150 - 100) / 1002 and sqrt((251 / 1002 - 0.0499 ** 2) / 1002).
    low, high = Pairs(600, 150, 100, 150).interval()
    gap = 50 / 1002
    reach = 1.959964 * ((251 / 1002 - gap**2) / 1002) ** 0.5
    assert (low, high) == pytest.approx((gap - reach, gap + reach))


def test_the_interval_holds_the_truth_in_95_of_100_samples():
    rng = np.random.default_rng(2)
    counts = rng.multinomial(120, [0.5, 0.25, 0.1, 0.15], 2000)
    intervals = [Pairs(*row).interval() for row in counts.tolist()]
    assert np.mean([low <= 0.15 <= high for low, high in intervals]) == pytest.approx(
        0.95, abs=0.015
    )


def scores(index, is_feature, right):
    rows = PointRows(np.array(index), np.array(is_feature, bool), np.array(right, bool))
    return PointScores(Confusion(), Confusion(), 10.0, "wetland", "class", rows)


def test_only_points_that_both_know_are_paired():
    first = scores([0, 1, 2, 4, 5], [1, 1, 0, 0, 0], [1, 1, 1, 0, 1])
    second = scores([1, 2, 3, 4, 5], [1, 0, 1, 0, 0], [0, 1, 1, 1, 1])
    found = pair_points(first, second, ("ours", "old.tif"))
    assert found.every == Pairs(both=2, only_first=1, only_second=1, neither=0)
    assert found.of_feature == Pairs(0, 1, 0, 0)
    assert found.left_out == 2
    assert found.balanced() == pytest.approx((0.5 * (1 + 2 / 3), 0.5 * (0 + 1)))
    with pytest.raises(ReferenceMapError, match=r"no point that both ours and old\.tif know"):
        pair_points(first, scores([9], [1], [1]), ("ours", "old.tif"))


def test_the_words_tell_who_is_right_and_whether_it_may_be_chance():
    clear = PairedPoints(("ours", "old.tif"), Pairs(45, 46, 2, 7), Pairs(20, 20, 1, 4),
                         Pairs(25, 26, 1, 3), 10.0)  # fmt: skip
    words = clear.words()[0]
    assert "at 100 points that both maps know, ours is right at 91.0%, old.tif at 47.0%" in words
    assert "+44.0 percentage points" in words
    assert words.endswith("more than chance in favour of ours")
    level = PairedPoints(("a", "b"), Pairs(40, 5, 6, 3), Pairs(0, 0, 0, 0), Pairs(40, 5, 6, 3), 0.0)
    assert level.words()[0].endswith("which may be chance")
    assert level.record()["balanced_interval"] is None
