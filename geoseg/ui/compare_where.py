"""Compare, view Where: scores of drawn areas, of a polygon file, of every kind of ground."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from geoseg.comparison.pixels import with_classes
from geoseg.comparison.quick import QuickAreas
from geoseg.comparison.uploads import kept_briefly
from geoseg.errors import GeosegError, GridError
from geoseg.evaluation.areas import split_areas
from geoseg.evaluation.unnamed_ids import UNNAMED
from geoseg.figures import compare_ground
from geoseg.grid import Grid
from geoseg.stack.kinds import POLYGONS
from geoseg.stack.vector_formats import EXPECTED, SHAPE_ENDINGS
from geoseg.ui import cached, scores, where_classes
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.map import show_map
from geoseg.ui.outline_layers import sub_areas_target
from geoseg.ui.reference_form import named_layer
from geoseg.ui.scenes import run_scene
from geoseg.ui.words import area as area_words
from geoseg.workspace import read_record, run_folder
from geoseg.workspace.sub_areas import read_sub_areas

QUIET = {"displayModeBar": False}
POLL_SECONDS = 2.0
WAYS = {
    "drawn": ":material/draw: Draw areas",
    "file": ":material/upload_file: Polygon file",
    "ground": ":material/terrain: Kinds of ground",
}
DRAW = (
    "Draw areas on the map and give them names: a valley, a slope, what a colleague mapped. The "
    "numbers below follow at once, and the areas stay with this run."
)
NO_REFERENCE = (
    "This run has no reference, so each area tells how much was mapped in it. With a reference it "
    "would also tell how much of that is right and how much was missed."
)
NO_GROUND = (
    "With a reference you would see here on which slopes, in which land cover and in which "
    "direction of the ground the map is right, and where it fails."
)
FEW = "*few*: so little of the feature lies there that the scores say little."
COLUMNS = {
    "name": "Area",
    "f1": "F1",
    "precision": "Precision",
    "recall": "Recall",
    "iou": "IoU",
    "mcc": "MCC",
    "pixels": "Pixels",
    "positives": "of the feature",
    "small": "Few",
}
MEANS = {"f1": "F1", "precision": "precision", "recall": "recall", "macro_f1": "macro F1"}
Row = Mapping[str, Any]


def show(chosen: Chosen) -> None:
    """Draw the view."""
    way = st.segmented_control(
        "Which parts?", list(WAYS), default="drawn", format_func=WAYS.__getitem__,
        required=True, label_visibility="collapsed", key="where_way",
    )  # fmt: skip
    if way == "ground":
        _ground(chosen)
    elif way == "file":
        _file(chosen)
    else:
        _drawn(chosen)


def _drawn(chosen: Chosen) -> None:
    """Show a map to draw on, and below it what lies in the areas drawn."""
    st.caption(DRAW)
    scored = scores.scored(chosen.run_id)
    scene = run_scene(chosen.run_id, show=("confusion",) if scored else ("live",))
    show_map(replace(scene, draw=sub_areas_target(chosen.run_id)), height=520)
    _follow(chosen.run_id)


@st.fragment(run_every=POLL_SECONDS)
def _follow(run_id: str) -> None:
    """Count the drawn areas anew whenever they change."""
    areas = read_sub_areas(run_id)
    if areas.empty:
        st.info("No area is drawn yet.", icon=":material/draw:")
        return
    _counted(cached.sub_areas(run_folder(run_id), areas), "drawn")


def _file(chosen: Chosen) -> None:
    given = st.file_uploader(
        "Polygons of the areas", SHAPE_ENDINGS,
        help=f"{EXPECTED}, in any coordinate system. A column called "
        "name, title or label names the areas.",
    )  # fmt: skip
    if given is None:
        st.caption("Each polygon is counted on its own; nothing of the file is kept.")
        return
    try:
        name = named_layer(given.name, given.getvalue(), POLYGONS)
        with kept_briefly(name, given.getvalue()) as path:
            areas = _read(path, chosen.run_id)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return
    _counted(cached.sub_areas(run_folder(chosen.run_id), areas), "file")


def _read(path: Path, run_id: str) -> gpd.GeoDataFrame:
    """Return the named polygons of a file that touch the map.

    Raises:
        GridError: There are none.
    """
    grid = Grid.from_record(read_record(run_id)["grid"])
    found, beside = split_areas(path, grid)
    if beside:
        st.warning(f"{', '.join(beside[:5])}: outside the map, left out.", icon=":material/info:")
    if not found:
        raise GridError(f"no area of {path.name} touches the map; draw the areas inside it")
    columns = {"name": [area.name for area in found]}
    outlines = [area.polygon for area in found]
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=grid.crs.to_wkt())


def _counted(found: QuickAreas, key: str) -> None:
    """Show what lies in the areas: scores where there is a reference, else the mapped ground."""
    for name in found.beside:
        st.caption(f":material/info: {name} lies outside the map.")
    if not found.rows:
        return
    if found.mean is None:
        st.caption(NO_REFERENCE)
        _mapped(found.rows)
        return
    shown = where_classes.choose(found.rows, key)
    _chart(shown, key)
    table(shown, f"areas_{key}", found.rows)
    means = [
        f"{title} {_mean(shown, score)}" for score, title in MEANS.items() if score in shown[0]
    ]
    st.caption(f"Mean over the areas where it is defined: {', '.join(means)}.")


def _mapped(rows: Sequence[Row]) -> None:
    shown = {
        "Area": [row["name"] for row in rows],
        "Mapped": [area_words(row["mapped_m2"]) for row in rows],
        "Share of its ground": [row["mapped_share"] for row in rows],
    }
    share = st.column_config.NumberColumn(format="percent")
    st.dataframe(pd.DataFrame(shown), hide_index=True, column_config={"Share of its ground": share})


def _ground(chosen: Chosen) -> None:
    """Show the scores of every kind of ground the comparison found."""
    record = cached.comparison(chosen.comparison) if chosen.comparison else {}
    strata = record.get("strata")
    if strata is None:
        st.info(NO_GROUND if not scores.scored(chosen.run_id) else "Still being compared ...")
        return
    kinds = list(dict.fromkeys(row["kind"] for row in strata))
    if kinds:
        kind = st.segmented_control("By", kinds, default=kinds[0], required=True, key="where_kind")
        rows = [row for row in strata if row["kind"] == kind]
        shown = where_classes.choose(rows, "ground")
        _chart(shown, str(kind))
        table(shown, f"ground_{kind}", rows)
    for note in record["notes"]:
        if note.startswith("no scores by") or UNNAMED in note:
            st.caption(f":material/info: {note[:1].upper()}{note[1:]}.")


def _chart(rows: Sequence[Row], key: str) -> None:
    figure = compare_ground.by_group(rows)
    st.plotly_chart(figure, config=QUIET, key=f"where_{key}")
    if any(row["small"] for row in rows):
        st.caption(FEW)


def table(rows: Sequence[Row], name: str, every: Sequence[Row]) -> None:
    """Show scores as a table with a download; undefined ones are empty and told below.

    Args:
        rows: What is shown.
        name: Of the file to download.
        every: The rows with all their classes, for the file.
    """
    columns = COLUMNS | ({"positives": "of the class"} if "class" in rows[0] else {})
    shown = pd.DataFrame([{title: row[key] for key, title in columns.items()} for row in rows])
    classes = where_classes.side_by_side(rows)
    if classes is not None:
        shown = pd.concat([shown, classes], axis=1)
    counts = {title: st.column_config.NumberColumn(format="localized")
              for title in (columns["pixels"], columns["positives"])}  # fmt: skip
    digits = {title: st.column_config.NumberColumn(format="%.3f")
              for title in shown if title not in {"Area", "Few", *counts}}  # fmt: skip
    st.dataframe(shown, hide_index=True, width="stretch", column_config=digits | counts)
    notes = [f"{row['name']}: {note}" for row in rows for note in row["notes"]]
    if notes:
        with st.expander(f"{len(notes)} scores are undefined"):
            st.markdown("\n".join(f"- {note}" for note in notes))
    st.download_button(
        "Table (CSV)", _csv(every), f"{name.replace(' ', '_')}.csv", "text/csv",
        icon=":material/download:", key=f"csv_{name}", on_click="ignore",
    )  # fmt: skip


def _csv(rows: Sequence[Row]) -> str:
    """Return rows as a table, each class in a row of its own where they are told."""
    nested = {"notes", "classes", "class_matrix"}
    flat = [{k: v for k, v in row.items() if k not in nested} for row in with_classes(rows)]
    return pd.DataFrame(flat).to_csv(index=False)


def _mean(rows: Sequence[Row], score: str) -> str:
    values = [row[score] for row in rows if row[score] is not None]
    return f"{fmean(values):.2f}" if values else "undefined"
