"""The doors to the published archives: list, fetch, import, statistics."""

import json
import shutil

import pytest

from geoseg.cli import main
from geoseg.published import download
from tests.published import made


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of its own, and a machine without internet."""
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download.fetch, "__kwdefaults__",
                        download.fetch.__kwdefaults__ | {"repository": "http://127.0.0.1:9"})  # fmt: skip
    return tmp_path / "cache" / "published" / "global-landslides"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One network that can be imported, one that cannot."""
    folder = tmp_path_factory.mktemp("published") / "trained_models"
    network = made.random_network("Linknet", 2)
    made.write_run(folder, "s2", 0, made.lightning(network), made.hparams("s2", "Linknet"))
    made.write_run(folder, "s2", 1, made.tiny(), made.hparams("s2", "FPN"))
    return folder


def answer(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *arguments):
    assert main([*map(str, arguments)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize("command", [("data", "fetch"), ("models", "fetch")])
def test_offline_the_sentence_names_the_doi_and_the_folder(capsys, cache, command):
    told = refused(capsys, *command, "global-landslides")
    assert "10.5281/zenodo.13471162" in told
    assert str(cache) in told
    assert "choose one of global-landslides" in refused(capsys, *command, "moon")


def test_list_tells_what_is_here(capsys, cache):
    here = [row["here"] for row in answer(capsys, "data", "list")]
    assert here == [None, None]
    cache.mkdir(parents=True)
    (cache / "trained_models.zip").write_bytes(bytes(1500))
    rows = answer(capsys, "data", "list")
    assert [row["here"] for row in rows] == [None, str(cache / "trained_models.zip")]
    assert rows[1]["size_bytes"] == 1500
    assert main(["data", "list"]) == 0
    told = capsys.readouterr().out
    assert "2 kB" in told
    assert "MIT" in told
    assert "10.5281/zenodo.13471162" in told


@pytest.mark.parametrize("by", ["cache", "--to"])
def test_a_dataset_put_there_by_hand_is_unpacked_and_read(capsys, cache, tmp_path, by):
    shelf, to = (cache, ()) if by == "cache" else (tmp_path / "mine", ("--to", tmp_path / "mine"))
    shelf.mkdir(parents=True)
    made.write_dataset(tmp_path / "global_dataset", sizes=((256, 256),))
    made.zipped(tmp_path / "global_dataset", shelf / "global_dataset.zip")
    for _ in range(2):
        folder = answer(capsys, "data", "fetch", "global-landslides", *to)["folder"]
        assert folder == str(shelf / "global_dataset")
    assert len(list((shelf / "global_dataset" / "train_val" / "input").iterdir())) == 1


def test_networks_are_imported_wait_for_statistics_and_get_them(capsys, models, tmp_path):
    zoo = tmp_path / "zoo"
    found = answer(capsys, "models", "import", models, "--out", zoo)
    assert [(row["name"], row["has_statistics"]) for row in found["imported"]] == [
        ("Linknet-Dice-0.001", False)
    ]
    assert [row["title"] for row in found["refused"]] == ["sentinel2_ensemble/1"]
    (card,) = answer(capsys, "models", "list", "--models", zoo)
    assert card["bands"][0]["mean"] is None
    assert "--dataset" in refused(capsys, "models", "statistics", zoo)
    made.write_dataset(tmp_path / "global_dataset", sizes=((256, 256),))
    done = answer(capsys, "models", "statistics", zoo, "--dataset", tmp_path / "global_dataset")
    assert done["completed"] == 1
    (card,) = answer(capsys, "models", "list", "--models", zoo)
    assert card["bands"][1]["mean"] == pytest.approx(14, abs=1)
    answer(capsys, "models", "verify", "--models", zoo)


def test_a_network_without_statistics_refuses_to_predict(capsys, zoo, stack, tmp_path):
    waiting = shutil.copytree(zoo, tmp_path / "waiting")
    for path in waiting.rglob("*.json"):
        card = json.loads(path.read_text())
        card["bands"] = [band | {"mean": None, "std": None} for band in card["bands"]]
        path.write_text(json.dumps(card))
    arguments = ("predict", stack, "--setting", "s2", "--ensemble-size", 1, "--models", waiting)
    assert main([*map(str, arguments), "--out", str(tmp_path / "run")]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert "geoseg models statistics ZOO --dataset DIR" in told
    assert not (tmp_path / "run").exists()


def test_the_summary_names_what_was_refused(capsys, models, tmp_path):
    assert main(["models", "import", str(models), "--out", str(tmp_path / "zoo")]) == 0
    told = capsys.readouterr()
    assert "1 networks imported" in told.out
    assert "1 refused" in told.out
    assert "cannot predict yet" in told.out
    assert "sentinel2_ensemble/1 was refused: " in told.err


def test_an_archive_of_which_nothing_can_be_imported_is_a_mistake(capsys, models, tmp_path):
    only = tmp_path / "sentinel2_ensemble"
    shutil.copytree(models / "sentinel2_ensemble" / "1", only / "1")
    assert main(["models", "import", str(only), "--out", str(tmp_path / "zoo")]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert "none of the 1 networks" in told
    assert "names do not match" in told


def test_two_sources_of_statistics_are_one_too_many(capsys, tmp_path):
    arguments = ("--dataset", tmp_path, "--statistics", tmp_path / "x.csv")
    assert "name one of them" in refused(
        capsys, "models", "import", tmp_path, "--out", tmp_path / "zoo", *arguments
    )
