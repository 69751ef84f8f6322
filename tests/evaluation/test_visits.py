"""Places to visit are the least sure ones, well apart, with a reason, on the spot."""

from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from geoseg.errors import RasterError
from geoseg.evaluation import visits
from geoseg.evaluation.visits import VisitSettings, find_visits
from geoseg.exports.places import GPX, write_places
from tests.evaluation.made_up import NORTH, WEST, write_raster

NAN = float("nan")
EXAMPLES = settings(max_examples=15, deadline=None,
                    suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A run whose members disagree on two squares, one more than the other."""
    spread = np.zeros((50, 60), np.float32)
    spread[10:15, 10:15], spread[30:35, 40:45] = 0.2, 0.4
    spread[:, :3] = NAN
    coverage = np.full((50, 60), 100, np.uint8)
    coverage[32, 42] = 60
    maps = {"spread": spread, "probability": np.full_like(spread, 0.5),
            "agreement": np.full_like(spread, 0.25)}  # fmt: skip
    for name, values in maps.items():
        write_raster(tmp_path / f"{name}.tif", values, NAN)
    write_raster(tmp_path / "coverage.tif", coverage)
    return tmp_path


def test_the_middle_of_the_least_sure_square_comes_first(folder):
    frame = find_visits(folder, VisitSettings(most=2, apart_m=150))
    assert list(frame["unsureness"]) == pytest.approx([0.4, 0.2])
    assert frame.geometry[0].coords[0] == (WEST + 425, NORTH - 325)
    assert frame.geometry[1].coords[0] == (WEST + 125, NORTH - 125)
    why = "the networks disagree: 25 % of them say yes; probability 0.50"
    assert list(frame["why"]) == [f"{why}; only 60 % of the bands have data here", why]
    placed = gpd.GeoSeries.from_xy(frame["lon"], frame["lat"], crs=4326).to_crs(frame.crs)
    assert placed.distance(frame.geometry).max() < 0.01


@given(seed=st.integers(0, 9999), apart_m=st.sampled_from([30.0, 75.0, 200.0]))
@EXAMPLES
def test_no_two_places_are_too_near_and_the_order_is_by_unsureness(tmp_path, seed, apart_m):
    values = np.random.default_rng(seed).random((40, 45), dtype=np.float32)
    write_raster(tmp_path / "spread.tif", values, NAN)
    frame = find_visits(tmp_path, VisitSettings(most=30, apart_m=apart_m))
    places = np.column_stack([frame.geometry.x, frame.geometry.y])
    assert pdist(places).min() >= apart_m - 1e-6
    assert (np.diff(frame["unsureness"]) <= 0).all()


def test_blocks_give_what_the_whole_gives(folder, monkeypatch):
    choices = VisitSettings(most=10, apart_m=80)
    expected = find_visits(folder, choices)
    monkeypatch.setattr(visits, "BLOCK_PIXELS", 17)
    assert find_visits(folder, choices).equals(expected)


def test_a_sure_map_has_no_place_to_visit(tmp_path):
    write_raster(tmp_path / "spread.tif", np.zeros((20, 20), np.float32), NAN)
    frame = find_visits(tmp_path)
    assert frame.empty
    assert [path.name for path in write_places(frame, tmp_path, "visits")] == [
        "visits.gpkg", "visits.csv", "visits.gpx",
    ]  # fmt: skip


def test_a_run_of_an_older_version_is_told(folder):
    with pytest.raises(RasterError, match=r"no entropy\.tif: it was made by an older version"):
        find_visits(folder, VisitSettings(by="entropy"))


def test_the_list_goes_to_gis_table_and_gps(folder, tmp_path):
    frame = find_visits(folder, VisitSettings(most=2, apart_m=150))
    gpkg, table, gps = write_places(frame, tmp_path, "visits")
    assert list(gpd.read_file(gpkg)["rank"]) == [1, 2]
    assert table.read_text().startswith("rank,unsureness,probability,agreement,coverage,why,lon")
    waypoints = ElementTree.fromstring(gps.read_text()).findall(f"{{{GPX}}}wpt")
    assert [point.find(f"{{{GPX}}}name").text for point in waypoints] == ["1", "2"]
    assert float(waypoints[0].attrib["lon"]) == pytest.approx(frame["lon"][0], abs=1e-6)
    assert waypoints[1].find(f"{{{GPX}}}desc").text == frame["why"][1]
