"""The class of an outline is chosen on the map, for drawn and for mapped ones, and kept."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, Page

from geoseg.workspace import delete_area, delete_run
from geoseg.workspace.corrections import corrections
from geoseg.workspace.inventories import inventory
from tests.browser.test_drawing import SQUARE, click_corners, opened, saved
from tests.ui.made_up_ravines import make_ravine_run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def ravines(app, tmp_path, monkeypatch) -> Iterator[str]:
    """A run of three classes in the running app; nothing of it stays behind."""
    monkeypatch.setenv("GEOSEG_HOME", str(app.home))
    run_id = make_ravine_run(app.home, tmp_path / "made")
    yield run_id
    delete_run(run_id)
    delete_area("clay")


def judge(page: Page, frame: Frame) -> None:
    """Bring up the outline in view, whose class can be chosen in its box."""
    page.get_by_role("button", name="Next outline").click()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.frame_locator("iframe").first.locator(".deeds").wait_for()


def test_the_class_of_an_outline_is_chosen_on_the_map(app, page, ravines, picture):
    frame = opened(page, f"{app.url}/correct?run={ravines}")
    frame.get_by_label("Class of what you draw").select_option("sharp ravine")
    frame.get_by_role("button", name="Draw a missed one").click()
    click_corners(frame)
    frame.locator("#main canvas").dblclick(position={"x": SQUARE[0][0], "y": SQUARE[0][1] + 60})
    saved(frame)
    assert [state.class_name for state in corrections(ravines).states.values()] == ["sharp ravine"]
    judge(page, frame)
    frame = next(f for f in page.frames if f.parent_frame and f.locator("#app").count())
    choice = frame.get_by_label("Class", exact=True)
    assert choice.input_value() == "smooth ravine"
    picture(page, "correct_class")
    choice.select_option("sharp ravine")
    frame.get_by_role("button", name="Accept", pressed=True).wait_for()
    saved(frame)
    assert choice.input_value() == "sharp ravine"
    frame.get_by_role("button", name="Undo the last change").click()
    saved(frame)
    found = inventory(ravines)
    assert found["class"].tolist() == ["smooth ravine", "smooth ravine", "sharp ravine"]
    assert found["status"].tolist() == ["unreviewed", "unreviewed", "drawn"]
