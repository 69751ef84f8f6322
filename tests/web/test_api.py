"""Study areas, runs and products for scripts; nothing shows a path of the server."""

import json
import re

import numpy as np
import pytest
from starlette.testclient import TestClient

from geoseg import workspace
from geoseg.settings import RunSettings
from geoseg.web import api
from geoseg.web.openapi import as_3_0
from geoseg.workspace import change_state, read_request, run_folder
from geoseg.workspace.zoos import Zoo, add_zoo

SETTINGS = RunSettings(setting="s1s2", ensemble_size=4).model_dump()


@pytest.fixture
def area(client: TestClient, write) -> str:
    """A study area of two uploaded files, made as a script would."""
    values = np.zeros((2, 16, 16), np.float32)
    path = write("made.tif", values, crs="EPSG:32632")
    area = client.post("/api/v1/uploads").json()["area"]
    for name in ("scene.tif", "truth.tif"):
        client.put(f"/api/v1/uploads/{area}/{name}", content=path.read_bytes())
        path = write("made_truth.tif", values[0], crs="EPSG:32632")
    order = {"area": area, "title": "Valley", "reference": "truth.tif"}
    answer = client.post("/api/v1/areas", json=order)
    assert answer.status_code == 201, answer.text
    return area


@pytest.fixture
def finished(client: TestClient, area: str, write) -> str:
    """A run that ended, with products written by hand."""
    run = client.post("/api/v1/runs", json={"area": area, "settings": SETTINGS}).json()["id"]
    folder = run_folder(run)
    probability = write("p.tif", np.full((16, 16), 0.5, np.float32), crs="EPSG:32632")
    probability.replace(folder / "probability.tif")
    (folder / "report.html").write_text("<script>alert(1)</script>")
    (folder / "metrics.json").write_text('{"f1": 0.5}')
    (folder / "run.json").write_text("{}")
    change_state(run, status="finished")
    return run


def test_health_tells_what_is_missing(client):
    health = client.get("/api/health").json()
    assert health["status"] == "no worker"
    assert (health["worker"], health["queued"], health["running"]) == (False, 0, 0)
    assert health["free_disk_bytes"] > 0


def test_an_area_names_files_never_paths(client, area, home):
    shown = client.get(f"/api/v1/areas/{area}")
    assert shown.json()["rasters"] == ["scene.tif"]
    assert shown.json()["reference"] == "truth.tif"
    listed = client.get("/api/v1/areas")
    assert listed.json() == [shown.json()]
    assert str(home) not in listed.text


def test_a_reference_of_several_bands_is_refused_until_one_is_named(client, write):
    area = client.post("/api/v1/uploads").json()["area"]
    scene = write("scene.tif", np.zeros((2, 16, 16), np.float32), crs="EPSG:32632")
    for name in ("scene.tif", "truth.tif"):
        client.put(f"/api/v1/uploads/{area}/{name}", content=scene.read_bytes())
    order = {"area": area, "title": "Valley", "reference": "truth.tif"}
    answer = client.post("/api/v1/areas", json=order)
    assert answer.status_code == 400
    assert "truth.tif has 2 bands" in answer.json()["detail"]
    answer = client.post("/api/v1/areas", json=order | {"reference": "truth.tif:2"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["rasters"] == ["scene.tif"]
    assert answer.json()["reference"] == "truth.tif:2"


def test_an_area_of_files_that_were_not_uploaded_is_refused(client, area):
    for names in (["other.tif"], ["../../secret"], ["/etc/passwd"]):
        order = {"area": area, "title": "x", "rasters": names}
        answer = client.post("/api/v1/areas", json=order)
        assert answer.status_code == 404
        assert "uploaded are scene.tif, truth.tif" in answer.json()["detail"]
    nothing = client.post("/api/v1/areas", json={"area": "empty", "title": "x"})
    assert "uploaded are none" in nothing.json()["detail"]


def test_an_area_is_replaced_only_where_that_is_said(client, area):
    order = {"area": area, "title": "Other", "rasters": ["truth.tif"]}
    client.post("/api/v1/runs", json={"area": area, "settings": SETTINGS})
    answer = client.post("/api/v1/areas", json=order)
    assert answer.status_code == 409
    assert "'Valley' of the id" in answer.json()["detail"]
    assert "(made of it: 1 run)" in answer.json()["detail"]
    assert client.get(f"/api/v1/areas/{area}").json()["title"] == "Valley"
    assert client.post("/api/v1/areas", json=order | {"replace": True}).status_code == 201
    assert client.get(f"/api/v1/areas/{area}").json()["title"] == "Other"


@pytest.mark.parametrize("kind", ["demo", "folder"])
def test_the_demo_and_areas_of_folders_are_never_replaced(client, area, home, kind):
    before = workspace.get_area(area)
    workspace.save_area(before.model_copy(update={"kind": kind}))
    order = {"area": area, "title": "mine", "rasters": ["scene.tif"], "replace": True}
    answer = client.post("/api/v1/areas", json=order)
    assert answer.status_code == 409
    assert "never replaced" in answer.json()["detail"]
    assert workspace.get_area(area).title == "Valley"


def test_a_run_is_queued_with_all_the_area_knows(client, area, home):
    order = {"area": area, "settings": SETTINGS, "title": "First"}
    answer = client.post("/api/v1/runs", json=order)
    assert answer.status_code == 202
    state = answer.json()
    assert (state["status"], state["title"], state["queue_position"]) == ("queued", "First", 1)
    request = read_request(state["id"])
    assert request.rasters[0].name == "scene.tif"
    assert request.reference.name == "truth.tif"
    assert client.get("/api/health").json()["queued"] == 1
    assert client.get("/api/v1/runs").json()[0]["id"] == state["id"]
    assert str(home) not in answer.text


def test_a_run_can_ask_a_zoo_of_the_workspace(client, area, home):
    made = add_zoo(Zoo(title="Mine", task="landslides", setting="s2"), home, [])
    answer = client.get("/api/v1/zoos")
    assert [zoo["title"] for zoo in answer.json()] == ["Shipped with GeoSeg", "Mine"]
    assert str(home) not in answer.text
    order = {"area": area, "settings": SETTINGS, "zoo": made.id}
    state = client.post("/api/v1/runs", json=order).json()
    assert read_request(state["id"]).models == made.folder
    assert client.post("/api/v1/runs", json=order | {"zoo": "other"}).status_code == 404
    assert client.get("/api/v1/trainings").json() == []


def test_a_run_can_be_cancelled_and_deleted(client, area):
    run = client.post("/api/v1/runs", json={"area": area, "settings": SETTINGS}).json()["id"]
    assert client.post(f"/api/v1/runs/{run}/cancel").json()["status"] == "cancelled"
    assert client.delete(f"/api/v1/runs/{run}").status_code == 204
    assert client.get(f"/api/v1/runs/{run}").status_code == 404


def test_products_have_addresses_of_download_and_tiles(client, finished, home):
    answer = client.get(f"/api/v1/runs/{finished}/products")
    listed = {product["name"]: product for product in answer.json()}
    assert str(home) not in answer.text
    assert list(listed) == ["report.html", "probability.tif", "metrics.json", "run.json"]
    assert listed["metrics.json"]["tiles"] is None
    assert client.get(listed["metrics.json"]["url"]).json() == {"f1": 0.5}
    tiles = listed["probability.tif"]["tiles"]
    assert client.get(tiles.format(z=3, x=0, y=0)).headers["content-type"] == "image/png"


def test_a_large_product_can_be_fetched_in_parts(client, finished):
    url = f"/api/v1/runs/{finished}/products/probability.tif"
    whole = client.get(url)
    part = client.get(url, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    assert 'attachment; filename="probability.tif"' in whole.headers["content-disposition"]


def test_a_report_is_shown_in_a_sandbox(client, finished):
    headers = client.get(f"/api/v1/runs/{finished}/products/report.html").headers
    assert headers["content-disposition"].startswith("inline")
    assert headers["content-security-policy"].startswith("sandbox")
    assert "allow-same-origin" not in headers["content-security-policy"]


@pytest.mark.parametrize("name", ["state.json", "log.txt", "request.json", "..%2fstate.json"])
def test_other_files_of_a_run_are_not_products(client, finished, name):
    assert client.get(f"/api/v1/runs/{finished}/products/{name}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({}, "area: Field required"),
        ({"area": "a", "settings": {"setting": "s1", "threshold": 3}}, "threshold: "),
        ({"area": "a", "settings": {"setting": "s1", "models": "/etc"}}, "models: "),
        ({"area": "a", "settings": {}}, "setting: "),
    ],
)
def test_an_impossible_order_gets_a_sentence(client, order, word):
    answer = client.post("/api/v1/runs", json=order)
    assert answer.status_code in (400, 422)
    assert word in answer.json()["detail"]


def test_unknown_names_are_404_with_a_sentence(client):
    for path in ("areas/nosuch", "runs/nosuch", "runs/nosuch/products"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert "choose one of" in answer.json()["detail"]


def test_the_api_page_needs_no_other_server(client):
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert not re.search(r"(https?:)?//", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    described = client.get("/api/openapi.json").json()
    assert described["servers"] == [{"url": "/api"}]
    assert "/v1/uploads/{area_id}/{name}" in described["paths"]


def test_every_address_is_described_in_plain_words(client):
    described = client.get("/api/openapi.json").json()
    for path, deeds in described["paths"].items():
        for deed in deeds.values():
            assert deed["description"].endswith("."), path
    assert "Settings" not in json.dumps(list(described["paths"]))


def test_mounting_keeps_the_prefix():
    assert [route.path for route in api.routes()] == ["/api"]


def test_the_description_keeps_to_the_words_of_openapi_3_0(client):
    text = client.get("/api/openapi.json").text
    assert json.loads(text)["openapi"] == "3.0.3"
    for new_word in ('"type":"null"', '"prefixItems"', '"const"'):
        assert new_word not in text.replace('": ', '":')
    threshold = json.loads(text)["components"]["schemas"]["RunSettings"]["properties"]["threshold"]
    assert (threshold["minimum"], threshold["exclusiveMinimum"]) == (0, True)


def test_words_of_3_1_are_translated():
    newer = {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]},
             "b": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
             "c": {"prefixItems": [{"type": "integer"}] * 2},
             "d": {"const": 1}}  # fmt: skip
    older = as_3_0(newer)
    assert older["a"] == {"type": "string", "nullable": True}
    assert older["b"] == {"allOf": [{"$ref": "#/x"}], "nullable": True}
    assert older["c"] == {"items": {"anyOf": [{"type": "integer"}] * 2}}
    assert older["d"] == {"enum": [1]}
