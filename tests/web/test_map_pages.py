"""A map's page has an address of its own that cannot be guessed, and may load nothing from outside."""

from geoseg.web import map_pages
from geoseg.web.map_pages import keep_page


def test_a_kept_page_is_shown_under_a_strict_policy(client):
    address = keep_page("<p>map</p>")
    answer = client.get(address)
    assert answer.text == "<p>map</p>"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "worker-src blob:" in policy
    assert "http:" not in policy
    assert keep_page("<p>map</p>") == address
    assert keep_page("<p>other</p>") != address


def test_a_page_nobody_keeps_is_told(client, home):
    for address in ("/map/nosuch", "/map/"):
        answer = client.get(address)
        assert answer.status_code == 404
    assert "reload" in client.get("/map/nosuch").json()["detail"]


def test_the_oldest_pages_go(client, monkeypatch):
    monkeypatch.setattr(map_pages, "PAGES_KEPT", 2)
    first, second, third = (keep_page(f"page {number}") for number in range(3))
    assert client.get(first).status_code == 404
    assert client.get(second).text == "page 1"
    assert client.get(third).text == "page 2"


def test_the_access_word_guards_maps_too(client, monkeypatch):
    address = keep_page("x")
    monkeypatch.setenv("GEOSEG_TOKEN", "granite")
    assert client.get(address).status_code == 401
