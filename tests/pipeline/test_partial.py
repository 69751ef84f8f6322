import os
import subprocess
import sys

import pytest

from geoseg.errors import DiskError
from geoseg.pipeline.partial import nearest_folder, partial_folder, remove_leftovers


def write_and_fail(folder, fault):
    with partial_folder(folder) as hidden:
        (hidden / "run.json").write_text("new")
        raise fault


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_products_move_in_place_on_success(tmp_path):
    out = tmp_path / "deep" / "run"
    with partial_folder(out) as hidden:
        (hidden / "run.json").write_text("{}")
        (hidden / "classes.tif").write_text("map")
        assert not (out / "classes.tif").exists()
    assert contents(out) == {"run.json": "{}", "classes.tif": "map"}
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


def test_a_new_run_replaces_the_products_of_an_older_one_and_leaves_other_files(tmp_path):
    for name in ("run.json", "metrics.json", "classes.tif", "notes.txt", "state.json"):
        (tmp_path / name).write_text("old")
    with partial_folder(tmp_path) as hidden:
        (hidden / "run.json").write_text("new")
        (hidden / "classes.tif").write_text("new")
    expected = {"run.json": "new", "classes.tif": "new", "notes.txt": "old", "state.json": "old"}
    assert contents(tmp_path) == expected


@pytest.mark.parametrize("fault", [DiskError("full"), KeyboardInterrupt(), ValueError("bug")])
def test_a_fault_leaves_the_folder_as_it_was(tmp_path, fault):
    (tmp_path / "run.json").write_text("old")
    with pytest.raises(type(fault)):
        write_and_fail(tmp_path, fault)
    assert contents(tmp_path) == {"run.json": "old"}
    assert os.listdir(tmp_path) == ["run.json"]


def test_a_fault_takes_folders_back_that_were_made_for_the_run(tmp_path):
    with pytest.raises(DiskError), partial_folder(tmp_path / "a" / "b"):
        raise DiskError("full")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_way_is_told_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("mine")
    for out in (tmp_path / "taken", tmp_path / "taken" / "deeper"):
        with pytest.raises(DiskError, match="cannot be written to"), partial_folder(out):
            pass
    assert (tmp_path / "taken").read_text() == "mine"


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    for name in (f".partial-{dead}-abc", f".partial-{os.getpid()}-abc", "kept"):
        (tmp_path / name).mkdir()
    remove_leftovers(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [f".partial-{os.getpid()}-abc", "kept"]
    remove_leftovers(tmp_path, sole=True)
    assert os.listdir(tmp_path) == ["kept"]


def test_the_nearest_folder_is_the_deepest_that_exists(tmp_path):
    assert nearest_folder(tmp_path / "a" / "b") == tmp_path
    assert nearest_folder(tmp_path) == tmp_path


def test_a_folder_replaces_an_older_one_and_foreign_products_stay(tmp_path):
    for name in ("metrics.json", "classes.tif", "areas.csv"):
        (tmp_path / name).write_text("old")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "old.html").write_text("old")
    ours = {"metrics.json", "figures", "areas.csv"}
    with partial_folder(tmp_path, is_ours=ours.__contains__, record="metrics.json") as hidden:
        (hidden / "figures").mkdir()
        (hidden / "figures" / "new.html").write_text("new")
        (hidden / "metrics.json").write_text("new")
    assert contents(tmp_path) == {"metrics.json": "new", "classes.tif": "old"}
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["new.html"]
