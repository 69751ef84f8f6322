"""Histogram of scores: the same counts as the class map at every threshold."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss, precision_recall_curve

from geoseg.evaluation import ScoreHistogram, count


def scene(seed, pixels=4000, decimals=7):
    rng = np.random.default_rng(seed)
    reference = (rng.random((40, pixels // 40)) < 0.2).astype(np.uint8)
    scores = np.clip(rng.normal(0.3 + 0.3 * reference, 0.2), 0, 1)
    probability = scores.round(decimals).astype(np.float32)
    probability[:2, :5] = np.nan
    reference[4:6, :7] = 255
    return probability, reference


def histogram_of(probability, reference):
    histogram = ScoreHistogram()
    histogram.add(probability, reference)
    return histogram


@given(seed=st.integers(0, 50), thousandths=st.integers(1, 999), decimals=st.integers(1, 7))
def test_counts_are_those_of_the_class_map_at_any_threshold(seed, thousandths, decimals):
    probability, reference = scene(seed, decimals=decimals)
    threshold = thousandths / 1000
    classes = (probability >= threshold).astype(np.uint8)
    classes[np.isnan(probability)] = 255
    found = histogram_of(probability, reference).confusion_at(threshold)
    assert found == count(classes, reference)


def test_adding_parts_is_adding_the_whole():
    probability, reference = scene(1)
    parts = ScoreHistogram()
    for rows in (slice(0, 13), slice(13, 40)):
        parts.add(probability[rows], reference[rows])
    whole = histogram_of(probability, reference)
    assert parts.to_record() == whole.to_record()


def test_a_histogram_survives_json():
    histogram = histogram_of(*scene(2))
    again = ScoreHistogram.from_record(json.loads(json.dumps(histogram.to_record())))
    assert again.confusion_at(0.4) == histogram.confusion_at(0.4)
    assert again.total == histogram.total


def test_probability_one_is_counted():
    ones = np.ones((2, 2), dtype=np.float32)
    histogram = histogram_of(ones, np.ones((2, 2), dtype=np.uint8))
    assert histogram.confusion_at(0.999).tp == 4


def test_the_curve_agrees_with_scikit_learn():
    probability, reference = scene(3, decimals=2)
    known = np.isfinite(probability) & (reference != 255)
    # On whole hundredths both sides see the same distinct thresholds, up to float32.
    scores = np.round(probability[known].astype(float), 2)
    precision, recall, thresholds = precision_recall_curve(reference[known], scores)
    found = histogram_of(probability, reference).pr_curve()
    places = np.round(thresholds[thresholds < 1] * 1000).astype(int)
    np.testing.assert_allclose(found.precision[places], precision[: len(places)])
    np.testing.assert_allclose(found.recall[places], recall[: len(places)])


def test_the_best_threshold_has_the_highest_f1():
    histogram = histogram_of(*scene(4))
    best = histogram.best_f1_threshold()
    scores = [histogram.confusion_at(t / 1000).metrics()["f1"] for t in range(1, 1000)]
    assert histogram.confusion_at(best).metrics()["f1"] == pytest.approx(max(scores))


def test_without_the_feature_there_is_no_best_threshold():
    empty = histogram_of(np.full((2, 2), 0.4, np.float32), np.zeros((2, 2), np.uint8))
    assert empty.best_f1_threshold() is None
    assert np.isnan(empty.pr_curve().recall).all()


def test_reliability_agrees_with_scikit_learn():
    probability, reference = scene(5)
    known = np.isfinite(probability) & (reference != 255)
    observed, predicted = calibration_curve(reference[known], probability[known], n_bins=10)
    found = histogram_of(probability, reference).reliability(bins=10)
    np.testing.assert_allclose(found.observed, observed, atol=0.02)
    np.testing.assert_allclose(found.predicted, predicted, atol=0.002)
    assert found.pixels.sum() == known.sum()


def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


def too_sure(pixels=400_000, factor=2.5, seed=6):
    """Scores whose logit is a known factor too large."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1, 1, pixels)
    reference = (rng.random(pixels) < sigmoid(logit)).astype(np.uint8)
    return sigmoid(factor * logit).astype(np.float32)[None], reference[None]


def test_the_fitted_temperature_is_the_one_that_was_put_in():
    histogram = histogram_of(*too_sure(factor=2.5))
    temperature = histogram.best_temperature()
    assert temperature == pytest.approx(2.5, rel=0.02)
    better = histogram.tempered(temperature)
    assert better.calibration_error() < 0.01
    assert histogram.calibration_error() > 0.1
    assert better.best_temperature() == pytest.approx(1, rel=0.02)


@given(seed=st.integers(0, 20), temperature=st.floats(0.2, 10))
def test_tempering_moves_no_pixel_across_one_half(seed, temperature):
    histogram = histogram_of(*scene(seed))
    moved = histogram.tempered(temperature)
    assert moved.total == histogram.total
    assert moved.confusion_at(0.5) == histogram.confusion_at(0.5)
    assert histogram.tempered(1).to_record() == histogram.to_record()


def test_log_loss_agrees_with_scikit_learn():
    probability, reference = too_sure(pixels=20_000, factor=1)
    found = histogram_of(probability, reference).log_loss()
    assert found == pytest.approx(log_loss(reference[0], probability[0].astype(float)), abs=1e-4)


def test_the_calibration_error_by_hand():
    probability = np.array([[0.0505, 0.0505, 0.9505, 0.9505]], np.float32)
    histogram = histogram_of(probability, np.array([[0, 1, 1, 1]], np.uint8))
    assert histogram.calibration_error() == pytest.approx((0.4495 * 2 + 0.0495 * 2) / 4)


def test_one_class_alone_has_no_temperature():
    empty = histogram_of(np.full((2, 2), 0.4, np.float32), np.zeros((2, 2), np.uint8))
    assert empty.best_temperature() is None
    assert ScoreHistogram().calibration_error() is ScoreHistogram().log_loss() is None


def test_one_temperature_mends_probabilities_crowded_around_one_half():
    """As of networks taught by the Lovász loss: background at 0.42, the feature at 0.56."""
    rng = np.random.default_rng(0)
    truth = (rng.random((200, 200)) < 0.05).astype(np.uint8)
    logit = np.where(truth, 3.0, -4.0) + 2 * rng.standard_normal(truth.shape)
    crowded = (1 / (1 + np.exp(-logit / 16))).astype(np.float32)
    curve = ScoreHistogram()
    curve.add(crowded, truth)
    assert curve.calibration_error() > 0.3
    temperature = curve.best_temperature()
    assert temperature < 0.1
    assert curve.tempered(temperature).calibration_error() < 0.03
