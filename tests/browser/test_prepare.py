"""Prepare in a real browser: predictors of the demo area's terrain, on the map, to a study area."""

import pytest

from tests.browser.test_walk import drawn_map, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_a_terrain_model_becomes_predictors_and_a_study_area(app, page, picture):
    page.goto(f"{app.url}/prepare")
    button = page.get_by_role("button", name="Derive", exact=True)
    button.wait_for()
    settled(page)
    page.get_by_role("combobox", name="For").click()
    page.get_by_role("option", name="Ravines").click()
    page.get_by_text("6 times as wide; use a finer terrain model").wait_for()
    settled(page)
    button.click()
    page.get_by_text("Derived here").wait_for()
    frame = drawn_map(page)
    for name in ("slope", "tpi100m", "roughness5m"):
        frame.get_by_role("checkbox", name=name).wait_for()
    picture(page, "prepare")
    page.get_by_role("button", name="Save as study area").click()
    page.get_by_text("Saved as").wait_for()
    page.get_by_text("Look at it").click()
    page.get_by_role("heading", name="Study area").wait_for()
    drawn_map(page)
