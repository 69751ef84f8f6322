"""geoseg models rank as typed: tables, figures and fits, and a prediction that takes them."""

import json

import numpy as np
import pytest
import rasterio

from geoseg.cli import main
from tests.pipeline import tiny

SCENES = {"train_val": ("a", "b"), "test": ("c",)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A zoo of three random networks and a dataset of three scenes."""
    folder = tmp_path_factory.mktemp("rank")
    tiny.write_zoo(folder / "zoo")
    for part, names in SCENES.items():
        for side in ("input", "label"):
            (folder / "scenes" / part / side).mkdir(parents=True)
        for seed, name in enumerate(names):
            place = folder / "scenes" / part
            tiny.write_raster(place / "input" / f"{name}_x.tif", tiny.scene_values(seed))
            tiny.write_reference(place / "label" / f"{name}_y.tif")
    return folder


@pytest.fixture(scope="module")
def ranked(made):
    arguments = ["models", "rank", "--models", made / "zoo", "--dataset", made / "scenes",
                 "--validation", "a,b", "--out", made / "out", "--ensemble-sizes", "2",
                 "--device", "cpu"]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    return made


def test_everything_is_written_and_kept_in_the_zoo(ranked):
    written = {path.name for path in (ranked / "out").iterdir()}
    assert written >= {"ranking.json", "ensembles.json", "members.csv", "comparison.csv", "figures"}
    kept = ranked / "zoo" / "landslides" / "s2"
    fits = [(folder / "ensembles.json").read_text() for folder in (kept, ranked / "out")]
    assert fits[0] == fits[1]
    short, whole = (
        json.loads((folder / "ranking.json").read_text()) for folder in (kept, ranked / "out")
    )
    assert short["block_counts"] == whole["block_counts"]  # what is counted stays to the last digit
    for few, all_digits in zip(short["members"], whole["members"], strict=True):
        assert few["test"]["f1"] == pytest.approx(all_digits["test"]["f1"], abs=5e-7)


def test_a_prediction_takes_what_was_fitted(ranked, tmp_path, capsys):
    scene = ranked / "scenes/test/input/c_x.tif"
    out = tmp_path / "out"
    arguments = ["predict", scene, "--models", ranked / "zoo", "--setting", "s2", "--out", out,
                 "--combination", "weighted", "--calibrated", "--turns", "--threshold",
                 "validation", "--reference", ranked / "scenes/test/label/c_y.tif",
                 "--device", "cpu"]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    record = json.loads((out / "run.json").read_text())
    fits = json.loads((ranked / "zoo/landslides/s2/ensembles.json").read_text())["fits"]
    fit = next(f for f in fits if (f["combination"], f["size"]) == ("weighted", 3))
    combination = record["combination"]
    assert combination["temperature"] == fit["temperature"]
    assert record["settings"]["threshold"] == fit["threshold_calibrated"]
    assert record["settings"]["ensemble_size"] == 3
    assert list(combination["weights"]) == fit["members"]
    with rasterio.open(out / "probability.tif") as raster:
        probability = raster.read(1)
    with rasterio.open(out / "classes.tif") as raster:
        classes = raster.read(1)
    known = classes != 255
    np.testing.assert_array_equal(
        classes[known] == 1, probability[known] >= np.float32(fit["threshold_calibrated"])
    )
    report = (out / "report.html").read_text()
    for words in ("by weights fitted on validation scenes", "eight positions", "temperature of",
                  "chosen for the highest F1 on validation", "2 validation scenes: a, b"):  # fmt: skip
        assert words in report


def test_the_metrics_of_a_run_are_those_of_the_ranking(ranked, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["predict", ranked / "scenes/test/input/c_x.tif", "--models", ranked / "zoo",
                 "--setting", "s2", "--out", out, "--ensemble-size", 2, "--reference",
                 ranked / "scenes/test/label/c_y.tif", "--device", "cpu"]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    ranking = json.loads((ranked / "out/ranking.json").read_text())
    counts = ("tp", "fp", "fn", "tn")
    metrics = json.loads((out / "metrics.json").read_text())
    expected = ranking["sizes"][1]["test"]
    assert [metrics[name] for name in counts] == [expected[name] for name in counts]


def test_one_area_is_judged_without_fits(ranked, tmp_path, capsys):
    arguments = ["models", "rank", "--models", ranked / "zoo", "--raster",
                 ranked / "scenes/test/input/c_x.tif", "--reference",
                 ranked / "scenes/test/label/c_y.tif", "--out", tmp_path, "--no-keep",
                 "--device", "cpu", "--json"]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["judged_on"] == "test"
    assert "No validation scene was given" in captured.err
    assert not (tmp_path / "ensembles.json").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--dataset", "{scenes}"], "needs a folder for its tables: --out DIR"),
        (["--raster", "x.tif", "--out", "o"], "name it with --reference"),
        (["--dataset", "{scenes}", "--validation", "z", "--out", "o"], "has no scene z; its scenes are a, b"),
        (["--dataset", "nowhere", "--out", "o"], "no test scene, and no scene of train_val"),
        (["--setting", "all", "--dataset", "{scenes}", "--out", "o"], "no trained networks of task any"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(made, options, sentence, capsys):
    filled = [option.format(scenes=made / "scenes") for option in options]
    assert main(["models", "rank", "--models", str(made / "zoo"), *filled]) == 2
    assert sentence in capsys.readouterr().err


def test_a_label_of_another_size_is_refused(made, tmp_path, capsys):
    for side in ("input", "label"):
        (tmp_path / "test" / side).mkdir(parents=True)
    tiny.write_raster(tmp_path / "test/input/c_x.tif", tiny.scene_values())
    values = {"landslide": np.ones((20, 20), np.uint8)}
    tiny.write_raster(tmp_path / "test/label/c_y.tif", values)
    arguments = ["models", "rank", "--models", made / "zoo", "--dataset", tmp_path, "--out", "o"]
    assert main([str(argument) for argument in arguments]) == 2
    assert "20 x 20 pixels, its input has 70 x 90" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["half", "1.5"])
def test_an_impossible_threshold_is_refused(made, text, tmp_path, capsys):
    scene = made / "scenes/test/input/c_x.tif"
    arguments = ["predict", scene, "--models", made / "zoo", "--setting", "s2", "--out", tmp_path,
                 "--threshold", text]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 2
    assert "threshold" in capsys.readouterr().err
