"""Band statistics of the published dataset, and the dataset itself as the training reads it."""

import json

import numpy as np
import pytest

from geoseg.errors import ArchiveError
from geoseg.published import statistics
from geoseg.published.statistics import RunningMoments, dataset_statistics, read_statistics
from geoseg.tasks.landslides import LANDSLIDES
from geoseg.training.dataset import read_dataset
from tests.published.made import write_dataset, write_tif


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive") / "global_dataset"
    return folder, write_dataset(folder)


def test_moments_do_not_depend_on_the_blocks():
    values = np.random.default_rng(1).normal(1e4, 0.1, (2, 999))
    values[0, ::3] = np.nan
    whole, parts = RunningMoments(2), RunningMoments(2)
    whole.add(values)
    for part in np.split(values, (1, 7, 500), axis=1):
        parts.add(part)
    np.testing.assert_allclose(parts.mean, np.nanmean(values, axis=1), rtol=1e-12)
    np.testing.assert_allclose(parts.std, np.nanstd(values, axis=1), rtol=1e-9)
    np.testing.assert_allclose(whole.std, parts.std, rtol=1e-9)


@pytest.mark.parametrize("block", [1 << 19, 1000])
def test_statistics_are_numpy_s_over_all_training_pixels_that_are_not_nan(
    dataset, monkeypatch, block
):
    folder, values = dataset
    monkeypatch.setattr(statistics, "BLOCK_PIXELS", block)
    found = dataset_statistics(folder, LANDSLIDES)
    pixels = np.concatenate(
        [v.reshape(15, -1) for name, v in values.items() if name.startswith("train")], axis=1
    ).astype(np.float64)
    assert [band.name for band in found] == [band.name for band in LANDSLIDES.bands]
    np.testing.assert_allclose([b.mean for b in found], np.nanmean(pixels, axis=1), rtol=1e-9)
    np.testing.assert_allclose([b.std for b in found], np.nanstd(pixels, axis=1), rtol=1e-9)
    assert found[0].unit == "dB"


def test_the_folder_above_the_dataset_will_do(dataset):
    folder, _ = dataset
    above = dataset_statistics(folder.parent, LANDSLIDES)
    assert above == dataset_statistics(folder, LANDSLIDES)


@pytest.mark.parametrize("setting", ["s1", "s2", "s1s2", "all"])
def test_training_reads_the_dataset_as_it_is(dataset, setting):
    folder, values = dataset
    places = [LANDSLIDES.bands.index(LANDSLIDES.band(n)) for n in LANDSLIDES.setting(setting).bands]
    for part, names in (("train_val", ["trainval0", "trainval1"]), ("test", ["test0"])):
        scenes = read_dataset(folder, LANDSLIDES, setting, part)
        assert [scene.name for scene in scenes] == names
        for scene in scenes:
            np.testing.assert_array_equal(scene.bands, values[scene.name][places])
            assert scene.label.sum() == 40 * 40
            assert not scene.simulated


def test_what_is_no_dataset_is_refused(tmp_path):
    with pytest.raises(ArchiveError, match="holds no train_val/input"):
        dataset_statistics(tmp_path, LANDSLIDES)
    write_tif(tmp_path / "train_val" / "input" / "a_x.tif", np.zeros((3, 8, 8), np.float32))
    with pytest.raises(ArchiveError, match="has 3 bands, expected the 15"):
        dataset_statistics(tmp_path, LANDSLIDES)
    (tmp_path / "train_val" / "input" / "a_x.tif").write_bytes(b"II*\0 not a picture")
    with pytest.raises(ArchiveError, match="cannot be read"):
        dataset_statistics(tmp_path, LANDSLIDES)


FIGURES = {band.name: (n - 7.5, n + 0.25) for n, band in enumerate(LANDSLIDES.bands)}


def as_csv():
    return "name,mean,std\n" + "".join(f"{n},{m},{s}\n" for n, (m, s) in FIGURES.items())


def as_published_csv():
    head = "band_min,band_max,psum,psum_sq,pvalid,band_mean,band_var,band_std\n"
    return head + "".join(f"0,1,5,6,7,{m},{s**2},{s}\n" for m, s in FIGURES.values())


def as_json_table():
    return json.dumps({n: {"mean": m, "std": s} for n, (m, s) in FIGURES.items()})


def as_json_list():
    return json.dumps([{"name": n, "mean": m, "std": s} for n, (m, s) in FIGURES.items()])


@pytest.mark.parametrize("text", [as_csv, as_published_csv, as_json_table, as_json_list])
def test_a_statistics_file_is_read_in_every_form(tmp_path, text):
    path = tmp_path / "statistics"
    path.write_text(text())
    found = read_statistics(path, LANDSLIDES)
    assert {band.name: (band.mean, band.std) for band in found} == FIGURES


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no file of band statistics"),
        ("preVV;1;2", "no file of band statistics"),
        ("[1, 2]", "no file of band statistics"),
        ('{"preVV": {"mean": "many", "std": 1}}', "no file of band statistics"),
        ('{"preVV": {"mean": 1, "std": 1}}', "lacks the bands postVV"),
        ("name,mean,std\nslope,1", "no file of band statistics"),
    ],
)
def test_a_file_without_the_statistics_is_refused(tmp_path, text, sentence):
    path = tmp_path / "statistics.csv"
    path.write_text(text)
    with pytest.raises(ArchiveError, match=sentence):
        read_statistics(path, LANDSLIDES)


def test_impossible_figures_and_a_missing_file_are_refused(tmp_path):
    path = tmp_path / "statistics.csv"
    path.write_text(as_csv().replace("preVV,-7.5,0.25", "preVV,-7.5,-1"))
    with pytest.raises(ArchiveError, match=r"gives preVV the mean -7\.5 and deviation -1"):
        read_statistics(path, LANDSLIDES)
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_statistics(tmp_path / "none.csv", LANDSLIDES)
