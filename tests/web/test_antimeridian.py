"""Rasters and outlines across 180 degrees are served on both sides of it."""

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine

from geoseg.web import layers, rasters
from geoseg.web.vector_layers import register_vector, vector_url

SIDE, EPSG = 96, 32760
PLACE = Affine(30, 0, 817_800, 0, -30, 8_100_000)
ZOOM, LAT = 13, -17.175
LAST = 2**ZOOM - 1


def tile_row() -> int:
    northing = np.arcsinh(np.tan(np.radians(LAT))) / np.pi
    return int((1 - northing) / 2 * 2**ZOOM)


@pytest.fixture
def raster(write):
    columns = np.tile(np.arange(1, SIDE + 1, dtype=np.float32), (SIDE, 1))
    return write("across.tif", columns[None], crs=f"EPSG:{EPSG}", transform=PLACE)


def test_a_raster_is_drawn_on_both_sides(raster):
    with rasters.opened(raster) as dataset:
        seen = []
        for x in (LAST, 0):
            box = rasters.tile_box(ZOOM, x, tile_row())
            assert rasters.reaches(dataset, box)
            seen.append(rasters.read_tile(dataset, 1, box, 0, smooth=False))
        assert not rasters.reaches(dataset, rasters.tile_box(ZOOM, LAST // 2, tile_row()))
        west, east = (np.unique(values[np.isfinite(values)]) for values in seen)
    assert west.min() == 1
    assert east.max() == SIDE
    assert abs(east.min() - west.max()) <= 1  # the grid's north is not quite true north
    assert 8 < rasters_zoom(raster) < 15


def rasters_zoom(path) -> int:
    with rasters.opened(path) as dataset:
        return rasters.native_zoom(dataset)


def test_a_point_is_found_however_the_map_counts(client, home, raster):
    layer = layers.register(raster, "band", "Columns")
    values = [client.get(f"/tiles/{layer}/point?lon={lon}&lat={LAT}").json() for lon in
              (-179.995, 180.005)]  # fmt: skip
    assert values[0] == values[1]
    assert values[0]["values"][0]["value"] is not None


def test_the_description_crosses_too_and_the_wmts_covers_both_sides(client, home, raster):
    layer = layers.register(raster, "band", "Columns")
    found = client.get(f"/tiles/{layer}/info").json()
    west, _, east, _ = found["bounds"]
    assert west > 179 > -179 > east
    assert abs(found["center"][0]) > 179.9
    wmts = client.get(f"/tiles/{layer}/WMTSCapabilities.xml").text
    assert "-180.00000000" in wmts


def test_outlines_are_drawn_on_both_sides_and_asked_for_whole(client, home, tmp_path):
    boxes = [shapely.box(818_000, 8_098_000, 820_500, 8_099_000),
             shapely.box(817_000, 8_098_000, 817_500, 8_099_000)]  # fmt: skip
    gpd.GeoDataFrame({"id": [7, 8]}, geometry=boxes, crs=EPSG).to_file(
        home / "polygons.gpkg", layer="polygons"
    )
    layer = register_vector(home / "polygons.gpkg")
    ground = 0.0
    for x, ids in ((LAST, [7, 8]), (0, [7])):
        answer = client.get(vector_url(layer).format(z=ZOOM, x=x, y=tile_row()))
        path = tmp_path / f"{ZOOM}-{x}-{tile_row()}.pbf"
        path.write_bytes(answer.content)
        choices = {"X": x, "Y": tile_row(), "Z": ZOOM, "CLIP": "YES"}
        frame = pyogrio.read_dataframe(f"MVT:{path}", **choices)
        assert sorted(frame.mvt_id) == ids
        ground += frame[frame.mvt_id == 7].area.sum()
    whole = client.get(f"/vectors/{layer}/features/7").json()
    west, _, east, _ = whole["bbox"]
    assert east - west < 0.1
    assert shapely.geometry.shape(whole["geometry"]).geom_type == "Polygon"
    assert ground > 0
