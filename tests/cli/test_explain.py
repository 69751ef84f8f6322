"""geoseg explain tells in sentences, as a table and as JSON what the bands gave."""

import json

import pytest

from geoseg import pipeline
from geoseg.cli.door import main
from tests.pipeline import tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a finished run beside its raster, and its zoo."""
    place = tmp_path_factory.mktemp("explain")
    zoo = tiny.write_zoo(place / "zoo", members=2)
    stack = tiny.write_raster(place / "stack.tif", tiny.scene_values())
    request = pipeline.RunRequest(
        rasters=(stack,), models=zoo, settings={"setting": "s2", "ensemble_size": 2}
    )
    pipeline.run(request, place / "run")
    return place / "run", zoo


def test_the_area_as_text_and_as_a_file(run, tmp_path, capsys):
    folder, zoo = run
    out = tmp_path / "why.json"
    assert main(["explain", str(folder), "--models", str(zoo), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "fall of probability" in text
    assert "dNDVI" in text
    assert {row["name"] for row in json.loads(out.read_text())["bands"]} == {
        "CART_landcover", "dNDVI",
    }  # fmt: skip


def test_a_point_as_json(run, capsys):
    folder, zoo = run
    record = json.loads((folder / "run.json").read_text())["grid"]
    assert record["crs"] == "EPSG:32633"
    arguments = ["explain", str(folder), "--models", str(zoo), "--json"]
    assert main([*arguments, "--point", "15.008,61.331"]) == 0
    assert json.loads(capsys.readouterr().out)["target"]["lon"] == 15.008


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (["--polygon", "99999"], "outline"),
        (["--point", "here"], "--point takes longitude and latitude such as 6.21,61.5"),
        (["--point", "0,0"], "lies outside the map; choose a point within"),
        (["--tiles", "0"], "tiles: Input should be greater than or equal to 1"),
    ],
)
def test_a_mistake_is_one_sentence(run, choices, sentence, capsys):
    folder, zoo = run
    assert main(["explain", str(folder), "--models", str(zoo), *choices]) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_without_a_run_is_told(tmp_path, capsys):
    assert main(["explain", str(tmp_path)]) == 2
    assert "expected the folder of a finished run" in capsys.readouterr().err
