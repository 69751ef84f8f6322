"""Areas are drawn and outlines corrected on the map, by mouse, touch and keys, without internet."""

import io
import json
import re
import time
import urllib.request
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
REJECTED = (0xC2, 0x25, 0x5C)
NEAR = 24
SQUARE = ((180, 120), (330, 125), (325, 260), (190, 250))


@pytest.fixture(scope="module")
def run_id(app) -> str:
    """The finished demo run, which the app makes by itself."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{app.url}/api/v1/runs") as answer:
            runs = json.load(answer)
        done = [run for run in runs if run["status"] == "finished"]
        finished = [run["id"] for run in done if run["area_id"] == "demo"]
        if finished:
            return finished[-1]
        time.sleep(1)
    raise TimeoutError("the demo run has not finished")


@pytest.fixture
def kept(app, run_id) -> Iterator[dict]:
    """Asks what the server keeps; nothing stays behind."""
    folder = app.home / "runs" / run_id

    def areas() -> dict:
        path = folder / "sub_areas.geojson"
        features = json.loads(path.read_text())["features"] if path.is_file() else []
        return {f["properties"]["name"]: f["geometry"]["coordinates"][0] for f in features}

    yield {"areas": areas}
    for name in ("sub_areas.geojson", "corrections.jsonl"):
        (folder / name).unlink(missing_ok=True)


def opened(page: Page, address: str) -> Frame:
    page.goto(address)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    frame = page.frame_locator("iframe").first
    frame.locator("#app[data-saved=yes]").wait_for(state="attached")
    return drawn(page)


def drawn(page: Page) -> Frame:
    page.wait_for_timeout(300)
    page.frame_locator("iframe").first.locator("#app[data-drawn=yes]").wait_for(state="attached")
    return next(f for f in page.frames if f.parent_frame and f.locator("#app").count())


def saved(frame: Frame) -> None:
    frame.locator("#app[data-saved=yes]").wait_for(state="attached")


def click_corners(frame: Frame, corners=SQUARE) -> None:
    for x, y in corners:
        frame.locator("#main canvas").click(position={"x": x, "y": y})
        frame.page.wait_for_timeout(350)


def pixels_of(page: Page, colour) -> np.ndarray:
    """Rows and columns of a colour in the page, pixels of the screen."""
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    return np.argwhere((abs(picture - colour) <= NEAR).all(axis=2))


def test_areas_are_drawn_named_changed_and_outlive_a_reload(app, page, kept, run_id, picture):
    frame = opened(page, f"{app.url}/compare?run={run_id}")
    frame.get_by_role("button", name="Draw an area").click()
    done = frame.get_by_role("button", name="Done")
    expect(done).to_be_disabled()
    click_corners(frame)
    picture(page, "drawing")
    frame.locator("#main canvas").dblclick(position={"x": 150, "y": 200})
    saved(frame)
    assert [len(ring) for ring in kept["areas"]().values()] == [6]
    frame.get_by_label("Name of area A").fill("North side")
    frame.get_by_label("Name of area A").press("Enter")
    saved(frame)
    before = kept["areas"]()["North side"]
    frame.get_by_role("button", name="Change the corners of area North side").click()
    box = frame.get_by_role("button", name="Corner 1 of 5").bounding_box()
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] + 5, steps=4)
    page.mouse.up()
    frame.get_by_role("button", name="Corner 3 of 5").press("Delete")
    frame.get_by_role("button", name="Done").click()
    saved(frame)
    after = kept["areas"]()["North side"]
    assert len(after) == len(before) - 1
    assert after[0][0] < before[0][0]
    assert after[1] == before[1]
    frame = opened(page, page.url)
    frame.get_by_label("Name of area North side").wait_for()
    frame.get_by_role("button", name="Remove area North side").click()
    saved(frame)
    assert kept["areas"]() == {}


def test_an_area_is_drawn_by_keys_alone(app, page, kept, run_id):
    frame = opened(page, f"{app.url}/compare?run={run_id}")
    frame.get_by_role("button", name="Draw an area").press("Enter")
    for keys in (["ArrowLeft"], ["ArrowUp"], ["ArrowRight", "ArrowRight"]):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(700)
        page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    saved(frame)
    assert len(kept["areas"]()["A"]) == 4
    frame.get_by_role("button", name="Draw an area").press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(frame.locator("#tools")).to_be_hidden()
    assert list(kept["areas"]()) == ["A"]


def test_an_outline_that_crosses_itself_is_told_and_not_kept(app, page, kept, run_id):
    frame = opened(page, f"{app.url}/compare?run={run_id}")
    frame.get_by_role("button", name="Draw an area").click()
    click_corners(frame, (SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]))
    frame.get_by_role("button", name="Done").click()
    expect(frame.locator("#note")).to_contain_text("crosses itself")
    frame.get_by_role("button", name="Cancel").click()
    assert kept["areas"]() == {}


def test_an_area_is_drawn_by_touch_on_a_tablet(app, browser, kept, run_id):
    window = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    window.set_default_timeout(60_000)
    page = window.new_page()
    frame = opened(page, f"{app.url}/compare?run={run_id}")
    frame.get_by_role("button", name="Draw an area").tap()
    for x, y in SQUARE[:3]:
        frame.locator("#main canvas").tap(position={"x": x, "y": y})
        page.wait_for_timeout(500)
    frame.get_by_role("button", name="Done").tap()
    saved(frame)
    assert len(kept["areas"]()["A"]) == 4
    window.close()


def counts(frame: Frame) -> dict[str, int]:
    saved(frame)
    lines = frame.locator("#counts").inner_text().split("\n")
    found = (re.match(r"(\d+) (.*)", line.strip()) for line in lines)
    return {match[2]: int(match[1]) for match in found if match}


def test_outlines_are_judged_drawn_and_taken_back(app, page, kept, run_id, picture):
    frame = opened(page, f"{app.url}/correct?run={run_id}")
    all_of_them = counts(frame)["left to look at"]
    page.get_by_role("button", name="Next outline").click()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.frame_locator("iframe").first.locator(".deeds").wait_for()
    frame = drawn(page)
    picture(page, "correct")
    frame.get_by_role("button", name="Reject").click()
    frame.get_by_role("button", name="Reject", pressed=True).wait_for()
    assert counts(frame)["rejected"] == 1
    frame.get_by_role("button", name="Close").click()
    page.wait_for_timeout(500)
    line = pixels_of(page, REJECTED)
    assert len(line) > 20
    row, col = line[len(line) // 2]
    page.mouse.click(int(col), int(row))
    frame.get_by_role("button", name="Move corners").click()
    frame.get_by_role("button", name="Done").click()
    assert counts(frame)["redrawn"] == 1
    frame.get_by_role("button", name="Draw a missed one").click()
    click_corners(frame)
    page.keyboard.press("Enter")
    frame.locator("[data-status=drawn]", has_text="1 drawn").wait_for()
    assert counts(frame)["left to look at"] == all_of_them - 1
    for _ in range(3):
        frame.get_by_role("button", name="Undo the last change").click()
        page.wait_for_timeout(400)
    left = counts(frame)
    assert left["left to look at"] == all_of_them
    assert left["drawn by hand"] == left["redrawn"] == left["rejected"] == 0


def test_two_maps_move_together(app, page, run_id, kept, picture):
    frame = opened(page, f"{app.url}/compare?run={run_id}")
    frame.get_by_role("button", name="Side by side").click()
    drawn(page)
    picture(page, "side_by_side")
    frame.get_by_label("Right", exact=True).select_option(label="Right and wrong")
    drawn(page)
    assert frame.locator("#right-name").inner_text() == "Right and wrong"
    left = frame.locator("#main canvas")
    before = left.screenshot()
    frame.locator("#right canvas").hover()
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(1500)
    drawn(page)
    assert left.screenshot() != before
    box = frame.locator("#right").bounding_box()
    frame.locator("#right canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(frame.locator(".values")).to_contain_text("Probability")
