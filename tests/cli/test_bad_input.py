"""Every bad input: exit status 2, one sentence, no traceback, the output folder as it was."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import rasterio
from affine import Affine

from geoseg.cli import main
from geoseg.files.marks import listing
from tests.pipeline import tiny

STAGES = ("checking", "preparing", "predicting", "drawing", "writing", "warning: ")


@pytest.fixture
def out(tmp_path):
    """A folder with the products of an older run and a file of the user's."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("classes.tif", "metrics.json", "notes.txt"):
        (folder / name).write_text(f"old {name}")
    record = {"geoseg": "0.1.0", **listing(folder, but=("notes.txt",))}
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def refused(zoo, out, capsys):
    """Run predict, make sure that it refuses well, and return its sentence."""

    def predict(*arguments, out=out):
        before = contents(out) if out.is_dir() else None
        status = main(["predict", "--models", str(zoo), "--out", str(out), *map(str, arguments)])
        told = capsys.readouterr()
        assert status == 2
        assert told.out == ""
        assert "Traceback" not in told.err
        sentences = [li for li in told.err.splitlines() if not li.startswith(STAGES)]
        assert len(sentences) == 1
        assert sentences[0].startswith("geoseg: ")
        if before is not None:
            assert contents(out) == before
            assert sorted(os.listdir(out)) == sorted(before)
        return sentences[0]

    return predict


def missing_everywhere(value):
    return {name: np.full(tiny.SHAPE, value, np.float32) for name in tiny.BANDS}


def text_file(path):
    path.write_text("not a raster at all\n" * 20)


def truncated(path):
    tiny.write_raster(path, tiny.scene_values())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def no_crs(path):
    tiny.write_raster(path, tiny.scene_values(), crs=None)


def no_georeference(path):
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        tiny.write_raster(path, tiny.scene_values(), crs=None, transform=Affine.identity())


def no_data(path):
    tiny.write_raster(path, missing_everywhere(-9999), nodata=-9999)


def nan_only(path):
    tiny.write_raster(path, missing_everywhere(np.nan))


def one_band_too_few(path):
    tiny.write_raster(path, {"dNDVI": tiny.scene_values()["dNDVI"]})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (text_file, "bad.tif"),
        (truncated, "bad.tif"),
        (no_crs, "CRS"),
        (no_georeference, "bad.tif"),
        (no_data, "no data"),
        (nan_only, "no data"),
        (one_band_too_few, "CART_landcover"),
    ],
)
def test_a_bad_raster(make, words, tmp_path, refused):
    make(tmp_path / "bad.tif")
    said = refused(tmp_path / "bad.tif", "--setting", "s2", "--ensemble-size", 2)
    assert words in said


def test_a_file_that_is_not_there(tmp_path, refused):
    assert "nothing.tif" in refused(tmp_path / "nothing.tif", "--setting", "s2")


def test_a_band_too_few_without_a_setting_lists_what_is_needed(tmp_path, refused):
    one_band_too_few(tmp_path / "one.tif")
    assert "s2 needs CART_landcover, dNDVI" in refused(tmp_path / "one.tif")


def test_a_folder_made_for_the_run_goes_again(tmp_path, refused, stack):
    refused(stack, "--ensemble-size", 9, out=tmp_path / "deep" / "new")
    assert not (tmp_path / "deep").exists()


def test_more_members_than_the_zoo_has(refused, stack):
    assert "choose at most 3" in refused(stack, "--ensemble-size", 4)


def test_a_member_nobody_knows(refused, stack):
    assert "tiny1, tiny2, tiny3" in refused(stack, "--members", "tiny1,giant")


def test_a_setting_nobody_trained_for(refused, stack, tmp_path):
    bands = {name: np.ones(tiny.SHAPE, np.float32) for name in ("preVV", "postVV", "dVV")}
    tiny.write_raster(tmp_path / "radar.tif", bands)
    assert "no trained networks" in refused(stack, "--setting", "s1", "--ensemble-size", 1)


def test_a_reference_elsewhere(refused, stack, tmp_path):
    away = Affine(10, 0, 600_000, 0, -10, 6_800_000)
    far = tiny.write_reference(tmp_path / "far.tif", transform=away)
    said = refused(stack, "--ensemble-size", 2, "--reference", far)
    assert "far.tif does not overlap" in said


def test_an_empty_reference(refused, stack, tmp_path):
    empty = tiny.write_raster(
        tmp_path / "empty.tif", {"truth": np.full(tiny.SHAPE, 9, np.uint8)}, nodata=9
    )
    assert "empty" in refused(stack, "--ensemble-size", 2, "--reference", empty)


def test_a_reference_of_other_classes(refused, stack, tmp_path):
    bare = tiny.write_raster(tmp_path / "bare.tif", {"truth": np.full(tiny.SHAPE, 3, np.uint8)})
    assert "no landslide" in refused(stack, "--ensemble-size", 2, "--reference", bare)


def test_a_disk_too_small_is_told_before_the_work(refused, stack, monkeypatch):
    monkeypatch.setattr("geoseg.exports.disk.free_bytes", lambda _folder: 10_000)
    assert "are free" in refused(stack, "--ensemble-size", 2)


def test_a_disk_that_fills_on_the_way(refused, stack, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geoseg.exports.raster.rasterio.shutil.copy", full)
    assert "cannot be written" in refused(stack, "--ensemble-size", 2)


@pytest.mark.parametrize("options", ["ro", "size=60k", "size=140k", "size=260k"])
def test_a_small_or_locked_disk_for_real(refused, stack, tmp_path, options):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk needs the superuser")
    try:
        said = refused(stack, "--ensemble-size", 2, out=disk / "run")
        assert os.listdir(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "cannot be written" in said or "are free" in said


@pytest.mark.parametrize("place", ["taken", "taken/deeper"])
def test_a_file_in_the_way_of_the_folder(refused, stack, tmp_path, place):
    (tmp_path / "taken").write_text("mine")
    assert "cannot be written" in refused(stack, "--ensemble-size", 2, out=tmp_path / place)
    assert (tmp_path / "taken").read_text() == "mine"


def test_an_area_of_interest_elsewhere(refused, stack, tmp_path):
    area = tmp_path / "area.geojson"
    area.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
        '"geometry": {"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}}]}'
    )
    assert "does not overlap" in refused(stack, "--ensemble-size", 2, "--aoi", area)


def test_altered_weights(refused, stack, tmp_path):
    weights = tiny.write_member(tmp_path / "own", "only", 0.5, seed=4)
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    said = refused(stack, "--models", tmp_path / "own", "--ensemble-size", 1)
    assert "altered or damaged" in said


def test_members_of_other_bands(refused, stack, tmp_path):
    weights = tiny.write_member(tmp_path / "own", "only", 0.5, seed=4)
    card = weights.with_suffix(".json")
    card.write_text(card.read_text().replace('"CART_landcover"', '"slope"'))
    said = refused(stack, "--models", tmp_path / "own", "--ensemble-size", 1)
    assert "reads the bands slope, dNDVI" in said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_leaves_the_folder_as_it_was(number, status, zoo, stack, out):
    before = contents(out)
    # Where the tests run in the background, Ctrl-C is ignored and the command would inherit that.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "geoseg", "predict", stack, "--models", zoo, "--out", out,
         "--ensemble-size", "3"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, usual)
    wait_for_partial(out, process)
    process.send_signal(number)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == status
    assert "Traceback" not in told
    assert contents(out) == before
    assert sorted(os.listdir(out)) == sorted(before)


def wait_for_partial(folder, process):
    end = time.monotonic() + 60
    while not list(folder.glob(".partial-*")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
