"""Tables of points as spreadsheets save them are the same points."""

import geopandas
import pytest
from rasterio.crs import CRS

from geoseg.errors import ReferenceMapError
from geoseg.stack.columns import named_column, usual_column
from geoseg.stack.point_tables import read_point_file

DEGREES = CRS.from_epsg(4326)
PLAIN = "lon,lat,Klasse\n15.5,61.25,Öd\n16,60.5,Fen\n"
OTHER = "Klasse;Longitude;LAT\nÖd;15,5;61,25\n\nFen;16;60,5\n"


@pytest.mark.parametrize(
    "text", [PLAIN, OTHER, PLAIN.replace(",", "\t"), OTHER.replace("\n", "\r\n")]
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_way_to_save_a_table_gives_the_same_points(tmp_path, text, coding):
    path = tmp_path / "points.csv"
    path.write_bytes(text.encode(coding))
    found = read_point_file(path, DEGREES, ReferenceMapError)
    assert list(found["Klasse"]) == ["Öd", "Fen"]
    assert [(point.x, point.y) for point in found.geometry] == [(15.5, 61.25), (16, 60.5)]


def test_a_table_and_a_geopackage_agree_in_another_system(tmp_path):
    (tmp_path / "points.csv").write_text(PLAIN, encoding="utf-8")
    table = read_point_file(tmp_path / "points.csv", CRS.from_epsg(32633), ReferenceMapError)
    table.to_file(tmp_path / "points.gpkg")
    again = read_point_file(tmp_path / "points.gpkg", CRS.from_epsg(32633), ReferenceMapError)
    assert again.geometry.geom_equals_exact(table.geometry, 1e-6).all()
    assert isinstance(table, geopandas.GeoDataFrame)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"lon,lat,class\n15,5,61,2,1\n", "row 2 of points.csv has 5 cells, its head has 3"),
        (b"lon,class\n15,1\n", "columns lon, class; expected lon and lat"),
        (b"x,y,class\n500000,6800000,1\n", "no longitude and latitude in degrees"),
        (b"lon,lat,class\n", "no longitude and latitude in degrees"),
        (b"\xff\xfe\x00", "cannot be read as a table"),
        (b"", "cannot be read as a table"),
    ],
)
def test_what_is_no_table_of_points_gets_a_sentence(tmp_path, content, sentence):
    (tmp_path / "points.csv").write_bytes(content)
    with pytest.raises(ReferenceMapError, match=sentence):
        read_point_file(tmp_path / "points.csv", DEGREES, ReferenceMapError)


def test_a_column_is_found_in_any_letters():
    assert named_column(["id", "KIND"], "kind", "the points", ReferenceMapError) == "KIND"
    assert named_column(["Kind", "kind"], "kind", "the points", ReferenceMapError) == "kind"
    with pytest.raises(ReferenceMapError, match="several columns called 'kind' but for capitals"):
        named_column(["Kind", "KIND"], "kind", "the points", ReferenceMapError)
    assert usual_column(["ID", "Class "], ("class", "id")) == "Class "
    assert usual_column(["other"], ("class",)) is None
