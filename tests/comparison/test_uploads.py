"""Lines and points of a user's file, compared in a moment; faults are one sentence."""

import geopandas
import pytest
import shapely

from geoseg.comparison.uploads import PointChoices, against_lines, against_points
from geoseg.errors import ReferenceMapError
from geoseg.evaluation.lines import LineSettings
from tests.comparison import made_up


def content(folder, name, shapes, **columns):
    return made_up.write_shapes(folder / name, shapes, 4326, **columns).read_bytes()


def test_a_line_half_inside(place, tmp_path):
    line = shapely.LineString([made_up.corner(20, 10), made_up.corner(20, 20)])
    found = against_lines(
        place / "first", "a.gpkg", content(tmp_path, "a.gpkg", [line]), LineSettings()
    )
    assert found.length_weighted_overlap == pytest.approx(0.5, abs=1e-3)
    grown = against_lines(
        place / "first", "a.gpkg", content(tmp_path, "b.gpkg", [line]), LineSettings(buffer_m=60)
    )
    assert grown.length_weighted_overlap == pytest.approx(1, abs=1e-3)


def test_points_and_their_tolerance(place, tmp_path):
    points = [shapely.Point(made_up.corner(20.5, 10.5)), shapely.Point(made_up.corner(50, 50))]
    file = content(tmp_path, "p.gpkg", points, label=["landslide", "none"])
    found = against_points(place / "first", "p.gpkg", file)
    assert found["at_point"]["sensitivity"] == 0
    found = against_points(place / "first", "p.gpkg", file, PointChoices("label", tolerance_m=50))
    assert found["within_tolerance"]["balanced_accuracy"] == 1


def test_the_layer_of_an_upload_stands_behind_its_name(place, tmp_path):
    line = shapely.LineString([made_up.corner(20, 10), made_up.corner(20, 20)])
    frame = geopandas.GeoDataFrame(geometry=[line], crs=32633)
    for layer in ("paths", "gullies"):
        frame.to_file(tmp_path / "a.gpkg", layer=layer)
    file = (tmp_path / "a.gpkg").read_bytes()
    with pytest.raises(ReferenceMapError, match=r"2 layers with lines \(paths, gullies\)"):
        against_lines(place / "first", "a.gpkg", file, LineSettings())
    found = against_lines(place / "first", "a.gpkg:gullies", file, LineSettings())
    assert found.length_weighted_overlap == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "words"), [("a.gpkg", "is not what its name says"), ("a.txt", "is no file of shapes")]
)
def test_what_is_no_file_of_lines(place, name, words):
    with pytest.raises(ReferenceMapError, match=words):
        against_lines(place / "first", name, b"nonsense", LineSettings())


def test_polygons_where_lines_were_expected(place, tmp_path):
    file = content(tmp_path, "a.gpkg", [made_up.box(0, 0, 9, 9)])
    with pytest.raises(ReferenceMapError, match=r"expected lines only.*--reference"):
        against_lines(place / "first", "a.gpkg", file, LineSettings())
    with pytest.raises(ReferenceMapError, match="expected points only"):
        against_points(place / "first", "a.gpkg", file)
