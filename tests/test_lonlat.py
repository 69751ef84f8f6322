"""Bounds and shapes across 180 degrees and at the poles (RFC 7946, 3.1.9 and 5.2)."""

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS

from geoseg.grid import Grid
from geoseg.lonlat import (
    HALF_TURN,
    bounds_of,
    continuous,
    cut,
    cut_all,
    turned_back,
    unrolled,
)

FIJI = Grid(CRS.from_epsg(32760), Affine(30, 0, 817_800, 0, -30, 8_100_000), 96, 96)


def degrees(shape, epsg):
    return geopandas.GeoSeries([shape], crs=epsg).to_crs(4326).iloc[0]


def test_bounds_across_180_degrees_have_west_greater_than_east():
    west, south, east, north = FIJI.lonlat_bounds
    assert (west, east) == pytest.approx((179.987, -179.985), abs=1e-3)
    assert (south, north) == pytest.approx((-17.19, -17.16), abs=0.01)
    assert unrolled(FIJI.lonlat_bounds)[2] == pytest.approx(180.015, abs=1e-3)
    assert unrolled((14.0, 1.0, 15.0, 2.0)) == (14.0, 1.0, 15.0, 2.0)


@pytest.mark.parametrize(
    ("epsg", "box"),
    [
        (32760, (817_800, 8_097_120, 820_680, 8_100_000)),
        (32701, (180_000, 8_097_120, 183_000, 8_100_000)),
        (3832, (3_332_000, -1_900_000, 3_345_000, -1_890_000)),
        (3031, (-50_000, -2_050_000, 60_000, -1_950_000)),
    ],
    ids=["UTM 60", "UTM 1", "Pacific Mercator", "Antarctic"],
)
def test_a_shape_is_cut_and_loses_no_ground(epsg, box):
    whole = shapely.segmentize(shapely.box(*box), 1_000)
    found = cut(degrees(whole, epsg))
    assert len(shapely.get_parts(found)) == 2
    assert all(b[2] - b[0] < 3 for b in shapely.bounds(shapely.get_parts(found)))
    west, _, east, _ = shapely.bounds(found)
    assert (west, east) == (-HALF_TURN, HALF_TURN)
    back = geopandas.GeoSeries(shapely.get_parts(found), crs=4326).to_crs(epsg)
    assert back.area.sum() == pytest.approx(whole.area, rel=1e-3)
    lonlat = bounds_of(found)
    assert lonlat[0] > 170 > -170 > lonlat[2]


@pytest.mark.parametrize(("epsg", "pole"), [(3031, -90), (3995, 90), (32661, 90), (32761, -90)])
def test_ground_that_holds_a_pole_reaches_it(epsg, pole):
    x = 2_000_000 if epsg > 32_000 else 0
    around = shapely.segmentize(shapely.box(x - 1e5, x - 2e5, x + 3e5, x + 2e5), 10_000)
    found = cut(degrees(around, epsg))
    assert bounds_of(found)[0::2] == (-180, 180)
    assert found.covers(shapely.box(-180, min(pole, pole * 0.995), 180, max(pole, pole * 0.995)))
    hole = shapely.segmentize(shapely.box(x - 5e4, x - 5e4, x + 5e4, x + 5e4), 10_000)
    ring = cut(degrees(around.difference(hole), epsg))
    assert not ring.intersects(shapely.Point(10, pole * 0.999))
    assert ring.area < found.area


def test_a_hole_across_180_degrees_stays_a_hole():
    outer = shapely.box(817_800, 8_097_120, 820_680, 8_100_000)
    ring = outer.difference(shapely.box(818_500, 8_098_000, 820_000, 8_099_000))
    found = cut(degrees(ring, 32760))
    back = geopandas.GeoSeries(shapely.get_parts(found), crs=4326).to_crs(32760)
    assert back.area.sum() == pytest.approx(ring.area, rel=1e-3)


@given(lon=st.floats(-179, 175), lat=st.floats(-80, 80), size=st.floats(0.001, 4))
def test_shapes_elsewhere_stay_as_they_are(lon, lat, size):
    box = shapely.box(lon, lat, lon + size, lat + size)
    assert cut(box) == box
    assert bounds_of(box) == pytest.approx((lon, lat, lon + size, lat + size))


@given(middle=st.floats(179.5, 180.5), width=st.floats(1.2, 20), lat=st.floats(-80, 80))
def test_what_was_cut_becomes_whole_again(middle, width, lat):
    whole = shapely.box(middle - width / 2, lat, middle + width / 2, lat + 1)
    parts = cut(shapely.transform(whole, lambda xy: np.column_stack(
        [[turned_back(x) for x in xy[:, 0]], xy[:, 1]])))  # fmt: skip
    assert parts.area == pytest.approx(whole.area)
    assert continuous(parts).area == pytest.approx(whole.area)
    assert len(shapely.get_parts(continuous(parts))) == 1


def test_of_many_only_those_across_are_touched():
    inside, across = shapely.box(10, 0, 11, 1), shapely.box(-179.9, 0, 179.9, 1)
    found = cut_all(np.array([inside, across, shapely.Point(1, 1)], object))
    assert found[0] == inside
    assert found[1].area == pytest.approx(0.2)
    assert found[2] == shapely.Point(1, 1)


@pytest.mark.parametrize(("lon", "back"), [(180.5, -179.5), (-190, 170), (180, 180), (12, 12)])
def test_longitudes_turn_back_into_the_world(lon, back):
    assert turned_back(lon) == back
