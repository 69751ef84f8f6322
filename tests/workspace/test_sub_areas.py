"""Drawn areas are kept as they were drawn, and what cannot be an area is told in a sentence."""

import pytest
import shapely
from shapely.geometry import box, mapping

from geoseg.errors import SettingsError, WorkspaceError
from geoseg.workspace.sub_areas import (
    FILE,
    read_sub_areas,
    sub_areas_file,
    sub_areas_record,
    write_sub_areas,
)

SQUARE = box(7.0, 61.0, 7.1, 61.1)


@pytest.fixture
def run(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "made-up"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{}")
    return "made-up"


def area(name, outline=SQUARE) -> dict:
    geometry = outline if isinstance(outline, dict) else mapping(outline)
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def collection(*areas) -> dict:
    return {"type": "FeatureCollection", "features": list(areas)}


def test_before_any_was_drawn_there_are_none(run):
    assert sub_areas_file(run) is None
    assert sub_areas_record(run) == collection()
    assert len(read_sub_areas(run)) == 0
    assert read_sub_areas(run).crs.to_epsg() == 4326


def test_areas_come_back_as_they_were_drawn(run):
    write_sub_areas(run, collection(area("A"), area("B", box(8, 61, 8.1, 61.2))))
    frame = read_sub_areas(run)
    assert frame["name"].tolist() == ["A", "B"]
    assert shapely.equals(frame.geometry.iloc[0], SQUARE)
    assert sub_areas_file(run).name == FILE
    write_sub_areas(run, collection())
    assert len(read_sub_areas(run)) == 0


def test_an_area_without_a_name_gets_one(run):
    record = write_sub_areas(run, collection(area(""), area(None)))
    assert [one["properties"] for one in record["features"]] == [
        {"name": "Area 1"}, {"name": "Area 2"},
    ]  # fmt: skip


BOW_TIE = {"type": "Polygon", "coordinates": [[[7, 61], [8, 62], [8, 61], [7, 62], [7, 61]]]}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ([], "expected a GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection", "features": "x"}, "expected a GeoJSON FeatureCollection"),
        (collection(*[area(f"{i}") for i in range(201)]), "at most 200 areas"),
        (collection("x"), "Area 1 is nothing, expected a Polygon"),
        (collection(area("A", {"type": "Point", "coordinates": [7, 61]})), "A is Point"),
        (collection(area("A", {"type": "Polygon", "coordinates": [[["x", 1]]]})), "corners of A"),
        (collection(area("A", {"type": "Polygon", "coordinates": []})), "crosses itself or is emp"),
        (collection(area("A", BOW_TIE)), "crosses itself"),
        (collection(area("A", box(359, 0, 361, 1))), "outside the world"),
        (collection(area("A"), area("A")), "two areas are called 'A'"),
        (collection(area("x" * 61)), "1 to 60 letters"),
        (collection(area("A\x00")), "1 to 60 letters"),
    ],
)
def test_what_is_no_area_gets_a_sentence_and_changes_nothing(run, wrong, word):
    write_sub_areas(run, collection(area("kept")))
    with pytest.raises(SettingsError, match=word):
        write_sub_areas(run, wrong)
    assert read_sub_areas(run)["name"].tolist() == ["kept"]


def test_an_unknown_run_is_told(run):
    with pytest.raises(WorkspaceError, match="no run other"):
        write_sub_areas("other", collection())
