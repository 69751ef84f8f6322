"""Study areas become blocks on separate ground, in the layout that training reads."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geoseg.errors import BandError, DiskError, RunCancelledError, TrainingError
from geoseg.tasks import LANDSLIDES
from geoseg.tasks.own import OwnTask
from geoseg.training import from_areas
from geoseg.training.area_blocks import CELL, Survey, count_cells, cut, lay_out, lay_out_to_judge
from geoseg.training.dataset import read_dataset
from geoseg.training.from_areas import write_area_dataset, write_judging_dataset
from geoseg.training.ground import TrainingArea
from tests.pipeline import tiny


@pytest.fixture
def area_of(tmp_path):
    """Make an area of 320 x 200 pixels whose greenness holds each pixel's own place."""

    def make(name="Hill one", truth=None, **changes):
        rows, cols = np.indices((320, 200))
        bands = {
            "CART_landcover": rows.astype(np.float32),
            "dNDVI": (rows * 1000 + cols).astype(np.float32),
        }
        bands["CART_landcover"][:, :40] = np.nan
        bands["dNDVI"][:, :40] = np.nan
        if truth is None:
            truth = ((rows // 20 + cols // 20) % 5 == 0).astype(np.uint8)
        folder = tmp_path / name
        folder.mkdir()
        stack = tiny.write_raster(folder / "stack.tif", bands)
        reference = tiny.write_raster(folder / "truth.tif", {"truth": truth})
        choices = {"id": name.lower().replace(" ", "-"), "title": name, "rasters": (stack,)}
        return TrainingArea(**choices | {"reference": reference} | changes)

    return make


def written(areas, out, **choices):
    return write_area_dataset(areas, LANDSLIDES, "s2", out, **choices)


def counts(known, positive):
    shape = tuple(CELL * n for n in np.shape(known))
    return Survey("a", "1-a", shape, np.array(known), np.array(positive))


@given(height=st.integers(1, 40), width=st.integers(1, 40), side=st.sampled_from((64, 256, 512)))
def test_blocks_cover_an_area_once(height, width, side):
    survey = counts(np.ones((height, width), int), np.ones((height, width), int))
    seen = np.zeros(survey.shape, int)
    for block in cut(survey, side):
        rows, cols = block.window.toslices()
        seen[rows, cols] += 1
    assert (seen == 1).all()


@given(data=st.data(), height=st.integers(1, 20), width=st.integers(2, 20))
def test_both_sides_hold_the_feature_and_share_no_ground(data, height, width):
    flat = data.draw(st.lists(st.integers(0, 3), min_size=height * width, max_size=height * width))
    positive = np.array(flat).reshape(height, width)
    survey = counts(np.full((height, width), CELL**2), positive)
    try:
        layout = lay_out([survey])
    except TrainingError:
        assert (positive > 0).sum() < 2
        return
    for judges in (False, True):
        assert any(b.positive for b in layout.blocks if b.judges is judges)


@given(data=st.data(), height=st.integers(1, 60), most=st.integers(CELL**2, 10**7))
def test_where_points_teach_every_block_judges_whatever_it_shows(data, height, most):
    positive = data.draw(st.lists(st.integers(0, 3), min_size=height, max_size=height))
    survey = counts(np.full((height, 40), CELL**2), np.tile(np.array(positive)[:, None], (1, 40)))
    layout = lay_out_to_judge([survey], most)
    every = cut(survey, 512)
    assert all(block.judges for block in layout.blocks)
    step = -(-survey.known.sum() // most)
    assert [b.name for b in layout.blocks] == [b.name for b in every[::step]]
    assert bool(layout.notes) == (step > 1)


def test_cells_count_by_hand():
    mask = np.zeros((CELL + 1, 2 * CELL), bool)
    mask[0, 0] = mask[CELL, CELL] = mask[CELL, -1] = True
    assert count_cells(mask).tolist() == [[1, 0], [0, 2]]


def test_every_fifth_block_from_the_third_judges():
    ones = np.ones((16, 80), int)
    layout = lay_out([counts(ones, ones)])
    assert (layout.side, len(layout.blocks)) == (256, 20)
    assert [place for place, block in enumerate(layout.blocks) if block.judges] == [2, 7, 12, 17]


def test_blocks_are_left_out_where_memory_ends_those_with_the_feature_last():
    positive = np.zeros((32, 128), int)
    positive[:, ::64] = 1
    layout = lay_out([counts(np.ones_like(positive), positive)], most_pixels=6 * 512 * 512)
    assert sum(b.window.width * b.window.height for b in layout.blocks) <= 6 * 512 * 512
    assert sum(block.positive for block in layout.blocks) == positive.sum()
    assert f"{len(layout.blocks)} of 33" in layout.notes[0]


def test_a_dataset_holds_the_areas_pixels(area_of, tmp_path):
    area = area_of(simulated=True)
    dataset = written([area], tmp_path / "out")
    scenes = {s.name: s for s in read_dataset(tmp_path / "out", LANDSLIDES, "s2")}
    assert set(scenes) == {*dataset.training, *dataset.validation}
    assert not set(dataset.training) & set(dataset.validation)
    assert all(scene.simulated for scene in scenes.values())
    with rasterio.open(area.reference) as raster:
        truth = raster.read(1)
    seen = 0
    for name, scene in scenes.items():
        assert name.startswith("1-hill-one-r")
        known = scene.known
        assert (known == np.isfinite(scene.bands[1])).all()
        place = scene.bands[1][known].astype(int)
        assert (scene.label[known] == truth[place // 1000, place % 1000]).all()
        seen += known.sum()
    assert seen == 320 * 160


def test_polygons_teach_as_rasters_do(area_of, tmp_path):
    area = area_of()
    left, top = 500_000, 6_800_000
    squares = [box(left + x, top - y - 200, left + x + 200, top - y)
               for x in (600, 1500) for y in (300, 1500, 2500)]  # fmt: skip
    gpd.GeoDataFrame(geometry=squares, crs="EPSG:32633").to_file(tmp_path / "mapped.gpkg")
    mapped = area.model_copy(update={"reference": tmp_path / "mapped.gpkg"})
    written([mapped], tmp_path / "out")
    scenes = read_dataset(tmp_path / "out", LANDSLIDES, "s2")
    assert sum((scene.label == 1).sum() for scene in scenes) == 6 * 20 * 20


def test_a_whole_area_can_judge(area_of, tmp_path):
    one, two = area_of("Hill one"), area_of("Hill two")
    dataset = written([one, two], tmp_path / "out", validate_on=two.id)
    assert all(name.startswith("2-hill-two") for name in dataset.validation)
    assert all(name.startswith("1-hill-one") for name in dataset.training)


def test_what_is_there_is_not_written_again(area_of, tmp_path):
    first = written([area_of()], tmp_path / "out")
    assert written([], tmp_path / "out") == first


def test_an_area_without_reference_is_named(area_of, tmp_path):
    with pytest.raises(TrainingError, match="'Hill one' has no reference"):
        written([area_of(reference=None)], tmp_path / "out")


def test_a_reference_without_the_feature_is_told(area_of, tmp_path):
    with pytest.raises(TrainingError, match="shows nothing where its bands have data"):
        written([area_of(truth=np.zeros((320, 200), np.uint8))], tmp_path / "out")


def test_a_feature_where_no_band_has_data_is_told(area_of, tmp_path):
    truth = np.zeros((320, 200), np.uint8)
    truth[:, :30] = 1
    with pytest.raises(TrainingError, match="shows nothing where its bands have data"):
        written([area_of(truth=truth)], tmp_path / "out")


def test_a_feature_in_one_spot_cannot_be_divided(area_of, tmp_path):
    truth = np.zeros((320, 200), np.uint8)
    truth[70:80, 70:80] = 1
    with pytest.raises(TrainingError, match="within one spot"):
        written([area_of(truth=truth)], tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_a_missing_band_is_named(area_of, tmp_path):
    with pytest.raises(BandError, match="needs preVV"):
        write_area_dataset([area_of()], LANDSLIDES, "s1", tmp_path / "out")


def test_a_full_disk_is_told_and_leaves_nothing(area_of, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(from_areas, "_write", full)
    with pytest.raises(DiskError, match="No space left"):
        written([area_of()], tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_a_cancel_leaves_nothing(area_of, tmp_path):
    with pytest.raises(RunCancelledError):
        written([area_of()], tmp_path / "out", cancelled=lambda: True)
    assert not list(tmp_path.glob("*out*"))


def test_polygons_with_classes_teach_a_task_of_several(area_of, tmp_path):
    own = OwnTask(
        name="covers", title="Covers", feature="cover",
        bands=[{"name": "CART_landcover"}, {"name": "dNDVI"}],
        classes=[{"name": "other"}, {"name": "heath"}, {"name": "fen"}],
    ).declare()  # fmt: skip
    area = area_of()
    with rasterio.open(area.rasters[0]) as raster:
        left, bottom, right, top = raster.bounds
        crs, middle = raster.crs, (raster.bounds.top + raster.bounds.bottom) / 2
    shapes = [box(left + 500, bottom, right, middle), box(left + 500, middle, right, top)]
    file = tmp_path / "covers.gpkg"
    gpd.GeoDataFrame({"class": ["heath", "fen"]}, geometry=shapes, crs=crs).to_file(file)
    labelled = area.model_copy(update={"reference": file})
    write_area_dataset([labelled], own, "all", tmp_path / "blocks")
    scenes = read_dataset(tmp_path / "blocks", own, "all")
    assert {int(i) for scene in scenes for i in np.unique(scene.label)} - {255} == {0, 1, 2}
    gpd.GeoDataFrame({"kind": ["a", "b"]}, geometry=shapes, crs=crs).to_file(file)
    with pytest.raises(TrainingError, match="give them a column class"):
        write_area_dataset([labelled], own, "all", tmp_path / "again")


def test_judging_blocks_hold_the_whole_ground_once(area_of, tmp_path):
    area = area_of()
    split = write_judging_dataset([area], LANDSLIDES, "s2", tmp_path / "out", points=12)
    assert (split.training, split.points) == ((), 12)
    scenes = read_dataset(tmp_path / "out", LANDSLIDES, "s2")
    assert tuple(scene.name for scene in scenes) == split.validation
    assert sum(scene.label.size for scene in scenes) == 320 * 200


def test_points_without_a_reference_need_no_block(tmp_path):
    split = write_judging_dataset([], LANDSLIDES, "s2", tmp_path / "out", points=12)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["split.json"]
    assert (split.training, split.validation, split.points) == ((), (), 12)
