"""The view "Map" of Compare: every map of a run and its comparison, outlines, and drawn areas."""

import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from geoseg.figures.styles import SEVEN_COLOURS
from geoseg.tasks import Task
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.map import show_map
from geoseg.ui.map_scene import MapLayer, MapScene
from geoseg.ui.outline_layers import TAUGHT, comparison_outlines, sub_areas_target
from geoseg.ui.scenes import CUT, product_layer, run_scene
from geoseg.ui.tasks import known_task
from geoseg.web import layers
from geoseg.workspace import read_request, read_state, run_folder

HEIGHT_PIXELS = 640
METRICS, OTHER_MAP = "metrics.json", "other_map.tif"
SEVEN = (
    ("single_vs_ensemble", "seven_colours", "Single best network and ensemble"),
    ("run_vs_run", "run_vs_run", "Two runs"),
)
"""File without its ending, which is the layer's kind; key in the comparison's record; title."""
DIFFERENCES = (
    ("difference", "Only one of the two maps"),
    ("probability_difference", "Difference of the probabilities"),
)
"""The same of signed differences; title."""
LEAD = (
    "Click for values or an outline's measures. **Swipe** and **Side by side** set two maps beside "
    "each other. Areas drawn here are counted under **Where**."
)
KEY = (
    "<tr><td><i style='display:inline-block;width:1.1em;height:0.8em;border:1px solid #0004;"
    "border-radius:2px;background:{colour}'></i></td><td>{words}</td>"
    "<td style='text-align:right;padding:0 1em'>{pixels:,}</td>"
    "<td style='text-align:right'>{share}</td></tr>"
)
TABLE = (
    "<table style='font-size:0.9rem'><thead><tr><th></th><th style='text-align:left'>{title}</th>"
    "<th style='text-align:right;padding:0 1em'>pixels</th><th style='text-align:right'>share</th></tr></thead>"
    "<tbody>{rows}</tbody></table>"
)


def show(chosen: Chosen) -> None:
    """Show the map, and what the seven colours count where two maps were compared."""
    st.caption(LEAD)
    record = read_metrics(chosen.comparison)
    show_map(compare_scene(chosen, record), HEIGHT_PIXELS)
    tables = [
        _table(title, record[key])
        for _, key, title in SEVEN
        if record.get(key) and record[key].get("colours")
    ]
    for column, table in zip(st.columns(max(1, len(tables))), tables, strict=False):
        column.html(table)


def compare_scene(chosen: Chosen, record: dict[str, Any]) -> MapScene:
    """Return the map of a run with everything its comparison and a second run add.

    Args:
        chosen: What the user looks at.
        record: The comparison's metrics.json; empty for none.
    """
    scene = run_scene(chosen.run_id)
    task = known_task(read_request(chosen.run_id).settings.task)
    added = [
        *_compared(chosen.comparison, task, record),
        *_differences(chosen.comparison, task, record),
        *_other(chosen.other_id),
    ]
    prediction, *others = scene.layers
    drawn = (prediction, *added, *others)
    folder = chosen.comparison
    known = (
        replace(own, visible=own.visible or own.title == TAUGHT.title) for own in scene.vectors
    )
    vectors = (*known, *(comparison_outlines(folder) if folder else ()))
    return replace(
        scene,
        layers=drawn,
        vectors=vectors,
        draw=sub_areas_target(chosen.run_id),
        point_url=layers.point_url([layer.id for layer in drawn if not layer.id.endswith(CUT)]),
        swipe=_sides(scene, drawn),
    )


def read_metrics(comparison: Path | None) -> dict[str, Any]:
    """Return the record of a finished comparison; empty where there is none yet."""
    path = comparison / METRICS if comparison else None
    if path is None or not path.is_file():
        return {}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _compared(folder: Path | None, task: Task, record: dict[str, Any]) -> list[MapLayer]:
    """Return the seven-colour maps of a comparison with their pixels counted."""
    if folder is None:
        return []
    return [
        replace(
            product_layer(folder / f"{kind}.tif", kind, title, task, visible=False),
            counts=_counts(record.get(key)),
        )
        for kind, key, title in SEVEN
        if (folder / f"{kind}.tif").is_file()
    ]


def _differences(folder: Path | None, task: Task, record: dict[str, Any]) -> list[MapLayer]:
    """Return the signed differences of two maps, and the other one where it is no run."""
    if folder is None:
        return []
    drawn = [
        product_layer(folder / f"{kind}.tif", kind, title, task, visible=False)
        for kind, title in DIFFERENCES
        if (folder / f"{kind}.tif").is_file()
    ]
    if (folder / OTHER_MAP).is_file():
        title = f"Map beside: {record.get('other') or 'other map'}"
        drawn.append(product_layer(folder / OTHER_MAP, "classes", title, task, visible=False))
    return drawn


def _other(run_id: str | None) -> list[MapLayer]:
    """Return the map of a second run."""
    if run_id is None or not (run_folder(run_id) / "classes.tif").is_file():
        return []
    task = known_task(read_request(run_id).settings.task)
    title = f"Second run: {read_state(run_id).title}"
    path = run_folder(run_id) / "classes.tif"
    return [product_layer(path, "classes", title, task, visible=False)]


def _sides(scene: MapScene, drawn: tuple[MapLayer, ...]) -> tuple[str, str]:
    """Set a second run beside the first one where there is one."""
    second = [layer.id for layer in drawn[1:] if layer.kind == "classes"]
    return (drawn[0].id, second[0]) if second else scene.swipe


def _counts(part: dict[str, Any] | None) -> dict[int, int]:
    rows = (part or {}).get("colours") or []
    return {row["code"]: row["pixels"] for row in rows if row["code"] in SEVEN_COLOURS}


def _table(title: str, part: dict[str, Any]) -> str:
    """Return the legend of seven colours with pixels and shares of the known ground."""
    rows = [
        KEY.format(
            colour=SEVEN_COLOURS.get(row["code"], "#6b7278"),
            words=html.escape(row["meaning"]),
            pixels=row["pixels"],
            share="-" if row["share"] is None else f"{row['share']:.2%}",
        )
        for row in part["colours"]
    ]
    return TABLE.format(title=html.escape(title), rows="".join(rows))
