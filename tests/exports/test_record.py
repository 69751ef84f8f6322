"""The record reads back as written and holds no folder of the machine."""

import json

import pytest

from geoseg.errors import ExportError
from geoseg.exports.record import make_record, read_record, write_record
from geoseg.grid import Grid
from geoseg.models.card import Card
from geoseg.settings import RunSettings


def test_a_record_reads_back_as_written(tmp_path, facts):
    record = make_record(facts)
    (tmp_path / "classes.tif").write_bytes(b"1234")
    path = write_record(record, tmp_path)
    assert path == tmp_path / "run.json"
    assert read_record(tmp_path) == record | {"files": {"classes.tif": 4}}
    assert RunSettings(**record["settings"]) == facts.settings
    assert Grid.from_record(record["grid"]) == facts.grid
    assert Card(**record["members"][0]) == facts.members[0]
    assert list(tmp_path.glob(".*")) == []


def test_a_record_names_files_without_their_folders(facts):
    record = make_record(facts)
    assert record["inputs"] == ["stack.tif"]
    assert "/secret" not in json.dumps(record)
    assert record["versions"]["rasterio"]


def test_the_summary_counts_in_shares_and_square_metres(facts):
    summary = make_record(facts)["summary"]
    assert summary == {
        "valid_pixels": 613 * 541, "valid_share": 1, "feature_area_m2": 12_000, "polygons": 3,
    }  # fmt: skip


def test_a_folder_that_is_no_run_is_told(tmp_path):
    with pytest.raises(ExportError, match=r"no run\.json"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(ExportError, match="is not a run's record"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(ExportError, match="is not a run's record"):
        read_record(tmp_path)
