"""/vectors/...: vector tiles of registered outlines, and one whole outline as GeoJSON."""

import gzip
from functools import lru_cache

import shapely
from pyproj import Transformer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geoseg.lonlat import continuous
from geoseg.web.outlines import outlines
from geoseg.web.tiles import ASK_EACH_TIME, kept, place_of
from geoseg.web.vector_layers import OutlineLayer, find_vector

MEDIA = "application/vnd.mapbox-vector-tile"
TILES_KEPT = 256
FAST = 1
DECIMALS = 7
"""Of a degree: about a centimetre."""


def tile(request: Request) -> Response:
    """Return one tile, zipped where the asker can unzip; an empty one where nothing lies."""
    layer = find_vector(request.path_params["layer"])
    place, version = place_of(request), layer.version
    headers = {**kept(request, version), "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    content = _zipped(layer, version, place)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=MEDIA, headers=headers)


def feature(request: Request) -> Response:
    """Return one outline with all its corners, in longitude and latitude."""
    layer = find_vector(request.path_params["layer"])
    shape, values = outlines(layer).shape(request.path_params["number"])
    # Beyond 180 degrees the map goes on counting, and so do its corners.
    degrees = continuous(shapely.transform(shape, _to_degrees().transform, interleaved=False))
    west, south, east, north = shapely.bounds(degrees).round(DECIMALS).tolist()
    rounded = shapely.transform(degrees, lambda xy: xy.round(DECIMALS))
    return JSONResponse(
        {
            "type": "Feature",
            "id": request.path_params["number"],
            "bbox": [west, south, east, north],
            "properties": values,
            "geometry": shapely.geometry.mapping(rounded),
        },
        headers={"Cache-Control": ASK_EACH_TIME},
    )


@lru_cache(maxsize=TILES_KEPT)
def _zipped(layer: OutlineLayer, _version: str, place: tuple[int, int, int]) -> bytes:
    """Return the tile, zipped; a new version of the file is drawn anew."""
    return gzip.compress(outlines(layer).tile(*place), FAST)


@lru_cache(maxsize=1)
def _to_degrees() -> Transformer:
    return Transformer.from_crs(3857, 4326, always_xy=True)


def routes() -> list[BaseRoute]:
    """Return the routes; plain functions, so that reading runs in threads."""
    return [
        Route("/vectors/{layer}/{z:int}/{x:int}/{y:int}.pbf", tile),
        Route("/vectors/{layer}/features/{number:int}", feature),
    ]
