"""A task of one's own as a user: named, taught, mapped, sent to a colleague as one file and taken."""

import json
import re

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from playwright.sync_api import Page, expect
from rasterio.transform import from_origin

from tests.browser.test_training import QUEUE_MS
from tests.browser.test_walk import drawn_map, run_of, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SIDE, PIXEL_M = 240, 10.0
CLIFFS, TERRACES = (30, 150), (70, 190)
"""First rows of belts of 20 pixels."""


def write_ground(folder):
    """Write slope and elevation, and polygons that name the belts."""
    rng = np.random.default_rng(8)
    slope, elevation = rng.normal(25, 4, (SIDE, SIDE)), rng.normal(300, 20, (SIDE, SIDE))
    grid = from_origin(500_000, 6_700_000, PIXEL_M, PIXEL_M)
    shapes = []
    for name, firsts in (("cliff", CLIFFS), ("terrace", TERRACES)):
        for first in firsts:
            slope[first : first + 20] += 30 if name == "cliff" else -20
            left, top = grid @ (0, first)
            shapes.append((name, shapely.box(left, top - 200, left + SIDE * PIXEL_M, top)))
    with rasterio.open(
        folder / "steps.tif", "w", driver="GTiff", width=SIDE, height=SIDE, count=2,
        dtype="float32", crs="EPSG:32633", transform=grid, nodata=float("nan"),
    ) as raster:  # fmt: skip
        raster.write(np.stack([slope, elevation]).astype(np.float32))
        raster.descriptions = ("slope", "elevation")
    names, outlines = zip(*shapes, strict=True)
    frame = gpd.GeoDataFrame({"class": names}, geometry=list(outlines), crs="EPSG:32633")
    frame.to_file(folder / "steps_mapped.gpkg")
    return [folder / "steps.tif", folder / "steps_mapped.gpkg"]


def fill(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Tab")
    settled(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    settled(page)


def make_task(page: Page) -> None:
    fill(page, "What shall be mapped?", "Steps in the land")
    fill(page, "One of them is called", "step")
    fill(page, "Bands, one a line: name, unit", "slope, degrees\nelevation, m")
    fill(page, "Classes to map", "2")
    fill(page, "Class 1", "cliff")
    fill(page, "Class 2", "terrace")
    page.get_by_role("button", name="Make this task").click()
    page.get_by_text("is in the menus now").wait_for()


def test_a_task_is_named_taught_mapped_sent_and_taken(app, page, picture, tmp_path):
    page.goto(f"{app.url}/tasks")
    page.get_by_role("button", name="Make this task").wait_for()
    make_task(page)
    picture(page, "own_task")

    page.goto(f"{app.url}/study_area")
    page.get_by_text("Upload files").click()
    box = page.frame_locator("iframe[src*='/upload']")
    box.locator("#files").set_input_files(write_ground(tmp_path))
    save = page.get_by_role("button", name="Save study area")
    save.wait_for()
    settled(page)
    choose(page, "What to map", "Steps in the land")
    save.click()
    page.get_by_text("Predict this area").click()
    page.get_by_text("No networks are trained").wait_for()
    page.get_by_role("link", name="Train networks").click()
    page.get_by_text("Trees and forests instead of networks").click()
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text("Predict with this zoo").wait_for(timeout=QUEUE_MS)
    picture(page, "own_task_trained")

    page.get_by_text("Predict with this zoo").click()
    page.get_by_role("button", name="Run", exact=True).wait_for()
    settled(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("run="))
    run_id = run_of(page)
    page.get_by_text("is finished").wait_for(timeout=QUEUE_MS)
    page.get_by_text("See the map").click()
    drawn_map(page)
    picture(page, "own_task_map")
    metrics = json.loads((app.home / "runs" / run_id / "metrics.json").read_text())
    found = {one["name"]: one["f1"] for one in metrics["classes"]}
    assert found["cliff"] > 0.9
    assert found["terrace"] > 0.9

    page.goto(f"{app.url}/tasks")
    page.get_by_role("button", name="Send").click()
    sent = downloaded_file(page, tmp_path)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Take one from a colleague").click()
    page.locator("input[type=file]").set_input_files(sent)
    settled(page)
    fill(page, "Call the task otherwise (optional)", "annas-steps")
    page.get_by_role("button", name="Take it").click()
    page.get_by_text("The task annas-steps is in the menus now").wait_for()
    expect(page.get_by_text("Predict with")).to_be_visible()
    assert (app.home / "tasks" / "annas-steps.json").is_file()


def downloaded_file(page: Page, folder):
    with page.expect_download() as came:
        page.get_by_role("button", name="Save the file").click()
    path = folder / "steps.geoseg.zip"
    came.value.save_as(path)
    return path
