"""What is written reads back the same, is cloud optimized, and is there whole or not at all."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rio_cogeo import cog_validate

from geoseg import __version__
from geoseg.errors import DiskError, ExportError
from geoseg.exports.disk import size_words
from geoseg.exports.raster import RasterWriter, run_tags
from geoseg.grid import Grid
from geoseg.settings import RunSettings

REPOSITORY = Path(__file__).resolve().parents[2]


def write(path, grid, values, strip=100, **choices):
    with RasterWriter(path, grid, ["landslide"], **choices) as writer:
        for row in range(0, grid.height, strip):
            writer.write(row, values[row : row + strip])


@pytest.mark.parametrize("strip", [1000, 100, 7])
def test_a_raster_reads_back_as_written_for_any_strips(tmp_path, grid, probability, strip):
    path = tmp_path / "probability.tif"
    write(path, grid, probability, strip)
    with rasterio.open(path) as raster:
        np.testing.assert_array_equal(raster.read(1), probability)
        found = Grid(raster.crs, raster.transform, raster.width, raster.height)
        assert found.same_as(grid)
        assert np.isnan(raster.nodata)
        assert raster.descriptions == ("landslide",)
        assert raster.dtypes == ("float32",)


def test_a_raster_is_a_valid_cloud_optimized_geotiff(tmp_path, grid, probability):
    path = tmp_path / "probability.tif"
    write(path, grid, probability)
    valid, errors, warnings = cog_validate(path, quiet=True)
    assert (valid, errors, warnings) == (True, [], [])
    with rasterio.open(path) as raster:
        assert raster.overviews(1) == [2]
        assert raster.compression.name == "deflate"
        assert raster.tags(ns="IMAGE_STRUCTURE")["PREDICTOR"] == "3"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 300), (300, 1), (1500, 3)])
def test_a_raster_of_any_shape_is_valid(tmp_path, width, height):
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), width, height)
    values = np.arange(width * height, dtype=np.float32).reshape(height, width)
    write(tmp_path / "thin.tif", grid, values)
    assert cog_validate(tmp_path / "thin.tif", quiet=True)[0]
    with rasterio.open(tmp_path / "thin.tif") as raster:
        np.testing.assert_array_equal(raster.read(1), values)


def test_overviews_average_probabilities_without_the_missing(tmp_path, grid):
    values = np.full(grid.shape, 0.25, np.float32)
    values[::2] = 0.75
    values[:, ::2] = np.nan
    write(tmp_path / "p.tif", grid, values)
    with rasterio.open(tmp_path / "p.tif", overview_level=0) as overview:
        np.testing.assert_allclose(overview.read(1)[:200, :200], 0.5, atol=0.002)


def test_overviews_of_classes_hold_classes_only(tmp_path, grid):
    classes = np.zeros(grid.shape, np.uint8)
    classes[:, 2::4] = 4
    classes[:, 3::4] = 4
    classes[:50] = 255
    write(tmp_path / "c.tif", grid, classes, dtype="uint8", nodata=255)
    with rasterio.open(tmp_path / "c.tif", overview_level=0) as overview:
        assert set(np.unique(overview.read(1))) == {0, 4, 255}
    with rasterio.open(tmp_path / "c.tif") as raster:
        assert raster.nodata == 255


def test_tags_hold_version_task_settings_and_say_simulated(tmp_path, grid, probability):
    settings = RunSettings(setting="s1s2", ensemble_size=4)
    write(tmp_path / "p.tif", grid, probability, tags=run_tags(settings, simulated=True))
    with rasterio.open(tmp_path / "p.tif") as raster:
        tags = raster.tags()
    assert tags["GEOSEG_VERSION"] == __version__
    assert tags["GEOSEG_TASK"] == "landslides"
    assert tags["SIMULATED"] == "yes"
    assert RunSettings.from_json(tags["GEOSEG_SETTINGS"]) == settings
    assert json.loads(tags["GEOSEG_SETTINGS"])["ensemble_size"] == 4
    assert "SIMULATED" not in run_tags(settings)


def test_several_bands_keep_their_order_and_names(tmp_path, grid):
    values = np.stack([np.full(grid.shape, band, np.float32) for band in (1, 2, 3)])
    with RasterWriter(tmp_path / "m.tif", grid, ["a", "b", "c"]) as writer:
        writer.write(0, values)
    with rasterio.open(tmp_path / "m.tif") as raster:
        assert raster.descriptions == ("a", "b", "c")
        np.testing.assert_array_equal(raster.read(), values)


def test_a_fault_in_the_work_leaves_the_older_file_and_nothing_else(tmp_path, grid, probability):
    path = tmp_path / "p.tif"
    path.write_text("older")
    with (  # noqa: PT012 the fault must come after a strip
        pytest.raises(ZeroDivisionError),
        RasterWriter(path, grid, ["landslide"]) as writer,
    ):
        writer.write(0, probability[:100])
        raise ZeroDivisionError
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["p.tif"]


def test_a_foreign_file_fault_in_the_work_is_not_called_a_full_disk(tmp_path, grid):
    with pytest.raises(FileNotFoundError), RasterWriter(tmp_path / "p.tif", grid, ["x"]):
        (tmp_path / "missing").read_text()
    assert not list(tmp_path.iterdir())


def test_left_out_rows_are_refused(tmp_path, grid, probability):
    with (
        pytest.raises(ExportError, match="got 100 rows, expected 541"),
        RasterWriter(tmp_path / "p.tif", grid, ["x"]) as writer,
    ):
        writer.write(0, probability[:100])
    with (
        pytest.raises(ExportError, match=r"at row 50; expected row 0, 1 bands and 613 columns"),
        RasterWriter(tmp_path / "p.tif", grid, ["x"]) as writer,
    ):
        writer.write(50, probability[:100])
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_told(tmp_path, grid):
    path = tmp_path / "gone" / "p.tif"
    with pytest.raises(DiskError, match="gone; choose another"), RasterWriter(path, grid, ["x"]):
        pass


def test_a_raster_larger_than_the_disk_is_refused_before_the_work(tmp_path, grid, monkeypatch):
    monkeypatch.setattr("geoseg.exports.disk.free_bytes", lambda _folder: 1_000_000)
    words = r"p\.tif needs 1\.3 MB, 1\.0 MB are free; delete old runs or choose another folder"
    with pytest.raises(DiskError, match=words), RasterWriter(tmp_path / "p.tif", grid, ["x"]):
        pytest.fail("the work has started")
    assert not list(tmp_path.iterdir())


STARVED = """
    import os, resource, sys
    from pathlib import Path
    import numpy as np
    from affine import Affine
    from rasterio.crs import CRS
    from geoseg.errors import DiskError
    from geoseg.exports.raster import RasterWriter
    from geoseg.grid import Grid

    folder, limits = Path(sys.argv[1]), sys.argv[2:]
    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 1024, 1024)
    noise = np.random.default_rng(0).random(grid.shape, dtype=np.float32)
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
        try:
            with RasterWriter(folder / "p.tif", grid, ["x"]) as writer:
                for row in range(0, 1024, 100):
                    writer.write(row, noise[row : row + 100])
        except DiskError as error:
            print("TOLD", error)
        print("LEFT", sorted(os.listdir(folder)))
"""


def run_apart(code, *arguments):
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_file_that_cannot_grow_is_told_and_leaves_nothing(tmp_path):
    (tmp_path / "p.tif").write_text("older")
    # The plain temporary file takes 4.2 MB, the compressed product less, its overviews more.
    limits = (1_000_000, 4_000_000, 4_250_000, 4_400_000)
    lines = run_apart(STARVED, tmp_path, *limits)
    assert len(lines) == 2 * len(limits)
    for told, left in zip(lines[::2], lines[1::2], strict=True):
        assert "TOLD p.tif cannot be written" in told
        assert left == "LEFT ['p.tif']"
    assert (tmp_path / "p.tif").read_text() == "older"


@pytest.mark.parametrize("size_kb", [2000, 4300, 8000])
def test_a_really_full_disk_is_told_and_leaves_nothing(tmp_path, size_kb):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs the superuser")
    try:
        told, left = run_apart(STARVED, tmp_path, 10**9)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert told.startswith("TOLD the disk of")
    assert "free; delete old runs" in told
    assert left == "LEFT []"


def test_a_locked_folder_is_told(tmp_path, grid):
    if not os.geteuid():
        pytest.skip("the superuser may write anywhere")
    tmp_path.chmod(0o500)
    words = "permission denied"
    with pytest.raises(DiskError, match=words), RasterWriter(tmp_path / "p.tif", grid, ["x"]):
        pass
    tmp_path.chmod(0o700)


LARGE = """
    import resource, sys
    from pathlib import Path
    import numpy as np
    from affine import Affine
    from rasterio.crs import CRS
    from geoseg.exports.raster import RasterWriter
    from geoseg.grid import Grid

    grid = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 6000, 12_000)
    strip = np.full((300, grid.width), 0.5, np.float32)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with RasterWriter(Path(sys.argv[1]), grid, ["x"]) as writer:
        for row in range(0, grid.height, 300):
            writer.write(row, strip[: grid.height - row])
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) // 1024)
"""


def test_memory_stays_bounded_whatever_the_height(tmp_path):
    grown_mb = int(run_apart(LARGE, tmp_path / "large.tif")[0])
    raw_mb = 6000 * 12_000 * 4 // 2**20
    assert grown_mb < raw_mb * 0.8


def test_sizes_are_told_in_words():
    told = [size_words(size) for size in (12, 312_000, 4_240_000, 42_000_000_000, 5e15)]
    assert told == ["12 bytes", "312 kB", "4.2 MB", "42 GB", "5000 TB"]
