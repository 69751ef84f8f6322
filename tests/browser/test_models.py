"""The Models page as a user sees it: the shipped zoo, its curves and the card of a network."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_walk import settled

pytestmark = [pytest.mark.browser, pytest.mark.weights]


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settled(page)


def test_the_shipped_zoo_is_ranked_and_drawn(app, page, picture):
    page.goto(f"{app.url}/models")
    page.get_by_text("20 of 20 networks").wait_for()
    settled(page)
    picture(page, "models")
    for tab in ("How many to average", "What matters", "Better ensembles"):
        open_tab(page, tab)
        panel = page.get_by_role("tabpanel", name=tab)
        panel.locator(".js-plotly-plot").first.wait_for()
        expect(panel.get_by_text("F1").first).to_be_visible()
        picture(page, "models_" + tab.split()[-1].lower())
