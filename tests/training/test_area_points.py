"""Points picked on maps of study areas teach as the same points in a file do."""

import geopandas as gpd
import numpy as np
import pytest

from geoseg.errors import BandError, TrainingError
from geoseg.models.card import read_card
from geoseg.tasks import LANDSLIDES, RAVINES
from geoseg.training.area_points import read_area_points
from geoseg.training.from_areas import write_judging_dataset
from geoseg.training.ground import PickedPoint, TrainingArea
from geoseg.training.points import read_point_samples
from geoseg.training.tree_settings import PICKED, TreeSettings
from geoseg.training.trees import train_trees
from tests.pipeline import tiny
from tests.workspace.picked import lonlat, point

SETTING = RAVINES.settings[0].name
FEATURE = [point(row, col, 1) for row, col in ((22, 45), (30, 50), (38, 69), (25, 60), (33, 41))]
NONE = [point(row, col, 0) for row, col in ((2, 30), (60, 80), (50, 25), (10, 88), (69, 22))]


@pytest.fixture
def area_of(tmp_path):
    """Make an area whose pixels hold their own place, but no data in the left fifth."""

    def make(points, **changes):
        folder = tmp_path / "scenes" / "train_val" / "input"
        folder.mkdir(parents=True, exist_ok=True)
        stack = folder / "hill_input.tif"
        if not stack.is_file():
            tiny.write_raster(stack, tiny.scene_values())
        choices = {"id": "hill", "title": "Hill", "rasters": (stack,), "points": tuple(points)}
        return TrainingArea(**choices | changes)

    return make


def file_of(path, points):
    places = gpd.points_from_xy([p.lon for p in points], [p.lat for p in points])
    columns = {"class": [p.class_id for p in points]}
    gpd.GeoDataFrame(columns, geometry=places, crs=4326).to_file(path)
    return path


def test_a_point_reads_the_pixel_it_lies_in(area_of):
    scene = tiny.scene_values()
    found = read_area_points([area_of(FEATURE + NONE)], LANDSLIDES, "s2")
    assert found.ids.tolist() == [1] * 5 + [0] * 5
    assert found.values[1].tolist() == [scene[name][30, 50] for name in tiny.BANDS]
    assert found.values[-1].tolist() == [scene[name][69, 22] for name in tiny.BANDS]


def test_points_of_several_areas_teach_together(area_of):
    areas = [area_of(FEATURE), area_of(()), area_of(NONE, id="dale", simulated=True)]
    found = read_area_points(areas, LANDSLIDES, "s2")
    assert found.ids.tolist() == [1] * 5 + [0] * 5
    assert not found.simulated


@pytest.mark.parametrize("method", ["cart", "forest"])
def test_a_tree_of_picked_points_equals_the_tree_of_the_same_points_in_a_file(
    area_of, tmp_path, method
):
    area, file = area_of(FEATURE + NONE), file_of(tmp_path / "points.gpkg", FEATURE + NONE)
    shared = {"task": "landslides", "setting": "s2", "method": method, "trees": 5}
    picked = read_area_points([area], LANDSLIDES, "s2")
    read = read_point_samples(file, "class", area.rasters, LANDSLIDES, "s2")
    assert np.array_equal(picked.values, read.values, equal_nan=True)
    ours = train_trees(
        tmp_path / "none", TreeSettings(points=PICKED, **shared), tmp_path / "a", points=picked
    )
    theirs = train_trees(
        tmp_path / "scenes", TreeSettings(points=str(file), **shared), tmp_path / "b"
    )
    one, other = (path.with_suffix(".safetensors").read_bytes() for path in (ours, theirs))
    assert one == other


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (FEATURE, "Hill holds 0 points of class 0 no landslide; at least 2 are needed"),
        (FEATURE + NONE[:1], "Hill holds 1 point of class 0 no landslide"),
        ((), "Hill holds 0 points of class 0"),
        (
            [*FEATURE, *NONE, PickedPoint(*lonlat(30, 50), 6)],
            "points of Hill are of class 6, task landslides has 0 no landslide, 1 landslide",
        ),
        (
            [*FEATURE, *NONE, point(30, 90, 1)],
            "1 of 11 points lie outside the rasters of Hill, the first at longitude 15.0",
        ),
        (
            [*FEATURE, *NONE, point(3, 5, 0)],
            "1 of 11 points lie where the bands of Hill hold no data",
        ),
    ],
)
def test_points_that_cannot_teach_are_told(area_of, points, words):
    with pytest.raises(TrainingError, match=words):
        read_area_points([area_of(points)], LANDSLIDES, "s2")


def test_a_missing_band_is_told(area_of):
    with pytest.raises(BandError, match="setting s1 needs"):
        read_area_points([area_of(FEATURE + NONE)], LANDSLIDES, "s1")


def test_points_of_several_classes_are_judged_by_a_reference_of_ids(tmp_path):
    truth = np.zeros((64, 64), np.uint8)
    truth[10:30, 10:50], truth[40:60, 10:50] = 1, 2
    bands = {name: truth.astype(np.float32) * place
             for place, name in enumerate(RAVINES.setting(SETTING).bands, start=1)}  # fmt: skip
    stack = tiny.write_raster(tmp_path / "stack.tif", bands)
    reference = tiny.write_raster(tmp_path / "truth.tif", {"truth": truth})
    points = [
        point(row, col, int(truth[row, col])) for row in range(5, 60, 11) for col in (5, 20, 40, 60)
    ]
    area = TrainingArea(id="a", title="A", rasters=(stack,), reference=reference, points=points)
    out = tmp_path / "dataset"
    write_judging_dataset([area], RAVINES, SETTING, out, points=len(points))
    settings = TreeSettings(task="ravines", setting=SETTING, method="cart", points=PICKED)
    picked = read_area_points([area], RAVINES, SETTING)
    card = read_card(train_trees(out, settings, tmp_path / "members", points=picked))
    assert card.classes == len(RAVINES.classes)
    assert card.validation_f1 > 0.9
    assert card.trained_on.endswith("judged on 1 labelled scenes")
