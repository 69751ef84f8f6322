import json
import os
import subprocess
import sys

import pytest

from geoseg.errors import DiskError, OutputError
from geoseg.files import partial
from geoseg.files.marks import LEDGER, listing, read_marks
from geoseg.files.outputs import OutputFolder, nearest_folder
from geoseg.files.partial import partial_folder, remove_leftovers

MAPS = OutputFolder("run.json", frozenset({"classes.tif", "metrics.json"}), frozenset({"figures"}))


def write_and_fail(folder, fault):
    with partial_folder(folder, MAPS) as hidden:
        (hidden / "run.json").write_text("new")
        raise fault


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def make(out, kind=MAPS, **files):
    """Write files as a command does; double underlines are slashes, dots are left to the ending."""
    with partial_folder(out, kind) as hidden:
        for name, text in files.items():
            path = hidden / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if kind.record != LEDGER:
            record = {"geoseg": "1", **listing(hidden, but=(kind.record,))}
            (hidden / kind.record).write_text(json.dumps(record))


def texts(folder):
    return {name: text for name, text in contents(folder).items() if name != "run.json"}


def test_products_move_in_place_on_success(tmp_path):
    out = tmp_path / "deep" / "run"
    with partial_folder(out, MAPS) as hidden:
        (hidden / "run.json").write_text("{}")
        (hidden / "classes.tif").write_text("map")
        assert not (out / "classes.tif").exists()
    assert contents(out) == {"run.json": "{}", "classes.tif": "map"}
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


def test_a_new_run_replaces_the_products_of_an_older_one_and_leaves_other_files(tmp_path):
    make(tmp_path, metrics_dot_json="old", classes_dot_tif="old", figures__a_dot_html="old")
    for name in ("notes.txt", "state.json"):
        (tmp_path / name).write_text("old")
    make(tmp_path, classes_dot_tif="new", figures__b_dot_html="new")
    assert texts(tmp_path) == {"classes.tif": "new", "notes.txt": "old", "state.json": "old"}
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["b.html"]


@pytest.mark.parametrize("name", ["metrics.json", "classes.tif", "figures", "figures/a.html"])
def test_what_no_record_proves_ours_is_refused_by_name_and_stays(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("two summers")
    with pytest.raises(OutputError, match=name):
        make(tmp_path, notes="new")
    assert (tmp_path / name).read_text() == "two summers"
    assert not (tmp_path / "run.json").exists()


def test_a_product_that_was_changed_since_is_refused_even_at_the_same_size(tmp_path):
    make(tmp_path, classes_dot_tif="old")
    (tmp_path / "classes.tif").write_text("dlo")
    with pytest.raises(OutputError, match=r"classes\.tif"):
        make(tmp_path, classes_dot_tif="new")
    assert (tmp_path / "classes.tif").read_text() == "dlo"


def test_a_file_put_into_a_run_by_hand_is_refused(tmp_path):
    make(tmp_path, classes_dot_tif="old")
    (tmp_path / "metrics.json").write_text("by hand")
    with pytest.raises(OutputError, match=r"metrics\.json"):
        make(tmp_path, classes_dot_tif="new")
    assert texts(tmp_path) == {"classes.tif": "old", "metrics.json": "by hand"}


def test_a_file_that_comes_while_the_work_goes_on_is_not_replaced(tmp_path):
    def work():
        with partial_folder(tmp_path, MAPS) as hidden:
            (hidden / "notes.csv").write_text("new")
            (tmp_path / "notes.csv").write_text("mine")

    with pytest.raises(OutputError, match=r"notes\.csv"):
        work()
    assert contents(tmp_path) == {"notes.csv": "mine"}


@pytest.mark.parametrize("record", ["not json", "[]", "{}", '{"files": {"classes.tif": 3}}'])
def test_a_record_of_another_program_proves_nothing(tmp_path, record):
    (tmp_path / "run.json").write_text(record)
    with pytest.raises(OutputError, match=r"run\.json"):
        make(tmp_path, classes_dot_tif="new")
    assert contents(tmp_path) == {"run.json": record}


def test_a_link_at_the_place_of_a_product_is_not_ours(tmp_path):
    make(tmp_path / "out", classes_dot_tif="old")
    (tmp_path / "mine.tif").write_text("old")
    (tmp_path / "out" / "classes.tif").unlink()
    (tmp_path / "out" / "classes.tif").symlink_to(tmp_path / "mine.tif")
    with pytest.raises(OutputError, match=r"classes\.tif"):
        make(tmp_path / "out", classes_dot_tif="new")
    assert (tmp_path / "mine.tif").read_text() == "old"
    assert (tmp_path / "out" / "classes.tif").is_symlink()


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_after_a_move_that_was_killed_the_next_run_knows_what_is_ours(
    tmp_path, monkeypatch, killed_after
):
    make(tmp_path, classes_dot_tif="old", metrics_dot_json="old")
    left = iter(range(killed_after))

    def die(_path):
        if next(left, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(partial, "remove_statistics", die)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, classes_dot_tif="newer", figures__a_dot_html="newer")
    make(tmp_path, classes_dot_tif="new")
    assert texts(tmp_path) == {"classes.tif": "new"}
    assert sorted(os.listdir(tmp_path)) == ["classes.tif", "run.json"]


def test_statistics_go_with_the_raster_and_other_side_files_are_kept(tmp_path):
    make(tmp_path, classes_dot_tif="old")
    side = tmp_path / "classes.tif.aux.xml"
    side.write_text(
        '<PAMDataset><PAMRasterBand band="1"><Metadata><MDI key="STATISTICS_MEAN">3</MDI>'
        "</Metadata></PAMRasterBand></PAMDataset>"
    )
    make(tmp_path, classes_dot_tif="new")
    assert not side.exists()
    side.write_text(  # as GDAL copies the tags of a file that it only looked at
        '<PAMDataset><Metadata><MDI key="GEOSEG_TASK">wetlands</MDI></Metadata></PAMDataset>'
    )
    make(tmp_path, classes_dot_tif="new")
    assert not side.exists()
    side.write_text('<PAMDataset><Metadata><MDI key="SURVEYED">2</MDI></Metadata></PAMDataset>')
    with pytest.raises(OutputError, match=r"classes\.tif\.aux\.xml"):
        make(tmp_path, classes_dot_tif="newest")
    side.write_text("<PAMDataset><GCPList/></PAMDataset>")
    with pytest.raises(OutputError, match=r"classes\.tif\.aux\.xml"):
        make(tmp_path, classes_dot_tif="newest")
    assert texts(tmp_path)["classes.tif"] == "new"


def test_a_folder_without_a_record_of_its_own_gets_a_list_and_keeps_what_came_before(tmp_path):
    kind = OutputFolder(names=frozenset({"split.json"}), keeps_older=True)
    make(tmp_path, kind, split_dot_json="1", input__a_dot_tif="a")
    make(tmp_path, kind, split_dot_json="2", input__b_dot_tif="b")
    assert (tmp_path / "split.json").read_text() == "2"
    assert sorted(os.listdir(tmp_path / "input")) == ["a.tif", "b.tif"]
    listed = {LEDGER, "split.json", "input/a.tif", "input/b.tif"}
    assert set(read_marks(tmp_path / LEDGER)) == listed
    (tmp_path / "split.json").write_text("my own")
    with pytest.raises(OutputError, match=r"split\.json"):
        make(tmp_path, kind, split_dot_json="3")


@pytest.mark.parametrize("fault", [DiskError("full"), KeyboardInterrupt(), ValueError("bug")])
def test_a_fault_leaves_the_folder_as_it_was(tmp_path, fault):
    make(tmp_path, classes_dot_tif="old")
    before = contents(tmp_path)
    with pytest.raises(type(fault)):
        write_and_fail(tmp_path, fault)
    assert contents(tmp_path) == before
    assert sorted(os.listdir(tmp_path)) == ["classes.tif", "run.json"]


def test_a_fault_takes_folders_back_that_were_made_for_the_run(tmp_path):
    with pytest.raises(DiskError), partial_folder(tmp_path / "a" / "b", MAPS):
        raise DiskError("full")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_way_is_told_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("mine")
    for out in (tmp_path / "taken", tmp_path / "taken" / "deeper"):
        with (
            pytest.raises(DiskError, match="is a file, expected a folder"),
            partial_folder(out, MAPS),
        ):
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


@pytest.mark.parametrize(
    "name", ["../thesis.txt", "figures/../../thesis.txt", "{outside}/thesis.txt"]
)
def test_a_record_that_lists_files_outside_its_folder_takes_none_of_them(tmp_path, name):
    (tmp_path / "thesis.txt").write_text("years of work")
    out = tmp_path / "run"
    out.mkdir()
    name = name.format(outside=tmp_path)
    record = {"geoseg": "1", "files": {name: 13}}
    (out / "run.json").write_text(json.dumps(record))
    make(out, classes_dot_tif="new")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert texts(out) == {"classes.tif": "new"}


def test_files_of_a_linked_folder_are_not_ours_whatever_the_record_says(tmp_path):
    elsewhere, out = tmp_path / "atlas", tmp_path / "run"
    elsewhere.mkdir()
    (elsewhere / "a.html").write_text("old")
    make(out, figures__a_dot_html="old")
    (out / "figures" / "a.html").unlink()
    (out / "figures").rmdir()
    (out / "figures").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="figures"):
        make(out, figures__b_dot_html="new")
    with pytest.raises(OutputError, match="figures"):
        make(out, classes_dot_tif="new")
    assert [path.name for path in elsewhere.iterdir()] == ["a.html"]


def test_a_folder_that_is_linked_while_the_work_goes_on_is_not_written_through(tmp_path):
    elsewhere, out = tmp_path / "atlas", tmp_path / "run"
    elsewhere.mkdir()

    def write():
        with partial_folder(out, MAPS) as hidden:
            (hidden / "figures").mkdir()
            (hidden / "figures" / "a.html").write_text("new")
            (out / "figures").symlink_to(elsewhere)

    with pytest.raises(OutputError, match="figures"):
        write()
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("size", [None, "3", 3.0, True])
def test_a_record_without_the_size_of_a_file_proves_nothing_of_it(tmp_path, size):
    (tmp_path / "run.json").write_text(json.dumps({"geoseg": "1", "files": {"classes.tif": size}}))
    (tmp_path / "classes.tif").write_text("map")
    with pytest.raises(OutputError, match="classes"):
        make(tmp_path, classes_dot_tif="new")
