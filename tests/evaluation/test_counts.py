"""Counts and metrics: by hand, then against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as trusted

from geoseg.evaluation import Confusion, confusion_map, count

CLASSES = np.array([[1, 1, 0, 0], [1, 0, 255, 1]], dtype=np.uint8)
REFERENCE = np.array([[1, 0, 1, 0], [1, 0, 1, 255]], dtype=np.uint8)

maps = arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 255]))
counts = st.builds(Confusion, *[st.integers(0, 10**6)] * 4)


def test_counts_by_hand():
    assert count(CLASSES, REFERENCE) == Confusion(tp=2, fp=1, fn=1, tn=2)


def test_the_confusion_map_tells_every_kind_of_pixel():
    expected = [[1, 2, 3, 4], [1, 4, 255, 255]]
    assert confusion_map(CLASSES, REFERENCE).tolist() == expected


def test_metrics_by_hand():
    found = Confusion(tp=2, fp=1, fn=1, tn=2).metrics()
    assert found == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "accuracy": pytest.approx(4 / 6),
        "iou": pytest.approx(2 / 4),
        "balanced_accuracy": pytest.approx(2 / 3),
        "mcc": pytest.approx(1 / 3),
    }


def test_every_class_but_the_background_is_the_feature():
    classes = np.array([[0, 1, 2, 3, 255]], dtype=np.uint8)
    assert count(classes, np.ones((1, 5), dtype=np.uint8)) == Confusion(tp=3, fn=1)


@given(classes=maps, reference=maps)
def test_metrics_agree_with_scikit_learn(classes, reference):
    known = (classes != 255) & (reference != 255)
    mapped, true = classes[known], reference[known]
    found = count(classes, reference)
    if not known.any():
        assert found == Confusion()
        return
    tn, fp, fn, tp = trusted.confusion_matrix(true, mapped, labels=[0, 1]).ravel()
    assert found == Confusion(tp=tp, fp=fp, fn=fn, tn=tn)
    theirs = {
        "precision": trusted.precision_score(true, mapped, zero_division=0),
        "recall": trusted.recall_score(true, mapped, zero_division=0),
        "f1": trusted.f1_score(true, mapped, zero_division=0),
        "accuracy": trusted.accuracy_score(true, mapped),
        "iou": trusted.jaccard_score(true, mapped, zero_division=0),
    }
    if len(np.unique(true)) == 2:
        theirs["balanced_accuracy"] = trusted.balanced_accuracy_score(true, mapped)
        if len(np.unique(mapped)) == 2:
            theirs["mcc"] = trusted.matthews_corrcoef(true, mapped)
    for name, value in found.metrics().items():
        if value is not None:
            assert value == pytest.approx(theirs[name])


@given(a=maps, b=maps, reference=maps)
def test_counts_of_parts_add_up_to_the_whole(a, b, reference):
    whole = count(np.vstack([a, b]), np.vstack([reference, reference]))
    assert count(a, reference) + count(b, reference) == whole


@given(counts)
def test_metrics_stay_in_their_range(confusion):
    for name, value in confusion.metrics().items():
        low = -1 if name == "mcc" else 0
        assert value is None or low - 1e-12 <= value <= 1 + 1e-12


@given(counts)
def test_turning_the_classes_round_keeps_mcc(confusion):
    turned = Confusion(confusion.tn, confusion.fn, confusion.fp, confusion.tp)
    mine, theirs = confusion.metrics()["mcc"], turned.metrics()["mcc"]
    assert mine == theirs or mine == pytest.approx(theirs)


def test_mcc_does_not_overflow_on_a_country():
    many = 10**11
    assert Confusion(many, many, many, many).metrics()["mcc"] == 0
    assert Confusion(tp=many, tn=many).metrics()["mcc"] == 1


def test_an_undefined_metric_is_none_and_says_why():
    nothing_mapped = Confusion(fn=5, tn=10)
    assert nothing_mapped.metrics()["precision"] is None
    assert nothing_mapped.metrics()["recall"] == 0
    assert nothing_mapped.notes() == (
        "precision is undefined: no pixel was mapped as the feature",
        "MCC is undefined: the map or the reference holds one class only",
    )
    assert len(Confusion().notes()) == 7
    assert Confusion(1, 1, 1, 1).notes() == ()
