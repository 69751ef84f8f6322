"""An output is never an input, and a file is replaced only where it is one of ours."""

import os

import pytest

from geoseg.errors import DiskError, OutputError
from geoseg.files.outputs import OutputFolder, check_file, check_folder

MAPS = OutputFolder("run.json", frozenset({"reference.tif", "probability.tif"}))


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.tif"
    path.write_text("two summers")
    return path


def wanted(out, inputs=(), ours=False):
    check_file(out, inputs, is_ours=lambda _: ours, what="the derived stack")


def spellings(path):
    """Yield the same file by other ways."""
    folder = path.parent
    (folder / "link.tif").symlink_to(path)
    os.link(path, folder / "hard.tif")
    (folder / "again").symlink_to(folder)
    return [
        path, folder / "link.tif", folder / "hard.tif", folder / "again" / path.name,
        folder / ".." / folder.name / path.name, type(path)(path.name), type(path)(f"./{path.name}"),
    ]  # fmt: skip


def test_an_input_is_no_output_by_whatever_spelling(mine):
    for out in spellings(mine):
        with pytest.raises(OutputError, match="is an input of this step"):
            wanted(out, [mine], ours=True)
        with pytest.raises(OutputError, match="is an input of this step"):
            wanted(mine, [out], ours=True)


@pytest.mark.parametrize("part", [":2", ":onehot", "|layername=fens"])
def test_a_part_of_an_input_is_that_input(mine, part):
    with pytest.raises(OutputError, match="is an input of this step"):
        wanted(mine, [mine.with_name(mine.name + part)], ours=True)


def test_a_new_name_and_an_earlier_result_are_fine(mine):
    wanted(mine.with_name("new.tif"), [mine])
    wanted(mine.with_name("new.tif"), [mine, None])
    earlier = mine.with_name("earlier.tif")
    earlier.write_text("slopes")
    wanted(earlier, [mine], ours=True)


def test_a_file_that_is_not_ours_is_refused_by_name(mine):
    with pytest.raises(OutputError, match=r"mine\.tif is there already"):
        wanted(mine)


def test_a_link_is_not_ours_whatever_it_leads_to(mine):
    link = mine.with_name("link.tif")
    link.symlink_to(mine)
    with pytest.raises(OutputError, match=r"link\.tif is there already"):
        wanted(link, ours=True)
    link.unlink()
    link.symlink_to(mine.with_name("nowhere.tif"))
    with pytest.raises(OutputError, match=r"link\.tif is there already"):
        wanted(link, ours=True)


def test_a_file_of_other_results_is_refused_though_it_is_geosegs(tmp_path):
    (tmp_path / "run.json").write_text('{"geoseg": "1", "files": {"probability.tif": 3}}')
    (tmp_path / "probability.tif").write_text("map")
    for name in ("probability.tif", "run.json"):
        with pytest.raises(OutputError, match=r"belongs to the results that .*run\.json tells of"):
            wanted(tmp_path / name, ours=True)


def test_a_folder_where_a_file_is_wanted_is_told_with_a_name_to_take(tmp_path):
    (tmp_path / "results.tif").mkdir()
    with pytest.raises(OutputError, match=r"results\.tif is a folder, expected a name"):
        wanted(tmp_path / "results.tif", ours=True)


def test_a_place_where_nothing_can_be_is_told(mine):
    with pytest.raises(DiskError, match="there is no folder"):
        wanted(mine.parent / "deep" / "out.tif")
    with pytest.raises(DiskError, match=r"mine\.tif is a file, expected a folder"):
        wanted(mine / "out.tif")
    for out in (mine, mine / "out", mine / "deep" / "out"):
        with pytest.raises(DiskError, match=r"mine\.tif is a file, expected a folder"):
            check_folder(out, MAPS)
    check_folder(mine.parent / "deep" / "out", MAPS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_must_not_be_written_to_is_told(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(DiskError, match="is not permitted"):
        check_folder(locked / "out", MAPS)
    with pytest.raises(DiskError, match="is not permitted"):
        wanted(locked / "out.tif")


def test_an_input_at_the_place_of_a_product_is_refused_by_whatever_spelling(mine):
    field = mine.parent / "field"
    field.mkdir()
    reference = field / "reference.tif"
    mine.rename(reference)
    for given in spellings(reference):
        if given.exists():
            with pytest.raises(OutputError, match="is an input"):
                check_folder(field, MAPS, [given])
    again = field.with_name("again")
    again.symlink_to(field)
    with pytest.raises(OutputError, match="is an input"):
        check_folder(again, MAPS, [reference])


def test_a_result_of_the_run_before_is_no_input_of_the_next_into_the_same_folder(tmp_path):
    (tmp_path / "run.json").write_text('{"geoseg": "1", "files": {"probability.tif": 3}}')
    (tmp_path / "probability.tif").write_text("map")
    check_folder(tmp_path, MAPS)
    with pytest.raises(OutputError, match="is an input"):
        check_folder(tmp_path, MAPS, [tmp_path / "probability.tif"])


def test_results_of_another_kind_are_not_mixed_in(tmp_path):
    (tmp_path / "metrics.json").write_text('{"geoseg": "1", "files": {}}')
    with pytest.raises(OutputError, match=r"metrics\.json tells of other results"):
        check_folder(tmp_path, MAPS)
    (tmp_path / "metrics.json").write_text('{"f1": 0.5}')
    check_folder(tmp_path, MAPS)


def test_inputs_beside_the_products_are_fine(mine):
    check_folder(mine.parent, MAPS, [mine, mine.with_name("gone.tif"), None])


def test_the_folder_that_is_read_is_not_written_to(tmp_path):
    other = tmp_path / "zoo"
    other.mkdir()
    for out in (other, tmp_path / "." / "zoo", tmp_path / "zoo" / ".." / "zoo"):
        with pytest.raises(OutputError, match="is an input of this very step"):
            check_folder(out, MAPS, [other])
    check_folder(other / "deeper", MAPS, [other])
