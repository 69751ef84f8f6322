"""Two runs united are a run: readable by report and compare, right where one of them is."""

import json

import numpy as np
import pyogrio
import pytest
import rasterio

from geoseg.cli import main
from geoseg.comparison.finished import FinishedRun
from geoseg.errors import ExportError, GridError, OutputError, SettingsError
from geoseg.evaluation.counts import count
from geoseg.exports.report import write_report
from geoseg.pipeline.uniting import UniteRequest, unite
from tests.comparison import made_up


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    folder = tmp_path_factory.mktemp("halves")
    return [made_up.make_run(folder / f"by{shift}", shift) for shift in (5, -3)]


@pytest.fixture(scope="module")
def union(halves, tmp_path_factory):
    out = tmp_path_factory.mktemp("united") / "union"
    return out, unite(UniteRequest(first=halves[0], second=halves[1]), out)


def read(path):
    with rasterio.open(path) as raster:
        return raster.read(1)


def change(folder, **changes):
    record = json.loads((folder / "run.json").read_bytes())
    (folder / "run.json").write_text(json.dumps(record | changes))


def test_the_map_is_the_union_of_both(union):
    out, record = union
    expected = made_up.mapped(5) | made_up.mapped(-3)
    classes = read(out / "classes.tif")
    np.testing.assert_array_equal(classes[:, :-1], expected[:, :-1])
    assert (classes[:, -1] == 255).all()
    assert record["summary"]["feature_area_m2"] == expected[:, :-1].sum() * made_up.PIXEL_M**2


def test_scores_are_those_of_the_united_map(union):
    out, record = union
    expected = count(read(out / "classes.tif"), made_up.truth()).record()
    assert {name: record["metrics"][name] for name in expected} == expected
    assert json.loads((out / "metrics.json").read_bytes())["f1"] == expected["f1"]


def test_layers_follow_the_run_a_pixel_is_taken_from(union, halves):
    out, _ = union
    for name in ("spread", "entropy", "agreement"):
        first, second = (read(half / f"{name}.tif")[20] for half in halves)
        here = read(out / f"{name}.tif")[20]
        assert here[40] == second[40]
        assert here[33] == first[33]
        assert here[8] == second[8]


def test_the_folder_is_a_runs_folder(union, tmp_path):
    out, record = union
    run = FinishedRun.open(out)
    assert run.title == "by5 united with by-3"
    assert len(pyogrio.read_dataframe(out / "polygons.gpkg")) == record["summary"]["polygons"] == 1
    assert write_report(out, tmp_path / "report.html").is_file()
    assert (out / "stac.json").is_file()
    assert [part["title"] for part in record["united"]] == ["by5", "by-3"]


def test_what_cannot_be_united_is_told(halves, tmp_path):
    first, other = halves[0], made_up.make_run(tmp_path / "other")
    request = UniteRequest(first=first, second=other)
    record = json.loads((other / "run.json").read_bytes())
    change(other, settings=record["settings"] | {"threshold": 0.3})
    with pytest.raises(SettingsError, match=r"threshold 0\.5, other with 0\.3"):
        unite(request, tmp_path / "out")
    change(other, settings=record["settings"], task=record["task"] | {"name": "wetlands"})
    with pytest.raises(SettingsError, match="unite runs of one task"):
        unite(request, tmp_path / "out")
    change(other, grid=record["grid"] | {"width": 61}, task=record["task"])
    with pytest.raises(GridError, match="different grids"):
        unite(request, tmp_path / "out")
    with pytest.raises(ExportError, match=r"no run\.json"):
        unite(UniteRequest(first=first, second=tmp_path), tmp_path / "out")
    with pytest.raises(OutputError, match="is an input of this very step"):
        unite(UniteRequest(first=first, second=halves[1]), first)
    assert not (tmp_path / "out").exists()


def test_the_command_unites_and_post_processes(halves, tmp_path, capsys):
    words = [*map(str, halves), "--out", str(tmp_path / "out"), "--min-area", "90000"]
    assert main(["unite", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["polygons"] == 0
