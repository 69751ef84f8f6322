"""No command takes the place of a user's file: refused by name, before the work, nothing changed."""

import json
import shutil

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from geoseg.cli import main
from geoseg.exports.report_file import MARKS
from geoseg.files.marks import LEDGER


@pytest.fixture
def dem(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    heights = np.random.default_rng(0).normal(100, 1, (40, 40)).astype("float32")
    for name in ("dem.tif", "dsm.tif"):
        with rasterio.open(
            tmp_path / name, "w", driver="GTiff", width=40, height=40, count=1, dtype="float32",
            crs="EPSG:32633", transform=from_origin(500_000, 6_600_000, 10, 10),
        ) as file:  # fmt: skip
            file.write(heights, 1)
    return tmp_path / "dem.tif"


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def refused(tmp_path, capsys):
    def run(*words):
        before = contents(tmp_path)
        assert main([*map(str, words)]) == 2
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert contents(tmp_path) == before
        return told[0]

    return run


@pytest.mark.parametrize(
    "words",
    [
        "derive terrain dem.tif --predictors slope --out dem.tif",
        "derive terrain dem.tif --predictors slope --out ./dem.tif",
        "derive canopy dsm.tif dem.tif --out dem.tif",
        "derive canopy dsm.tif dem.tif --out dsm.tif",
        "derive terrain dem.tif --predictors slope --out linked.tif",
        "derive indices dem.tif dsm.tif --out dsm.tif",
    ],
)
def test_derived_stacks_do_not_take_the_place_of_what_they_come_from(dem, refused, words):
    (dem.parent / "linked.tif").symlink_to(dem)
    assert "is an input of this step" in refused(*words.split())


def test_a_stack_derived_before_is_made_anew_and_a_foreign_raster_is_not(dem, refused, capsys):
    words = "derive terrain dem.tif --out slopes.tif --predictors"
    assert main([*words.split(), "slope"]) == 0
    capsys.readouterr()
    assert main([*words.split(), "slope,tpi3"]) == 0
    capsys.readouterr()
    with rasterio.open("slopes.tif") as raster:
        assert raster.descriptions == ("slope", "tpi3")
    shutil.copy("dsm.tif", "slopes.tif")
    assert "slopes.tif is there already" in refused(*words.split(), "slope")


def test_a_map_of_a_run_is_no_place_for_a_derived_stack(dem, refused, capsys):
    assert main("derive terrain dem.tif --predictors slope --out spread.tif".split()) == 0
    capsys.readouterr()
    (dem.parent / "run.json").write_text('{"geoseg": "1", "files": {"spread.tif": 1}}')
    said = refused(*"derive terrain dem.tif --predictors slope --out spread.tif".split())
    assert "belongs to the results" in said


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The folder of a run that explain and report get as far as to look at."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run"
    folder.mkdir()
    record = {"geoseg": "1", "settings": {}, "files": {"report.html": 3}}
    (folder / "run.json").write_text(json.dumps(record))
    for name in ("metrics.json", "report.html"):
        (folder / name).write_text("old")
    return folder


@pytest.mark.parametrize("name", ["run.json", "metrics.json", "notes.json", "report.html"])
def test_an_explanation_takes_the_place_of_no_file_of_the_run(run, refused, name):
    (run / "notes.json").write_text('{"geoseg": "mine"}')
    assert f"{name} " in refused("explain", "run", "--out", run / name)


def test_a_report_takes_the_place_of_reports_only(run, refused, tmp_path):
    for name in ("thesis.pdf", "page.html"):
        (tmp_path / name).write_text("mine")
        assert f"{name} is there already" in refused("report", "run", "--out", name)
    other = tmp_path / "other"
    shutil.copytree(run, other)
    (other / "report.html").write_bytes(MARKS[".html"])
    said = refused("report", "run", "--out", other / "report.html")
    assert "belongs to the results" in said


def test_simulated_scenes_leave_the_tables_of_others_alone(tmp_path, refused, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = "simulate --scenes 1 --size 64 --out scenes --seed".split()
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "split.json").write_text("my own")
    assert "split.json would be replaced" in refused(*words, "1")
    (tmp_path / "scenes" / "split.json").unlink()
    assert main([*words, "1"]) == 0
    assert main([*words, "2"]) == 0
    capsys.readouterr()
    assert (tmp_path / "scenes" / LEDGER).is_file()
    assert len(list((tmp_path / "scenes" / "train_val" / "input").iterdir())) == 2


@pytest.mark.parametrize("ending", [".json", ".safetensors", ".history.jsonl", ".checkpoint"])
@pytest.mark.parametrize("method", ["cart", "network"])
def test_a_training_takes_the_place_of_members_only(tmp_path, refused, monkeypatch, method, ending):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / f"mine{ending}").write_text('{"name": "mine"}')
    words = f"train nowhere --setting s2 --method {method} --name mine --out zoo"
    assert f"mine{ending} would be replaced by the new member" in refused(*words.split())


def test_a_table_that_is_none_of_trainings_stays(tmp_path, refused, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results.csv").write_text("name,height\nhill,3\n")
    words = "train nowhere --setting s2 --grid thesis --out ."
    assert "results.csv is no table of trained networks" in refused(*words.split())


def test_an_experiment_goes_into_an_empty_folder_or_its_own(tmp_path, refused, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "mine.txt").write_text("mine")
    assert "holds half" in refused("experiment", "ravines", "--out", ".")


def test_a_packed_task_takes_the_place_of_packs_only(tmp_path, refused, monkeypatch):
    from geoseg.errors import OutputError
    from geoseg.published.packing import pack
    from geoseg.tasks.own import OwnBand, OwnClass, OwnTask

    monkeypatch.chdir(tmp_path)
    task = OwnTask(
        name="hills", title="Hills", feature="hill", bands=(OwnBand(name="slope", unit=""),),
        classes=(OwnClass(name="other", colour="#000000"), OwnClass(name="hill", colour="#ffffff")),
    )  # fmt: skip
    out = tmp_path / "hills.geoseg.zip"
    pack(out, task, None, [])
    pack(out, task, None, [])
    out.write_text("my own archive")
    with pytest.raises(OutputError, match="is there already"):
        pack(out, task, None, [])
    assert out.read_text() == "my own archive"
