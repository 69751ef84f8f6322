"""A zip is unpacked whole or not at all, and never outside its folder."""

import stat
import zipfile
from collections import namedtuple

import pytest

from geoseg.errors import ArchiveError, DiskError, RunCancelledError
from geoseg.published import unpacking
from geoseg.published.unpacking import unpack


@pytest.fixture
def make_zip(tmp_path):
    def make(files, mode=None):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                if mode:
                    info.external_attr = mode << 16
                archive.writestr(info, content)
        return path

    return make


def left(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_one_folder_of_a_zip_becomes_the_target(make_zip, tmp_path):
    source = make_zip({"top/a/x.tif": b"1", "top/b.txt": b"22", "__MACOSX/top/._b": b"?"})
    assert unpack(source, tmp_path / "out" / "top") == tmp_path / "out" / "top"
    assert left(tmp_path / "out") == ["top/a/x.tif", "top/b.txt"]


def test_a_zip_without_a_folder_of_its_own_is_put_into_the_target(make_zip, tmp_path):
    unpack(make_zip({"train_val/a": b"1", "test/b": b"2"}), tmp_path / "out" / "top")
    assert left(tmp_path / "out") == ["top/test/b", "top/train_val/a"]


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "a\\..\\evil", "C:evil", "top/../../evil"]
)
def test_a_name_that_leads_outside_is_refused(make_zip, tmp_path, name):
    source = make_zip({"top/fine": b"1", name: b"2"})
    with pytest.raises(ArchiveError, match="leads outside its folder"):
        unpack(source, tmp_path / "out" / "top")
    assert left(tmp_path) == ["archive.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(make_zip, tmp_path, kind):
    source = make_zip({"top/link": b"/etc/passwd"}, kind | 0o777)
    with pytest.raises(ArchiveError, match="a link or device"):
        unpack(source, tmp_path / "out" / "top")
    assert left(tmp_path) == ["archive.zip"]


def test_a_zip_larger_than_the_disk_is_refused_before_it_is_unpacked(
    make_zip, tmp_path, monkeypatch
):
    usage = namedtuple("usage", "total used free")(10**10, 0, 10**8 + 5)
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DiskError, match=r"takes 105 MB unpacked, 100 MB are free"):
        unpack(make_zip({"top/big": bytes(5_000_000)}), tmp_path / "out" / "top")
    assert left(tmp_path) == ["archive.zip"]


def test_a_size_that_lies_leaves_nothing(make_zip, tmp_path):
    source = make_zip({"top/a": bytes(100_000), "top/b": b"x"})
    data = source.read_bytes()
    size = (100_000).to_bytes(4, "little")
    assert data.count(size) == 2
    source.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(source, tmp_path / "out" / "top")
    assert left(tmp_path) == ["archive.zip"]


def test_damage_and_cancelling_leave_nothing(make_zip, tmp_path):
    source = make_zip({f"top/{n}": bytes([n]) * 5000 for n in range(9)})
    with pytest.raises(RunCancelledError):
        unpack(source, tmp_path / "out" / "top", cancelled=lambda: True)
    source.write_bytes(source.read_bytes()[:-30])
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(source, tmp_path / "out" / "top")
    source.write_bytes(b"not a zip")
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(source, tmp_path / "out" / "top")
    assert left(tmp_path) == ["archive.zip"]


def test_an_empty_zip_and_a_name_that_comes_twice_are_refused(make_zip, tmp_path):
    with pytest.raises(ArchiveError, match="holds no files"):
        unpack(make_zip({"top/": b""}), tmp_path / "out" / "top")
    with pytest.raises(ArchiveError, match="twice"):
        unpack(make_zip({"top/a": b"1", "top//a": b"2"}), tmp_path / "out" / "top")
