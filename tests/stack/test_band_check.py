"""Bands that look like training stay quiet; those that depart come first, with words and a picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.models.card import BandStatistics
from geoseg.stack.band_check import check_stack
from geoseg.stack.stack import ArrayStack
from geoseg.tasks import Band, BandKind
from tests.inference.conftest import grid_of

BANDS = (
    Band("dNDVI", "Greenness change"), Band("postVV", "Radar after", "dB"),
    Band("cover", "Land cover", kind=BandKind.CATEGORICAL), Band("flat", "Flat", "m"),
)  # fmt: skip
TRAINING = (
    BandStatistics(name="dNDVI", mean=0.0, std=0.1),
    BandStatistics(name="postVV", unit="dB", mean=-10.0, std=3.0),
    BandStatistics(name="cover", mean=3.0, std=1.0),
    BandStatistics(name="flat", unit="m", mean=5.0, std=0.0),
)


def stack_of(**changes):
    rng = np.random.default_rng(0)
    shape = (60, 70)
    values = {
        "dNDVI": rng.normal(0, 0.1, shape), "postVV": rng.normal(-10, 3, shape),
        "cover": rng.integers(1, 7, shape).astype(float), "flat": np.full(shape, 5.0),
    } | changes  # fmt: skip
    return ArrayStack(
        np.stack([np.asarray(v, np.float32) for v in values.values()]), tuple(values),
        grid_of(*shape),
    )  # fmt: skip


def by_name(checks):
    return {check.name: check for check in checks}


def test_values_as_in_training_are_usual():
    checks = by_name(check_stack(stack_of(), TRAINING, BANDS))
    assert not any(check.odd for check in checks.values())
    # 95.4 % of a normal distribution lie within two standard deviations.
    assert checks["dNDVI"].usual == pytest.approx(0.954, abs=0.01)
    assert "of your values of dNDVI lie where most" in checks["dNDVI"].words
    assert "-16 to -4 dB" in checks["postVV"].words


def test_what_cannot_be_compared_says_so():
    checks = by_name(check_stack(stack_of(dNDVI=np.full((60, 70), np.nan)), TRAINING, BANDS))
    assert (checks["dNDVI"].median, checks["dNDVI"].shares) == (None, ())
    assert checks["dNDVI"].missing == 1
    assert "no value here" in checks["dNDVI"].words
    assert checks["flat"].usual is None
    assert "same everywhere in training" in checks["flat"].words
    assert "ids, not measured" in checks["cover"].words
    assert len(checks["cover"].shares) == 6


def test_a_mask_tells_how_often_it_is_set():
    bands = (Band("shadow", "Radar shadow", kind=BandKind.MASK),)
    values = np.zeros((60, 70))
    values[:6] = 1
    training = [BandStatistics(name="shadow", mean=0.25, std=0.4)]
    (check,) = check_stack(stack_of(shadow=values), training, bands)
    assert check.words == "shadow is set on 10% of your pixels, in training on 25%."
    assert check.shares == pytest.approx((0.9, 0.1))


def test_a_band_in_other_units_comes_first_with_a_guess():
    linear = 10 ** (np.random.default_rng(1).normal(-10, 3, (60, 70)) / 10)
    first, *others = check_stack(stack_of(postVV=linear), TRAINING, BANDS)
    assert (first.name, first.departs, first.odd) == ("postVV", True, True)
    assert "convert them to dB" in first.words
    assert not any(check.odd for check in others)


def test_a_shifted_band_is_odd_without_departing():
    shifted = np.random.default_rng(2).normal(0.25, 0.1, (60, 70))
    first = check_stack(stack_of(dNDVI=shifted), TRAINING, BANDS)[0]
    assert (first.name, first.departs, first.odd) == ("dNDVI", False, True)
    # Phi(-0.5) of the values still lie below 0.2.
    assert first.usual == pytest.approx(0.3085, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(mean=st.floats(-1e3, 1e3), spread=st.floats(1e-3, 1e3), holes=st.floats(0, 0.9))
def test_the_picture_holds_nearly_all_values_and_the_training(mean, spread, holes):
    rng = np.random.default_rng(3)
    values = rng.normal(mean, spread, (60, 70))
    values[rng.random(values.shape) < holes] = np.nan
    check = by_name(check_stack(stack_of(dNDVI=values), TRAINING, BANDS))["dNDVI"]
    assert len(check.edges) == len(check.shares) + 1
    assert list(check.edges) == sorted(check.edges)
    assert 0.98 <= sum(check.shares) <= 1 + 1e-9
    assert check.edges[0] <= -0.3 + 1e-9
    assert check.edges[-1] >= 0.3 - 1e-9
    assert check.missing == pytest.approx(np.isnan(values).mean())


def test_bands_no_card_knows_are_left_out():
    assert [c.name for c in check_stack(stack_of(), TRAINING[:1], BANDS)] == ["dNDVI"]
