"""Files come in whole or in pieces, are checked, and never fill the memory."""

import json
import os
import time
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas
import httpx
import numpy as np
import psutil
import pytest
from rasterio.transform import from_origin
from shapely.geometry import box

from geoseg.web.sweep import DAY_S, sweep
from geoseg.web.uploads import safe_name
from geoseg.workspace import Area, save_area

PLACE = "/api/v1/uploads/valley"
PIECE = 2**20


@pytest.fixture
def tif(write) -> bytes:
    """A GeoTIFF of about 3 MB with three described bands."""
    noise = np.random.default_rng(0).normal(size=(3, 512, 512)).astype(np.float32)
    in_its_zone = {"crs": "EPSG:32632", "transform": from_origin(400_000, 5_900_000, 100, 100)}
    path = write("made.tif", noise, **in_its_zone)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.fixture
def outlines() -> geopandas.GeoDataFrame:
    squares = [box(500_000, 5_200_000, 500_900, 5_200_900)]
    return geopandas.GeoDataFrame({"id": [1]}, geometry=squares, crs="EPSG:32632")


def stored(home: Path, name: str) -> Path:
    return home / "areas" / "valley" / "files" / name


def leftovers(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and path.name != "secret"]


def test_a_whole_file_is_stored_and_described(client, home, tif):
    answer = client.put(f"{PLACE}/scene.tif", content=tif)
    assert answer.status_code == 200
    state = answer.json()
    assert state["complete"]
    assert state["received"] == len(tif)
    assert state["words"] == "3 bands, EPSG:32632, 100 m pixels, 512 rows x 512 columns"
    assert stored(home, "scene.tif").read_bytes() == tif
    assert client.get(PLACE).json()[0]["name"] == "scene.tif"


def test_a_file_in_pieces_is_the_same_file(client, home, tif):
    for offset in range(0, len(tif), PIECE):
        piece = tif[offset : offset + PIECE]
        url = f"{PLACE}/scene.tif?offset={offset}&size={len(tif)}"
        state = client.put(url, content=piece).json()
        assert state["received"] == offset + len(piece)
    assert state["complete"]
    assert stored(home, "scene.tif").read_bytes() == tif


def test_a_broken_upload_goes_on_where_it_stopped(client, home, tif):
    url = f"{PLACE}/scene.tif?size={len(tif)}"
    client.put(f"{url}&offset=0", content=tif[:PIECE])
    assert not stored(home, "scene.tif").exists()
    assert client.get(f"{PLACE}/scene.tif").json()["received"] == PIECE
    wrong = client.put(f"{url}&offset={2 * PIECE}", content=tif[2 * PIECE :])
    assert wrong.status_code == 409
    assert wrong.json()["received"] == PIECE
    assert client.put(f"{url}&offset={PIECE}", content=tif[PIECE:]).json()["complete"]
    assert stored(home, "scene.tif").read_bytes() == tif


def test_beginning_anew_forgets_the_old_piece(client, home, tif):
    url = f"{PLACE}/scene.tif?size={len(tif)}&offset=0"
    client.put(url, content=b"x" * 1000)
    assert client.put(url, content=tif).json()["complete"]
    assert stored(home, "scene.tif").read_bytes() == tif


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("notes.tif", b"a text, not a raster", "TIFF"),
        ("trap.tif", b"<VRTDataset></VRTDataset>", "VRT"),
        ("trap.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "does not begin like a GeoJSON"),
        ("list.json", b"[1, 2]", "does not begin like a GeoJSON"),
        ("trap.gpkg", b"<OGRVRTDataSource></OGRVRTDataSource>", "does not begin like a GeoPackage"),
        ("trap.zip", b"no zip", "does not begin like a zip file"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_removed(client, home, name, content, word):
    answer = client.put(f"{PLACE}/{name}", content=content)
    assert answer.status_code == 400
    assert word in answer.json()["detail"]
    assert leftovers(home) == []


def test_a_raster_cut_off_is_refused_and_removed(client, home, tif):
    answer = client.put(f"{PLACE}/cut.tif", content=tif[: len(tif) // 2])
    assert "cut off" in answer.json()["detail"]
    assert leftovers(home) == []


def test_of_a_zip_only_files_of_shapes_are_opened(client, home, tmp_path, outlines):
    outlines.to_file(tmp_path / "slides.shp")
    whole, mixed = BytesIO(), BytesIO()
    for archive, extra in ((whole, []), (mixed, ["evil.vrt"])):
        with zipfile.ZipFile(archive, "w") as file:
            for path in tmp_path.glob("slides.*"):
                file.write(path, path.name)
            for name in extra:
                file.writestr(name, "<OGRVRTDataSource/>")
    good = client.put(f"{PLACE}/slides.zip", content=whole.getvalue())
    assert good.json()["words"].startswith("1 outlines (Polygon), EPSG:32632")
    # The shapefile is read; what names other files is not even unpacked.
    beside = client.put(f"{PLACE}/mixed.zip", content=mixed.getvalue())
    assert beside.json()["words"] == good.json()["words"]


@pytest.mark.parametrize(("ending", "driver"), [("gpkg", "GPKG"), ("geojson", "GeoJSON")])
def test_outlines_are_counted(client, tmp_path, outlines, ending, driver):
    outlines.to_file(tmp_path / f"a.{ending}", driver=driver)
    content = (tmp_path / f"a.{ending}").read_bytes()
    answer = client.put(f"{PLACE}/a.{ending}", content=content)
    assert answer.json()["words"].startswith("1 outlines (Polygon)")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Scene 1.TIF", "Scene 1.tif"), ("../../etc/x.tif", "x.tif"), ("c:\\a\\b.tiff", "b.tiff"),
        (".hidden.tif", "hidden.tif"), ("a;rm -rf.tif", "a_rm -rf.tif"), ("ü.tif", "ü.tif"),
        ("a" * 300 + ".tif", "a" * 116 + ".tif"),
    ],
)  # fmt: skip
def test_names_are_made_plain(given, kept):
    assert safe_name(given) == kept


@pytest.mark.parametrize("name", ["run.py", "page.html", "a.tif.exe", ".tif", "a.vrt", "noending"])
def test_other_kinds_of_files_are_not_taken(client, home, name):
    answer = client.put(f"{PLACE}/{name}", content=b"x")
    assert answer.status_code == 400
    assert "not taken" in answer.json()["detail"]
    assert leftovers(home) == []


@pytest.mark.parametrize("area", ["UPPER", "a_b", "..", "a" * 80])
def test_an_area_id_of_another_form_is_refused(client, area):
    assert client.put(f"/api/v1/uploads/{area}/a.tif", content=b"x").status_code in (400, 404)


def test_what_cannot_fit_is_refused_before_it_is_sent(client, home, monkeypatch):
    too_big = client.put(f"{PLACE}/a.tif?size={10**12}", content=b"x")
    assert too_big.status_code == 507
    assert "up to 64 GB" in too_big.json()["detail"]
    monkeypatch.setenv("GEOSEG_MAX_UPLOAD_GB", "1e9")
    full = client.put(f"{PLACE}/a.tif?size={10**17}", content=b"x")
    assert full.status_code == 507
    assert "free for uploads" in full.json()["detail"]
    assert leftovers(home) == []


def test_more_than_announced_is_refused(client, home):
    answer = client.put(f"{PLACE}/a.tif?size=3", content=b"12345")
    assert answer.status_code == 400
    assert "announced" in answer.json()["detail"]
    assert not stored(home, "a.tif").exists()


def test_a_file_of_a_saved_area_is_not_replaced(client, home, tif):
    client.put(f"{PLACE}/scene.tif", content=tif)
    save_area(Area(id="valley", title="Valley", rasters=(stored(home, "scene.tif"),)))
    answer = client.put(f"{PLACE}/scene.tif", content=tif)
    assert answer.status_code == 400
    assert "already has a file" in answer.json()["detail"]
    assert client.delete(f"{PLACE}/scene.tif").status_code == 400
    assert client.put(f"{PLACE}/second.tif", content=tif).status_code == 200


def test_another_file_of_the_same_name_does_not_take_the_place_of_the_first(client, home, tif):
    client.put(f"{PLACE}/scene.tif", content=tif)
    assert client.put(f"{PLACE}/scene.tif", content=tif).status_code == 200
    other = bytearray(tif)
    other[-8] ^= 1
    answer = client.put(f"{PLACE}/scene.tif", content=bytes(other))
    assert answer.status_code == 400
    assert "remove that one first" in answer.json()["detail"]
    assert stored(home, "scene.tif").read_bytes() == tif
    assert leftovers(home) == [stored(home, "scene.tif")]
    client.delete(f"{PLACE}/scene.tif")
    assert client.put(f"{PLACE}/scene.tif", content=bytes(other)).status_code == 200


def test_unfinished_and_unused_files_go_and_others_stay(client, home, tif):
    client.put(f"{PLACE}/half.tif?size={len(tif)}", content=tif[:100])
    client.put(f"{PLACE}/whole.tif", content=tif)
    sweep()
    assert len(leftovers(home)) == 2
    for path in (home / "areas").rglob("*"):
        age(path, DAY_S + 60)
    sweep()
    assert leftovers(home) == [stored(home, "whole.tif")]
    for path in [home / "areas" / "valley", *(home / "areas").rglob("*")]:
        age(path, 8 * DAY_S)
    sweep()
    assert leftovers(home) == []


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_200_megabytes_pass_through_a_few(address, home, write):
    """The memory of the serving process may not grow with the file."""
    content = write("big.tif", np.zeros((1, 8, 8), np.float32), crs="EPSG:32632").read_bytes()
    total = 200 * 2**20
    process = psutil.Process()
    peak = before = process.memory_info().rss

    def body():
        nonlocal peak
        yield content
        piece = bytes(2**20)
        left = total - len(content)
        while left:
            yield piece[: min(left, len(piece))]
            left -= min(left, len(piece))
            peak = max(peak, process.memory_info().rss)

    with httpx.Client(base_url=address, timeout=60) as sender:
        answer = sender.put(f"{PLACE}/big.tif?size={total}", content=body())
    assert answer.status_code == 200, answer.text
    assert stored(home, "big.tif").stat().st_size == total
    assert peak - before < 60 * 2**20


def test_the_page_names_its_area_and_refuses_a_crooked_one(client):
    page = client.get("/upload?area=20261122-abc")
    assert 'data-area="20261122-abc"' in page.text
    assert 'accept=".tif,.tiff' in page.text
    crooked = client.get('/upload?area="><script>')
    assert crooked.status_code == 404
    assert "script" not in json.dumps(crooked.headers.get("content-type"))
