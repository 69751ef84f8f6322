"""The view Why: what can be asked, what the answer says, what is told when something is gone."""

import json

from geoseg.jobs import queue
from geoseg.jobs.queue import submit_explanation
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.workspace import read_request, run_folder
from geoseg.workspace.explanations import EXPLANATIONS, explanations_of, write_explanation
from tests.ui.test_pages import opened, words


def row(name, fall, f1_fall=None):
    return {
        "name": name, "title": name, "bands": [name], "fall": fall, "fall_spread": 0.05,
        "fall_by_member": [fall], "moved": abs(fall), "f1": None if f1_fall is None else 0.4,
        "f1_fall": f1_fall, "f1_fall_spread": None if f1_fall is None else 0.01,
    }  # fmt: skip


RECORD = {
    "bands": [row("dNDVI", 0.4, 0.3), row("postVV", 0.1, 0.01)],
    "groups": [row("Radar", 0.2, 0.1)],
    "members": ["a", "b"],
    "words": ["On the mapped ground.", "Without dNDVI, F1 would be 0.40.", "A caution."],
}


def finish(run_id, settings, record=RECORD):
    explanation_id = submit_explanation(run_id, settings)
    write_explanation(explanation_id, record)
    EXPLANATIONS.change(explanation_id, status="finished")
    return explanation_id


def button(app, label):
    return next(box for box in app.button if box.label == label)


def test_asking_puts_it_in_the_queue_and_shows_how_far_it_is(finished_run):
    app = opened("compare.py", run=finished_run, view="why")
    assert not app.exception
    assert "how much they relied on it" in words(app)
    assert "Of 11 bands" in words(app) or "All 11 bands" in words(app)
    assert "(dNDVI)" in words(app)
    button(app, "Find out").click().run()
    (state,) = explanations_of(finished_run)
    assert state.id in {job.id for job in iter(queue.take, None)}
    assert not app.exception
    assert button(app, "Cancel")


def test_the_answer_is_told_in_words_and_bars(finished_run):
    finish(finished_run, ExplainSettings())
    app = opened("compare.py", run=finished_run, view="why")
    assert not app.exception
    assert "**On the mapped ground.** Without dNDVI" in words(app)
    assert "How much lower F1 would be" in words(app)
    assert "without a whole kind of evidence" in words(app)
    assert not [box for box in app.button if box.label == "Find out"]


def test_an_outline_of_the_address_is_explained(finished_run):
    finish(finished_run, ExplainSettings(polygon=1), RECORD | {"groups": []})
    app = opened("compare.py", run=finished_run, view="why", polygon="1")
    assert not app.exception
    assert next(box for box in app.number_input if box.label == "Outline number").value == 1
    assert "Without dNDVI" in words(app)


def test_a_failed_answer_says_why_and_may_be_asked_again(finished_run):
    explanation_id = submit_explanation(finished_run, ExplainSettings())
    EXPLANATIONS.change(explanation_id, status="failed", message="the networks are gone")
    app = opened("compare.py", run=finished_run, view="why")
    assert "the networks are gone" in words(app)
    button(app, "Find out").click().run()
    assert len(explanations_of(finished_run)) == 2


def test_every_target_can_be_chosen(run_without_reference):
    app = opened("compare.py", run=run_without_reference, view="why")
    for target in ("outline", "place"):
        group = next(g for g in app.get("button_group") if g.key.startswith("why_target"))
        group.set_value(target).run()
        assert not app.exception
        assert not app.error


def test_rasters_that_are_gone_are_told(finished_run):
    for path in read_request(finished_run).rasters:
        path.unlink()
    app = opened("compare.py", run=finished_run, view="why")
    assert not app.exception
    assert "The bands cannot be looked at" in words(app)


def test_the_link_of_an_outline_leads_to_its_answer(finished_run, monkeypatch):
    shown = []
    monkeypatch.setattr("geoseg.ui.compare_why.show_map", lambda scene, **_: shown.append(scene))
    from geoseg.ui.compare_why import _outline

    assert (run_folder(finished_run) / "polygons.gpkg").is_file()
    _outline(finished_run, 1)
    words_of_link, address = shown[0].vectors[0].link
    assert address.replace("{id}", "7") == f"/compare?run={finished_run}&view=why&polygon=7"
    assert words_of_link.startswith("Why")
    assert shown[0].selected == 1
    assert json.dumps(address)
