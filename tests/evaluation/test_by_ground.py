"""Scores of unseen and taught ground: they add up to the whole, and unseen ground leads."""

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window
from sklearn.metrics import f1_score

from geoseg.evaluation.by_ground import (
    TaughtCounts,
    curve_parts,
    ground_parts,
    leading,
    leading_curve,
    mapped_words,
)
from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import Confusion, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.taught import find_taught
from geoseg.grid import Grid
from geoseg.models.footprint import Footprint, make_patch
from geoseg.tasks import RAVINES

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_800_000), 60, 50)
FLAT = ("precision", "recall", "f1", "accuracy", "iou", "balanced_accuracy", "mcc")


def ground(rows, members=("one", "two")):
    """The first rows taught; None is a member that does not tell."""
    taught = ()
    if rows:
        taught = (make_patch(GRID.crs, GRID.transform, np.array([[0, 0, rows, 60]])),)
    footprints = {name: Footprint(taught=taught) for name in members}
    return find_taught(footprints | ({"one": None} if rows is None else {}), GRID)


def counted(rows):
    rng = np.random.default_rng(1)
    probability = rng.random(GRID.shape).astype(np.float32)
    reference = (probability + rng.normal(0, 0.3, GRID.shape) > 0.5).astype(np.uint8)
    reference[:, :3] = 255
    classes = (probability >= 0.5).astype(np.uint8)
    where, taught, whole = ground(rows), TaughtCounts(), ScoreHistogram()
    whole.add(probability, reference)
    for row in range(0, 50, 10):
        strip = np.s_[row : row + 10]
        mask = where.read(Window(0, row, 60, 10))
        taught.add(mask, classes[strip], reference[strip], probability[strip])
    parts = ground_parts(where, count(classes, reference), taught)
    return parts | count(classes, reference).record(), (classes, reference, taught, whole)


def test_the_parts_are_those_of_the_pixels_counted_alone():
    metrics, (classes, reference, *_) = counted(20)
    for part, rows in (("taught", np.s_[:20]), ("unseen", np.s_[20:])):
        known = reference[rows] != 255
        assert metrics[part]["f1"] == pytest.approx(
            f1_score(reference[rows][known], classes[rows][known])
        )
        assert metrics[part]["pixels"] == known.sum()
        assert set(FLAT) < set(metrics[part])
    for name in ("tp", "fp", "fn", "tn"):
        assert metrics["unseen"][name] + metrics["taught"][name] == metrics[name]


def test_unseen_ground_leads_and_the_sentence_tells_both():
    metrics, _ = counted(20)
    part, led = leading(metrics)
    assert (part, led["f1"]) == ("unseen", metrics["unseen"]["f1"])
    words = metrics["ground"]["words"]
    assert words.startswith("40% of the 2,850 pixels counted taught or judged the 2 networks")
    assert f"{metrics['unseen']['f1']:.2f} on unseen ground" in words


def test_where_nothing_taught_the_whole_is_unseen():
    metrics, _ = counted(0)
    assert metrics["unseen"]["f1"] == metrics["f1"]
    assert metrics["taught"]["f1"] is None
    assert metrics["taught"]["pixels"] == 0
    assert leading(metrics)[0] == "unseen"
    assert "all 2,850 that were counted are unseen" in metrics["ground"]["words"]


def test_where_all_taught_no_score_is_called_unseen():
    metrics, _ = counted(50)
    assert metrics["unseen"]["f1"] is None
    assert metrics["unseen"]["pixels"] == 0
    assert leading(metrics) == ("taught", metrics)
    assert "There is no score of unseen ground" in metrics["ground"]["words"]


def test_where_nobody_knows_both_are_null_and_the_reason_is_told():
    metrics, _ = counted(None)
    assert all(metrics["unseen"][name] is None for name in (*FLAT, "tp", "pixels"))
    assert metrics["taught"]["f1"] is None
    assert leading(metrics)[0] == "whole"
    assert metrics["ground"]["words"].startswith("It cannot be told whether this ground taught")


def test_scores_of_an_older_version_are_those_of_the_whole():
    assert leading({"f1": 0.5}) == ("whole", {"f1": 0.5})


def test_few_unseen_pixels_of_the_feature_are_told():
    parts = ground_parts(
        ground(20), Confusion(30, 10, 10, 500), TaughtCounts(Confusion(20, 5, 5, 9))
    )
    assert "fewer than 100 pixels of the feature" in parts["ground"]["words"]


def test_curves_are_of_unseen_ground_where_there_is_enough():
    _, (classes, reference, taught, whole) = counted(20)
    record = curve_parts(whole, taught.histogram, known=True)
    unseen = count(classes[20:], reference[20:])
    assert record["leading"] == "unseen"
    assert leading_curve(record).confusion_at(0.5) == unseen
    assert leading_curve(curve_parts(whole, taught.histogram, known=False)).total == whole.total
    assert leading_curve(curve_parts(whole, whole, known=True)).total == whole.total
    assert leading_curve(whole.to_record()).total == whole.total


def test_classes_are_told_apart_too():
    labels = RAVINES.classes
    rng = np.random.default_rng(2)
    mapped, true = (rng.integers(0, len(labels), GRID.shape, dtype=np.uint8) for _ in range(2))
    whole, taught = ClassCounts(len(labels)), TaughtCounts(by_class=ClassCounts(len(labels)))
    whole.add(mapped, true)
    reference, probability = (true > 0).astype(np.uint8), np.zeros(GRID.shape, np.float32)
    mask = ground(20).read(Window(0, 0, 60, 50))
    taught.add(mask, mapped, reference, probability, true)
    parts = ground_parts(ground(20), count(mapped, reference), taught, whole, labels)
    alone = ClassCounts(len(labels))
    alone.add(mapped[20:], true[20:])
    assert parts["unseen"]["classes"] == alone.record(labels)["classes"]
    assert parts["taught"]["macro_f1"] is not None


def test_without_a_reference_the_share_of_taught_ground_is_told():
    assert mapped_words(ground(20), 1000, 400)["words"].startswith("40% of the mapped pixels")
    assert "all of it is unseen" in mapped_words(ground(0), 1000, 0)["words"]
    assert "cannot be told" in mapped_words(ground(None), 1000, 0)["words"]
