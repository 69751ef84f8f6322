"""What the map of a run or an area shows, and that nothing in it comes from outside."""

import json
import re

import pytest

from geoseg.evaluation.curves import ScoreHistogram
from geoseg.tasks import LANDSLIDES
from geoseg.ui import areas
from geoseg.ui import map as map_page
from geoseg.ui.map_scene import MapLayer, MapScene
from geoseg.ui.scenes import area_scene, pictures, run_scene


def described(scene) -> dict:
    return json.loads(map_page.scene_text(scene))


def test_a_run_with_a_reference_shows_every_layer(finished_run):
    scene = run_scene(finished_run)
    kinds = [layer.kind for layer in scene.layers]
    assert kinds == [
        "classes", "confusion", "reference", "probability", "spread", "agreement", "entropy",
        "mutual_information", "coverage",
    ]  # fmt: skip
    assert [layer.kind for layer in scene.layers if layer.visible] == ["classes"]
    assert [layer.kind for layer in scene.backgrounds] == ["hillshade", "rgb"]
    assert scene.simulated


def test_a_run_without_a_reference_swipes_to_the_probability(run_without_reference):
    scene = run_scene(run_without_reference)
    kinds = {layer.id: layer.kind for layer in scene.layers}
    assert "confusion" not in kinds.values()
    assert [kinds[side] for side in scene.swipe] == ["classes", "probability"]
    assert described(scene)["threshold"]["curve"] is None


def test_the_slider_knows_the_scores_at_every_hundredth(finished_run):
    record = described(run_scene(finished_run))["threshold"]
    assert record["value"] == 0.5
    assert {len(values) for values in record["curve"].values()} == {99}
    # The map is the reference moved by 5 of 20 columns: three quarters are right at 0.5.
    assert record["curve"]["f1"][49] == pytest.approx(0.75)
    assert record["curve"]["precision"][98] is None


def test_undefined_scores_of_an_empty_curve_are_none():
    assert set(map_page.curve_record(ScoreHistogram())["f1"]) == {None}


def test_the_style_stacks_the_background_below_and_the_first_layer_on_top(finished_run):
    scene = run_scene(finished_run)
    names = [
        layer["id"] for layer in map_page.map_style(scene)["layers"] if "source-layer" not in layer
    ]
    assert names[1] == scene.backgrounds[0].id
    assert names[-2:] == [scene.layers[0].id, f"{scene.layers[0].id}~"]


def test_every_address_of_the_page_is_of_this_server(finished_run):
    page = map_page._page(map_page.scene_text(run_scene(finished_run)))
    assert not re.findall(r"(?:src|href)=\"https?:", page)
    tiles = re.findall(r'"tiles": \["([^"]+)"', page)
    assert len(tiles) >= 9
    assert all(tile.startswith(("/tiles/", "/vectors/")) for tile in tiles)


def test_the_description_cannot_end_its_own_script(finished_run):
    scene = run_scene(finished_run)
    text = map_page.scene_text(scene).replace("Map of the run", "</script><script>alert(1)")
    assert "</script><script>alert" not in map_page._page(text)


def test_a_preview_offers_composites_relief_and_every_band_there(demo_area):
    matches = areas.matches_of(demo_area.rasters, LANDSLIDES, {})
    titles = list(pictures(matches, LANDSLIDES))
    assert titles[1] == "hillshade"
    assert len(titles) == 2 + len(LANDSLIDES.bands)
    stack = areas.open_area(demo_area.rasters, LANDSLIDES, matches)
    for shown in titles:
        scene = area_scene(matches, LANDSLIDES, stack.grid, shown)
        assert scene.layers[0].url.startswith("/tiles/")
        assert scene.bounds == stack.grid.lonlat_bounds


def test_a_map_across_180_degrees_opens_there_and_asks_for_tiles_on_both_sides():
    layer = MapLayer("a", "band", "Band", "/tiles/a/{z}/{x}/{y}.png", visible=True)
    scene = MapScene((179.98, -17.19, -179.98, -17.16), 30, (layer,))
    told = described(scene)
    assert told["bounds"] == [179.98, -17.19, pytest.approx(180.02), -17.16]
    assert told["map"]["style"]["sources"]["a"]["bounds"] == [-180, -17.19, 180, -17.16]
    built = map_page._built(map_page.map_style(scene), tuple(told["bounds"]), 12)
    assert built["mapOptions"]["center"][0] == pytest.approx(180)
