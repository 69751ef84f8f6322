"""/tiles/{layer}/WMTSCapabilities.xml: a layer's tiles as OGC WMTS 1.0.0 (RESTful) describes them.

The tile matrix set is WebMercatorQuad of OGC 17-083r4, doi:10.62973/17-083r4.
"""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geoseg.lonlat import HALF_TURN
from geoseg.web import views
from geoseg.web.drawing import NOT_LOOKS, Drawing, layer_style
from geoseg.web.layers import Layer, find
from geoseg.web.links import wmts_address, xyz_address
from geoseg.web.rasters import HALF_WORLD_M, TILE_PIXELS
from geoseg.web.tiles import ASK_EACH_TIME

WMTS, OWS, XLINK = (
    "http://www.opengis.net/wmts/1.0",
    "http://www.opengis.net/ows/1.1",
    "http://www.w3.org/1999/xlink",
)
MATRICES = "WebMercatorQuad"
WELL_KNOWN = "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"
CRS_NAME = "urn:ogc:def:crs:EPSG::3857"
PIXEL_OF_SCALE_M = 0.00028
"""OGC's standard pixel: what scale denominators are counted with."""
MEDIA = "application/xml"

for prefix, name in (("", WMTS), ("ows", OWS), ("xlink", XLINK)):
    ElementTree.register_namespace(prefix, name)


def capabilities(request: Request) -> Response:
    """Describe a layer for a GIS; the look asked for here is that of the tiles."""
    layer = find(request.path_params["layer"])
    Drawing.from_query(request.query_params)
    look = {name: text for name, text in request.query_params.items() if name not in NOT_LOOKS}
    root = description(layer, str(request.base_url), look)
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, media_type=MEDIA, headers={"Cache-Control": ASK_EACH_TIME})


def description(layer: Layer, server: str, look: dict[str, str]) -> Element:
    """Return the capabilities document of one layer.

    Args:
        layer: A registered layer of pixels.
        server: Address of the server as the asker sees it.
        look: Parameters of the tiles' address.
    """
    facts = views.describe(layer, layer.version)
    root = Element(f"{{{WMTS}}}Capabilities", {"version": "1.0.0"})
    service = SubElement(root, f"{{{OWS}}}ServiceIdentification")
    _text(service, OWS, "Title", "GeoSeg")
    _text(service, OWS, "ServiceType", "OGC WMTS")
    _text(service, OWS, "ServiceTypeVersion", "1.0.0")
    contents = SubElement(root, f"{{{WMTS}}}Contents")
    _layer(contents, layer, facts["bounds"], xyz_address(server, layer.id, **look))
    _matrices(contents, int(facts["maxzoom"]))
    address = wmts_address(server, layer.id, **look)
    SubElement(root, f"{{{WMTS}}}ServiceMetadataURL", {f"{{{XLINK}}}href": address})
    return root


def _layer(contents: Element, layer: Layer, bounds: list[float], tiles: str) -> None:
    west, south, east, north = bounds
    if east < west:  # this form of bounds cannot cross 180 degrees
        west, east = -HALF_TURN, HALF_TURN
    part = SubElement(contents, f"{{{WMTS}}}Layer")
    _text(part, OWS, "Title", layer.title)
    _text(part, OWS, "Abstract", layer_style(layer).help)
    box = SubElement(part, f"{{{OWS}}}WGS84BoundingBox")
    _text(box, OWS, "LowerCorner", f"{west:.8f} {south:.8f}")
    _text(box, OWS, "UpperCorner", f"{east:.8f} {north:.8f}")
    _text(part, OWS, "Identifier", layer.id)
    look = SubElement(part, f"{{{WMTS}}}Style", {"isDefault": "true"})
    _text(look, OWS, "Identifier", "default")
    _text(part, WMTS, "Format", "image/png")
    link = SubElement(part, f"{{{WMTS}}}TileMatrixSetLink")
    _text(link, WMTS, "TileMatrixSet", MATRICES)
    template = tiles.format(z="{TileMatrix}", x="{TileCol}", y="{TileRow}")
    SubElement(
        part,
        f"{{{WMTS}}}ResourceURL",
        {"format": "image/png", "resourceType": "tile", "template": template},
    )


def _matrices(contents: Element, max_zoom: int) -> None:
    """Describe the tiles of every zoom of the web map."""
    part = SubElement(contents, f"{{{WMTS}}}TileMatrixSet")
    _text(part, OWS, "Identifier", MATRICES)
    _text(part, OWS, "SupportedCRS", CRS_NAME)
    _text(part, WMTS, "WellKnownScaleSet", WELL_KNOWN)
    for zoom in range(max_zoom + 1):
        pixel_m = 2 * HALF_WORLD_M / TILE_PIXELS / 2**zoom
        matrix = SubElement(part, f"{{{WMTS}}}TileMatrix")
        _text(matrix, OWS, "Identifier", str(zoom))
        _text(matrix, WMTS, "ScaleDenominator", f"{pixel_m / PIXEL_OF_SCALE_M:.10f}")
        _text(matrix, WMTS, "TopLeftCorner", f"{-HALF_WORLD_M:.9f} {HALF_WORLD_M:.9f}")
        for name, number in (("TileWidth", TILE_PIXELS), ("TileHeight", TILE_PIXELS),
                             ("MatrixWidth", 2**zoom), ("MatrixHeight", 2**zoom)):  # fmt: skip
            _text(matrix, WMTS, name, str(number))


def _text(parent: Element, space: str, name: str, text: str) -> None:
    SubElement(parent, f"{{{space}}}{name}").text = text


def routes() -> list[BaseRoute]:
    """Return the route."""
    return [Route("/tiles/{layer}/WMTSCapabilities.xml", capabilities)]
