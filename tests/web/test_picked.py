"""Picked points travel by the API whole, and openly described."""

import pytest

from tests.workspace.picked import area_of, collection, feature, lonlat

INSIDE = lonlat(30, 50)


@pytest.fixture
def url(home) -> str:
    return f"/api/v1/areas/{area_of(home / 'areas' / 'hill' / 'files').id}/points"


def test_points_are_written_read_and_downloaded_whole(client, url):
    assert client.get(url).json() == collection()
    stored = client.put(url, json=collection(feature(INSIDE), feature(INSIDE, 0)))
    assert stored.status_code == 200
    assert client.get(url).json() == stored.json()
    package = client.get(f"{url}.gpkg")
    assert package.content.startswith(b"SQLite format 3")
    assert 'filename="points.gpkg"' in package.headers["content-disposition"]


def test_what_is_wrong_is_told_and_changes_nothing(client, url):
    client.put(url, json=collection(feature(INSIDE)))
    outside = client.put(url, json=collection(feature((13.0, 61.0))))
    assert outside.status_code == 400
    assert "lie outside the rasters of Hill" in outside.json()["detail"]
    assert client.put(url, content=b"x").status_code == 422
    assert client.put("/api/v1/areas/other/points", json=collection()).status_code == 404
    assert len(client.get(url).json()["features"]) == 1


def test_without_points_there_is_no_file(client, url):
    assert client.get(f"{url}.gpkg").status_code == 404


def test_the_addresses_are_described(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert set(paths["/v1/areas/{area_id}/points"]) == {"get", "put"}
