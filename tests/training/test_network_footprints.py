"""Cards of networks tell which ground taught them, and those that taught what they start from."""

import numpy as np
from affine import Affine
from rasterio.crs import CRS

from geoseg.models.footprint import Footprint, make_patch
from geoseg.tasks import find_task
from geoseg.training.dataset import read_dataset
from geoseg.training.settings import TrainSettings
from geoseg.training.starting import _footprint, prepare
from tests.training import made_up

UTM, AT = CRS.from_epsg(32636), Affine(30, 0, 5e5, 0, -30, 1e6)


def test_a_network_and_one_that_goes_on_from_it_say_where_they_learned(tmp_path):
    for number in range(3):
        made_up.write_pair(tmp_path, f"s{number}", *made_up.wet_scene(number))
    scenes = read_dataset(tmp_path, find_task("wetlands"), "landsat")
    settings = TrainSettings(
        task="wetlands", setting="landsat", architecture="Linknet", encoder="tu-resnet10t",
        options={"encoder_depth": 3}, crop=32, validation=("s1",), device="cpu",
    )  # fmt: skip
    card = prepare(settings, None, scenes, "data").card
    assert card.footprint.judged[0].windows == ((0, 0, 96, 96),)
    assert card.footprint.missing == ()
    elsewhere = Footprint(taught=(make_patch(UTM, AT, np.array([[500, 0, 4, 4]])),))
    start = card.model_copy(update={"footprint": elsewhere})
    again = _footprint(start, scenes[:1], scenes[1:])
    assert (500, 0, 4, 4) in again.taught[0].windows
    assert _footprint(start.model_copy(update={"footprint": None}), scenes[:1], scenes[1:]).missing
