"""One temperature corrects the probability of the feature; several classes keep their shares."""

import numpy as np

from geoseg.inference.ensemble import of_feature, tempered


def softmax(seed: int) -> np.ndarray:
    raw = np.exp(np.random.default_rng(seed).normal(size=(3, 5, 6))).astype(np.float32)
    return raw / raw.sum(axis=0)


def test_several_classes_are_corrected_as_the_feature_they_are_of():
    before = softmax(1)
    after = tempered(before, 2.5)
    np.testing.assert_allclose(after.sum(axis=0), 1, atol=1e-6)
    whole = tempered(of_feature(before)[None], 2.5)[0]
    np.testing.assert_allclose(of_feature(after), whole, atol=1e-6)
    np.testing.assert_allclose(after[1] / after[2], before[1] / before[2], rtol=1e-5)


def test_nothing_found_stays_so_and_no_data_stays_missing():
    values = np.zeros((3, 1, 2), np.float32)
    values[0, 0, 0] = 1
    values[:, 0, 1] = np.nan
    after = tempered(values, 0.5)
    assert after[:, 0, 0].tolist() == [1, 0, 0]
    assert np.isnan(after[:, 0, 1]).all()
