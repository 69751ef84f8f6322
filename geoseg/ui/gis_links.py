"""A finished run -> the addresses under which QGIS and other GIS show its maps."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from geoseg.ui.map_scene import MapLayer
from geoseg.ui.scenes import run_scene
from geoseg.web.links import wmts_address, xyz_address

ID_LETTERS = 24


@dataclass(frozen=True)
class GisLink:
    """One map of a run as a GIS opens it; with a key of its own where the server asks for a word.

    Attributes:
        title: What the map shows.
        xyz: For "XYZ tiles" of QGIS.
        wmts: For "WMTS" of QGIS and other GIS.
    """

    title: str
    xyz: str
    wmts: str


def gis_links(run_id: str, server: str = "") -> list[GisLink]:
    """Return the addresses of a run's maps, the prediction first.

    Args:
        run_id: A finished run.
        server: Where the server is seen from, e.g. "http://lab.example:8501"; "" takes the address
            the page was opened by.
    """
    scene = run_scene(run_id)
    place = server or server_address()
    return [_link(layer, place, scene.threshold) for layer in scene.layers]


def server_address() -> str:
    """Return how the browser reached this server: "http://host:port"."""
    address = urlsplit(st.context.url or "http://localhost:8501")
    return f"{address.scheme}://{address.netloc}"


def _link(layer: MapLayer, server: str, threshold: float | None) -> GisLink:
    layer_id = layer.id[:ID_LETTERS]
    look = {"threshold": threshold} if layer.live and threshold is not None else {}
    return GisLink(
        title=layer.title,
        xyz=xyz_address(server, layer_id, **look),
        wmts=wmts_address(server, layer_id, **look),
    )
