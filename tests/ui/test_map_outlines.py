"""Outlines, drawing and comparisons in a map's scene; addresses for a GIS."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geoseg.exports.vectors import write_vectors
from geoseg.figures.styles import SEVEN_COLOURS
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.compare_map import compare_scene, read_metrics
from geoseg.ui.gis_links import gis_links
from geoseg.ui.map import map_style, scene_text
from geoseg.ui.map_style import OUTLINE_COLOUR
from geoseg.ui.scenes import run_scene
from geoseg.workspace import run_folder
from tests.ui.conftest import GRID, SIDE, make_run, write


@pytest.fixture
def outlined(finished_run) -> str:
    """A finished run with two outlines."""
    boxes = [
        shapely.box(400_100 + 200 * i, 6_799_800, 400_200 + 200 * i, 6_799_900) for i in (0, 1)
    ]
    frame = gpd.GeoDataFrame(
        {"id": [1, 2], "class": ["landslide"] * 2, "area_m2": 10_000.0, "perim_m": 400.0,
         "mean_prob": 0.8, "mean_sprd": 0.1}, geometry=boxes, crs="EPSG:32632",
    )  # fmt: skip
    write_vectors(frame, run_folder(finished_run))
    return finished_run


@pytest.fixture
def comparison(tmp_path, home, outlined):
    """A finished comparison with a seven-colour map, written by hand."""
    folder = home / "comparisons" / "made-up"
    folder.mkdir(parents=True)
    codes = np.tile(np.arange(8, dtype=np.uint8), SIDE * SIDE // 8)
    write(folder / "single_vs_ensemble.tif", codes, ["codes"], 255)
    rows = [
        {"code": c, "colour": "x", "meaning": f"<m{c}>", "pixels": SIDE * SIDE // 8, "share": 0.125}
        for c in range(8)
    ]
    record = {"seven_colours": {"colours": rows}, "run_vs_run": None}
    (folder / "metrics.json").write_text(json.dumps(record))
    return folder


def test_outlines_lie_over_every_layer_and_are_not_shown_at_first(outlined):
    scene = run_scene(outlined)
    (layer,) = scene.vectors
    assert not layer.visible
    style = map_style(scene)
    assert style["sources"][layer.id]["type"] == "vector"
    assert [part["id"] for part in style["layers"][-3:]] == [
        f"{layer.id}-{kind}" for kind in ("fill", "line", "circle")
    ]


def test_a_state_set_by_hand_beats_what_the_tiles_say(outlined):
    scene = run_scene(outlined)
    plain = map_style(scene)["layers"][-1]["paint"]["circle-color"]
    assert plain == OUTLINE_COLOUR
    judged = replace(
        scene.vectors[0], colour_by="status", colours={"": "#111111", "rejected": "#222222"}
    )
    style = map_style(replace(scene, vectors=(judged,)))
    assert style["layers"][-1]["paint"]["circle-color"] == [
        "match",
        ["coalesce", ["feature-state", "status"], ["to-string", ["get", "status"]]],
        "rejected", "#222222", "#111111",
    ]  # fmt: skip


def test_a_comparison_adds_seven_colours_with_their_pixels(outlined, comparison):
    record = read_metrics(comparison)
    scene = compare_scene(Chosen(outlined, None, comparison), record)
    assert scene.layers[1].kind == "single_vs_ensemble"
    described = json.loads(scene_text(scene))
    legend = described["layers"][1]["legend"]
    assert [entry[1] for entry in legend] == list(SEVEN_COLOURS.values())
    assert {entry[2] for entry in legend} == {SIDE * SIDE // 8}
    assert described["draw"]["url"] == f"/api/v1/runs/{outlined}/sub-areas"


def test_without_a_comparison_the_map_still_stands(outlined):
    scene = compare_scene(Chosen(outlined), read_metrics(None))
    assert scene.layers[0].live
    assert scene.layers[1].live
    assert scene.draw


def test_a_second_run_stands_beside_the_first(outlined, demo_area):
    other = make_run(demo_area, with_reference=False)
    scene = compare_scene(Chosen(outlined, other), {})
    titles = {layer.id: layer.title for layer in scene.layers}
    assert titles[scene.swipe[0]] == "Map of landslides"
    assert titles[scene.swipe[1]] == "Second run: Made-up run"


def test_a_gis_gets_whole_addresses_of_every_map(outlined, monkeypatch):
    links = gis_links(outlined, "http://lab.example:8501")
    assert links[0].title == "Map of landslides"
    assert links[0].xyz.startswith("http://lab.example:8501/tiles/")
    assert links[0].xyz.endswith("/{z}/{x}/{y}.png?threshold=0.5")
    assert links[1].wmts.endswith("/WMTSCapabilities.xml?threshold=0.5")
    assert len({link.xyz for link in links}) == len(links) == len(run_scene(outlined).layers)
    monkeypatch.setenv("GEOSEG_TOKEN", "granite")
    keys = {link.xyz.split("key=")[1] for link in gis_links(outlined, "http://lab.example")}
    assert len(keys) == len({link.xyz.split("/tiles/")[1][:24] for link in links})


def test_the_grid_of_the_made_up_run_is_where_it_says(outlined):
    assert run_scene(outlined).bounds == GRID.lonlat_bounds
