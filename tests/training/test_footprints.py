"""Cards of trained members tell which ground taught and which judged them."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import transform

from geoseg.models.card import read_card
from geoseg.models.footprint import make_patch
from geoseg.tasks import find_task
from geoseg.training.area_points import read_area_points
from geoseg.training.dataset import LabelledScene, read_dataset
from geoseg.training.footprints import (
    fill_in,
    footprint_of,
    footprint_of_points,
    of_simulated,
    place_of_points,
)
from geoseg.training.ground import PickedPoint, TrainingArea
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees
from tests.comparison.made_up import card
from tests.training import made_up

UTM, AT = CRS.from_epsg(32636), Affine(30, 0, 5e5, 0, -30, 1e6)


def scene(name, place=None):
    return LabelledScene(
        name, np.zeros((1, 4, 4), np.float32), np.zeros((4, 4), np.uint8), False, place
    )


def patch(row):
    return make_patch(UTM, AT, np.array([[row, 0, 4, 4]]))


@pytest.fixture
def dataset(tmp_path):
    """Three scenes on one ground; of the first only the upper half is labelled."""
    for number in range(3):
        bands, label = made_up.wet_scene(number)
        if number == 0:
            label[48:] = 255
        made_up.write_pair(tmp_path / "data", f"s{number}", bands, label)
    return tmp_path / "data"


def test_only_labelled_pixels_of_a_scene_are_its_ground(dataset):
    first, second, _ = read_dataset(dataset, find_task("wetlands"), "landsat")
    assert first.place.windows == ((0, 0, 48, 96),)
    assert second.place.windows == ((0, 0, 96, 96),)


def test_ground_that_judges_is_told_apart_and_a_single_scene_once():
    footprint = footprint_of([scene("a", patch(0))], [scene("b", patch(4))])
    assert (len(footprint.taught), len(footprint.judged), footprint.missing) == (1, 1, ())
    alone = [scene("a", patch(0))]
    assert footprint_of(alone, alone).judged == ()


def test_scenes_that_lie_nowhere_are_told():
    assert footprint_of([scene("a")], [scene("b", patch(0))]).missing == ("1 of 2 scenes",)
    assert footprint_of_points([None], []).missing == ("the points on 1 of 1 rasters",)


def test_points_teach_the_squares_around_them_inside_the_raster():
    place = place_of_points(UTM, AT, (10, 10), np.array([[0, 0], [5, 6], [5, 6]]))
    assert place.windows == ((0, 0, 2, 2), (4, 5, 3, 3))


def test_trees_of_scenes_say_where_they_learned(dataset, tmp_path):
    settings = TreeSettings(
        task="wetlands", setting="landsat", method="cart", validation=("s2",), pixels=200
    )
    footprint = read_card(train_trees(dataset, settings, tmp_path / "zoo")).footprint
    assert footprint.taught[0].crs == "EPSG:32636"
    assert footprint.judged[0].windows == ((0, 0, 96, 96),)
    assert footprint.taught[0].outline


def test_trees_of_a_file_of_points_say_where_these_are(dataset, tmp_path):
    rows, cols = np.array([5, 10, 40, 45]), np.array([5, 90, 40, 44])
    places = gpd.points_from_xy(5e5 + 30 * (cols + 0.5), 1e6 - 30 * (rows + 0.5))
    frame = gpd.GeoDataFrame({"class": [0, 0, 1, 1]}, geometry=places, crs=32636)
    frame.to_file(tmp_path / "points.gpkg", driver="GPKG")
    settings = TreeSettings(
        task="wetlands", setting="landsat", method="cart", points=str(tmp_path / "points.gpkg"),
        validation=("s2",),
    )  # fmt: skip
    footprint = read_card(train_trees(dataset, settings, tmp_path / "zoo")).footprint
    assert (4, 4, 3, 3) in footprint.taught[0].windows
    assert footprint.judged[0].windows == ((0, 0, 96, 96),)


def test_points_picked_on_a_simulated_area_keep_its_scene(tmp_path):
    stack = tmp_path / "stack.tif"
    made_up.write_raster(
        stack, np.ones((2, 70, 90), np.float32), ("CART_landcover", "dNDVI"), float("nan")
    )
    with rasterio.open(stack, "r+") as raster:
        raster.update_tags(SIMULATED="yes", GEOSEG_WORLD="alps", GEOSEG_SEED="7")
    x, y = 5e5 + 30 * np.array([30.5, 40.5, 50.5, 60.5]), 1e6 - 30 * np.full(4, 30.5)
    lons, lats = transform("EPSG:32636", "EPSG:4326", x, y)
    points = [PickedPoint(*at, i // 2) for i, at in enumerate(zip(lons, lats, strict=True))]
    area = TrainingArea(id="a", title="A", rasters=(stack,), points=points, simulated=True)
    (place,) = read_area_points([area], find_task("landslides"), "s2").places
    assert (place.scene, place.outline) == ("alps, seed 7", ())
    assert (29, 29, 3, 3) in place.windows


def test_filling_in_leaves_the_rest_of_a_card_as_it_was(tmp_path):
    (tmp_path / "one.safetensors").touch()
    (tmp_path / "one.json").write_text(card("one", 0.5).to_json())
    before = read_card(tmp_path / "one.json")
    footprint = footprint_of([scene("a", patch(0))], [])
    assert fill_in(tmp_path, footprint) == 1
    after = read_card(tmp_path / "one.json")
    assert after.footprint == footprint
    assert after.model_copy(update={"footprint": None}) == before


def test_members_of_one_ground_tell_it_once_and_each_knows_it(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.safetensors").touch()
        (tmp_path / f"{name}.json").write_text(card(name, 0.5).to_json())
    footprint = footprint_of([scene("a", patch(0))], [])
    assert fill_in(tmp_path, footprint) == 3
    texts = [path.read_text() for path in sorted(tmp_path.glob("*.json"))]
    assert [('"windows"' in text) for text in texts] == [True, False, False]
    assert all(read_card(path).footprint == footprint for path in tmp_path.glob("*.json"))
    (tmp_path / "one.json").unlink()
    assert read_card(tmp_path / "two.json").footprint is None


def test_a_card_takes_no_ground_from_another_folder(tmp_path):
    (tmp_path / "zoo").mkdir()
    footprint = footprint_of([scene("a", patch(0))], [])
    away = card("away", 0.5).model_copy(update={"footprint": footprint})
    (tmp_path / "away.json").write_text(away.to_json())
    lying = card("lying", 0.5).model_copy(update={"footprint_of": "../away"})
    (tmp_path / "zoo" / "lying.json").write_text(lying.to_json())
    assert read_card(tmp_path / "zoo" / "lying.json").footprint is None


def test_simulated_scenes_are_told_by_name():
    footprint = of_simulated("landslides", [100_100_000], [100_100_001])
    assert footprint.taught[0].scene == "boreal, seed 100100000"
    assert footprint.judged[0].scene == "alps, seed 100100001"
    assert footprint.simulated
