"""Page Correct of a run of three classes: an outline's class is chosen, kept and learned from."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from geoseg.errors import SettingsError
from geoseg.ui import correct_map
from geoseg.ui.map import scene_text
from geoseg.workspace import get_area
from geoseg.workspace.corrections import correct, corrections
from geoseg.workspace.inventories import inventory
from geoseg.workspace.references import use_inventory
from geoseg.workspace.runs import run_classes
from tests.comparison import made_up
from tests.ui.made_up_ravines import make_ravine_run
from tests.ui.test_pages import opened

SHARP, SMOOTH = "sharp ravine", "smooth ravine"


@pytest.fixture
def run(home, tmp_path) -> str:
    return make_ravine_run(home, tmp_path / "made")


def drawn(row, col, side):
    box = made_up.box(row, col, side, side)
    placed = gpd.GeoSeries([box], crs=made_up.GRID.crs.to_wkt()).to_crs(4326).iloc[0]
    return json.loads(json.dumps(shapely.geometry.mapping(placed)))


def shown(run, monkeypatch):
    scenes = []
    monkeypatch.setattr(correct_map, "show_map", lambda scene, height: scenes.append(scene))
    correct_map.show(run)
    return scenes[0]


def test_the_map_offers_the_classes(run, monkeypatch):
    scene = shown(run, monkeypatch)
    assert [label.name for label in scene.draw.classes] == [SMOOTH, SHARP]
    assert scene.vectors[-1].fields["class"] == "Mapped as"
    told = json.loads(scene_text(scene))["draw"]["classes"]
    assert [label["name"] for label in told] == [SMOOTH, SHARP]


def test_one_class_offers_none(finished_run, monkeypatch):
    scene = shown(finished_run, monkeypatch)
    assert scene.draw.classes == run_classes(finished_run) == ()
    assert "class" not in scene.vectors[-1].fields


def test_the_page_opens(run):
    app = opened("correct.py", run=run)
    assert not app.exception
    assert not app.error


def test_a_class_that_the_run_has_not_is_refused(run):
    with pytest.raises(
        SettingsError, match="no class 'deep ravine' in this run; choose one of smo"
    ):
        correct(run, "classify", 1, class_name="deep ravine")
    assert corrections(run).number == 0


def test_a_corrected_map_becomes_a_reference_of_classes(run):
    """The second outline is the square that the map called smooth and is sharp."""
    correct(run, "accept", 1)
    correct(run, "classify", 2, class_name=SHARP)
    correct(run, "draw", geometry=drawn(0, 50, 5), class_name=SHARP)
    near = correct(run, "draw", geometry=drawn(10, 2, 4)).changed
    found = inventory(run).set_index("id")["class"]
    assert found.tolist() == [SMOOTH, SHARP, SHARP, SMOOTH]
    assert found[near] == SMOOTH
    use_inventory(run)
    with rasterio.open(get_area("clay").reference) as raster:
        values = raster.read(1)
    assert np.bincount(values.ravel()).tolist() == [3600 - 441, 316, 125]
    assert (values[40:50, 40:50] == 2).all()
    assert (values[0:5, 50:55] == 2).all()
    assert (values[10:14, 2:6] == 1).all()
