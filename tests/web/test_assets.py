"""Scripts and styles come from this machine, zipped and with a tag."""

import pytest


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("maplibre-gl.js", "text/javascript"), ("maplibre-gl.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css"),
        ("upload.js", "text/javascript"), ("web.css", "text/css"),
        ("api_docs.js", "text/javascript"),
    ],
)  # fmt: skip
def test_every_script_and_style_is_there(client, name, kind):
    answer = client.get(f"/assets/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert len(answer.content) > 100


def test_a_large_script_travels_zipped(client):
    zipped = client.get("/assets/maplibre-gl.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/assets/maplibre-gl.js", headers={"Accept-Encoding": "identity"})
    assert int(zipped.headers["content-length"]) < len(plain.content) / 2
    assert zipped.content == plain.content


def test_an_unchanged_file_is_not_sent_again(client):
    tag = client.get("/assets/web.css").headers["etag"]
    assert client.get("/assets/web.css", headers={"If-None-Match": tag}).status_code == 304


def test_our_own_pages_ask_nothing_of_other_servers(client):
    for name in ("upload.js", "web.css", "api_docs.js"):
        assert "http" not in client.get(f"/assets/{name}").text
    assert "//" not in client.get("/upload?area=a").text.replace("<!--", "")
