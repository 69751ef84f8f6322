"""The whole way as a user, without internet: tour, own run, own files, reload in mid-run."""

import io
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from PIL import Image
from playwright.sync_api import Frame, Locator, Page, expect
from rasterio.features import rasterize

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]
MAPPED, HIT = (0xD7, 0x30, 0x1F), (0x1B, 0x9E, 0x5A)
"""Colours of the map and of a rightly found pixel."""
NEAR = 12
"""A colour may be so far off in each channel: the browser blends and rounds."""


def settled(page: Page) -> None:
    """Wait until the page shows what was asked for last, nothing of what was there before."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def drawn_map(page: Page) -> Frame:
    """Wait until the map in the page is drawn and return its frame."""
    settled(page)
    frame = page.frame_locator("iframe").first
    frame.locator("#app[data-drawn=yes]").wait_for(state="attached")
    page.wait_for_timeout(500)
    frame.locator("#app[data-drawn=yes]").wait_for(state="attached")
    return next(f for f in page.frames if f.parent_frame and f.locator("#app").count())


def pixels_of(place: Locator, colour: tuple[int, int, int]) -> int:
    """Count the pixels of a colour in a screenshot."""
    picture = np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("RGB")).astype(int)
    return int((abs(picture - colour) <= NEAR).all(axis=2).sum())


def run_of(page: Page) -> str:
    found = re.search(r"run=([a-z0-9-]+)", page.url)
    assert found
    return found.group(1)


def start_run(page: Page, networks: int) -> str:
    """Choose both kinds of evidence and so many networks, and press the button."""
    page.get_by_text("Radar and optical", exact=True).click()
    slider = page.get_by_role("slider", name="Networks to average")
    slider.wait_for()
    while (before := slider.input_value()) != str(networks):
        slider.press("ArrowRight" if int(before) < networks else "ArrowLeft")
        expect(slider).not_to_have_value(before)
    settled(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("run="))
    return run_of(page)


def downloaded(page: Page, name: str, folder: Path) -> Path:
    """Press a file's button on the page Results and return what came."""
    with page.expect_download() as came:
        page.locator(f"a[href*='{name}']").first.click()
    came.value.save_as(folder / name)
    return folder / name


def look_at(page: Page, view: str) -> None:
    """Choose a view of the page Compare."""
    page.get_by_test_id("stButtonGroup").get_by_text(view, exact=True).click()
    settled(page)


def scores_on(page: Page) -> dict[str, str]:
    page.get_by_test_id("stMetric").first.wait_for()
    tiles = page.get_by_test_id("stMetric")
    lines = [tiles.nth(place).inner_text().split("\n") for place in range(tiles.count())]
    return {parts[0].strip(): parts[-1].strip() for parts in lines}


def test_the_tour_leads_through_a_finished_map(app, page, picture):
    page.goto(app.url)
    page.get_by_role("heading", name="GeoSeg").wait_for()
    door = page.get_by_role("button", name="Show me a finished map")
    door.wait_for()
    picture(page, "start")
    door.click()
    for number in range(1, 7):
        page.get_by_text(f"Step {number} of 7").wait_for()
        settled(page)
        if number < 6:
            drawn_map(page)
        picture(page, f"tour_{number}")
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Run it now").click()
    page.get_by_text("is finished").wait_for()
    drawn_map(page)
    assert pixels_of(page.locator("iframe").first, MAPPED) > 50
    picture(page, "tour_7")


def test_from_the_demo_area_to_files_that_open_again(app, page, picture, tmp_path):
    page.goto(f"{app.url}/predict")
    page.get_by_role("button", name="Run", exact=True).wait_for()
    picture(page, "predict")
    run_id = start_run(page, networks=4)
    page.get_by_text("is finished").wait_for()
    page.get_by_text("See the map").click()
    frame = drawn_map(page)
    picture(page, "compare")
    stage = page.locator("iframe").first
    mapped = pixels_of(stage, MAPPED)
    assert mapped > 50
    frame.get_by_role("checkbox", name="Right and wrong").check()
    frame.get_by_role("checkbox", name="Map of landslides").uncheck()
    drawn_map(page)
    assert pixels_of(stage, HIT) > 50

    look_at(page, "Scores")
    metrics = json.loads((app.home / "runs" / run_id / "metrics.json").read_text())
    shown = scores_on(page)
    assert shown["F1"] == f"{metrics['f1']:.2f}"
    assert shown["Recall"] == f"{metrics['recall']:.2f}"
    picture(page, "compare_scores")
    page.get_by_text("Take the files home").click()
    page.get_by_text("classes.tif").first.wait_for()
    settled(page)
    picture(page, "results")
    with rasterio.open(downloaded(page, "classes.tif", tmp_path)) as dataset:
        classes, grid = dataset.read(1), dataset.transform
    with rasterio.open(app.home / "areas" / "demo" / "files" / "demo_label.tif") as dataset:
        reference = dataset.read(1)
    tp = int(((classes == 1) & (reference == 1)).sum())
    wrong = int(
        ((classes == 1) & (reference == 0)).sum() + ((classes == 0) & (reference == 1)).sum()
    )
    assert shown["F1"] == f"{2 * tp / (2 * tp + wrong):.2f}"
    outlines = gpd.read_file(downloaded(page, "polygons.gpkg", tmp_path))
    burned = rasterize(outlines.geometry, classes.shape, transform=grid, dtype="uint8")
    assert set(classes[burned == 1]) == {1}
    assert outlines["area_m2"].sum() == pytest.approx(int(burned.sum()) * 100)


def test_the_threshold_moves_the_map_and_its_scores_without_a_new_run(app, page):
    runs_before = len(list((app.home / "runs").iterdir()))
    page.goto(f"{app.url}/compare")
    frame = drawn_map(page)
    stage = page.locator("iframe").first
    before, f1 = pixels_of(stage, MAPPED), frame.locator("[data-score=F1]").inner_text()
    slider = frame.get_by_label("Count as found from")
    slider.fill("0.05")
    page.wait_for_timeout(1500)
    drawn_map(page)
    assert pixels_of(stage, MAPPED) > before
    assert frame.locator("[data-score=F1]").inner_text() != f1
    assert len(list((app.home / "runs").iterdir())) == runs_before


def test_swipe_and_values_at_a_click(app, page, picture):
    page.goto(f"{app.url}/compare")
    frame = drawn_map(page)
    frame.get_by_role("button", name="Swipe").click()
    drawn_map(page)
    picture(page, "swipe")
    handle = frame.get_by_role("slider", name="Line between the two maps")
    handle.press("PageUp")
    expect(handle).to_have_attribute("aria-valuenow", "60")
    box = frame.locator("#main").bounding_box()
    assert box
    frame.locator("#main canvas").click(position={"x": box["width"] * 0.4, "y": box["height"] / 2})
    expect(frame.locator(".values")).to_contain_text("Probability")
    picture(page, "values")


def test_uploaded_files_become_a_map_and_a_reload_loses_nothing(app, page, picture, tmp_path):
    source = app.home / "areas" / "demo" / "files"
    stack = shutil.copy(source / "demo_input.tif", tmp_path / "valley.tif")
    reference = shutil.copy(source / "demo_label.tif", tmp_path / "valley_label.tif")
    page.goto(f"{app.url}/study_area")
    page.get_by_text("Upload files").click()
    box = page.frame_locator("iframe[src*='/upload']")
    box.locator("#files").set_input_files([stack, reference])
    page.get_by_role("button", name="Save study area").wait_for()
    settled(page)
    picture(page, "upload")
    page.get_by_role("button", name="Save study area").click()
    page.get_by_text("Predict this area").click()
    run_id = start_run(page, networks=2)
    page.get_by_role("button", name="Cancel").wait_for()
    picture(page, "running")
    page.reload()
    page.get_by_text(re.compile("valley")).first.wait_for()
    assert run_of(page) == run_id
    address = page.url
    page.close()
    page = page.context.new_page()
    page.goto(address)
    page.get_by_text("is finished").wait_for()
    page.get_by_text("See the map").click()
    drawn_map(page)
    assert pixels_of(page.locator("iframe").first, MAPPED) > 50
    look_at(page, "Scores")
    metrics = json.loads((app.home / "runs" / run_id / "metrics.json").read_text())
    assert scores_on(page)["F1"] == f"{metrics['f1']:.2f}"
    page.goto(f"{app.url}/runs")
    page.get_by_text("valley").first.wait_for()
    settled(page)
    picture(page, "runs")


def test_a_text_file_named_tif_is_told_in_a_sentence(app, page, tmp_path):
    (tmp_path / "notes.tif").write_text("this is no raster")
    page.goto(f"{app.url}/study_area")
    page.get_by_text("Upload files").click()
    box = page.frame_locator("iframe[src*='/upload']")
    box.locator("#files").set_input_files(tmp_path / "notes.tif")
    expect(box.locator("body")).to_contain_text(re.compile("GeoTIFF|raster"))
    expect(page.get_by_role("button", name="Save study area")).to_have_count(0)


def test_every_page_fits_a_tablet(app, browser):
    window = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    page = window.new_page()
    for name in ("", "study_area", "predict", "compare", "results", "runs"):
        page.goto(f"{app.url}/{name}")
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(1500)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 820, f"{name or 'start'} is {width} pixels wide"
    window.close()
