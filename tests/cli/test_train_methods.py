"""geoseg train --method: trees and forests, points, and a task of the user's own bands."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from geoseg.cli import main


@pytest.fixture
def scenes(tmp_path, capsys):
    arguments = "simulate --scenes 3 --seed 3 --size 96 --out".split()
    assert main([*arguments, str(tmp_path / "scenes")]) == 0
    capsys.readouterr()
    return tmp_path / "scenes"


def train(scenes, out, words):
    return main(["train", str(scenes), *words.split(), "--out", str(out)])


@pytest.mark.parametrize("method", ["cart", "forest --trees 5", "segments --clusters 4 --trees 5"])
def test_a_method_makes_a_member_that_is_listed_and_whole(scenes, tmp_path, capsys, method):
    out = tmp_path / "zoo"
    assert train(scenes, out, f"--setting s2 --method {method} --json") == 0
    card = json.loads(capsys.readouterr().out)
    assert card["recipe"] == method.split()[0]
    assert card["simulated"]
    assert main(["models", "verify", "--models", str(out), "--json"]) == 0
    assert main(["models", "list", "--models", str(out)]) == 0
    assert card["architecture"] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--method bush", "choose one of network, cart, forest, segments"),
        ("--method cart --arch FPN --lr 0.1", "--arch, --lr cannot go with --method cart"),
        ("--method cart --trees 4", "--trees cannot go with --method cart"),
        ("--method segments --points x.gpkg", "--points cannot go with --method segments"),
        ("--mode-filter 5", "--mode-filter cannot go with a network"),
        ("--method cart --mode-filter 4", "odd"),
        ("--method cart --points gone.gpkg", "there is no file gone.gpkg"),
        ("--bands A,B", "task landslides has its own bands"),
        ("--task custom", "task custom needs the names of its bands"),
    ],
)
def test_choices_that_do_not_fit_are_one_sentence(scenes, tmp_path, capsys, words, told):
    assert train(scenes, tmp_path / "zoo", f"--setting s2 {words}") == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "zoo").exists()


def test_points_teach_a_cart(scenes, tmp_path, capsys):
    label = next((scenes / "train_val/label").glob("*.tif"))
    with rasterio.open(label) as raster:
        ids, transform, crs = raster.read(1), raster.transform, raster.crs
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.permutation(np.argwhere(ids == one))[:12] for one in (0, 1)])
    x, y = transform @ (rows.T[::-1] + 0.5)
    kinds = ids[tuple(rows.T)]
    frame = gpd.GeoDataFrame({"kind": kinds}, geometry=gpd.points_from_xy(x, y), crs=crs)
    frame.to_file(tmp_path / "picked.geojson")
    words = f"--setting s2 --method cart --class-column kind --points {tmp_path}/picked.geojson"
    assert train(scenes, tmp_path / "zoo", words) == 0
    assert "cart-points: validation F1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        "--method forest --trees 5",
        "--arch Linknet --encoder tu-resnet10t --max-steps 2",
    ],
)
def test_bands_of_the_users_own_are_trained_and_mapped(scenes, tmp_path, capsys, words):
    own = "--task custom --setting mine --bands dNDVI,slope,postVV"
    assert train(scenes, tmp_path / "zoo", f"{own} {words}") == 0
    raster = next((scenes / "train_val/input").glob("*.tif"))
    arguments = (
        "--task custom --setting mine --ensemble-size 1 --tile 96 --overlap 32 --json".split()
    )
    places = ["--models", str(tmp_path / "zoo"), "--out", str(tmp_path / "run")]
    capsys.readouterr()
    assert main(["predict", str(raster), *arguments, *places]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [band["name"] for band in record["members"][0]["bands"]] == ["dNDVI", "slope", "postVV"]
