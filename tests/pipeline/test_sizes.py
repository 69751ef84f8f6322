"""Counts of every member and of the first K are those of their own maps."""

import json

import numpy as np
import pytest
import rasterio
from sklearn.metrics import confusion_matrix

from geoseg import pipeline
from geoseg.pipeline.sizes import LastRead, SizeCounts
from tests.pipeline import tiny

COUNTS = ("tp", "fp", "fn", "tn")


class Truth:
    """A reference in memory that counts how often it is read."""

    def __init__(self, values):
        self.values, self.reads = values, 0

    def read(self, window):
        self.reads += 1
        rows, columns = window.toslices()
        return self.values[rows, columns]


def test_counts_by_hand():
    truth = Truth(np.uint8([[1, 1, 0, 0, 255, 0]]))
    counts = SizeCounts(["a", "b"], truth, 0.5)
    counts.begin(0, np.uint8([[100, 100, 100, 100, 100, 255]]))
    own = np.float32([[[0.5, 0.4, 0.9, 0.1, 0.9, 0.9]]])
    other = np.float32([[[0.9, 0.9, 0.0, 0.0, 0.9, 0.9]]])
    for columns in (slice(0, 2), slice(2, 6)):
        counts.see(0, own[..., columns], own[..., columns], columns)
        mean = (own + other)[..., columns] / 2
        counts.see(1, other[..., columns], mean, columns)
    assert counts.record() == {
        "ground": "whole",
        "members": [
            {"name": "a", "tp": 1, "fp": 1, "fn": 1, "tn": 1},
            {"name": "b", "tp": 2, "fp": 0, "fn": 0, "tn": 2},
        ],
        "sizes": [
            {"k": 1, "tp": 1, "fp": 1, "fn": 1, "tn": 1},
            {"k": 2, "tp": 2, "fp": 0, "fn": 0, "tn": 2},
        ],
    }


def test_all_feature_classes_count_together():
    counts = SizeCounts(["a"], Truth(np.uint8([[1, 0]])), 0.5)
    counts.begin(0, np.uint8([[100, 100]]))
    shares = np.float32([[[0.4, 0.6]], [[0.3, 0.2]], [[0.3, 0.2]]])
    counts.see(0, shares, shares, slice(None))
    assert counts.record()["members"] == [{"name": "a", "tp": 1, "fp": 0, "fn": 0, "tn": 1}]


def test_the_same_rows_are_read_once():
    from rasterio.windows import Window

    truth = Truth(np.zeros((4, 3), np.uint8))
    reader = LastRead(truth)
    for row in (0, 0, 2, 2):
        assert reader.read(Window(0, row, 3, 2)).shape == (2, 3)
    assert truth.reads == 2


@pytest.fixture(scope="module")
def runs(zoo, tmp_path_factory):
    """A run of three members, and one of each alone; the reference has unknown ground."""
    place = tmp_path_factory.mktemp("sizes")
    stack = tiny.write_raster(place / "stack.tif", tiny.scene_values())
    reference = tiny.write_reference(place / "truth.tif")
    names = ["tiny3", "tiny1", "tiny2"]
    choices = {"all": names} | {name: [name] for name in names}
    for folder, members in choices.items():
        settings = {"setting": "s2", "members": members, "ensemble_size": len(members)}
        request = pipeline.RunRequest(
            rasters=(stack,), models=zoo, reference=reference, settings=settings
        )
        pipeline.run(request, place / folder)
    return place


def band(path):
    with rasterio.open(path) as raster:
        return raster.read(1), raster.tags()


def read(folder, name):
    return json.loads((folder / name).read_text())


def test_every_member_counts_as_its_own_run(runs):
    sizes = read(runs / "all", "ensemble_sizes.json")
    assert [row["name"] for row in sizes["members"]] == ["tiny3", "tiny1", "tiny2"]
    for row in sizes["members"]:
        metrics = read(runs / row["name"], "metrics.json")
        assert [row[key] for key in COUNTS] == [metrics[key] for key in COUNTS]


def test_the_last_size_is_the_run_and_the_first_its_first_member(runs):
    sizes, metrics = read(runs / "all", "ensemble_sizes.json"), read(runs / "all", "metrics.json")
    assert [row["k"] for row in sizes["sizes"]] == [1, 2, 3]
    assert [sizes["sizes"][-1][key] for key in COUNTS] == [metrics[key] for key in COUNTS]
    assert all(sizes["sizes"][0][key] == sizes["members"][0][key] for key in COUNTS)


def test_two_members_count_as_scikit_learn_counts_their_mean(runs):
    pair = [band(runs / name / "probability.tif")[0] for name in ("tiny3", "tiny1")]
    truth, _ = band(runs / "all" / "reference.tif")
    known = np.isfinite(pair[0]) & (truth != 255)
    mapped = np.mean(pair, axis=0)[known] >= 0.5
    (tn, fp), (fn, tp) = confusion_matrix(truth[known], mapped).tolist()
    row = read(runs / "all", "ensemble_sizes.json")["sizes"][1]
    assert [row[key] for key in COUNTS] == [tp, fp, fn, tn]


def test_the_single_best_is_the_member_of_highest_validation_score(runs):
    single, tags = band(runs / "all" / "single_best.tif")
    assert tags["GEOSEG_MEMBER"] == "tiny1"
    assert float(tags["GEOSEG_THRESHOLD"]) == 0.5
    np.testing.assert_array_equal(single, band(runs / "tiny1" / "probability.tif")[0])


def test_how_unsure_lies_in_its_range(runs):
    probability, _ = band(runs / "all" / "probability.tif")
    entropy, _ = band(runs / "all" / "entropy.tif")
    dissent, _ = band(runs / "all" / "mutual_information.tif")
    known = np.isfinite(probability)
    assert (np.isfinite(entropy) == known).all()
    assert (np.isfinite(dissent) == known).all()
    p = probability[known].astype(float)
    bits = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    np.testing.assert_allclose(entropy[known], bits, atol=2e-4)
    assert (dissent[known] >= 0).all()
    assert (dissent[known] <= entropy[known] + 3e-4).all()
    assert dissent[known].max() > 0
    assert not np.nanmax(band(runs / "tiny1" / "mutual_information.tif")[0])
