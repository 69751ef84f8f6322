"""Ravine landscapes: the same seed the same scene, predictors as derived, lines on their floors."""

import numpy as np
import pyogrio
import pytest
import rasterio
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from geoseg.errors import SettingsError
from geoseg.exports.derived import derive_terrain
from geoseg.grid import Grid
from geoseg.simulate import make_scene, write_dataset, write_scene
from geoseg.simulate.clay_worlds import CLAY_WORLDS, clay_world_of
from geoseg.tasks import RAVINES

SIZE = 448
NAMES = [band.name for band in RAVINES.bands]
SMOOTH, SHARP = 1, 2


@pytest.fixture(scope="module")
def scenes():
    """Two scenes of every world."""
    return [make_scene("ravines", seed, SIZE) for seed in range(2 * len(CLAY_WORLDS))]


def test_the_same_seed_gives_the_same_scene(scenes):
    again = make_scene("ravines", 1, SIZE)
    np.testing.assert_array_equal(again.bands, scenes[1].bands)
    np.testing.assert_array_equal(again.reference, scenes[1].reference)
    assert [own.line.wkt for own in again.lines] == [own.line.wkt for own in scenes[1].lines]


def test_classes_are_those_of_the_task_and_every_scene_has_ravines(scenes):
    ids = {label.id for label in RAVINES.classes}
    for scene in scenes:
        assert set(np.unique(scene.reference)) <= ids | {255}
        assert 0.01 < scene.share(SMOOTH) + scene.share(SHARP) < 0.45, scene.seed
    assert min(sum(s.share(own) for s in scenes) / len(scenes) for own in (SMOOTH, SHARP)) > 0.02


def test_any_four_seeds_visit_every_world(scenes):
    assert {clay_world_of(seed).name for seed in range(7, 11)} == {w.name for w in CLAY_WORLDS}
    assert scenes[3].world == "hillside"


def test_predictors_are_what_derive_makes_of_the_terrain_model(tmp_path, scenes):
    write_scene(tmp_path, scenes[0], "clay")
    derived = derive_terrain(
        tmp_path / "clay_terrain.tif", RAVINES.derived("terrain"), tmp_path / "derived.tif"
    )
    with rasterio.open(derived.path) as raster, rasterio.open(tmp_path / "clay_input.tif") as made:
        np.testing.assert_array_equal(raster.read(), made.read())
        assert raster.descriptions == made.descriptions == tuple(NAMES)


def test_ravines_are_no_smaller_than_article_six_mapped_them(scenes):
    for scene in scenes:
        mapped = (scene.reference == SMOOTH) | (scene.reference == SHARP)
        numbers, count = ndimage.label(mapped, np.ones((3, 3)))
        assert count
        assert np.bincount(numbers.ravel())[1:].min() >= 2500


def test_lines_run_along_mapped_floors_with_their_class(scenes):
    for scene in scenes:
        assert scene.lines
        inside, total = 0, 0
        for own in scene.lines:
            assert own.class_id in (SMOOTH, SHARP)
            steps = np.linspace(0, 1, 50)
            places = [own.line.interpolate(step, normalized=True) for step in steps]
            x, y = np.array([(p.x, p.y) for p in places]).T
            columns, rows = ~scene.grid.transform * (x, y)
            rows, columns = (np.clip(v, 0, SIZE - 1).astype(int) for v in (rows, columns))
            inside += np.isin(scene.reference[rows, columns], (SMOOTH, SHARP)).sum()
            total += len(steps)
        assert inside / total > 0.9


def test_a_floor_lies_below_its_surroundings(scenes):
    tpi = np.concatenate([s.bands[NAMES.index("tpi100m")][s.reference == SHARP] for s in scenes])
    other = np.concatenate([s.bands[NAMES.index("tpi100m")][s.reference == 0] for s in scenes])
    assert np.nanmedian(tpi) < -0.5 < np.nanmedian(other)


def area_under_curve(scenes, name, class_id):
    """How well one band alone tells a class from the background: 0.5 not at all, 1 fully."""
    value = np.concatenate([s.bands[NAMES.index(name)][::4, ::4].ravel() for s in scenes])
    truth = np.concatenate([s.reference[::4, ::4].ravel() for s in scenes])
    chosen = np.isfinite(value) & np.isin(truth, (0, class_id))
    found = roc_auc_score(truth[chosen] == class_id, value[chosen])
    return max(found, 1 - found)


@pytest.mark.parametrize("class_id", [SMOOTH, SHARP])
def test_no_band_alone_tells_ravines_apart_yet_each_tells_something(scenes, class_id):
    areas = {name: area_under_curve(scenes, name, class_id) for name in NAMES}
    assert min(areas.values()) > 0.55, areas
    assert max(areas.values()) < 0.97, areas


def test_sharp_ravines_are_steeper_than_smooth_ones(scenes):
    slope = {
        own: np.concatenate([s.bands[NAMES.index("slope")][s.reference == own] for s in scenes])
        for own in (SMOOTH, SHARP)
    }
    assert np.nanmedian(slope[SHARP]) > np.nanmedian(slope[SMOOTH]) + 5


def test_ground_above_the_marine_limit_is_not_mapped():
    for seed in range(40):
        scene = make_scene("ravines", 4 * seed + 3, 192)
        above = np.isnan(scene.elevation)
        np.testing.assert_array_equal(above, scene.reference == 255)
        if above.any():
            return
    pytest.fail("no scene reached above the marine limit")


def test_a_dataset_has_lines_and_terrain_beside_input_and_label(tmp_path, scenes):
    write_dataset(tmp_path, scenes[:3], seed=1)
    for part, count in (("train_val", 2), ("test", 1)):
        for kind in ("input", "label", "terrain", "lines"):
            files = sorted((tmp_path / part / kind).iterdir())
            assert len(files) == count
            assert all(file.stem.endswith(f"_{kind}") for file in files)
    path = next((tmp_path / "test" / "lines").iterdir())
    table = pyogrio.read_dataframe(path)
    assert set(table["class"]) <= {"smooth ravine", "sharp ravine"}
    assert set(table["simulated"]) == {"yes"}
    with rasterio.open(next((tmp_path / "test" / "label").iterdir())) as raster:
        grid = Grid(raster.crs, raster.transform, raster.width, raster.height)
        assert raster.tags()["SIMULATED"] == "yes"
    west, south, east, north = grid.bounds
    left, low, right, high = table.total_bounds
    assert west - 10 <= left <= right <= east + 10
    assert south - 10 <= low <= high <= north + 10


@pytest.mark.parametrize(("seed", "size"), [(-1, 448), (1, 64)])
def test_impossible_scenes_are_refused_with_a_sentence(seed, size):
    with pytest.raises(SettingsError, match="at least 192 pixels"):
        make_scene("ravines", seed, size)
