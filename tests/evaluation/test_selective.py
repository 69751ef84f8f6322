"""Dropping the unsure: by hand, against plain sorting, and what an oracle and a coin give."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from geoseg.evaluation import Confusion, count
from geoseg.evaluation.selective import KEPT, SelectiveCounts

EVEN = np.arange(1, 21) / 20


def counted(uncertainty, classes, reference, highest=1.0):
    counts = SelectiveCounts(highest)
    for rows in (slice(0, 3), slice(3, None)):
        counts.add(uncertainty[rows], classes[rows], reference[rows])
    return counts


def scene(seed=1, shape=(80, 100)):
    rng = np.random.default_rng(seed)
    reference = (rng.random(shape) < 0.3).astype(np.uint8)
    uncertainty = rng.random(shape).astype(np.float32)
    wrong = rng.random(shape) < uncertainty / 2
    return uncertainty, np.where(wrong, 1 - reference, reference).astype(np.uint8), reference


def test_by_hand():
    uncertainty = np.array([[0.0, 0.1, 0.2, 0.9, np.nan, 0.3]], np.float32)
    classes = np.array([[1, 0, 1, 1, 1, 255]], np.uint8)
    reference = np.array([[1, 0, 1, 0, 1, 1]], np.uint8)
    points = counted(uncertainty, classes, reference).curve([0.25, 0.5, 0.75, 1])
    assert [point.kept for point in points] == [0.25, 0.5, 0.75, 1.0]
    assert [point.confusion for point in points] == [
        Confusion(tp=1), Confusion(tp=1, tn=1), Confusion(tp=2, tn=1), Confusion(tp=2, fp=1, tn=1),
    ]  # fmt: skip
    assert points[0].record()["recall"] == 1
    assert points[0].record()["mcc"] is None


def test_keeping_all_gives_the_whole_map_and_sorting_gives_the_rest():
    uncertainty, classes, reference = scene()
    points = counted(uncertainty, classes, reference).curve()
    kept = np.array([point.kept for point in points])
    assert all(np.abs(kept - share).min() < 0.005 for share in KEPT)
    assert points[-1].confusion == count(classes, reference)
    order = np.argsort(uncertainty, axis=None)
    for point in points:
        first = order[: point.confusion.total]
        trusted = f1_score(reference.flat[first], classes.flat[first])
        assert point.confusion.metrics()["f1"] == pytest.approx(trusted, abs=0.02)
        assert (uncertainty.flat[first] <= point.uncertainty + 1e-6).all()


def test_a_good_uncertainty_makes_what_is_kept_better_and_chance_does_not():
    uncertainty, classes, reference = scene(2)
    kept = [
        p.confusion.metrics()["accuracy"] for p in counted(uncertainty, classes, reference).curve()
    ]
    assert kept[0] > kept[9] > kept[-1]
    coin = np.random.default_rng(3).random(uncertainty.shape).astype(np.float32)
    flat = [
        p.confusion.metrics()["accuracy"] for p in counted(coin, classes, reference).curve(EVEN)
    ]
    assert flat[4] == pytest.approx(flat[-1], abs=0.03)


def test_almost_sure_pixels_are_told_apart():
    uncertainty = np.geomspace(1e-6, 0.4, 4000).astype(np.float32)[None]
    ones = np.ones(uncertainty.shape, np.uint8)
    points = counted(uncertainty, ones, ones, highest=0.5).curve(EVEN)
    assert len(points) >= 18
    np.testing.assert_allclose(
        [p.kept for p in points], np.arange(1, 21)[-len(points) :] / 20, atol=0.06
    )


def test_nothing_known_gives_no_curve_and_the_record_is_json():
    assert SelectiveCounts().curve() == []
    json.dumps(counted(*scene()).record(), allow_nan=False)
