"""The page Results: every file, the comparison's too, the report as page and PDF, addresses for QGIS."""

import pytest

from geoseg.comparison.products import list_files
from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.workspace import products
from geoseg.workspace.comparisons import COMPARISONS, comparison_folder
from tests.ui.test_pages import opened, words


def addresses(app):
    return {button.proto.url for button in app.get("link_button")}


def test_the_report_is_offered_as_page_and_pdf(finished_run):
    found = addresses(opened("results.py"))
    base = f"/api/v1/runs/{finished_run}/products"
    assert {f"{base}/report.html", f"{base}/report.pdf"} <= found


def test_every_file_has_its_address(finished_run):
    found = addresses(opened("results.py"))
    for file in products(finished_run):
        assert any(f"/products/{file.name}" in address for address in found), file.name


def test_without_a_comparison_the_page_says_so(run_without_reference):
    app = opened("results.py")
    assert not app.exception
    assert "no files of a comparison" in words(app)


def test_files_and_figures_of_the_comparison_are_linked(finished_run):
    comparison_id = submit_comparison(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    app = opened("results.py")
    assert not app.exception
    found = addresses(app)
    base = f"/api/v1/comparisons/{comparison_id}/files/"
    for file in list_files(comparison_folder(comparison_id)):
        if file.media_type != "text/javascript":
            assert base + file.name in found


@pytest.mark.parametrize("token", ["", "secret"])
def test_addresses_for_qgis_are_whole_and_keyed(finished_run, monkeypatch, token):
    monkeypatch.setenv("GEOSEG_TOKEN", token)
    xyz, wmts = (block.value for block in opened("results.py").code)
    assert xyz.startswith("http")
    assert "/{z}/{x}/{y}.png" in xyz
    assert "WMTSCapabilities.xml" in wmts
    assert ("key=" in xyz) == ("key=" in wmts) == bool(token)
    assert "secret" not in xyz + wmts
