"""/tiles/...: map tiles, values under a click, and TileJSON of registered layers."""

import hashlib
from functools import lru_cache

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geoseg.errors import SettingsError
from geoseg.lonlat import turned_back
from geoseg.web import views
from geoseg.web.drawing import NOT_LOOKS, Drawing, Picture
from geoseg.web.layers import Layer, find, tile_url
from geoseg.web.links import KEY, layer_key
from geoseg.web.rasters import MAX_ZOOM, TILE_PIXELS

KEEP_FOR_EVER = "private, max-age=31536000, immutable"
ASK_EACH_TIME = "private, no-cache"
TILES_KEPT = 1024
FAST = 1
"""Of zlib's nine levels: a tile is drawn more often than it travels far."""
LAYERS_AT_ONCE = 32
FARTHEST_LON, MAX_LAT = 360.0, 90.0
"""A map that was moved across 180 degrees goes on counting."""


def tile(request: Request) -> Response:
    """Return one tile; a clear one outside the raster."""
    layer = find(request.path_params["layer"])
    place = place_of(request)
    drawing = Drawing.from_query(request.query_params)
    version = layer.version
    headers = kept(request, version)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(_png(layer, version, place, drawing), media_type="image/png", headers=headers)


def info(request: Request) -> Response:
    """Return TileJSON with legend, unit and band names."""
    layer = find(request.path_params["layer"])
    drawing = Drawing.from_query(request.query_params)
    place = str(request.base_url).rstrip("/")
    wishes = {name: text for name, text in request.query_params.items() if name not in NOT_LOOKS}
    key = layer_key(layer.id)
    wishes |= {KEY: key} if key else {}
    return JSONResponse(
        {
            "tilejson": "3.0.0",
            "scheme": "xyz",
            "tiles": [place + tile_url(layer.id, **wishes)],
            **views.describe(layer, layer.version),
            **views.legend(layer, drawing),
        },
        headers={"Cache-Control": ASK_EACH_TIME},
    )


def point(request: Request) -> Response:
    """Return the values of one or more layers under a point."""
    lon = turned_back(_degrees(request, "lon", FARTHEST_LON))
    lat = _degrees(request, "lat", MAX_LAT)
    others = [part for part in request.query_params.get("also", "").split(",") if part]
    ids = list(dict.fromkeys([request.path_params["layer"], *others]))
    if len(ids) > LAYERS_AT_ONCE:
        raise SettingsError(f"at most {LAYERS_AT_ONCE} layers at once, got {len(ids)}")
    asked = request.query_params.get("threshold")
    threshold = Drawing.from_query({"threshold": asked}).threshold if asked else None
    values = [views.value_at(find(layer_id), lon, lat, threshold) for layer_id in ids]
    return JSONResponse({"lon": lon, "lat": lat, "values": values})


def place_of(request: Request) -> tuple[int, int, int]:
    """Return (z, x, y) of a tile that exists."""
    z, x, y = (request.path_params[name] for name in "zxy")
    if z > MAX_ZOOM or max(x, y) >= 2**z:
        raise SettingsError(
            f"there is no tile {z}/{x}/{y}; zoom is 0 to {MAX_ZOOM}, x and y are below 2 to its power"
        )
    return z, x, y


def _degrees(request: Request, name: str, most: float) -> float:
    text = request.query_params.get(name, "")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise SettingsError(f"{name} must be degrees from {-most:g} to {most:g}, got {text[:40]!r}")
    return value


def kept(request: Request, version: str) -> dict[str, str]:
    """Return the headers that tell a browser how long a tile of that version holds."""
    query = hashlib.sha256(str(request.url.query).encode()).hexdigest()[:12]
    current = request.query_params.get("v") == version
    return {
        "ETag": f'"{version}-{query}"',
        "Cache-Control": KEEP_FOR_EVER if current else ASK_EACH_TIME,
    }


@lru_cache(maxsize=TILES_KEPT)
def _png(layer: Layer, _version: str, place: tuple[int, int, int], drawing: Drawing) -> bytes:
    """Return the tile as PNG; a new version of the file is drawn anew."""
    drawn = views.picture(layer, place, drawing)
    return clear_png() if drawn is None else _encoded(drawn)


@lru_cache(maxsize=1)
def clear_png() -> bytes:
    """Return a tile nobody sees."""
    return _encoded(np.zeros((4, TILE_PIXELS, TILE_PIXELS), np.uint8))


def _encoded(drawn: Picture) -> bytes:
    from rio_tiler.utils import render

    return render(drawn, ZLEVEL=FAST)


def routes() -> list[BaseRoute]:
    """Return the routes; plain functions, so that reading runs in threads."""
    return [
        Route("/tiles/{layer}/{z:int}/{x:int}/{y:int}.png", tile),
        Route("/tiles/{layer}/info", info),
        Route("/tiles/{layer}/point", point),
    ]
