"""A map's scene -> MapLibre's style: sources and layers, bottom first, nothing from outside."""

import math
from typing import Any

from geoseg.figures.styles import style
from geoseg.lonlat import HALF_TURN, crosses
from geoseg.ui.map_scene import Bounds, MapLayer, MapScene, VectorLayer

EQUATOR_M_PER_PIXEL = 156543.03
OVERZOOM = 4
"""How many zoom steps a viewer may go beyond the pixels' own size."""
PALE = {"raster-brightness-min": 0.35, "raster-contrast": -0.15}
"""The relief is the ground for other layers: it must not drown them."""
OUTLINE_COLOUR = "#12303f"
OUTLINES_IN_TILE = "outlines"
VECTOR_TILE_STEPS = 1
"""Tiles of outlines are twice as wide as those of pixels and as fine: one zoom less is enough."""

POLYGONS, LINES = ["Polygon", "MultiPolygon"], ["LineString", "MultiLineString"]
SHAPES = {"fill": POLYGONS, "line": [*POLYGONS, *LINES], "circle": ["Point", "MultiPoint"]}
"""Which shapes a kind of layer draws."""

Style = dict[str, Any]


def map_style(scene: MapScene) -> dict[str, Any]:
    """Return MapLibre's style: sources and layers, bottom layer first, nothing from outside."""
    stacked = [*scene.backgrounds, *reversed(scene.layers)]
    named = [(name, layer) for layer in stacked for name in _names(layer)]
    return {
        "version": 8,
        "sources": {
            **{name: _source(layer, scene) for name, layer in named},
            **{layer.id: _vector_source(layer, scene) for layer in scene.vectors},
        },
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": "#e6eaed"}},
            *(_drawn(name, layer) for name, layer in named),
            *(part for layer in reversed(scene.vectors) for part in _outlined(layer)),
        ],
    }


def _names(layer: MapLayer) -> list[str]:
    """A layer that follows the threshold is there twice: one is seen while the other loads."""
    return [layer.id, f"{layer.id}~"] if layer.live else [layer.id]


def _source(layer: MapLayer, scene: MapScene) -> dict[str, Any]:
    return {
        "type": "raster",
        "tiles": [layer.url],
        "tileSize": 256,
        "bounds": _tiles_in(scene),
        "maxzoom": native_zoom(scene),
    }


def _tiles_in(scene: MapScene) -> Bounds:
    """Return where tiles are asked; MapLibre knows no bounds that cross 180 degrees."""
    _, south, _, north = scene.bounds
    return (-HALF_TURN, south, HALF_TURN, north) if crosses(scene.bounds) else scene.bounds


def _drawn(name: str, layer: MapLayer) -> dict[str, Any]:
    smooth = not layer.live and not style(layer.kind).discrete
    return {
        "id": name,
        "type": "raster",
        "source": name,
        "layout": {"visibility": "none"},
        "paint": {
            "raster-resampling": "linear" if smooth else "nearest",
            "raster-fade-duration": 0,
            **(PALE if layer.kind == "hillshade" else {}),
        },
    }


def native_zoom(scene: MapScene) -> int:
    """Return the zoom at which a tile's pixel is about a ground pixel."""
    latitude = math.radians((scene.bounds[1] + scene.bounds[3]) / 2)
    ratio = EQUATOR_M_PER_PIXEL * math.cos(latitude) / max(scene.pixel_size_m, 0.01)
    return min(22, max(1, math.ceil(math.log2(ratio))))


def _vector_source(layer: VectorLayer, scene: MapScene) -> Style:
    return {
        "type": "vector",
        "tiles": [layer.url],
        "bounds": _tiles_in(scene),
        "maxzoom": max(1, native_zoom(scene) - VECTOR_TILE_STEPS),
    }


def _outlined(layer: VectorLayer) -> list[Style]:
    """Return fill, line and dot of a layer of outlines; a state set by hand beats the column."""
    colour = _colour(layer)
    gone = ["==", _value_of(layer), "redrawn"] if layer.colour_by == "status" else False
    chosen = ["boolean", ["feature-state", "selected"], False]
    parts: tuple[tuple[str, Style], ...] = (
        ("fill", {
            "fill-antialias": False,
            "fill-color": colour,
            "fill-opacity": ["case", gone, 0, chosen, 0.35, 0.14],
        }),
        ("line", {
            "line-color": colour,
            "line-width": ["case", chosen, 4, 1.6],
            "line-opacity": ["case", gone, 0, 1],
        }),
        ("circle", {
            "circle-color": colour,
            "circle-radius": ["case", chosen, layer.dot_pixels + 3, layer.dot_pixels],
            "circle-opacity": ["case", gone, 0, 1],
        }),
    )  # fmt: skip
    return [
        {
            "id": f"{layer.id}-{kind}",
            "type": kind,
            "source": layer.id,
            "source-layer": OUTLINES_IN_TILE,
            "filter": ["match", ["geometry-type"], SHAPES[kind], True, False],
            "layout": {"visibility": "visible" if layer.visible else "none"},
            "paint": paint,
        }
        for kind, paint in parts
    ]


def _value_of(layer: VectorLayer) -> list[Any]:
    column = ["to-string", ["get", layer.colour_by]]
    return ["coalesce", ["feature-state", layer.colour_by], column]


def _colour(layer: VectorLayer) -> Any:
    """Return one colour, or the choice of one by the column's value."""
    if not layer.colour_by or not layer.colours:
        return layer.colours.get("", OUTLINE_COLOUR)
    pairs = [part for pair in layer.colours.items() if pair[0] for part in pair]
    return ["match", _value_of(layer), *pairs, layer.colours.get("", OUTLINE_COLOUR)]
