"""Areas drawn on a run's map travel by the API whole, and openly described."""

import pytest
from shapely.geometry import box, mapping


@pytest.fixture
def url(home) -> str:
    folder = home / "runs" / "made-up"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{}")
    return "/api/v1/runs/made-up/sub-areas"


def collection(*names):
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": mapping(box(7, 61, 8, 62))}
            for name in names
        ],
    }  # fmt: skip


def test_areas_are_written_and_read_whole(client, url):
    assert client.get(url).json()["features"] == []
    stored = client.put(url, json=collection("A", "B"))
    assert stored.status_code == 200
    again = client.get(url).json()
    assert again == stored.json()
    assert [feature["properties"]["name"] for feature in again["features"]] == ["A", "B"]
    client.put(url, json=collection("C"))
    assert len(client.get(url).json()["features"]) == 1


def test_what_is_wrong_is_told_and_changes_nothing(client, url):
    client.put(url, json=collection("A"))
    twice = client.put(url, json=collection("A", "A"))
    assert twice.status_code == 400
    assert "two areas are called 'A'" in twice.json()["detail"]
    assert client.put(url, content=b"x").status_code == 422
    assert client.put("/api/v1/runs/other/sub-areas", json=collection()).status_code == 404
    assert len(client.get(url).json()["features"]) == 1


def test_the_addresses_are_described(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert set(paths["/v1/runs/{run_id}/sub-areas"]) == {"get", "put"}
