"""Tiles of outlines: right place, simplified by zoom, kept by browsers, refused in a sentence."""

import time

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geoseg.errors import WorkspaceError
from geoseg.web.outlines import outlines
from geoseg.web.rasters import HALF_WORLD_M
from geoseg.web.vector_layers import find_vector, register_vector, vector_url

WEST_M, SOUTH_M = 400_000, 6_800_000


@pytest.fixture
def squares(home):
    """100 squares of 100 m, 200 m apart, numbered from 10, with their areas."""
    places = [(WEST_M + 200 * col, SOUTH_M + 200 * row) for row in range(10) for col in range(10)]
    boxes = [shapely.box(x, y, x + 100, y + 100) for x, y in places]
    frame = gpd.GeoDataFrame(
        {"id": np.arange(10, 110, dtype=np.int32), "area_m2": 10_000.0, "secret": "x"},
        geometry=boxes, crs="EPSG:32632",
    )  # fmt: skip
    frame.to_file(home / "polygons.gpkg", layer="polygons")
    return frame


def place_of(frame, z: int) -> tuple[int, int]:
    middle = shapely.box(*frame.to_crs(3857).total_bounds).centroid
    side = 2 * HALF_WORLD_M / 2**z
    return int((middle.x + HALF_WORLD_M) / side), int((HALF_WORLD_M - middle.y) / side)


def read(client, url, place, folder):
    z, x, y = place
    answer = client.get(url.format(z=z, x=x, y=y))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    path = folder / f"{z}-{x}-{y}.pbf"
    path.write_bytes(answer.content)
    choices = {"X": x, "Y": y, "Z": z, "CLIP": "NO"}
    return pyogrio.read_dataframe(f"MVT:{path}", **choices)


def test_a_tile_holds_the_shapes_where_they_lie_with_the_columns_asked_for(
    client, home, squares, tmp_path
):
    layer = register_vector(home / "polygons.gpkg", columns=["area_m2", "nosuch"])
    z = 12
    frame = read(client, vector_url(layer), (z, *place_of(squares, z)), tmp_path)
    assert set(frame.columns) == {"mvt_id", "area_m2", "geometry"}
    truth = squares.to_crs(3857).set_index("id")
    for row in frame.itertuples():
        seen = truth.geometry[row.mvt_id]
        assert shapely.hausdorff_distance(row.geometry, seen) < 8


def test_neighbouring_tiles_together_show_every_shape(client, home, squares, tmp_path):
    layer = register_vector(home / "polygons.gpkg")
    z = 14
    x, y = place_of(squares, z)
    near = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    found = set()
    for place in near:
        answer = client.get(vector_url(layer).format(z=z, x=place[0], y=place[1]))
        if answer.content:
            found |= set(read(client, vector_url(layer), (z, *place), tmp_path)["mvt_id"])
    assert found == set(squares["id"])


def test_far_out_small_shapes_are_points_well_apart(client, home, squares, tmp_path):
    layer = register_vector(home / "polygons.gpkg")
    frame = read(client, vector_url(layer), (6, *place_of(squares, 6)), tmp_path)
    assert set(frame.geom_type) == {"Point"}
    assert 1 <= len(frame) < 10


def test_a_single_outline_comes_whole_in_degrees(client, home, squares):
    layer = register_vector(home / "polygons.gpkg", columns=["area_m2"])
    answer = client.get(f"/vectors/{layer}/features/12").json()
    assert answer["properties"] == {"area_m2": 10_000.0}
    truth = squares.to_crs(4326).geometry.iloc[2]
    assert shapely.hausdorff_distance(shapely.geometry.shape(answer["geometry"]), truth) < 1e-6
    assert answer["bbox"] == pytest.approx(truth.bounds, abs=1e-6)
    missing = client.get(f"/vectors/{layer}/features/9")
    assert missing.status_code == 404
    assert "no outline 9" in missing.json()["detail"]


def test_browsers_keep_a_tile_until_the_file_changes(client, home, squares):
    layer = register_vector(home / "polygons.gpkg")
    url = vector_url(layer).format(z=10, x=place_of(squares, 10)[0], y=place_of(squares, 10)[1])
    first = client.get(url)
    assert "immutable" in first.headers["cache-control"]
    assert first.headers["content-encoding"] == "gzip"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content
    again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    squares.iloc[:50].to_file(home / "polygons.gpkg", layer="polygons")
    later = client.get(url)
    assert later.headers["cache-control"] == "private, no-cache"
    assert later.content != first.content


def test_rows_without_a_fit_number_are_counted(home, squares):
    squares.drop(columns="id").to_file(home / "unnumbered.gpkg")
    layer = find_vector(register_vector(home / "unnumbered.gpkg"))
    assert outlines(layer).ids.tolist() == list(range(1, 101))


def test_a_table_without_rows_gives_empty_tiles(client, home, squares):
    squares.iloc[:0].to_file(home / "none.gpkg", layer="polygons")
    answer = client.get(vector_url(register_vector(home / "none.gpkg")).format(z=5, x=1, y=1))
    assert answer.status_code == 200
    assert answer.content == b""


def test_what_is_no_geopackage_of_ours_is_refused(client, home, tmp_path, squares):
    squares.to_file(tmp_path / "outside.gpkg")
    with pytest.raises(WorkspaceError, match="lies outside"):
        register_vector(tmp_path / "outside.gpkg")
    (home / "a.vrt").write_text("<OGRVRTDataSource/>")
    with pytest.raises(WorkspaceError, match=r"expected a file of \.gpkg"):
        register_vector(home / "a.vrt")
    (home / "b.gpkg").write_text("no database")
    answer = client.get(vector_url(register_vector(home / "b.gpkg")).format(z=1, x=0, y=0))
    assert "holds no outlines on the ground" in answer.json()["detail"]
    for path in ("nosuch/1/0/0.pbf", "../secret/1/0/0.pbf", f"{'x' * 24}/features/1"):
        assert client.get(f"/vectors/{path}").status_code in (400, 404)


def test_tens_of_thousands_of_outlines_take_less_than_two_seconds_of_work(client, home):
    rng = np.random.default_rng(0)
    places = np.array([WEST_M, SOUTH_M]) + rng.uniform(0, 40_000, (20_000, 2))
    shapes = shapely.buffer(shapely.points(places), rng.uniform(20, 120, 20_000), quad_segs=12)
    frame = gpd.GeoDataFrame({"area_m2": shapely.area(shapes)}, geometry=shapes, crs="EPSG:32632")
    frame.to_file(home / "many.gpkg")
    url = vector_url(register_vector(home / "many.gpkg", columns=["area_m2"]))
    for z in (8, 10, 12):
        x, y = place_of(frame, z)
        # Of this process's own work: other work on the machine must not count.
        start = time.process_time()
        answer = client.get(url.format(z=z, x=x, y=y))
        taken = time.process_time() - start
        assert len(answer.content) > 1000
        assert taken < 2
