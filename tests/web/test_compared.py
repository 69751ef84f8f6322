"""Comparisons over the API: asked for once, listed, their files given, figures sealed off."""

import pytest

from geoseg import workspace
from geoseg.jobs import kinds
from geoseg.pipeline import RunRequest
from tests.comparison import made_up


@pytest.fixture
def run_id(home):
    request = RunRequest(rasters=["stack.tif"], settings={"setting": "s2"}, title="A valley")
    run_id = workspace.create_run(request, "demo")
    made_up.make_run(workspace.run_folder(run_id))
    workspace.change_state(run_id, status="finished")
    return run_id


def test_a_comparison_from_order_to_files(client, run_id):
    made = client.post("/api/v1/comparisons", json={"run": run_id})
    assert made.status_code == 202
    again = client.post("/api/v1/comparisons", json={"run": run_id}).json()
    assert again["id"] == made.json()["id"]
    kinds.COMPARISON.work(again["id"], lambda: False)
    files = {f["name"]: f for f in client.get(f"/api/v1/comparisons/{again['id']}/files").json()}
    numbers = client.get(files["metrics.json"]["url"])
    assert numbers.json()["tp"] == 300
    figure = client.get(files["figures/performance_diagram.html"]["url"])
    assert "sandbox" in figure.headers["content-security-policy"]
    assert "'self'" not in figure.headers["content-security-policy"]
    assert 'src="' not in figure.text[:2000]
    assert "plotly.js v" in figure.text
    assert client.get(files["figures/plotly.min.js"]["url"]).status_code == 200
    assert client.delete(f"/api/v1/comparisons/{again['id']}").status_code == 204
    assert client.get("/api/v1/comparisons").json() == []


def test_only_what_was_made_is_given(client, run_id):
    made = client.post("/api/v1/comparisons", json={"run": run_id}).json()["id"]
    for name in ("state.json", "../state.json", "%2e%2e/state.json"):
        assert client.get(f"/api/v1/comparisons/{made}/files/{name}").status_code in (400, 404)
    assert client.get("/api/v1/comparisons/nothing/files").status_code == 404
    assert client.post("/api/v1/comparisons", json={"run": "nothing"}).status_code == 404
