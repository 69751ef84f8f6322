"""Study areas of tasks that no network comes with: every page opens and says so in a sentence."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoseg.simulate import find_simulator, make_scene, write_scene
from geoseg.tasks import find_task
from geoseg.ui import area_form, areas
from geoseg.ui.scenes import pictures
from geoseg.workspace import Area, save_area

MENU = Path(__file__).resolve().parents[2] / "pages" / "_menu.py"
SIDES = {"bedrock": 96, "ravines": 192, "wetlands": 96}


@pytest.fixture(params=SIDES)
def area(request, demo_area, home):
    task = request.param
    folder = home / "areas" / task / "files"
    stack, reference = write_scene(folder, make_scene(task, 1, SIDES[task]), "made")
    return save_area(
        Area(id=task, title=f"Made-up {task}", rasters=(stack,), reference=reference, task=task,
             simulated=True)
    )  # fmt: skip


def opened(page, area):
    app = AppTest.from_file(str(MENU), default_timeout=60).run()
    app.query_params["area"] = area.id
    return app.switch_page(page).run()


@pytest.mark.parametrize("page", ["study_area.py", "predict.py", "train.py"])
def test_a_page_opens_on_the_area_without_a_fault(area, page):
    app = opened(page, area)
    assert not app.exception
    assert not app.error


def test_predict_says_that_no_networks_are_there_yet(area):
    said = " ".join(str(element.value) for element in opened("predict.py", area).warning)
    assert "No networks are trained" in said


def test_files_of_a_simulated_scene_are_known_for_what_they_are(area):
    task = find_task(area.task)
    assert area_form.likely_task(area.rasters) == area.task
    matches = areas.matches_of(area.rasters, task, {})
    shown = pictures(matches, task)
    assert len(shown) > sum(match.source is not None for match in matches)


def test_every_task_with_a_simulator_is_covered():
    assert {find_simulator(task).size for task in SIDES} == {512, 1024}
