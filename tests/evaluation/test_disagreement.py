"""What the map is surest of and the reference denies comes first; strips of edges come last."""

import json

import geopandas as gpd
import numpy as np
import pytest

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.disagreement import LabelSettings, find_disagreements
from geoseg.exports.places import write_places
from tests.evaluation.made_up import box, write_raster


@pytest.fixture
def maps(tmp_path):
    """False alarms of 25 sure and 36 unsure pixels, a miss of 16, and a strip of 40."""
    confusion = np.full((60, 60), 4, np.uint8)
    probability = np.full((60, 60), 0.2, np.float32)
    confusion[2:7, 2:7], probability[2:7, 2:7] = 2, 1.0
    confusion[20:26, 2:8], probability[20:26, 2:8] = 2, 0.5
    confusion[40:44, 40:44] = 3
    confusion[10:50, 50], probability[10:50, 50] = 2, 1.0
    confusion[55:, :] = 255
    return (write_raster(tmp_path / "confusion.tif", confusion),
            write_raster(tmp_path / "probability.tif", probability, float("nan")))  # fmt: skip


def test_large_and_sure_contradictions_come_first_and_strips_last(maps):
    frame = find_disagreements(*maps)
    assert list(frame["rank"]) == [1, 2, 3, 4]
    assert list(frame["area_m2"]) == [2500, 3600, 1600, 4000]
    assert list(frame["kind"]) == ["on the map only"] * 2 + [
        "in the reference only", "on the map only",
    ]  # fmt: skip
    np.testing.assert_allclose(frame["sureness"], [1, 0.5, 0.8, 1], atol=1e-6)
    assert list(frame["narrow"]) == [False, False, False, True]
    assert frame.geometry[0].equals(box(2, 2, 7, 7))
    assert frame["lon"][0] == pytest.approx(15, abs=0.01)


def test_the_list_is_as_long_as_wished_and_leaves_small_patches_out(maps):
    assert list(find_disagreements(*maps, LabelSettings(most=1))["area_m2"]) == [2500]
    frame = find_disagreements(*maps, LabelSettings(min_area_m2=2000))
    assert list(frame["area_m2"]) == [2500, 3600, 4000]
    assert find_disagreements(*maps, LabelSettings(most=0)).empty


def test_a_small_sure_patch_leads_though_many_larger_ones_are_hardly_sure(tmp_path):
    confusion, probability = np.full((60, 60), 4, np.uint8), np.zeros((60, 60), np.float32)
    for place in range(10):
        row, col = divmod(place, 5)
        window = np.s_[2 + 12 * row : 10 + 12 * row, 2 + 12 * col : 10 + 12 * col]
        confusion[window], probability[window] = 2, 0.05
    confusion[40:44, 40:44], probability[40:44, 40:44] = 2, 0.9
    files = (write_raster(tmp_path / "confusion.tif", confusion),
             write_raster(tmp_path / "probability.tif", probability, float("nan")))  # fmt: skip
    frame = find_disagreements(*files, LabelSettings(most=2))
    # 1600 m² x 0.9 beside 6400 m² x 0.05.
    assert list(frame["area_m2"]) == [1600, 6400]
    np.testing.assert_allclose(frame["weight"], [1440, 320], rtol=1e-6)


def test_a_map_of_several_classes_counts_the_features_together(maps, tmp_path):
    bands = np.zeros((3, 60, 60), np.float32)
    bands[1], bands[2] = 0.25, 0.5
    path = write_raster(tmp_path / "classes.tif", bands, float("nan"))
    assert find_disagreements(maps[0], path)["mean_prob"].to_numpy() == pytest.approx(0.75)


def test_a_run_without_reference_is_told(tmp_path, maps):
    with pytest.raises(ReferenceMapError, match="made without a reference; give the study area"):
        find_disagreements(tmp_path / "gone.tif", maps[1])


def test_the_list_is_written_with_or_without_rows(maps, tmp_path):
    frame = find_disagreements(*maps)
    for rows in (frame, frame.iloc[:0]):
        paths = write_places(rows, tmp_path, "label_next")
        assert [path.name for path in paths] == ["label_next.gpkg", "label_next.csv"]
        back = gpd.read_file(paths[0])
        assert (len(back), back.crs.to_epsg()) == (len(rows), 32633)
        lines = paths[1].read_text().splitlines()
        assert lines[0].startswith("rank,kind,area_m2,mean_prob,sureness,narrow")
        assert len(lines) == 1 + len(rows)
    json.dumps(frame.drop(columns="geometry").to_dict("records"))
