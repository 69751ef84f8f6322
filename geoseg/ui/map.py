"""Map layers, bounds and a run's curve -> one page that draws them, shown inside a page.

leafmap's MapLibre backend lays out the map and its controls; the style is given as a dict and the
scripts come from this server, so the map needs no internet.
"""

import html
import json
import threading
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures.styles import LayerStyle, hex_colour, style
from geoseg.lonlat import unrolled
from geoseg.tasks import ClassLabel
from geoseg.ui.map_scene import Bounds, DrawTarget, MapLayer, MapScene, Mode, VectorLayer
from geoseg.ui.map_style import OUTLINE_COLOUR, OVERZOOM, map_style, native_zoom
from geoseg.web.map_pages import keep_page
from geoseg.web.outlines import read_ahead
from geoseg.web.vector_layers import find_vector

__all__ = [
    "Bounds", "DrawTarget", "MapLayer", "MapScene", "Mode", "VectorLayer", "map_style",
    "scene_text", "show_map", "warm_up",
]  # fmt: skip

RAMP_STEPS = 12
THRESHOLDS = [percent / 100 for percent in range(1, 100)]


def show_map(scene: MapScene, height: int = 600) -> None:
    """Draw the map on the page; the same scene is built once and not drawn anew."""
    for layer in scene.vectors:
        read_ahead(find_vector(layer.id))
    st.iframe(keep_page(_page(scene_text(scene))), height=height)


def scene_text(scene: MapScene) -> str:
    """Describe the scene as JSON for the page's script."""
    swipe = scene.swipe if all(scene.swipe) else _first_and_last(scene.layers)
    return json.dumps(
        {
            "bounds": unrolled(scene.bounds),
            "layers": [_described(layer, scene.classes) for layer in scene.layers],
            "backgrounds": [_described(layer, ()) for layer in scene.backgrounds],
            "vectors": [_outlines_described(layer) for layer in scene.vectors],
            "draw": scene.draw and asdict(scene.draw),
            "selected": scene.selected,
            "focus": scene.focus and unrolled(scene.focus),
            "point_url": scene.point_url,
            "threshold": _threshold(scene),
            "swipe": swipe,
            "mode": scene.mode,
            "simulated": scene.simulated,
            "description": scene.description,
            "map": {"style": map_style(scene), "max_zoom": native_zoom(scene) + OVERZOOM},
        }
    )


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Load the map library beside the first page, so that the first map does not wait for it."""
    thread = threading.Thread(target=_leafmap, name="map library", daemon=True)
    thread.start()
    return thread


@st.cache_data(max_entries=64, show_spinner="Drawing the map ...")
def _page(scene: str) -> str:
    """Return the whole page of a described scene."""
    described = json.loads(scene)
    plan = described.pop("map")
    described["map"] = _built(plan["style"], described["bounds"], plan["max_zoom"])
    # "</" would end the script element that carries the description.
    text = json.dumps(described).replace("</", "<\\/")
    badge = "" if described["simulated"] else " hidden"
    return PAGE.format(scene=text, badge=badge, title=html.escape(described["description"]))


def _built(map_style: dict[str, Any], bounds: Bounds, max_zoom: int) -> dict[str, Any]:
    """Let leafmap lay out the map; return its options and the calls that add its controls."""
    west, south, east, north = bounds
    built = _leafmap().Map(
        center=((west + east) / 2, (south + north) / 2),
        style=map_style,
        controls={"navigation": "top-right", "scale": "bottom-left"},
        use_message_queue=True,
        max_zoom=max_zoom,
    )
    plan: dict[str, Any] = built.to_dict()
    return plan


def _leafmap() -> Any:
    """Import leafmap's MapLibre backend, which takes seconds and warns of old syntax."""
    with _IMPORTING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import leafmap.maplibregl as backend

    return backend


def _described(layer: MapLayer, classes: Sequence[ClassLabel]) -> dict[str, Any]:
    look = style(layer.kind, classes)
    table = {} if look.discrete else look.table(RAMP_STEPS)
    plain = layer.kind in ("rgb", "hillshade")
    legend = [] if plain else [(*entry, _pixels(layer, look, entry[1])) for entry in look.legend]
    return {
        "id": layer.id,
        "kind": layer.kind,
        "title": layer.title,
        "url": layer.url,
        "visible": layer.visible,
        "live": layer.live,
        "opacity": 1.0,
        "help": layer.help or look.help,
        "legend": legend,
        "ramp": [hex_colour(colour) for colour in table.values()] if legend else [],
    }


def _pixels(layer: MapLayer, look: LayerStyle, colour: str) -> int | None:
    """Return how many pixels a legend's colour stands for; None where nobody counted."""
    values = look.colormap.items() if isinstance(look.colormap, dict) else ()
    counted = [layer.counts[value] for value, drawn in values
               if value in layer.counts and drawn[3] and hex_colour(drawn) == colour]  # fmt: skip
    return sum(counted) if counted else None


def _outlines_described(layer: VectorLayer) -> dict[str, Any]:
    plain = layer.colours.get("", OUTLINE_COLOUR)
    named = [(layer.words.get(value, value), colour) for value, colour in layer.colours.items()
             if value]  # fmt: skip
    if "" in layer.words:
        named.append((layer.words[""], plain))
    return {
        "id": layer.id,
        "title": layer.title,
        "colour_by": layer.colour_by,
        "legend": named or [("outline", plain)],
        "words": dict(layer.words),
        "fields": list(layer.fields.items()),
        "visible": layer.visible,
        "clickable": layer.clickable,
        "link": layer.link,
    }


def _threshold(scene: MapScene) -> dict[str, Any] | None:
    """Return the run's threshold and the scores at 0.01, 0.02 ... 0.99."""
    if scene.threshold is None:
        return None
    return {"value": scene.threshold, "curve": scene.curve and curve_record(scene.curve)}


def curve_record(curve: ScoreHistogram) -> dict[str, list[float | None]]:
    """Return precision, recall and F1 at `THRESHOLDS`; None where a score is undefined."""
    scores = [curve.confusion_at(threshold).metrics() for threshold in THRESHOLDS]
    return {
        name: [None if (value := row[name]) is None else round(value, 4) for row in scores]
        for name in ("precision", "recall", "f1")
    }


def _first_and_last(layers: Sequence[MapLayer]) -> tuple[str, str]:
    return (layers[0].id, layers[-1].id) if layers else ("", "")


_IMPORTING = threading.Lock()
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/maplibre-gl.css">
<link rel="stylesheet" href="/assets/map.css">
</head>
<body>
<div id="app">
  <main id="stage">
    <div id="main" class="pane"></div>
    <div id="right" class="pane" hidden></div>
    <button id="handle" type="button" role="slider" hidden aria-label="Line between the two maps"
      aria-valuemin="0" aria-valuemax="100" aria-valuenow="50"></button>
    <div id="badge"{badge}>Simulated data</div>
    <div id="left-name" class="side" hidden></div>
    <div id="right-name" class="side" hidden></div>
    <button id="open-panel" type="button">Layers</button>
    <section id="threshold" hidden aria-label="Threshold">
      <div class="row">
        <label for="cut">Count as found from</label>
        <input id="cut" type="range" min="0.01" max="0.99" step="0.01">
        <output id="cut-text" for="cut"></output>
        <button id="reset" type="button" hidden>Back to the run's</button>
      </div>
      <div id="scores" aria-live="polite"></div>
    </section>
    <div id="cross" hidden aria-hidden="true"></div>
    <div id="tools" hidden role="toolbar" aria-label="Drawing"></div>
    <div id="note" role="alert"></div>
  </main>
  <aside id="panel" aria-label="Layers of the map">
    <header><h2>Layers</h2>
      <button id="close-panel" class="icon" type="button" aria-label="Hide the layers"
        >&times;</button></header>
    <div id="work"></div>
    <div id="rows"></div>
  </aside>
</div>
<script type="application/json" id="scene">{scene}</script>
<script src="/assets/maplibre-gl.js"></script>
<script type="module" src="/assets/map.js"></script>
</body>
</html>
"""
