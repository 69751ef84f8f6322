"""Trees answer as scikit-learn's do, and nothing in a damaged file can lead a walk astray."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import mode
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from geoseg.errors import ModelError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.segments import Segmenter
from geoseg.models.tree_member import load_tree_member, make_tree_member, votes
from geoseg.models.trees import checked_trees, save_arrays
from geoseg.models.zoo import ZooMember
from geoseg.training.growing import grow
from geoseg.training.samples import Samples
from geoseg.training.tree_settings import TreeSettings

BANDS = tuple(BandStatistics(name=name, mean=5.0, std=2.0) for name in ("a", "b", "c"))


def card_of(architecture="RandomForest", classes=1, **options):
    return Card(
        name="oak", task="custom", setting="own", architecture=architecture, encoder="rules",
        options=options, classes=classes, bands=BANDS, loss="Gini", learning_rate=0,
        trained_on="made up", simulated=True, licence="MIT", sha256="",
    )  # fmt: skip


def samples(classes=3, count=3000):
    rng = np.random.default_rng(0)
    values = rng.normal(5, 2, (count, 3)).astype(np.float32)
    ids = (values[:, 0] > 6).astype(np.uint8) + (values[:, 1] * values[:, 2] > 30)
    return Samples(values, np.minimum(ids, classes - 1).astype(np.uint8), np.ones(count))


def settings_of(method, **choices):
    return TreeSettings(task="wetlands", setting="landsat", method=method, trees=9, **choices)


@pytest.fixture(scope="module")
def arrays():
    return grow(samples(), settings_of("forest"), 3)


@pytest.mark.parametrize("method", ["cart", "forest"])
def test_shares_are_those_of_scikit_learn(method):
    known, settings = samples(), settings_of(method)
    kind, more = (
        (DecisionTreeClassifier, {})
        if method == "cart"
        else (RandomForestClassifier, {"n_estimators": 9})
    )
    theirs = kind(max_depth=14, min_samples_leaf=settings.fewest, random_state=0, **more)
    theirs.fit(known.values, known.ids, known.weights)
    ours = checked_trees(grow(known, settings, 3), "oak", 3, 3)
    asked = np.random.default_rng(1).normal(5, 3, (70_000, 3)).astype(np.float32)
    asked[: len(known.values)] = known.values
    assert np.abs(ours.shares(asked) - theirs.predict_proba(asked)).max() < 1e-6


def test_a_class_nobody_sampled_has_no_share():
    trees = checked_trees(grow(samples(2), settings_of("forest"), 4), "oak", 3, 4)
    shares = trees.shares(samples().values)
    assert (shares[:, 2:] == 0).all()
    assert np.allclose(shares.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("left", lambda a: np.where(a > 0, 0, a), "leads outside its tree"),
        ("right", lambda a: np.where(a > 0, len(a), a), "leads outside its tree"),
        ("left", lambda a: np.where(a > 0, a, 1), "leads outside its tree"),
        ("right", lambda a: a[:-1], "differ in length"),
        ("column", lambda a: a + 3, "a value that is none of the 3"),
        ("column", lambda a: a - 1, "a value that is none of the 3"),
        ("column", lambda a: a.astype(np.int64), "array column is int64"),
        ("limit", lambda a: a * np.nan, "not a number"),
        ("share", lambda a: a * 2, "do not sum to 1"),
        ("share", lambda a: a * np.nan, "do not sum to 1"),
        ("share", lambda a: a[:, :2], "tells 2 classes apart, expected 3"),
        ("roots", lambda a: a[::-1].copy(), "out of order"),
        ("roots", lambda a: a[:0], "out of order"),
        ("roots", lambda a: a + 10**6, "out of order"),
    ],
)
def test_damaged_trees_are_refused(arrays, key, change, words):
    with pytest.raises(ModelError, match=f"trees of member oak are damaged.*{words}"):
        checked_trees(
            {**arrays, key: change(arrays[key]).astype(change(arrays[key]).dtype)}, "oak", 3, 3
        )


def test_missing_and_unknown_arrays_are_named(arrays):
    with pytest.raises(ModelError, match="array left is missing"):
        checked_trees({k: v for k, v in arrays.items() if k != "left"}, "oak", 3, 3)
    with pytest.raises(ModelError, match="array code is unknown"):
        checked_trees({**arrays, "code": np.zeros(1)}, "oak", 3, 3)


def test_a_file_is_read_back_and_an_altered_one_refused(arrays, tmp_path):
    weights = tmp_path / "oak.safetensors"
    card = card_of(classes=3).model_copy(update={"sha256": save_arrays(arrays, weights)})
    tiles = np.random.default_rng(2).normal(5, 2, (2, 3, 20, 30)).astype(np.float32)
    answer = load_tree_member(ZooMember(card, weights)).probability(tiles)
    assert answer.shape == (2, 3, 20, 30)
    assert np.array_equal(answer, make_tree_member(card, arrays).probability(tiles))
    assert np.allclose(answer.sum(axis=1), 1)
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="was altered or damaged"):
        load_tree_member(ZooMember(card, weights))
    with pytest.raises(ModelError, match="has no weights"):
        load_tree_member(ZooMember(card, tmp_path / "gone.safetensors"))


def test_a_missing_value_is_the_training_mean(arrays):
    member = make_tree_member(card_of(classes=3), arrays)
    tiles = np.random.default_rng(3).normal(5, 2, (1, 3, 8, 8)).astype(np.float32)
    filled = tiles.copy()
    tiles[0, 1, :4], filled[0, 1, :4] = np.nan, 5.0
    assert np.array_equal(member.probability(tiles), member.probability(filled))


def test_odds_move_the_threshold_only():
    trees = grow(samples(2), settings_of("forest"), 2)
    tiles = np.random.default_rng(4).normal(5, 2, (1, 3, 40, 40)).astype(np.float32)
    plain = make_tree_member(card_of(), trees).probability(tiles)
    shifted = make_tree_member(card_of(odds=3.0), trees).probability(tiles)
    assert plain.shape == (1, 1, 40, 40)
    assert np.array_equal(shifted >= 0.5, plain >= np.float32(0.25))


@pytest.mark.parametrize("side", [3, 5])
def test_most_votes_are_the_focal_mode(side):
    rng = np.random.default_rng(5)
    ids = rng.integers(0, 3, (30, 40))
    shares = (ids == np.arange(3)[:, None, None]).astype(np.float32)
    found = votes(shares, side)
    expected = ndimage.generic_filter(
        ids, lambda near: mode(near).mode, size=side, mode="nearest", output=float
    )
    ordered = np.sort(found, axis=0)
    clear = ordered[-1] - ordered[-2] > 1e-4
    assert (found.argmax(axis=0) == expected)[clear].all()
    assert clear.mean() > 0.5


@pytest.mark.parametrize(
    "options", [{"odds": 0}, {"odds": "1"}, {"mode_filter": 4}, {"mode_filter": 99}]
)
def test_impossible_options_of_a_card_are_told(arrays, options):
    with pytest.raises(ModelError, match="the card of oak has"):
        make_tree_member(card_of("CART", 3, **options), arrays)


SEGMENTER = Segmenter(
    np.float32([[-1, 0, 0], [1, 0, 0]]), np.float32([5, 5, 5]), np.float32([2, 2, 2]), 1
)


def test_segments_are_patches_of_like_pixels_and_measured_as_they_are():
    bands = np.full((3, 6, 8), 5, np.float32)
    bands[0] = 3
    bands[0, 1:3, 1:4] = 7
    bands[0, 4:6, 5:8] = 9
    numbers, count = SEGMENTER.segments(bands)
    assert count == 3
    assert len(np.unique(numbers)) == 3
    assert (numbers[1:3, 1:4] == numbers[1, 1]).all()
    rows = SEGMENTER.describe(bands, numbers, count)
    assert rows[numbers[1, 1]].tolist() == [1, 0, 0, 0, 0, 0]
    assert rows[numbers[4, 5]].tolist() == [2, 0, 0, 0, 0, 0]
    assert rows[numbers[0, 0], 0] == -1


def test_measures_of_segments_agree_with_scipy():
    rng = np.random.default_rng(6)
    bands = rng.normal(5, 2, (3, 30, 30)).astype(np.float32)
    numbers, count = SEGMENTER.segments(bands)
    rows = SEGMENTER.describe(bands, numbers, count)
    labels = np.arange(count)
    for place, band in enumerate((bands - 5) / 2):
        assert np.allclose(rows[:, place], ndimage.mean(band, numbers, labels), atol=1e-5)
        spread = ndimage.standard_deviation(band, numbers, labels)
        assert np.allclose(rows[:, 3 + place], spread, atol=1e-4)


def test_a_segment_forest_without_its_centres_is_refused(arrays):
    with pytest.raises(ModelError, match="no usable centres"):
        make_tree_member(card_of("SegmentForest", 3, smoothing=1), arrays)
    odd = {**arrays, "centres": np.float32([[1, 2]])}
    with pytest.raises(ModelError, match="no usable centres of clusters over 3 bands"):
        make_tree_member(card_of("SegmentForest", 3, smoothing=1), odd)
