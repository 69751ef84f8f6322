import json
import shutil

import pytest

from geoseg.cli import main


@pytest.fixture
def own_zoo(zoo, tmp_path):
    return shutil.copytree(zoo, tmp_path / "zoo")


def run_json(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_names_every_network(zoo, capsys):
    assert main(["models", "list", "--models", str(zoo)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("name")
    assert lines[1].split()[:4] == ["tiny1", "landslides", "s2", "Linknet"]


def test_rank_goes_by_validation_f1(zoo, capsys):
    ranked = run_json(capsys, "models", "rank", "--models", zoo, "--setting", "s2", "--json")
    assert [(row["rank"], row["name"]) for row in ranked] == [
        (1, "tiny1"),
        (2, "tiny2"),
        (3, "tiny3"),
    ]
    assert ranked[0]["validation_f1"] == 0.8


def test_show_prints_the_card(zoo, capsys):
    card = run_json(capsys, "models", "show", "tiny2", "--models", zoo)
    assert card["name"] == "tiny2"
    assert [band["name"] for band in card["bands"]] == ["CART_landcover", "dNDVI"]


def test_an_unknown_network_is_answered_with_the_known(zoo, capsys):
    assert main(["models", "show", "huge", "--models", str(zoo)]) == 2
    assert "tiny1, tiny2, tiny3" in capsys.readouterr().err


def test_verify_finds_altered_weights(own_zoo, capsys):
    assert run_json(capsys, "models", "verify", "--models", own_zoo, "--json") == {"verified": 3}
    weights = next(own_zoo.rglob("tiny2.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert main(["models", "verify", "--models", str(own_zoo)]) == 2
    told = capsys.readouterr().err
    assert "1 of 3 networks failed: tiny2.safetensors has sha256" in told
