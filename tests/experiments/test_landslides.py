"""The event of Article III in files: a half that teaches, points of a hand, sub-areas."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from geoseg.errors import TrainingError
from geoseg.experiments import landslides
from geoseg.experiments.hand_points import OTHER_POINTS, SLIDE_POINTS, write_points
from geoseg.experiments.landslides import PUBLISHED, TRIALS, cut, make_site
from geoseg.experiments.settings import ExperimentSettings, Watch
from geoseg.simulate.kinds import make_scene
from geoseg.tasks.local_landslides import LOCAL_LANDSLIDES


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(landslides.SIZES, "quick", 256)
        return make_site(ExperimentSettings(), folder, Watch())


def test_points_are_as_many_as_the_articles_and_lie_on_their_ground(site):
    points = gpd.read_file(site.points)
    assert (points["class"] == 1).sum() == SLIDE_POINTS == site.kinds["landslide"]
    assert (points["class"] == 0).sum() == OTHER_POINTS
    assert set(points["ground"]) == set(site.kinds)
    places = list(zip(points.geometry.x, points.geometry.y, strict=True))
    with rasterio.open(site.area.label) as label:
        found = [value[0] for value in label.sample(places)]
    assert found == points["class"].tolist()


def test_points_and_teaching_ground_keep_off_the_unseen_half(site):
    areas = gpd.read_file(site.sub_areas).set_index("name").geometry
    points = gpd.read_file(site.points)
    assert points.within(areas["A"].union(areas["B"])).all()
    for path in (site.dataset / "train_val" / "label").glob("*.tif"):
        with rasterio.open(path) as label:
            assert label.bounds.right <= areas["C"].bounds[0]
    assert areas["C"].union(areas["D"]).equals(areas[landslides.UNSEEN])


def test_a_cut_scene_keeps_its_place():
    scene = make_scene("local_landslides", 9, 128)
    part = cut(scene, Window(32, 64, 16, 8), "part")
    assert part.bands.shape == (16, 8, 16)
    np.testing.assert_array_equal(part.bands, scene.bands[:, 64:72, 32:48])
    assert part.grid.transform @ (0, 0) == scene.grid.transform @ (32, 64)


def test_ground_without_slides_has_no_points(tmp_path):
    scene = make_scene("local_landslides", 9, 128)
    cover = np.full((128, 128), 2, np.uint8)
    with pytest.raises(TrainingError, match="choose another seed"):
        write_points(tmp_path / "points.gpkg", scene, cover, Window(0, 0, 8, 8), 0)


def test_every_published_row_is_tried():
    tried = {(trial.method, trial.setting) for trial in TRIALS}
    assert set(PUBLISHED) <= tried
    assert {setting for _, setting in tried} == {own.name for own in LOCAL_LANDSLIDES.settings}
