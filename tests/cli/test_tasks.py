"""geoseg tasks: a task from a file to a packed one and into another workspace."""

import json

import pytest

from geoseg.cli import main

TASK = {
    "name": "screes", "title": "Screes", "feature": "scree", "bands": [{"name": "slope"}],
    "classes": [{"name": "other"}, {"name": "scree", "colour": "#d7301f"}],
}  # fmt: skip


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Run a command and return its exit code, what it printed, and its complaint."""
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))

    def run(*arguments):
        return main(["tasks", *map(str, arguments)]), *capsys.readouterr()

    return run


def test_a_task_is_added_packed_and_taken_elsewhere(told, tmp_path, monkeypatch):
    file, packed = tmp_path / "screes.json", tmp_path / "screes.geoseg.zip"
    file.write_text(json.dumps(TASK))
    assert told("add", file)[0] == 0
    listed = json.loads(told("list", "--json")[1])
    assert listed[-1]["name"] == "screes"
    assert listed[-1]["settings"] == {"all": listed[-1]["bands"]}
    assert "s1s2 (11)" in told("list")[1]
    code, _, complaint = told("pack", "screes", "--out", packed)
    assert code != 0
    assert "--alone" in complaint
    assert told("pack", "screes", "--out", packed, "--alone")[0] == 0
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "theirs"))
    code, words, _ = told("unpack", packed)
    assert (code, words.strip()) == (0, "task screes is new here")
    assert told("delete", "screes")[0] == 0


def test_faults_are_one_sentence(told, tmp_path):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(TASK | {"classes": []}))
    for arguments in (
        ("add", file), ("add", tmp_path / "none.json"), ("unpack", file), ("pack", "landslides",
        "--out", tmp_path / "x.zip"), ("delete", "landslides"),
    ):  # fmt: skip
        code, _, complaint = told(*arguments)
        assert code != 0
        assert complaint.startswith("geoseg: ")
        assert complaint.count("\n") == 1
