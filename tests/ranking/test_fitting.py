"""Fits find what is known to be best, on toys whose answer is known."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.metrics import f1_score, log_loss

from geoseg.progress import never
from geoseg.ranking.fitting import draw_sample, greedy, weighted
from geoseg.ranking.histogram import STEPS, FineHistogram
from geoseg.ranking.store import Store

RNG = np.random.default_rng(0)


def store_of(*members):
    store = Store(len(members), len(members[0]))
    for place, own in enumerate(members):
        store.put(place, np.asarray(own, np.float32))
    return store


@pytest.fixture(scope="module")
def noisy():
    """Twelve members of independent noise, the later the worse; a third of pixels is true."""
    truth = RNG.random(20_000) < 0.3
    logits = [(2.0 * truth - 1) + RNG.normal(0, 0.8 + 0.3 * n, len(truth)) for n in range(12)]
    members = [1 / (1 + np.exp(-1.5 * own)) for own in logits]
    return truth, members


def test_a_store_keeps_five_digits_and_the_middle():
    said = np.array([0, 0.1, 0.49999, 0.5, 0.50001, 1], np.float32)
    store = store_of(said)
    np.testing.assert_allclose(store.mixture({0: 1.0}), said, atol=1 / STEPS)
    np.testing.assert_array_equal(store.take([0], np.arange(6))[0] >= 0.5, said >= 0.5)


def test_greedy_by_hand():
    """Two members that err on different pixels are right together; the third spoils both."""
    truth = np.array([1, 1, 0, 0, 0], bool)
    first, second = [0.9, 0.3, 0.1, 0.1, 0.1], [0.3, 0.9, 0.1, 0.1, 0.1]
    wrong = [0.1, 0.1, 0.9, 0.9, 0.9]
    found = greedy(store_of(wrong, first, second), truth, 3, never)
    assert found == {1: 0.5, 2: 0.5}


def test_greedy_beats_the_mean_and_the_best_where_members_differ(noisy):
    truth, members = noisy
    store = store_of(*members)
    weights = greedy(store, truth, 12, never)

    def f1(mixture):
        return f1_score(truth, store.mixture(mixture) >= 0.5)

    assert sum(weights.values()) == pytest.approx(1)
    assert f1(weights) > max(f1({place: 1 / 12 for place in range(12)}), f1({0: 1.0}))


def test_greedy_looks_at_its_candidates_only(noisy):
    truth, members = noisy
    assert set(greedy(store_of(*members), truth, 2, never)) <= {0, 1}


def test_weights_are_those_of_a_general_optimiser():
    truth = RNG.random(3000) < 0.4
    members = [
        1 / (1 + np.exp(-((2.0 * truth - 1) * gain + RNG.normal(0, 1, 3000))))
        for gain in (0.5, 1.5, 1.0)
    ]
    found = weighted(draw_sample(store_of(*members), truth, 3, 0), never)
    table = np.stack(members)

    def loss(free):
        shares = np.exp(free) / np.exp(free).sum()
        return log_loss(truth, shares @ table)

    best = minimize(loss, np.zeros(3)).x
    expected = np.exp(best) / np.exp(best).sum()
    np.testing.assert_allclose([found.get(n, 0) for n in range(3)], expected, atol=0.02)


def test_a_useless_member_gets_no_weight(noisy):
    truth, members = noisy
    store = store_of(members[0], 1 - members[1])
    assert weighted(draw_sample(store, truth, 2, 0), never) == {0: 1.0}


def test_a_sample_stands_for_all_pixels(monkeypatch):
    monkeypatch.setattr("geoseg.ranking.fitting.SAMPLE", 100)
    truth = np.arange(10_000) < 500
    sample = draw_sample(store_of(truth.astype(float)), truth, 1, 0)
    assert sample.probability.shape == (1, 100)
    assert sample.count[sample.truth].sum() == pytest.approx(500)
    assert sample.count.sum() == pytest.approx(10_000)


def test_log_loss_agrees_with_scikit_learn(noisy):
    truth, members = noisy
    histogram = FineHistogram.of(members[0].astype(np.float32), truth)
    assert histogram.log_loss() == pytest.approx(log_loss(truth, members[0]), rel=1e-3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_it_wrong_is_found_and_makes_it_calibrated(temperature):
    logit = RNG.normal(-1, 2, 200_000)
    truth = RNG.random(len(logit)) < 1 / (1 + np.exp(-logit))
    said = (1 / (1 + np.exp(-logit * temperature))).astype(np.float32)
    histogram = FineHistogram.of(said, truth)
    found = histogram.best_temperature()
    assert found == pytest.approx(temperature, rel=0.03)
    assert histogram.calibration_error(found) < 0.005
    assert histogram.log_loss(found) <= histogram.log_loss() + 1e-9


def test_the_threshold_is_the_best_there_is(noisy):
    truth, members = noisy
    said = members[3].astype(np.float32)
    found = FineHistogram.of(said, truth).best_threshold()
    scores = {t: f1_score(truth, said >= t) for t in np.arange(1, 1000, 10) / 1000}
    assert f1_score(truth, said >= found) >= max(scores.values()) - 1e-9


def test_the_coarse_histogram_counts_as_a_class_map_does():
    said = (np.arange(1001) / 1000).astype(np.float32)
    histogram = FineHistogram.of(said, said >= 0.7).coarse()
    for threshold in (0.1, 0.5, 0.7, 0.9):
        mapped = int((said >= np.float32(threshold)).sum())
        counts = histogram.confusion_at(threshold)
        assert counts.tp + counts.fp == mapped
