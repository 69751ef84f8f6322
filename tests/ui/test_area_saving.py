"""The page Study area: a saved area gives way to another only where that is chosen."""

import numpy as np
import pytest

from geoseg.tasks import LANDSLIDES
from geoseg.workspace import list_areas, new_upload_folder
from tests.ui.conftest import SIDE, write
from tests.ui.test_pages import opened, words

NAMES = [band.name for band in LANDSLIDES.bands]


def put(folder):
    values = np.random.default_rng(1).normal(size=(len(NAMES), SIDE, SIDE)).astype(np.float32)
    write(folder / "scene.tif", values, NAMES, float("nan"))


def form(source, **address):
    """Open the form of a source of files."""
    app = opened("study_area.py", **address)
    group = next(g for g in app.get("button_group") if g.options)
    return group.set_value([source] if isinstance(group.value, list) else source).run()


def named(app, title):
    field = next(f for f in app.text_input if f.label == "Name of the study area")
    return field.set_value(title).run()


def save(app):
    next(b for b in app.button if b.label == "Save study area").click().run()
    assert not app.exception
    assert "Saved as" in words(app)
    return app


def titles():
    return sorted(area.title for area in list_areas() if area.kind != "demo")


@pytest.fixture
def uploaded(demo_area):
    put(new_upload_folder("draft1"))
    return save(named(form("upload", draft="draft1"), "Hill"))


def test_a_changed_form_is_saved_beside_what_it_saved_before(uploaded):
    app = named(uploaded, "Dale")
    assert "There is a study area “Hill” already" in app.warning[0].value
    save(app)
    assert titles() == ["Dale", "Hill"]


def test_it_replaces_what_it_saved_before_where_that_is_chosen(uploaded):
    app = named(uploaded, "Dale")
    choice = next(r for r in app.radio if r.label == "What shall become of it?")
    assert choice.value.startswith("Keep it")
    save(choice.set_value("Replace it by this one").run())
    assert titles() == ["Dale"]


def test_another_area_of_the_same_name_is_told_and_kept(uploaded):
    put(new_upload_folder("draft2"))
    app = named(form("upload", draft="draft2"), "Hill")
    assert "There is a study area “Hill” already" in app.warning[0].value
    choice = next(r for r in app.radio if r.label == "What shall become of it?")
    assert len(choice.options) == 1
    save(app)
    assert titles() == ["Hill", "Hill (2)"]


def test_an_area_of_a_folder_is_kept_when_its_form_saves_again(demo_area, tmp_path, monkeypatch):
    put(tmp_path)
    monkeypatch.setenv("GEOSEG_DATA", str(tmp_path))
    app = named(save(named(form("folder"), "Hill")), "Dale")
    choice = next(r for r in app.radio if r.label == "What shall become of it?")
    assert len(choice.options) == 1
    save(app)
    assert titles() == ["Dale", "Hill"]
