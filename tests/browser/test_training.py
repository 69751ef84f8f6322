"""Training as a user: from the demo area by live curves to a zoo, and a map made with it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_walk import drawn_map, run_of, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


QUEUE_MS = 600_000
"""A busy machine may need long for the run that waits before the training."""


def set_steps(page: Page, steps: int) -> None:
    box = page.get_by_role("spinbutton", name="Steps of each network")
    box.fill(str(steps))
    box.press("Enter")
    settled(page)
    expect(box).to_have_value(str(steps))


def test_from_the_demo_area_to_a_zoo_and_a_map_made_with_it(app, page, picture):
    page.goto(f"{app.url}/train")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    settled(page)
    picture(page, "train")
    set_steps(page, 40)
    name = page.get_by_role("textbox", name="Name of the result")
    name.fill("My first zoo")
    name.press("Enter")
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile("training="))
    address = page.url
    page.get_by_role("button", name="Stop and keep what is trained").wait_for()
    # The demo run of a fresh workspace goes first.
    page.get_by_text("Score on ground").wait_for(timeout=QUEUE_MS)
    picture(page, "training")
    page.close()
    page = page.context.new_page()
    page.goto(address)
    page.get_by_text("My first zoo is trained").wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_text("measured on other blocks of the same ground").wait_for()
    picture(page, "trained")
    page.get_by_text("Predict with this zoo").click()
    page.get_by_role("button", name="Run", exact=True).wait_for()
    settled(page)
    zoo = page.get_by_role("combobox", name="Zoo: whose networks to ask")
    expect(zoo).to_have_value("My first zoo")
    picture(page, "predict_own_zoo")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("run="))
    run_id = run_of(page)
    page.get_by_text("is finished").wait_for()
    page.get_by_text("See the map").click()
    drawn_map(page)
    request = json.loads((app.home / "runs" / run_id / "request.json").read_text())
    assert request["models"].startswith(str(app.home / "zoos"))
    record = json.loads((app.home / "runs" / run_id / "run.json").read_text())
    assert len(record["members"]) == 1


def test_a_stop_keeps_what_is_trained(app, page, picture):
    page.goto(f"{app.url}/train")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    set_steps(page, 5000)
    page.get_by_role("button", name="Train", exact=True).click()
    stop = page.get_by_role("button", name="Stop and keep what is trained")
    page.locator(".js-plotly-plot").first.wait_for(timeout=QUEUE_MS)
    stop.click()
    page.get_by_text("was stopped").wait_for()
    page.get_by_text("Predict with this zoo").wait_for()
    picture(page, "stopped")
    page.goto(f"{app.url}/train")
    page.get_by_text("Trainings so far").wait_for()
    settled(page)
    picture(page, "trainings")
