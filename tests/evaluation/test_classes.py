"""Scores of single classes agree with scikit-learn, and with counts done by hand."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import UNKNOWN
from geoseg.tasks import ClassLabel

LABELS = [ClassLabel(0, "none", "#000000"), ClassLabel(1, "smooth", "#000000"),
          ClassLabel(2, "sharp", "#000000")]  # fmt: skip


def test_classes_by_hand():
    counts = ClassCounts(3)
    counts.add(np.uint8([[1, 1, 0], [2, 2, UNKNOWN]]), np.uint8([[1, 0, 2], [2, UNKNOWN, 1]]))
    assert counts.matrix.tolist() == [[0, 0, 1], [1, 1, 0], [0, 0, 1]]
    smooth, sharp = counts.record(LABELS)["classes"][1:]
    assert (smooth["precision"], smooth["recall"], smooth["iou"]) == (0.5, 1.0, 0.5)
    assert (sharp["precision"], sharp["recall"], sharp["iou"]) == (1.0, 0.5, 0.5)
    assert counts.macro_f1() == pytest.approx(2 / 3)


def test_classes_agree_with_scikit_learn_whatever_the_blocks():
    rng = np.random.default_rng(0)
    mapped, true = rng.integers(0, 3, (2, 40, 50)).astype(np.uint8)
    counts = ClassCounts(3)
    for rows in (slice(0, 13), slice(13, 40)):
        counts.add(mapped[rows], true[rows])
    assert (counts.matrix == confusion_matrix(true.ravel(), mapped.ravel()).T).all()
    expected = precision_recall_fscore_support(true.ravel(), mapped.ravel())
    for row in counts.record(LABELS)["classes"]:
        found = row["precision"], row["recall"], row["f1"]
        assert found == pytest.approx([column[row["id"]] for column in expected[:3]])
    assert counts.macro_f1() == pytest.approx(expected[2][1:].mean())


def test_what_is_undefined_is_none_and_left_out_of_the_mean():
    counts = ClassCounts(3)
    assert counts.macro_f1() is None
    counts.add(np.uint8([1]), np.uint8([1]))
    assert counts.record(LABELS)["classes"][2]["f1"] is None
    assert counts.macro_f1() == 1
