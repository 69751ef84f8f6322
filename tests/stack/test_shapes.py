"""Lines and points are read with the same care as polygons; a wrong kind names its option."""

import geopandas
import numpy as np
import pytest
import shapely
from rasterio.crs import CRS

from geoseg.errors import ReferenceMapError
from geoseg.stack.shapes import read_lines, read_points, read_polygons

UTM = CRS.from_epsg(32633)
BOX = shapely.box(500_000, 6_600_000, 500_100, 6_600_100)
LINE = shapely.LineString([(500_000, 6_600_000), (500_300, 6_600_400)])
POINT = shapely.Point(500_050, 6_600_050)


@pytest.fixture
def save(tmp_path):
    def save(name, shapes, crs="EPSG:32633", **choices):
        columns = choices.pop("columns", {})
        frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:32633")
        frame.to_crs(crs).to_file(tmp_path / name, **choices)
        return tmp_path / name

    return save


def test_lines_keep_their_attributes_and_length_in_any_crs(save):
    path = save("tracks.geojson", [LINE], "EPSG:4326", columns={"name": ["gully"]})
    frame = read_lines(path, UTM, ReferenceMapError)
    assert list(frame["name"]) == ["gully"]
    assert frame.geometry.length.item() == pytest.approx(500, abs=0.01)


def test_lines_without_length_are_left_out(save):
    dot = shapely.LineString([(500_000, 6_600_000)] * 2)
    assert len(read_lines(save("two.gpkg", [LINE, dot]), UTM, ReferenceMapError)) == 1
    with pytest.raises(ReferenceMapError, match=r"the lines of dot\.gpkg have no length"):
        read_lines(save("dot.gpkg", [dot]), UTM, ReferenceMapError)


def test_a_row_of_several_points_becomes_several_rows(save):
    several = shapely.MultiPoint([(500_000, 6_600_000), (500_010, 6_600_000)])
    path = save("sites.gpkg", [several, shapely.MultiPoint([POINT])], columns={"class": [1, 0]})
    frame = read_points(path, UTM, ReferenceMapError)
    assert list(frame["class"]) == [1, 1, 0]
    assert set(frame.geom_type) == {"Point"}
    assert list(frame.index) == [0, 1, 2]


@pytest.mark.parametrize(
    ("read", "shape", "sentence"),
    [
        (read_polygons, LINE, r"LineString; expected polygons only.*lines belong to --lines"),
        (read_polygons, POINT, r"Point; expected polygons only.*points belong to --points"),
        (read_lines, BOX, r"Polygon; expected lines only.*polygons belong to --reference"),
        (read_lines, POINT, r"Point; expected lines only.*points belong to --points"),
        (read_points, LINE, r"LineString; expected points only.*lines belong to --lines"),
    ],
)
def test_the_wrong_kind_names_the_option_it_belongs_to(save, read, shape, sentence):
    with pytest.raises(ReferenceMapError, match=sentence):
        read(save("map.gpkg", [shape]), UTM, ReferenceMapError)


def test_each_reader_takes_the_layer_of_its_kind(save):
    save("all.gpkg", [BOX], layer="outlines")
    save("all.gpkg", [POINT], layer="sites")
    path = save("all.gpkg", [LINE], layer="tracks")
    for read, shape in ((read_polygons, BOX), (read_lines, LINE), (read_points, POINT)):
        assert shapely.equals(read(path, UTM, ReferenceMapError).geometry.iloc[0], shape)


def test_what_cannot_be_used_is_said(save, tmp_path):
    damaged = tmp_path / "cut.geojson"
    damaged.write_text('{"type": "FeatureColl')
    with pytest.raises(ReferenceMapError, match=r"cut\.geojson is damaged JSON"):
        read_lines(damaged, UTM, ReferenceMapError)
    with pytest.raises(ReferenceMapError, match="is no file of shapes"):
        read_points(_text(tmp_path / "points.csv"), UTM, ReferenceMapError)
    bare = tmp_path / "bare.shp"
    geopandas.GeoDataFrame(geometry=[POINT], crs="EPSG:32633").to_file(bare)
    bare.with_suffix(".prj").unlink()
    with pytest.raises(ReferenceMapError, match="has no coordinate reference system"):
        read_points(bare, UTM, ReferenceMapError)
    pole = geopandas.GeoDataFrame(geometry=[shapely.Point(15, 200)], crs="EPSG:4326")
    pole.to_file(tmp_path / "pole.gpkg")
    with pytest.raises(ReferenceMapError, match="does not reach; check its CRS"):
        read_points(tmp_path / "pole.gpkg", UTM, ReferenceMapError)


def test_crossing_outlines_are_mended_and_flat_ones_left_out(save):
    bow = shapely.Polygon([(500_000, 6_600_000), (500_100, 6_600_100), (500_100, 6_600_000),
                           (500_000, 6_600_100)])  # fmt: skip
    flat = shapely.Polygon([(500_000, 6_600_000), (500_100, 6_600_000), (500_050, 6_600_000)])
    frame = read_polygons(save("mixed.gpkg", [bow, flat, BOX]), UTM, ReferenceMapError)
    np.testing.assert_allclose(frame.area, [5000, 10_000])
    assert frame.geometry.is_valid.all()
    with pytest.raises(ReferenceMapError, match="enclose no ground"):
        read_polygons(save("flat.gpkg", [flat]), UTM, ReferenceMapError)


def _text(path):
    path.write_text("x,y\n1,2\n")
    return path
