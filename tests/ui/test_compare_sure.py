"""The views How sure and Known traps: what they say, and that a choice of rules is kept."""

import geopandas
import pytest

from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.tasks import LANDSLIDES
from geoseg.ui.compare_sure import calibration_words, selective_words
from geoseg.ui.sure_area import area_sentence, share_words
from geoseg.workspace import run_folder
from geoseg.workspace.comparisons import COMPARISONS
from geoseg.workspace.traps import CHOICE, MARKED, read_trap_settings
from geoseg.workspace.visits import visit_files, visit_layers
from tests.ui.test_pages import opened


@pytest.fixture
def compared(finished_run):
    comparison_id = submit_comparison(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    return finished_run


def texts(app):
    return " ".join(box.value for kind in ("markdown", "caption", "info") for box in app.get(kind))


def of(boxes, label):
    return next(box for box in boxes if box.label == label)


def test_a_compared_run_tells_calibration_and_corrected_area(compared):
    app = opened("compare.py", run=compared, view="sure")
    assert not app.exception
    said = texts(app)
    assert "On average probability and truth lie" in said
    assert "Corrected for its errors it is" in said
    assert "its pixels are no random sample" in said or "too few for an interval" in said
    assert {box.label for box in app.get("download_button")} >= {"For a GPS (GPX)"}


def test_without_a_reference_the_view_says_what_one_would_give(run_without_reference):
    app = opened("compare.py", run=run_without_reference, view="sure")
    assert not app.exception
    assert "the area of landslide, corrected for the map's errors" in texts(app)


def test_an_older_run_says_what_it_lacks(older_run):
    app = opened("compare.py", run=older_run, view="sure")
    assert "made by an older version" in texts(app)
    assert visit_layers(older_run) == ("spread",)


def test_places_to_visit_are_found_once(finished_run):
    from geoseg.evaluation.visits import VisitSettings

    files = visit_files(finished_run, VisitSettings(most=10))
    stamp = files["csv"].stat().st_mtime_ns
    assert visit_files(finished_run, VisitSettings(most=10))["csv"].stat().st_mtime_ns == stamp
    assert set(geopandas.read_file(files["gpkg"]).columns) >= {"id", "rank", "why"}


def test_rules_mark_patches_and_a_choice_is_kept(finished_run):
    """The made-up bands are noise around 0, so all ground is flat and nothing is water."""
    app = opened("compare.py", run=finished_run, view="traps")
    assert not app.exception
    assert of(app.metric, "On flat ground").value == "1"
    marked = geopandas.read_file(run_folder(finished_run) / MARKED)
    assert list(marked["suspicious"]) == ["yes"]
    of(app.toggle, "On flat ground").set_value(False).run()
    assert not app.exception
    assert (run_folder(finished_run) / CHOICE).is_file()
    assert list(geopandas.read_file(run_folder(finished_run) / MARKED)["suspicious"]) == ["no"]
    again = opened("compare.py", run=finished_run, view="traps")
    assert of(again.toggle, "On flat ground").value is False
    assert again.success[0].value == "No patch meets a rule that is switched on."


def test_a_value_can_be_changed(finished_run):
    app = opened("compare.py", run=finished_run, view="traps")
    slope = next(box for box in app.slider if box.label.startswith("Slope below"))
    slope.set_value(0.0).run()
    assert not app.exception
    assert of(app.metric, "On flat ground").value == "0"
    rules = {rule.name: rule for rule in read_trap_settings(finished_run, LANDSLIDES).rules}
    assert rules["flat"].value == 0


def test_rasters_that_are_gone_are_said(finished_run, demo_area):
    for path in demo_area.rasters:
        path.unlink()
    app = opened("compare.py", run=finished_run, view="traps")
    assert not app.exception
    assert "cannot be read any more" in texts(app)


def test_a_damaged_choice_falls_back_to_the_usual_rules(finished_run):
    (run_folder(finished_run) / CHOICE).write_text("{")
    assert read_trap_settings(finished_run, LANDSLIDES).rules[0].name == "water"


def test_sentences():
    assert calibration_words(0.123, 0.021, 1.8).endswith("**2.1**. The map is too sure of itself.")
    rows = [{"kept": kept, "f1": f1} for kept, f1 in ((0.5, 0.95), (0.97, 0.8), (1.0, 0.6))]
    assert selective_words({"spread": rows}) == (
        "Of all pixels F1 is 0.60; without the **3.0 %** most unsure, by disagreement, it is "
        "**0.80**."
    )
    assert selective_words({"spread": rows[-1:]}).endswith("does not make it better.")
    assert selective_words({"spread": [{"kept": 1.0, "f1": None}]}) == ""
    row = {"mapped_m2": 3e6, "area_m2": {"value": 2e6, "low": 1.5e6, "high": 2.5e6}}
    assert area_sentence(row, "landslide").endswith("between **1.5 km²** and **2.5 km²**.")
    row["area_m2"]["low"] = None
    assert area_sentence(row, "landslide").endswith("how sure this number is cannot be said.")
    assert share_words({"value": None}) == "undefined"
    assert share_words({"value": 0.5, "low": 0.4, "high": 0.6}) == "0.50 (0.40 to 0.60)"
