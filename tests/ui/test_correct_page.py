"""The page Correct: counts follow the clicks, the next outline comes up, the map becomes a reference."""

import pytest

from geoseg.ui.keys import Key
from geoseg.workspace import get_area, run_folder
from geoseg.workspace.corrections import correct, corrections, outline_table
from geoseg.workspace.references import FIRST
from tests.ui.test_pages import opened, words


def progress(app):
    return app.get("progress")[0].proto.text


def button(app, label):
    return next(button for button in app.button if button.label == label)


def in_view(app):
    return app.session_state[Key.CORRECT_FOCUS].outline


@pytest.fixture
def run(finished_run):
    """A run of one outline: the square of the demo area, shifted."""
    assert len(outline_table(finished_run)) == 1
    return finished_run


def test_counts_are_those_of_the_corrections(run):
    assert "**1** left to look at" in progress(opened("correct.py"))
    correct(run, "reject", 1)
    shown = progress(opened("correct.py"))
    assert "**1** rejected" in shown
    assert "**0** left to look at" in shown


def test_the_button_brings_up_the_next_outline(run):
    app = opened("correct.py")
    assert "Click an outline" in words(app)
    button(app, "Next outline").click().run()
    assert not app.exception
    assert in_view(app) == 1
    assert "**Outline 1**: 4.0 ha" in words(app)
    correct(run, "accept", 1)
    button(app, "Next outline").click().run()
    assert in_view(app) is None


def test_the_list_of_disagreements_is_shown_and_its_files_are_made(run):
    app = opened("correct.py")
    choice = next(g for g in app.get("button_group") if g.key == f"correct_list_{run}")
    choice.set_value("label_next").run()
    assert not app.exception
    assert not app.error
    table = app.dataframe[0].value
    assert set(table["kind"]) == {"on the map only", "in the reference only"}
    assert list(table["area_m2"]) == [10_000, 10_000]
    assert (run_folder(run) / "places" / "label_next.gpkg").is_file()


def test_a_run_without_reference_offers_places_to_visit(run_without_reference):
    app = opened("correct.py", run=run_without_reference)
    choice = next(g for g in app.get("button_group") if "correct_list" in g.key)
    assert len(choice.options) == 1
    choice.set_value("visits").run()
    assert not app.exception
    assert list(app.dataframe[0].value["rank"]) == list(range(1, len(app.dataframe[0].value) + 1))


def test_the_corrected_map_becomes_the_reference_and_the_old_one_comes_back(run):
    app = opened("correct.py")
    before = get_area("demo").reference
    use = "Use as the reference of this study area"
    button(app, use).click().run()
    assert "holds no outline" in words(app)
    correct(run, "accept", 1)
    app = opened("correct.py")
    button(app, use).click().run()
    assert not app.exception
    assert get_area("demo").reference != before
    chooser = next(box for box in app.selectbox if box.label.startswith("Reference of"))
    chooser.set_value(FIRST).run()
    assert not app.exception
    assert get_area("demo").reference == before


def test_a_run_without_outlines_says_so(run):
    (run_folder(run) / "polygons.gpkg").unlink()
    app = opened("correct.py")
    assert not app.error
    assert "no outlines to correct" in words(app)


def test_many_outlines_are_judged_by_a_rule_and_taken_back(run):
    app = opened("correct.py")
    rule = next(box for box in app.selectbox if box.label == "Outlines with")
    rule.set_value(2).run()
    area = next(box for box in app.number_input)
    assert button(app, "Reject 0 outlines").disabled
    area.set_value(50_000.0).run()
    button(app, "Reject 1 outline").click().run()
    assert not app.exception
    assert corrections(run).states[1].note == "area below 50000 m²"
    assert "**1** rejected" in progress(app)
    button(app, "Take 1 outline back").click().run()
    assert corrections(run).counts["unreviewed"] == 1
