"""The page Own tasks: a task is made, stands in the menus, and faults are told where they arise."""

import pytest

from geoseg.errors import SettingsError
from geoseg.tasks import all_tasks, find_task
from geoseg.ui.task_form import read_bands
from geoseg.ui.tasks import known_tasks
from tests.ui.test_pages import opened, words


def fill(app, **values):
    labels = {"title": "What shall be mapped?", "feature": "One of them is called"}
    for name, value in values.items():
        if name == "bands":
            app.text_area[0].set_value(value)
        else:
            next(one for one in app.text_input if one.label == labels[name]).set_value(value)
    return next(one for one in app.button if one.label == "Make this task").click().run()


def test_a_task_is_made_and_known_in_the_menus(demo_area):
    app = fill(opened("tasks.py"), title="Rock glaciers", feature="rock glacier",
               bands="slope, degrees\nB8")  # fmt: skip
    assert not app.exception
    assert "in the menus now" in words(app)
    task = find_task("rock-glaciers")
    assert [(band.name, band.unit) for band in task.bands] == [("slope", "degrees"), ("B8", "")]
    assert [label.name for label in task.classes] == ["other", "rock glacier"]
    assert "rock-glaciers" in known_tasks()
    assert "Rock glaciers" in words(opened("tasks.py"))


def test_what_is_missing_is_told(demo_area):
    app = fill(opened("tasks.py"), title="Dunes", feature="dune")
    assert "no band is named" in app.error[0].value
    assert "dunes" not in all_tasks()


def test_bands_are_read_one_a_line():
    assert [band.name for band in read_bands(" slope , m \n\nB8")] == ["slope", "B8"]
    with pytest.raises(SettingsError, match="a band is called"):
        read_bands("a/b")
