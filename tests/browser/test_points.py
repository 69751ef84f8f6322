"""Points are picked on the map by mouse, keys and touch, outlive a reload, and teach a tree."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Frame, Page, expect
from rasterio.warp import transform

from tests.browser.test_drawing import opened, saved
from tests.browser.test_training import QUEUE_MS
from tests.browser.test_walk import settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
APART_PIXELS = 25
"""A click nearer to a point marks that one."""


@pytest.fixture
def kept(app) -> Iterator:
    """Asks what the server keeps; nothing stays behind."""
    file = app.home / "areas" / "demo" / "points.geojson"

    def points() -> list[tuple[int, float, float]]:
        features = json.loads(file.read_text())["features"] if file.is_file() else []
        return [(f["properties"]["class"], *f["geometry"]["coordinates"]) for f in features]

    yield points
    file.unlink(missing_ok=True)


def choose(frame: Frame, class_id: int) -> None:
    frame.locator(f".pick[data-class='{class_id}']").click()


def click(frame: Frame, x: float, y: float) -> None:
    frame.locator("#main canvas").click(position={"x": x, "y": y})
    saved(frame)


def count(frame: Frame, class_id: int) -> str:
    return frame.locator(f".pick[data-class='{class_id}'] .count").inner_text()


def places(frame: Frame, kept, lons, lats) -> np.ndarray:
    """Return where degrees lie on the canvas, from two points that are put and taken back."""
    corners = ((250, 150), (450, 350))
    choose(frame, 1)
    for corner in corners:
        click(frame, *corner)
    (_, west, north), (_, east, south) = kept()
    for _ in corners:
        frame.get_by_role("button", name="Take back the last").click()
        saved(frame)
    choose(frame, 1)
    x = 250 + 200 * (np.array(lons) - west) / (east - west)
    y = 150 + 200 * (np.array(lats) - north) / (south - north)
    return np.column_stack([x, y])


def truth_of(app):
    area = json.loads((app.home / "areas" / "demo" / "area.json").read_text())
    with rasterio.open(area["reference"]) as file:
        return file.read(1), file.transform, file.crs


def known(app, class_id: int, number: int) -> tuple[list[float], list[float]]:
    """Return middles of pixels, well apart, whose surroundings are of one class, degrees."""
    truth, grid, crs = truth_of(app)
    near = [np.roll(truth, (row, col), (0, 1)) for row in range(-3, 4) for col in range(-3, 4)]
    sure = (np.stack(near) == class_id).all(axis=0)
    inside = np.zeros_like(sure)
    inside[100:-60, 60:-60] = True
    found: list[np.ndarray] = []
    for place in np.random.default_rng(5).permutation(np.argwhere(sure & inside)):
        if len(found) < number and all(np.hypot(*(place - one)) > APART_PIXELS for one in found):
            found.append(place)
    x, y = zip(*(grid @ (col + 0.5, row + 0.5) for row, col in found), strict=True)
    return transform(crs, "EPSG:4326", x, y)


def class_at(app, lon: float, lat: float) -> int:
    truth, grid, crs = truth_of(app)
    (x,), (y,) = transform("EPSG:4326", crs, [lon], [lat])
    col, row = ~grid @ (x, y)
    return int(truth[int(row), int(col)])


def test_points_picked_on_the_map_teach_a_tree_and_give_a_zoo(app, page, kept, picture):
    page.set_viewport_size({"width": 1366, "height": 900})
    frame = opened(page, f"{app.url}/train?learn=points")
    degrees = np.hstack([known(app, class_id, 5) for class_id in (1, 0)])
    spots = places(frame, kept, *degrees).tolist()
    for class_id, rows in ((1, spots[:5]), (0, spots[5:])):
        choose(frame, class_id)
        for x, y in rows:
            click(frame, x, y)
    assert [one[0] for one in kept()] == [1] * 5 + [0] * 5
    assert all(class_at(app, lon, lat) == class_id for class_id, lon, lat in kept())
    picture(page, "points")
    frame = opened(page, page.url)
    expect(frame.locator(".pick[data-class='1']")).to_contain_text("few, 10 serve well")
    assert count(frame, 0) == count(frame, 1) == "5"
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile("training="))
    page.get_by_text("is trained.").wait_for(timeout=QUEUE_MS)
    page.get_by_text("10 picked points, checked on").wait_for()
    page.get_by_text("Few points teach").wait_for()
    page.get_by_text("Predict with this zoo").wait_for()
    (card,) = (app.home / "zoos").rglob("cart-points.json")
    assert json.loads(card.read_text())["architecture"] == "CART"


def test_a_point_is_dragged_and_others_are_put_moved_and_removed_by_keys(app, page, kept):
    frame = opened(page, f"{app.url}/train?learn=points")
    choose(frame, 1)
    for x in (260, 360, 460):
        click(frame, x, 300)
    frame.get_by_role("button", name="Done").click()
    before = kept()
    box = frame.locator("#main canvas").bounding_box()
    page.mouse.move(box["x"] + 360, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 250, steps=5)
    page.mouse.up()
    frame.locator("#app[data-saved=no]").wait_for(state="detached")
    saved(frame)
    dragged = kept()
    assert [dragged[0], dragged[2]] == [before[0], before[2]]
    assert dragged[1][1] > before[1][1]
    assert dragged[1][2] > before[1][2]
    frame.locator("#main canvas").click(position={"x": 380, "y": 250})
    ring = frame.get_by_role("button", name="Point 2 of 3: landslide")
    ring.press("ArrowLeft")
    saved(frame)
    assert kept()[1][1] < dragged[1][1]
    frame.get_by_role("button", name="Point 2 of 3: landslide").press("Delete")
    saved(frame)
    assert kept() == [before[0], before[2]]
    choose(frame, 1)
    frame.locator("#main canvas").click(position={"x": 8, "y": 300})
    expect(frame.locator("#note")).to_contain_text("outside the rasters")
    frame.locator(".pick[data-class='0']").press("Enter")
    for _ in range(2):
        page.keyboard.press("Space")
        saved(frame)
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(700)
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    saved(frame)
    page.keyboard.press("Escape")
    expect(frame.locator("#tools")).to_be_hidden()
    assert [class_id for class_id, _, _ in kept()] == [1, 1, 0, 0]
    (_, _, south), (_, _, north) = kept()[2:]
    assert north > south
    frame.get_by_role("button", name="Remove all").press("Enter")
    frame.get_by_role("button", name="Really remove all 4?").press("Enter")
    saved(frame)
    assert kept() == []


def tap(page: Page, frame: Frame, x: float, y: float) -> None:
    frame.locator("#main canvas").tap(position={"x": x, "y": y})
    page.wait_for_timeout(500)
    saved(frame)


def test_points_are_picked_by_touch_on_a_phone(app, browser, kept):
    window = browser.new_context(viewport={"width": 420, "height": 900}, has_touch=True)
    window.set_default_timeout(60_000)
    page = window.new_page()
    frame = opened(page, f"{app.url}/train?learn=points")
    frame.get_by_role("button", name="Points", exact=True).tap()
    frame.locator(".pick[data-class='1']").tap()
    for y in (250, 320):
        tap(page, frame, 180, y)
    tap(page, frame, 180, 320)
    frame.get_by_role("button", name="Remove", exact=True).tap()
    saved(frame)
    assert len(kept()) == 1
    window.close()
