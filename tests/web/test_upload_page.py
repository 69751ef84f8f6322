"""The upload page in a real browser: progress, refusal, a broken line, a reload."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route
from rasterio.transform import from_origin

AREA = "valley"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """The upload page; whatever it asks of another server fails the test."""
    asked: list[str] = []
    page = browser.new_page(viewport={"width": 700, "height": 420})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/upload?area={AREA}")
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


@pytest.fixture
def scene(write, tmp_path) -> Path:
    """A raster of more than one piece, with an ending in capitals."""
    noise = np.random.default_rng(0).normal(size=(2, 1600, 1600)).astype(np.float32)
    in_its_zone = {"crs": "EPSG:32632", "transform": from_origin(400_000, 5_900_000, 100, 100)}
    return write("made.tif", noise, **in_its_zone).rename(tmp_path / "Scene One.TIF")


def stored(home: Path) -> Path:
    return home / "areas" / AREA / "files" / "Scene One.tif"


def test_a_good_file_arrives_and_a_wrong_one_is_refused_in_words(page, scene, home, tmp_path):
    (tmp_path / "notes.tif").write_text("no raster")
    page.set_input_files("#files", [scene, tmp_path / "notes.tif"])
    done, failed = page.locator("li.done"), page.locator("li.failed")
    done.wait_for()
    failed.wait_for()
    assert "2 bands, EPSG:32632, 100 m pixels" in done.inner_text()
    assert "notes.tif is a text file" in failed.inner_text()
    assert stored(home).read_bytes() == scene.read_bytes()
    failed.get_by_role("button", name="Dismiss notes.tif").click()
    failed.wait_for(state="detached")


def test_a_broken_line_is_mended_and_nothing_is_sent_twice(page, scene, home):
    offsets = []

    def break_once(route: Route) -> None:
        if route.request.method == "PUT":
            offsets.append(route.request.url.split("offset=")[1].split("&")[0])
            if len(offsets) == 2:
                route.abort()
                return
        route.continue_()

    page.route("**/api/v1/uploads/**", break_once)
    page.set_input_files("#files", scene)
    page.locator("li.done").wait_for()
    assert offsets == ["0", str(2**24), str(2**24)]
    assert stored(home).read_bytes() == scene.read_bytes()


def test_after_a_reload_an_unfinished_file_goes_on(page, scene, home):
    page.route("**/*offset=16777216*", lambda route: route.abort())
    page.set_input_files("#files", scene)
    page.locator("li", has_text="the connection broke").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.unroute("**/*offset=16777216*")
    page.reload()
    page.locator("li", has_text="choose the file again to go on").wait_for()
    with page.expect_request(lambda request: request.method == "PUT") as first:
        page.set_input_files("#files", scene)
    assert "offset=16777216" in first.value.url
    page.locator("li.done").wait_for()
    assert page.locator("li").count() == 1
    assert stored(home).read_bytes() == scene.read_bytes()


def test_a_file_can_be_taken_back(page, scene, home):
    page.set_input_files("#files", scene)
    page.locator("li.done").wait_for()
    page.get_by_role("button", name="Remove Scene One").click()
    page.locator("li").wait_for(state="detached")
    assert not stored(home).exists()
