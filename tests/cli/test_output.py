"""What a run did to its files is told, and terminals of few letters or columns end no command."""

import io
import json
import sys

import pytest

from geoseg.cli import main
from geoseg.cli.output import ProgressLine, show
from geoseg.progress import Event
from tests.pipeline import tiny


@pytest.fixture
def terminal(monkeypatch):
    """Put terminals of an encoding in place of stdout and stderr; return what they were told."""

    def use(encoding):
        streams = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ("stdout", "stderr")}
        for name, stream in streams.items():
            monkeypatch.setattr(sys, name, stream)

        def told(name):
            streams[name].flush()
            return streams[name].buffer.getvalue().decode(encoding)

        return told

    return use


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_letters_that_the_terminal_lacks_end_no_command(terminal, encoding, tmp_path):
    told = terminal(encoding)
    assert main(["report", str(tmp_path / "Грязь ü \udcfc"), "--out", "a.html"]) == 2
    assert told("stderr").startswith("geoseg: ")
    assert "holds no run.json" in told("stderr")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_json_stays_json_whatever_the_letters(terminal, encoding):
    told, record = terminal(encoding), {"name": "Hochmoor ü Грязь", "area": 1.5}
    show(record, "", as_json=True)
    assert json.loads(told("stdout")) == record


def test_json_is_written_in_letters_where_the_terminal_has_them(terminal):
    told = terminal("utf-8")
    show({"name": "Грязь"}, "", as_json=True)
    assert "Грязь" in told("stdout")


@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--help"], ["tasks", "list"]])
def test_help_and_lists_fit_a_terminal_of_ascii(terminal, arguments):
    told = terminal("ascii")
    assert main(arguments) == 0
    assert told("stdout")


@pytest.mark.parametrize("columns", [1, 12, 39, 80])
def test_a_line_of_progress_never_wraps(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = io.StringIO()
    stream.isatty = lambda: True
    ProgressLine(stream)(Event("checking rasters, networks and reference", 0, 3, "Unet"))
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) < max(columns, 2)


def test_predict_tells_what_was_done_to_the_files(zoo, tmp_path, capsys):
    scene = tiny.write_raster(tmp_path / "web.tif", tiny.scene_values(), crs="EPSG:3857")
    out = tmp_path / "out"
    asked = ["predict", str(scene), "--models", str(zoo), "--ensemble-size", "1", "--out", str(out)]
    assert main(asked) == 0
    told = capsys.readouterr()
    notes = json.loads((out / "run.json").read_bytes())["notes"]
    assert any("Mercator" in note for note in notes)
    assert [line for line in told.err.splitlines() if line.startswith("note: ")] == [
        f"note: {note}" for note in notes
    ]


def test_fast_that_gains_nothing_is_told_and_recorded(zoo, stack, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GEOSEG_BFLOAT16", "off")
    monkeypatch.setattr("geoseg.inference.machine.may_have_gpu", lambda: False)
    out = tmp_path / "out"
    asked = ["predict", str(stack), "--models", str(zoo), "--ensemble-size", "1", "--out", str(out)]
    assert main([*asked, "--precision", "fast", "--device", "cpu"]) == 0
    record = json.loads((out / "run.json").read_bytes())
    assert record["computed_in"] == ["float32"]
    assert any("no bfloat16" in note for note in record["notes"])
    assert "no bfloat16" in capsys.readouterr().err
