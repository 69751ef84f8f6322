"""Entropy is what theory and scipy say; what members contradict each other about is never below 0."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import entropy

from geoseg.inference.ensemble import Mix, Moments
from geoseg.inference.streaming import Strip, predict_strips
from geoseg.inference.uncertainty import entropy_bits, most_bits
from geoseg.settings import RunSettings

SETTINGS = RunSettings(setting="x", tiles={"size": 64, "overlap": 0})
members_probabilities = arrays.arrays(np.float32, (3, 1, 4, 5), elements=st.floats(0, 1, width=32))


def test_entropy_by_hand():
    bits = entropy_bits(np.float32([[[0, 0.5, 1, 0.25, np.nan]]]))
    np.testing.assert_allclose(bits[0, :4], [0, 1, 0, 0.811278], atol=1e-6)
    assert np.isnan(bits[0, 4])


def test_a_value_just_outside_counts_as_certain():
    assert not entropy_bits(np.float32([[[-1e-3, 1 + 1e-3]]])).any()


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_entropy_of_several_classes_agrees_with_scipy(classes):
    shares = np.random.default_rng(classes).dirichlet(np.ones(classes), (6, 5))
    probability = np.moveaxis(shares, -1, 0).astype(np.float32)
    np.testing.assert_allclose(
        entropy_bits(probability), entropy(shares, axis=-1, base=2), atol=1e-5
    )
    even = np.full((classes, 1, 1), 1 / classes, np.float32)
    assert entropy_bits(even)[0, 0] == pytest.approx(most_bits(classes), abs=1e-6)


def test_one_class_stands_for_two():
    yes = np.random.default_rng(0).random((1, 9, 8), dtype=np.float32)
    np.testing.assert_allclose(
        entropy_bits(yes), entropy_bits(np.concatenate([1 - yes, yes])), atol=1e-5
    )
    assert most_bits(1) == most_bits(2) == 1


def moments_of(members, weights):
    moments = Moments(members[0].shape, weights, 0.5)
    for nth, probability in enumerate(members, start=1):
        moments.add(nth, probability, slice(None))
    return moments


@given(members=members_probabilities, weights=st.tuples(*[st.floats(0.1, 5)] * 3))
def test_mutual_information_lies_between_nothing_and_the_entropy(members, weights):
    moments = moments_of(members, weights)
    total = entropy_bits(moments.mean)
    dissent = moments.mutual_information(total)
    assert (dissent >= 0).all()
    assert (dissent <= total + 1e-5).all()


@given(member=members_probabilities)
def test_members_that_agree_share_all_their_doubt(member):
    moments = moments_of([member[0]] * 3, (1, 2, 3))
    assert moments.mutual_information(entropy_bits(moments.mean)).max() < 1e-5


def test_members_that_contradict_each_other_with_certainty_are_all_dissent():
    sure = [np.full((1, 1, 1), value, np.float32) for value in (0, 1)]
    moments = moments_of(sure, (1, 1))
    assert moments.mutual_information(entropy_bits(moments.mean))[0, 0] == pytest.approx(1)


def whole(scene, members, mix):
    strips = list(predict_strips(scene, members, SETTINGS, mix=mix))
    names = [field.name for field in fields(Strip) if field.name != "row"]
    return {
        name: np.concatenate([getattr(strip, name) for strip in strips], axis=-2) for name in names
    }


@pytest.fixture
def scene(make_stack):
    return make_stack(np.random.default_rng(0).normal(size=(1, 90, 70)))


@pytest.fixture
def members(pixel_member):
    return [pixel_member(shift=shift, name=f"shift {shift}") for shift in (-1.0, 0.2, 1.5)]


def test_the_layers_of_a_scene_are_those_of_single_runs(scene, members):
    weights = (1.0, 2.0, 0.5)
    layers = whole(scene, members, Mix(weights))
    every = np.stack([whole(scene, [member], Mix())["probability"][0] for member in members])
    both = np.stack([1 - every, every])
    own = np.average(entropy(both, axis=0, base=2), axis=0, weights=weights)
    mean = entropy(np.average(both, axis=1, weights=weights), axis=0, base=2)
    np.testing.assert_allclose(layers["entropy"], mean, atol=1e-5)
    np.testing.assert_allclose(layers["mutual_information"], mean - own, atol=1e-5)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_single_member_is_its_own_run(scene, members, place):
    layers = whole(scene, members, Mix(temperature=2.0, single=place))
    alone = whole(scene, [members[place]], Mix())["probability"]
    np.testing.assert_array_equal(layers["single"], alone)


def test_a_temperature_moves_the_entropy_and_leaves_the_dissent(scene, members):
    plain, cautious = (whole(scene, members, Mix(temperature=value)) for value in (1.0, 2.0))
    np.testing.assert_array_equal(plain["mutual_information"], cautious["mutual_information"])
    assert cautious["entropy"].mean() > plain["entropy"].mean()
    np.testing.assert_allclose(
        cautious["entropy"], entropy_bits(cautious["probability"]), atol=1e-6
    )


class Kept:
    """Keeps a copy of all it is shown."""

    def __init__(self, height, width, members):
        self.own, self.mean = (np.full((members, height, width), np.nan) for _ in range(2))
        self.rows = []

    def begin(self, row, coverage):
        self.rows = slice(row, row + len(coverage))

    def see(self, place, own, mean, columns):
        self.own[place, self.rows, columns], self.mean[place, self.rows, columns] = own[0], mean[0]


def test_an_observer_sees_every_member_and_the_mean_so_far(scene, members):
    kept = Kept(90, 70, 3)
    list(predict_strips(scene, members, SETTINGS, observer=kept))
    for place, member in enumerate(members):
        alone = whole(scene, [member], Mix())["probability"][0]
        np.testing.assert_array_equal(kept.own[place], alone)
        np.testing.assert_allclose(kept.mean[place], kept.own[: place + 1].mean(axis=0), atol=1e-6)
