"""Members count by their weights, and one temperature corrects what they say together."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.errors import ModelError
from geoseg.inference.ensemble import Mix, tempered
from geoseg.inference.streaming import Strip, predict_strips
from geoseg.settings import RunSettings

SHIFTS = (-1.0, 0.2, 1.5)


@pytest.fixture
def scene(make_stack):
    values = np.random.default_rng(0).normal(size=(1, 40, 50)).astype(np.float32)
    values[0, :5] = np.nan
    return make_stack(values)


@pytest.fixture
def members(pixel_member):
    return [pixel_member(shift=shift, name=f"shift {shift}") for shift in SHIFTS]


def strip_of(scene, members, mix, **choices):
    choices = RunSettings(setting="x", tiles={"size": 64, "overlap": 0}, **choices)
    strips = list(predict_strips(scene, members, choices, mix=mix))
    layers = [
        np.concatenate([getattr(strip, field.name) for strip in strips], axis=-2)
        for field in fields(Strip)[1:]
    ]
    return Strip(0, *layers)


def singles(scene, members):
    return np.stack([strip_of(scene, [member], Mix()).probability for member in members])


def test_even_weights_are_the_mean(scene, members):
    plain, weighted = (strip_of(scene, members, mix) for mix in (Mix(), Mix((0.25,) * 3)))
    for layer in ("probability", "spread", "agreement"):
        np.testing.assert_allclose(getattr(weighted, layer), getattr(plain, layer), atol=1e-6)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None
)
@given(weights=st.tuples(*[st.floats(0.01, 5)] * 3))
def test_a_weighted_map_is_the_weighted_mean_and_spread_of_single_runs(scene, members, weights):
    strip, every = strip_of(scene, members, Mix(weights)), singles(scene, members)
    mean = np.average(every, axis=0, weights=weights)
    spread = np.sqrt(np.average((every - mean) ** 2, axis=0, weights=weights))
    np.testing.assert_allclose(strip.probability, mean, atol=1e-6)
    np.testing.assert_allclose(strip.spread, spread, atol=1e-5)
    votes = np.average(every >= 0.5, axis=0, weights=weights)
    known = np.isfinite(mean)
    np.testing.assert_allclose(strip.agreement[known], votes[known], atol=1e-5)


@given(
    probability=st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20),
    temperature=st.floats(0.2, 5),
)
def test_a_temperature_keeps_the_order_and_the_middle(probability, temperature):
    before = np.sort(np.array([*probability, 0, 0.5, 1], np.float32))
    after = tempered(before, temperature)
    assert (np.diff(after) >= 0).all()
    assert after.min() == 0
    assert after.max() == 1
    assert (after[before >= 0.5] >= 0.5 - 1e-6).all()
    assert (after[before <= 0.5] <= 0.5 + 1e-6).all()


@given(probability=st.floats(0.05, 0.95), temperature=st.floats(0.5, 5))
def test_the_inverse_temperature_undoes_it(probability, temperature):
    before = np.array([probability], np.float32)
    np.testing.assert_allclose(
        tempered(tempered(before, temperature), 1 / temperature), before, atol=1e-4
    )


def test_a_temperature_by_hand():
    # logit 2 halved is logit 1
    np.testing.assert_allclose(
        tempered(1 / (1 + np.exp(np.float32([-2]))), 2), 1 / (1 + np.exp(-1)), atol=1e-6
    )


def test_members_vote_on_the_scale_they_answer_in(scene, members):
    """The same share says yes, whether the threshold or the probability is moved."""
    mix = Mix(temperature=2.0)
    threshold = float(tempered(np.float32([0.7]), 2.0)[0])
    calibrated = strip_of(scene, members, mix, threshold=threshold)
    plain = strip_of(scene, members, Mix(), threshold=0.7)
    np.testing.assert_allclose(calibrated.agreement, plain.agreement, atol=1e-6)
    known = np.isfinite(plain.probability)
    np.testing.assert_array_equal(
        calibrated.probability[known] >= threshold, plain.probability[known] >= 0.7
    )


def test_a_constant_scene_stays_constant(make_stack, members):
    strip = strip_of(make_stack(np.ones((1, 70, 66))), members, Mix((1, 2, 3), 1.7))
    for field in fields(Strip)[1:]:
        layer = getattr(strip, field.name)
        assert np.ptp(layer) < 1e-6


def test_weights_of_another_number_of_members_are_refused(scene, members):
    with pytest.raises(ModelError, match="3 members need as many weights above 0, got 2"):
        strip_of(scene, members, Mix((1.0, 2.0)))
