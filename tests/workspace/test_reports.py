"""The report of a run is made when it is asked for, and again when more is known."""

import os

import pytest

from geoseg.errors import WorkspaceError
from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.tasks import LANDSLIDES
from geoseg.workspace import change_state, read_request, run_folder
from geoseg.workspace.comparisons import COMPARISONS
from geoseg.workspace.reports import PAGE, PDF, ensure_report
from geoseg.workspace.traps import save_trap_settings
from tests.ui.conftest import demo_area, finished_run, home, run_without_reference  # noqa: F401


def text(run_id):
    return ensure_report(run_id, PAGE).read_text(encoding="utf-8")


def test_a_report_is_made_once(finished_run):  # noqa: F811
    path = ensure_report(finished_run, PDF)
    assert path.read_bytes().startswith(b"%PDF-")
    made = path.stat().st_mtime_ns
    assert ensure_report(finished_run, PDF) == path
    assert path.stat().st_mtime_ns == made


def test_a_comparison_that_came_later_is_told(finished_run):  # noqa: F811
    assert "95 % confidence" not in text(finished_run)
    assert "found by both" not in text(finished_run)
    comparison_id = submit_comparison(finished_run)
    assert "found by both" not in text(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    assert "found by both" in text(finished_run)


def test_the_rules_chosen_for_the_run_mark_its_outlines(run_without_reference):  # noqa: F811
    assert "Likely false alarms" in text(run_without_reference)
    none = TrapSettings.usual(LANDSLIDES).rules
    off = tuple(rule.model_copy(update={"on": False}) for rule in none)
    save_trap_settings(run_without_reference, TrapSettings(rules=off))
    assert "No rule could be asked" in text(run_without_reference)


def test_rasters_that_are_gone_leave_maps_on_paper_and_no_traps(finished_run):  # noqa: F811
    for path in read_request(finished_run).rasters:
        os.remove(path)
    assert "Likely false alarms" not in text(finished_run)


def test_a_run_that_has_not_finished_has_no_report(finished_run):  # noqa: F811
    (run_folder(finished_run) / "run.json").unlink()
    change_state(finished_run, status="running")
    with pytest.raises(WorkspaceError, match="no record yet"):
        ensure_report(finished_run, PDF)
