"""Names: opened as the very file they name, and written as letters that any text can hold."""

import json
import os
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.crs import CRS

from geoseg.cli.door import plain_arguments
from geoseg.errors import GridError, RasterError
from geoseg.names import is_text, local, readable, shown
from geoseg.pipeline import RunRequest
from geoseg.settings import RunSettings
from geoseg.stack import inspect_raster, open_stack
from geoseg.stack.gtiff import opened
from geoseg.stack.shapes import read_polygons
from geoseg.tasks import custom_task

LATIN = os.fsdecode(b"K\xfcste.tif")
LIKE_ADDRESSES = ("http:x.tif", "s3:dem.tif", "zip+http:a.tif", "GTIFF_DIR:1:x.tif", 'NETCDF:"a".tif',
                  "a!b.tif", "x%20#&<y>'.tif", "new\nline.tif")  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = np.arange(16, dtype="float32").reshape(1, 4, 4)
    place = Affine(10, 0, 500_000, 0, -10, 6_600_000)
    with rasterio.open("plain.tif", "w", driver="GTiff", width=4, height=4, count=1,
                       dtype="float32", crs="EPSG:32633", transform=place) as file:  # fmt: skip
        file.write(values)

    def named(name):
        Path(name).write_bytes(Path("plain.tif").read_bytes())
        return Path(name)

    return named


@pytest.mark.parametrize("name", LIKE_ADDRESSES)
def test_a_name_like_an_address_is_the_file_of_that_name(here, name):
    path = here(name)
    assert inspect_raster(path).path.name == name
    with opened(path) as raster:
        assert raster.read(1).sum() == 120
    assert local(path).is_absolute()
    assert os.path.samefile(local(path), path)
    assert "!" not in local(path).name
    given = plain_arguments([name, "--out", "http:run", "--title", "http:x"])
    assert Path(given[0]).absolute() == path.absolute()
    assert not given[0].startswith(("http:", "s3:", "zip+http:"))
    assert given[1:] == ["--out", str(Path("http:run").absolute()), "--title", "http:x"]


@pytest.mark.parametrize(
    "name", ["http://example.org/x.tif", "/vsicurl/http://x/y.tif", "s3://b/k"]
)
def test_an_address_is_no_file(here, name):
    with pytest.raises(RasterError, match="there is no file"):
        inspect_raster(Path(name))


@pytest.mark.parametrize(
    ("name", "letters"),
    [(b"K\xfcste.tif", "Küste.tif"), (b"\xe9t\xe9.tif", "été.tif"), (b"\xa4#1.tif", "¤#1.tif")],
)
def test_a_name_that_is_not_utf8_is_read_and_written_in_letters(here, name, letters):
    path = here(os.fsdecode(name))
    assert not is_text(path)
    assert shown(path) == letters
    info = inspect_raster(path)
    assert info.bands[0].key == f"{letters}#1"
    stack = open_stack([path], custom_task({"s": [("x", "")]}), "s")
    with stack.open() as reader:
        window = rasterio.windows.Window(0, 0, 4, 4)
        assert reader.read(window).sum() == 120
    json.dumps([layer.key for layer in stack.layers]).encode()
    " ".join(stack.notes).encode("utf-8")


def test_a_folder_whose_name_is_not_utf8_holds_files_that_are_read(here):
    folder = Path(os.fsdecode(b"\xd8st"))
    folder.mkdir()
    assert inspect_raster(here(folder / "dem.tif")).path.name == "dem.tif"


def test_files_beside_a_file_come_with_it(here):
    path = here(LATIN)
    Path(os.fsdecode(b"K\xfcste.tif.aux.xml")).write_text("<PAMDataset></PAMDataset>")
    Path(os.fsdecode(b"K\xfcste.dbf")).write_text("x")
    assert {p.name for p in readable(path).parent.iterdir()} == {
        "Küste.tif", "Küste.tif.aux.xml", "Küste.dbf",
    }  # fmt: skip
    assert readable(path) == readable(path)


def test_a_file_that_is_no_raster_is_refused_by_its_name_in_letters(here):
    Path(LATIN).write_text("no raster")
    with pytest.raises(RasterError, match=r"^Küste\.tif is a text file"):
        inspect_raster(Path(LATIN))
    with pytest.raises(RasterError, match=r"there is no file .*fehlt_Ü\.tif"):
        inspect_raster(Path(os.fsdecode(b"fehlt_\xdc.tif")))


def test_arguments_that_are_not_utf8_become_letters_or_links(here):
    path = here(LATIN)
    raster, named, out, choice, title = plain_arguments(
        [LATIN, f"--reference={LATIN}", f"--out={LATIN}", f"B1={LATIN}#1", os.fsdecode(b"\xdc")]
    )
    assert Path(raster).name == "Küste.tif"
    assert Path(raster).samefile(path)
    assert named == f"--reference={raster}"
    assert (out, choice, title) == ("--out=Küste.tif", "B1=Küste.tif#1", "Ü")


def test_a_request_names_its_files_in_letters(here):
    path = here(LATIN)
    settings = RunSettings(task="wetlands", setting="landsat", ensemble_size=1)
    request = RunRequest(rasters=(path,), settings=settings, reference=path)
    assert request.rasters[0].name == request.reference.name == "Küste.tif"
    assert request.to_json().encode("utf-8")


@pytest.mark.parametrize("name", ["http:x.gpkg", "zip:z.gpkg", "a!b.gpkg", "c!d!.geojson", LATIN])
def test_shapes_of_such_names_are_read(here, tmp_path, name):
    ending = Path(name).suffix if name != LATIN else ".gpkg"
    frame = geopandas.GeoDataFrame(geometry=[shapely.box(5e5, 0, 5e5 + 9, 9)], crs="EPSG:32633")
    plain = tmp_path / f"plain{ending}"
    frame.to_file(plain)
    path = plain.rename(tmp_path / Path(name).with_suffix(ending).name)
    found = read_polygons(path, CRS.from_epsg(32633), GridError)
    assert found.geometry.area.sum() == pytest.approx(81)


def test_a_file_in_a_folder_that_is_not_utf8_is_read(tmp_path, monkeypatch, here):
    here("a.tif")
    folder = Path(os.fsdecode(b"M\xfcll"))
    folder.mkdir()
    Path("a.tif").rename(folder / "a.tif")
    monkeypatch.chdir(folder)
    with opened(Path("a.tif")) as raster:
        assert raster.read(1).sum() == 120
