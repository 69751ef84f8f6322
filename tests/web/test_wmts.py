"""A GIS reads a layer by WMTS; its key opens this one layer and nothing else."""

from xml.etree import ElementTree

import morecantile
import numpy as np
import pytest
import rasterio
from rasterio.warp import transform_bounds

from geoseg.figures.styles import style
from geoseg.web.layers import register
from geoseg.web.links import layer_key, wmts_address, xyz_address
from geoseg.web.wmts import OWS, WMTS

NAMES = {"w": WMTS, "o": OWS}
SERVER = "http://testserver"
WORD = "granite"


@pytest.fixture
def layer(write) -> str:
    values = np.full((256, 256), 0.75, np.float32)
    return register(write("p.tif", values), "probability", "How <sure> & so on")


def document(client, layer, query="") -> ElementTree.Element:
    answer = client.get(f"/tiles/{layer}/WMTSCapabilities.xml{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    return ElementTree.fromstring(answer.content)


def template(root) -> str:
    return root.find(".//w:ResourceURL", NAMES).attrib["template"]


def test_the_matrices_are_those_of_the_standard(client, layer):
    root = document(client, layer)
    known = {matrix.id: matrix for matrix in morecantile.tms.get("WebMercatorQuad").tileMatrices}
    found = root.findall(".//w:TileMatrix", NAMES)
    assert len(found) > 10
    for matrix in found:
        text = {child.tag.split("}")[1]: child.text for child in matrix}
        other = known[text["Identifier"]]
        assert float(text["ScaleDenominator"]) == pytest.approx(other.scaleDenominator, rel=1e-9)
        assert [float(x) for x in text["TopLeftCorner"].split()] == pytest.approx(
            other.pointOfOrigin)  # fmt: skip
        assert int(text["MatrixWidth"]) == other.matrixWidth
        assert int(text["TileHeight"]) == other.tileHeight


def test_title_and_place_are_told(client, layer):
    root = document(client, layer)
    assert root.find(".//w:Layer/o:Title", NAMES).text == "How <sure> & so on"
    west, south = map(float, root.find(".//o:LowerCorner", NAMES).text.split())
    assert (west, south) == pytest.approx(
        transform_bounds("EPSG:3857", "EPSG:4326", 1e6, 6e6 - 25600, 1e6 + 25600, 6e6)[:2]
    )


def test_the_tiles_wear_the_look_that_was_asked_for(client, layer):
    where = template(document(client, layer, "?threshold=0.8"))
    assert (
        where == f"{SERVER}/tiles/{layer}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png?threshold=0.8"
    )
    bad = client.get(f"/tiles/{layer}/WMTSCapabilities.xml?threshold=8")
    assert bad.status_code == 400


def test_gdal_reads_the_pixels(address, write):
    values = np.full((256, 256), 0.75, np.float32)
    values[:, 128:] = 0.25
    layer = register(write("p.tif", values), "probability")
    table = style("probability").table()
    where = f"WMTS:{wmts_address(address, layer)}"
    with rasterio.Env(GDAL_ENABLE_WMS_CACHE="NO"), rasterio.open(where) as service:
        assert service.crs.to_epsg() == 3857
        rows, cols = zip(
            *(service.index(1e6 + x, 6e6 - 12_000) for x in (6000, 19_000)), strict=True
        )
        window = rasterio.windows.Window(cols[0], rows[0], 1, 1)
        left = service.read(window=window)[:3, 0, 0]
        right = service.read(window=rasterio.windows.Window(cols[1], rows[1], 1, 1))[:3, 0, 0]
    assert tuple(left) == table[191][:3]
    assert tuple(right) == table[64][:3]


def test_without_an_access_word_there_is_no_key(layer):
    assert layer_key(layer) == ""
    assert xyz_address(f"{SERVER}/", layer) == f"{SERVER}/tiles/{layer}/{{z}}/{{x}}/{{y}}.png"


def test_a_key_opens_one_layer_and_nothing_else(client, layer, write, monkeypatch):
    other = register(write("q.tif", np.ones((9, 9), np.float32)), "probability")
    monkeypatch.setenv("GEOSEG_TOKEN", WORD)
    tile = xyz_address("", layer, threshold=0.5).format(z=3, x=4, y=2)
    assert client.get(tile).headers["content-type"] == "image/png"
    assert WORD not in tile
    key = layer_key(layer)
    for path in (f"/tiles/{other}/3/4/2.png", f"/tiles/{layer}/point", "/api/v1/runs", "/"):
        assert client.get(f"{path}?key={key}").status_code == 401
    assert client.get(f"/tiles/{layer}/3/4/2.png?key=").status_code == 401
    assert client.put(f"/tiles/{layer}/info?key={key}").status_code == 401
    root = document(client, layer, f"?key={key}")
    inner = template(root).format(TileMatrix=3, TileCol=4, TileRow=2).removeprefix(SERVER)
    assert client.get(inner).status_code == 200
    described = client.get(f"/tiles/{layer}/info?key={key}").json()["tiles"][0]
    assert client.get(described.format(z=3, x=4, y=2).removeprefix(SERVER)).status_code == 200
    monkeypatch.setenv("GEOSEG_TOKEN", "another")
    assert client.get(tile).status_code == 401
