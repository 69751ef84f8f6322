"""The map corrects outlines by these addresses; each answer tells what stands now."""

import geopandas as gpd
import pytest

from tests.workspace.made_up_run import drawn, made_up_run


@pytest.fixture
def run(home):
    return made_up_run()


@pytest.fixture
def url(run):
    return f"/api/v1/runs/{run}/corrections"


def test_a_click_is_answered_with_what_stands(client, run, url):
    answer = client.post(url, json={"action": "accept", "polygon": 3, "geometry": None, "note": ""})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["number"], told["to_undo"]) == (1, 1)
    assert (told["outline"]["polygon"], told["outline"]["status"]) == (3, "accepted")
    assert told["counts"] == {
        "unreviewed": 15, "accepted": 1, "rejected": 0, "redrawn": 0, "drawn": 0,
    }  # fmt: skip
    shape = drawn(run, 2, 2, 1)
    new = client.post(url, json={"action": "draw", "geometry": shape}).json()["outline"]
    assert (new["status"], new["geometry"]) == ("drawn", shape)
    listed = client.get(url).json()
    assert [(o["polygon"], o["status"]) for o in listed["outlines"]] == [
        (3, "accepted"), (new["polygon"], "drawn"),
    ]  # fmt: skip


def test_undo_answers_with_the_outline_as_it_was(client, run, url):
    client.post(url, json={"action": "reject", "polygon": 1})
    client.post(url, json={"action": "draw", "geometry": drawn(run, 2, 2, 1)})
    gone = client.delete(url)
    assert (gone.status_code, gone.json()["outline"]["status"]) == (200, None)
    assert client.delete(url).json()["outline"]["status"] == "unreviewed"
    nothing = client.delete(url)
    assert nothing.status_code == 400
    assert nothing.json()["detail"] == "there is no correction to take back"


@pytest.mark.parametrize(
    ("order", "status", "word"),
    [
        ({"action": "accept", "polygon": 99}, 404, "no polygon 99"),
        ({"action": "accept"}, 400, "takes the number of a polygon"),
        ({"action": "paint", "polygon": 1}, 422, "action"),
        ({"action": "draw", "geometry": {"type": "Point"}}, 400, "must be a polygon, got 'Point'"),
        ({"action": "classify", "polygon": 1, "class_name": "sharp"}, 400, "maps one class"),
    ],
)
def test_an_impossible_deed_gets_a_sentence(client, url, order, status, word):
    answer = client.post(url, json=order)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


def test_unknown_runs_are_404(client):
    for address in ("corrections", "inventory.gpkg"):
        assert client.get(f"/api/v1/runs/nosuch/{address}").status_code == 404


@pytest.mark.parametrize("form", ["gpkg", "shp.zip", "geojson"])
def test_the_inventory_is_downloaded(client, run, url, form, tmp_path):
    client.post(url, json={"action": "reject", "polygon": 1})
    for which, rows in (("kept", 15), ("all", 16)):
        answer = client.get(f"/api/v1/runs/{run}/inventory.{form}", params={"which": which})
        assert answer.status_code == 200
        assert f"corrected-{which}.{form}" in answer.headers["content-disposition"]
        path = tmp_path / f"{which}.{form.split('.')[-1]}"
        path.write_bytes(answer.content)
        assert len(gpd.read_file(path)) == rows
    assert client.get(f"/api/v1/runs/{run}/inventory.dwg").status_code == 404
