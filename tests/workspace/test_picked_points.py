"""Picked points are kept as they were picked, come from files and go to files; faults are told."""

import io
import zipfile

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.errors import GeosegError, SettingsError, TrainingError, WorkspaceError
from geoseg.workspace.picked_points import (
    points_package,
    points_record,
    read_points_of,
    write_points,
)
from geoseg.workspace.point_files import take_points
from tests.workspace.picked import area_of, collection, feature, lonlat, point

pytestmark = pytest.mark.usefixtures("home")
INSIDE = lonlat(30, 50)
PICKED = [point(30, 50, 1), point(5, 60, 0), point(69, 89, 1), point(0, 0, 0)]


@pytest.fixture
def area(tmp_path, home) -> str:
    return area_of(tmp_path / "area").id


def sent(points) -> dict:
    return collection(*(feature((p.lon, p.lat), p.class_id) for p in points))


def frame() -> gpd.GeoDataFrame:
    places = gpd.points_from_xy([p.lon for p in PICKED], [p.lat for p in PICKED])
    return gpd.GeoDataFrame({"class": [p.class_id for p in PICKED]}, geometry=places, crs=4326)


def file_of(path, form) -> bytes:
    """Write the picked points in some form."""
    points = frame()
    if form == "points.csv":
        rows = [f"{p.lon!r},{p.lat!r},{p.class_id}" for p in PICKED]
        return "\n".join(["lon,lat,class", *rows]).encode()
    if form == "semicolons.csv":
        names = ("no landslide", "landslide")
        rows = [f"{p.lat!r};{p.lon!r};{names[p.class_id]}" for p in PICKED]
        return "\n".join(["Latitude;Longitude;Label", *rows]).encode("utf-8-sig")
    if form == "points.zip":
        points.to_crs(32633).to_file(path / "points.shp")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part in path.glob("points.*"):
                archive.write(part, part.name)
        return packed.getvalue()
    points.to_crs(32633 if form.endswith("gpkg") else 4326).to_file(path / form)
    return (path / form).read_bytes()


def test_before_any_was_picked_there_are_none(area):
    assert points_record(area) == collection()
    assert read_points_of(area) == ()
    with pytest.raises(WorkspaceError, match="no point is picked in this study area yet"):
        points_package(area)


@given(
    places=st.lists(
        st.tuples(st.floats(0.01, 69.99), st.floats(0.01, 89.99), st.sampled_from([0, 1])),
        max_size=8,
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_points_come_back_as_they_were_picked(area, places):
    picked = [point(row - 0.5, col - 0.5, class_id) for row, col, class_id in places]
    assert write_points(area, sent(picked)) == points_record(area) == sent(picked)
    assert list(read_points_of(area)) == picked


@pytest.mark.parametrize(
    "form", ["points.gpkg", "points.geojson", "points.zip", "points.csv", "semicolons.csv"]
)
def test_a_file_of_points_becomes_these_points(area, tmp_path, form):
    write_points(area, sent([point(1, 1, 0)]))
    assert take_points(area, form, file_of(tmp_path, form)) == len(PICKED)
    for found, picked in zip(read_points_of(area), PICKED, strict=True):
        assert found.class_id == picked.class_id
        assert found[:2] == pytest.approx(picked[:2], abs=1e-7)


def test_what_is_downloaded_can_be_brought_again(area):
    write_points(area, sent(PICKED))
    package = points_package(area)
    assert gpd.read_file(package)["name"].tolist() == ["landslide", "no landslide"] * 2
    write_points(area, collection())
    take_points(area, "points.gpkg", package.read_bytes())
    assert list(read_points_of(area)) == PICKED


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "expected a GeoJSON FeatureCollection of points"),
        (collection("x"), "point 1 is of class 'None', task landslides has 0 no landslide, 1"),
        (collection(feature(INSIDE, 7)), "point 1 is of class '7', task landslides has"),
        (collection(feature(INSIDE, True)), "point 1 is of class 'True'"),
        (collection(feature(INSIDE), feature(INSIDE, 1, "Polygon")), "feature 2 is Polygon"),
        (collection(feature("here")), "the place of point 1 cannot be read"),
        (collection(feature((float("nan"), 1.0))), "point 1 lies outside -180 to 180"),
        (collection(feature((181.0, 1.0))), "point 1 lies outside -180 to 180"),
        (
            collection(feature(INSIDE), feature((13.0, 61.0))),
            "1 of 2 points lie outside the rasters of Hill, the first at longitude 13.00000",
        ),
        (collection(*[feature(INSIDE)] * 5001), "at most 5000 points are kept, got 5001"),
    ],
)
def test_what_is_no_point_of_the_area_gets_a_sentence_and_changes_nothing(area, wrong, words):
    write_points(area, sent(PICKED))
    with pytest.raises((SettingsError, TrainingError), match=words):
        write_points(area, wrong)
    assert list(read_points_of(area)) == PICKED


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"lon,lat,class\n15.1,61.3,scree\n", "a.csv names the classes scree, task"),
        ("a.csv", b"east,north,class\n1,2,1\n", "columns east, north, class; expected lon and lat"),
        ("a.csv", b"lon,lat,class\n500000,6800000,1\n", "no longitude and latitude in degrees"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read as a table"),
        ("a.csv", b"lon,lat,kind,day\n15.1,61.3,1,2\n", "not clear which column of the points"),
        ("a.csv", b"lon,lat,class\n13.0,61.0,1\n", "1 of 1 points lie outside the rasters of Hill"),
        ("a.gpkg", b"no database", "a.gpkg is not what its name says"),
        ("a.kml", b"<kml/>", "a.kml is no point file"),
    ],
)
def test_a_file_that_cannot_be_taken_gets_a_sentence_and_changes_nothing(
    area, name, content, words
):
    write_points(area, sent(PICKED))
    with pytest.raises(GeosegError, match=words):
        take_points(area, name, content)
    assert list(read_points_of(area)) == PICKED


def test_an_unknown_study_area_is_told(area):
    with pytest.raises(WorkspaceError, match="no study area other"):
        write_points("other", collection())
