"""A layer -> addresses that a GIS on another desk can open, with a key where a word is needed.

The key of a layer is made of the access word and the layer's id: it opens the tiles of this one
layer and nothing else, and ends when the word is changed.
"""

import hmac
import os
import re
from urllib.parse import urlencode

from geoseg.web.places import signed

TOKEN = "GEOSEG_TOKEN"
"""Environment variable: the access word, where the server has one."""
KEY = "key"
OPENED = re.compile(
    r"/(?:tiles|vectors)/(?P<layer>[A-Za-z0-9_-]{24})/"
    r"(?:\d+/\d+/\d+\.(?:png|pbf)|info|WMTSCapabilities\.xml)"
)
"""What a key opens: tiles and their description."""


def layer_key(layer_id: str) -> str:
    """Return the key of a layer; "" where the server asks for no access word."""
    token = os.environ.get(TOKEN)
    return signed(f"key {token} {layer_id}") if token else ""


def opens(path: str, key: str) -> bool:
    """Tell whether a key opens an address of this server."""
    asked = OPENED.fullmatch(path)
    known = layer_key(asked["layer"]) if asked else ""
    return bool(known) and hmac.compare_digest(known.encode(), key.encode())


def xyz_address(server: str, layer_id: str, **look: str | float) -> str:
    """Return the address for "XYZ tiles" of QGIS, with {z}, {x} and {y} left open.

    Args:
        server: Where the server is seen from the other desk, e.g. "http://lab.example:8501".
        layer_id: A registered layer of pixels.
        **look: threshold, colormap, min, max; see `geoseg.web.drawing.Drawing`.
    """
    place = f"{server.rstrip('/')}/tiles/{layer_id}/{{z}}/{{x}}/{{y}}.png"
    return place + keyed_query(layer_id, **look)


def wmts_address(server: str, layer_id: str, **look: str | float) -> str:
    """Return the address for "WMTS" of QGIS and other GIS."""
    place = f"{server.rstrip('/')}/tiles/{layer_id}/WMTSCapabilities.xml"
    return place + keyed_query(layer_id, **look)


def keyed_query(layer_id: str, **look: str | float) -> str:
    """Return look and key as the end of an address; "" where there is neither."""
    key = layer_key(layer_id)
    choices = {**look, **({KEY: key} if key else {})}
    return f"?{urlencode(choices)}" if choices else ""
