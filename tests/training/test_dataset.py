"""Datasets read as labelled scenes; statistics obey their law; faults are told in a sentence."""

import numpy as np
import pytest
import rasterio

from geoseg.errors import TrainingError
from geoseg.tasks import find_task
from geoseg.training.dataset import UNKNOWN, band_statistics, fills_told, read_dataset, split
from tests.training.made_up import NAMES, wet_scene, write_pair, write_raster

WETLANDS = find_task("wetlands")


def read(folder):
    return read_dataset(folder, WETLANDS, "landsat")


def test_scenes_read_as_they_were_written(dataset):
    scenes = read(dataset)
    assert [scene.name for scene in scenes] == ["scene0", "scene1", "scene2"]
    bands, label = wet_scene(1)
    np.testing.assert_array_equal(scenes[1].bands, bands)
    np.testing.assert_array_equal(scenes[1].label, label)


def test_bands_are_found_by_name_in_any_order(tmp_path):
    bands, label = wet_scene(0)
    write_pair(tmp_path, "mixed", bands[::-1].copy(), label, NAMES[::-1])
    np.testing.assert_array_equal(read(tmp_path)[0].bands, bands)


def test_bands_without_names_are_taken_in_the_published_order(tmp_path):
    bands, label = wet_scene(0)
    write_pair(tmp_path, "nameless", bands, label, None)
    np.testing.assert_array_equal(read(tmp_path)[0].bands, bands)


def test_a_band_is_found_by_its_other_names_and_never_by_its_place_among_named_ones(tmp_path):
    """A file of as many bands as the task, in another order: valley depth by its derived name."""
    task = find_task("slide_ground")
    names = ("slope", "relief12", "tpi9", "valley_depth1000m", "elevation")
    bands = np.stack([np.full((40, 40), value, np.float32) for value in range(1, 6)])
    label = np.eye(40, dtype=np.uint8)
    write_pair(tmp_path, "derived", bands, label, names)
    scene = read_dataset(tmp_path, task, "shape-height")[0]
    assert scene.bands[:, 0, 0].tolist() == [1, 5, 2, 3, 4]
    write_pair(
        tmp_path, "derived", bands, label, ("slope", "relief12", "tpi9", "depth", "elevation")
    )
    with pytest.raises(TrainingError, match="has 5 bands without the names valley_depth"):
        read_dataset(tmp_path, task, "shape")


def test_what_is_only_like_a_band_never_teaches_as_one(tmp_path):
    task, label = find_task("slide_ground"), np.eye(40, dtype=np.uint8)
    bands = np.stack([np.full((40, 40), value, np.float32) for value in range(1, 6)])
    names = ("slope mean", "slope", "relief12", "tpi9", "valley_depth")
    write_pair(tmp_path, "both", bands, label, names)
    assert read_dataset(tmp_path, task, "shape")[0].bands[:, 0, 0].tolist() == [2, 3, 4, 5]
    write_pair(tmp_path, "both", bands[[0, 2, 3, 4]], label, (names[0], *names[2:]))
    with pytest.raises(TrainingError, match="without the names slope;"):
        read_dataset(tmp_path, task, "shape")


def test_stored_numbers_teach_in_the_units_the_file_states(tmp_path):
    bands, label = wet_scene(0)
    write_pair(tmp_path, "scaled", bands, label)
    with rasterio.open(tmp_path / "train_val/input/scaled_input.tif", "r+") as raster:
        raster.scales, raster.offsets = [0.5] * len(bands), [100.0] * len(bands)
    np.testing.assert_allclose(read(tmp_path)[0].bands, bands * 0.5 + 100, rtol=1e-6)


def test_statistics_pool_the_known_and_measured_pixels_of_all_scenes(tmp_path):
    rng = np.random.default_rng(5)
    values = []
    for number in range(2):
        bands, label = wet_scene(number, 64)
        label[rng.random(label.shape) < 0.3] = UNKNOWN
        bands[0, rng.random(label.shape) < 0.2] = np.nan
        write_pair(tmp_path, f"scene{number}", bands, label)
        values.append(bands[0][(label != UNKNOWN) & np.isfinite(bands[0])])
    first = band_statistics(read(tmp_path), WETLANDS, "landsat")[0]
    pooled = np.concatenate(values).astype(float)
    assert first.name == "B1"
    assert first.mean == pytest.approx(pooled.mean(), rel=1e-6)
    assert first.std == pytest.approx(pooled.std(), rel=1e-6)


def test_labels_that_are_not_a_number_are_unknown(tmp_path):
    bands, label = wet_scene(0)
    write_pair(tmp_path, "scene", bands, label)
    floats = label.astype(np.float32)
    floats[:10] = np.nan
    write_raster(tmp_path / "train_val/label/scene_label.tif", floats[None])
    assert (read(tmp_path)[0].label[:10] == UNKNOWN).all()


def test_a_fifth_of_the_scenes_judges_and_the_same_seed_chooses_the_same(dataset):
    teaching, judging = split(read(dataset), (), seed=4)
    assert (len(teaching), len(judging)) == (2, 1)
    assert split(read(dataset), (), seed=4)[1][0].name == judging[0].name


def test_named_scenes_judge(dataset):
    teaching, judging = split(read(dataset), ("scene0",), seed=0)
    assert [scene.name for scene in judging] == ["scene0"]
    assert [scene.name for scene in teaching] == ["scene1", "scene2"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b, lab: (b, lab[:-5]), "must lie on one grid"),
        (lambda b, lab: (b, lab * 7), "holds the values 7; a label is 1"),
        (lambda b, lab: (b[:4], lab), "has 4 bands without the names"),
        (lambda b, lab: (b * np.nan, lab), "band B1 has no value"),
        (lambda b, lab: (b * 0 + 3, lab), "band B1 is 3 in every labelled pixel"),
        (lambda b, lab: (b, lab * 0), "hold no pixel of the feature"),
    ],
)
def test_a_dataset_that_cannot_teach_is_refused_with_a_sentence(tmp_path, change, words):
    bands, label = change(*wet_scene(0))
    write_pair(tmp_path, "scene", bands, label, NAMES[: len(bands)])
    with pytest.raises(TrainingError, match=words):
        _use(tmp_path)


def _use(folder):
    scenes = read(folder)
    band_statistics(scenes, WETLANDS, "landsat")
    split(scenes, (), 0)


def test_an_unpaired_file_is_named(dataset):
    (dataset / "train_val/label/scene1_label.tif").unlink()
    with pytest.raises(TrainingError, match="unpaired: scene1"):
        read(dataset)


def test_an_unknown_validation_scene_is_named(dataset):
    with pytest.raises(TrainingError, match="no scene named elsewhere"):
        split(read(dataset), ("elsewhere",), 0)


def test_fills_that_no_file_declares_teach_nothing_and_are_told(tmp_path):
    bands, label = wet_scene(0)
    bands[2, 4:9, 4:9] = -9999
    bands[:, 20:23, 4:6] = -3.4028235e38
    write_pair(tmp_path, "holed", bands, label, NAMES)
    read_bands = read(tmp_path)[0].bands
    assert np.isnan(read_bands).sum() == 25 + 6 * 6
    assert np.isnan(read_bands[2, 4:9, 4:9]).all()
    assert abs(band_statistics(read(tmp_path), WETLANDS, "landsat")[2].mean) < 9000
    told = fills_told(tmp_path, WETLANDS, "landsat")
    assert [words.split(" in ")[0].split(": ")[1] for words in told] == [
        "-3.402823466e+38",
        "-9999",
    ]
