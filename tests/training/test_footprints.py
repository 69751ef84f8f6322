"""Cards of trained members tell which ground taught and which judged them."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.models.card import read_card
from geoseg.models.footprint import make_patch
from geoseg.tasks import find_task
from geoseg.training.area_points import read_area_points
from geoseg.training.dataset import LabelledScene, read_dataset
from geoseg.training.footprints import footprint_of, footprint_of_points, place_of_points
from geoseg.training.ground import PickedPoint, TrainingArea
from geoseg.training.shipped_ground import fill_in, of_simulated
from geoseg.training.tree_settings import TreeSettings
from geoseg.training.trees import train_trees
from tests.pipeline import tiny
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
    stack = tiny.write_raster(tmp_path / "stack.tif", tiny.scene_values())
    import rasterio
    from rasterio.warp import transform

    with rasterio.open(stack, "r+") as raster:
        raster.update_tags(SIMULATED="yes", GEOSEG_WORLD="alps", GEOSEG_SEED="7")
    x, y = 500_000 + 10 * np.array([30.5, 40.5, 50.5, 60.5]), 6_800_000 - 10 * np.full(4, 30.5)
    lons, lats = transform("EPSG:32633", "EPSG:4326", x, y)
    points = [PickedPoint(*at, i // 2) for i, at in enumerate(zip(lons, lats, strict=True))]
    area = TrainingArea(id="a", title="A", rasters=(stack,), points=points, simulated=True)
    (place,) = read_area_points([area], find_task("landslides"), "s2").places
    assert (place.scene, place.outline) == ("alps, seed 7", ())
    assert (29, 29, 3, 3) in place.windows


def test_a_network_and_one_that_goes_on_from_it_say_where_they_learned(dataset, tmp_path):
    from geoseg.training.settings import TrainSettings
    from geoseg.training.starting import follow_start, prepare

    scenes = read_dataset(dataset, find_task("wetlands"), "landsat")
    settings = TrainSettings(
        task="wetlands", setting="landsat", architecture="Linknet", encoder="tu-resnet10t",
        options={"encoder_depth": 3}, crop=32, validation=("s1",), device="cpu",
    )  # fmt: skip
    card = prepare(settings, None, scenes, "data").card
    assert card.footprint.judged[0].windows == ((0, 0, 96, 96),)
    assert card.footprint.missing == ()
    from geoseg.training.starting import _footprint

    elsewhere = footprint_of([scene("far", patch(500))], [])
    start = card.model_copy(update={"footprint": elsewhere})
    again = _footprint(start, scenes[:1], scenes[1:])
    assert (500, 0, 4, 4) in again.taught[0].windows
    assert _footprint(start.model_copy(update={"footprint": None}), scenes[:1], scenes[1:]).missing
    assert follow_start(settings)[1] is None


def test_filling_in_leaves_the_rest_of_a_card_as_it_was(tmp_path):
    tiny.write_member(tmp_path, "one", 0.5, seed=1)
    before = read_card(tmp_path / "one.json")
    footprint = footprint_of([scene("a", patch(0))], [])
    assert fill_in(tmp_path, footprint) == 1
    after = read_card(tmp_path / "one.json")
    assert after.footprint == footprint
    assert after.model_copy(update={"footprint": None}) == before


def test_simulated_scenes_are_told_by_name():
    footprint = of_simulated("landslides", [100_100_000], [100_100_001])
    assert footprint.taught[0].scene == "boreal, seed 100100000"
    assert footprint.judged[0].scene == "alps, seed 100100001"
    assert footprint.simulated
