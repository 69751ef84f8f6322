"""Who is let in, what headers answers carry, and what a path may not do."""

import pytest
from starlette.websockets import WebSocketDisconnect

WORD = "granite"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:9999"},
    ],
)
def test_another_site_changes_nothing(client, headers):
    answer = client.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 403
    assert "another web site" in answer.json()["detail"]
    assert client.put("/api/v1/uploads/a/b.tif", headers=headers).status_code == 403
    assert client.delete("/api/v1/runs/a", headers=headers).status_code == 403
    assert client.get("/api/v1/areas", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://behind.a.proxy"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
    ],
)
def test_the_own_pages_and_programs_may(client, headers):
    assert client.post("/api/v1/uploads", headers=headers).status_code == 201


def test_with_a_token_nothing_opens_but_health_and_the_door(client, monkeypatch):
    monkeypatch.setenv("GEOSEG_TOKEN", WORD)
    for path in ("/api/v1/areas", "/tiles/x/info", "/assets/maplibre-gl.js", "/api/docs", "/"):
        assert client.get(path).status_code == 401
    assert client.get("/api/health").status_code == 200
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 401
    assert "Access word" in page.text
    assert client.get("/assets/web.css").status_code == 200
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass


def test_the_token_opens_as_bearer_and_by_the_door(client, monkeypatch):
    monkeypatch.setenv("GEOSEG_TOKEN", WORD)
    bearer = {"Authorization": f"Bearer {WORD}"}
    assert client.get("/api/v1/areas", headers=bearer).status_code == 200
    assert client.get("/api/v1/areas", headers={"Authorization": "Bearer x"}).status_code == 401
    wrong = client.post("/enter", data={"token": "gneiss"})
    assert wrong.status_code == 401
    assert "not the access word" in wrong.text
    entered = client.post("/enter", data={"token": WORD}, follow_redirects=False)
    assert entered.headers["location"] == "/"
    cookie = entered.headers["set-cookie"]
    assert WORD not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/api/v1/areas").status_code == 200
    monkeypatch.setenv("GEOSEG_TOKEN", "another")
    assert client.get("/api/v1/areas").status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/health", "/upload?area=a", "/tiles/x/info", "/assets/no.js"]
)
def test_our_answers_carry_the_safe_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2f..%2fsecret", "/assets/%2e%2e/web.css", "/assets/..\\secret",
        "/assets//etc/passwd", "/assets/", "/assets", "/assets/web.py", "/assets/.hidden.js",
        "/api/v1/runs/..%2f..%2fsecret/products/run.json", "/api/v1/areas/..", "/tiles/", "/tiles",
        "/api/v1/uploads/..%2f..", "/upload/..%2fsecret",
    ],
)  # fmt: skip
def test_no_path_climbs_out_and_no_folder_is_listed(client, home, path):
    (home / "secret").write_text("00")
    assert client.get(path).status_code in (400, 404)
