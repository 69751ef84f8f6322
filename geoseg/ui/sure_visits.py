"""The list of unsure places to visit in the field, on the map and as files."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pandas as pd
import streamlit as st

from geoseg.evaluation.visits import By, VisitSettings
from geoseg.ui.map import VectorLayer, show_map
from geoseg.ui.scenes import run_scene
from geoseg.web.vector_layers import register_vector, vector_url
from geoseg.workspace.visits import visit_files, visit_layers

COLOUR = "#7b1fa2"
TITLES: dict[str, str] = {
    "spread": "the networks disagree most",
    "mutual_information": "the networks contradict each other most (bits)",
    "entropy": "the whole ensemble is least sure",
}
HELP = (
    "The places stand well apart, so that a day in the field sees different ground. What you find "
    "there tells most about the map, and is the best to label next."
)
FILES = (
    ("gpkg", "For a GIS (GeoPackage)", "application/geopackage+sqlite3"),
    ("csv", "Table (CSV)", "text/csv"),
    ("gpx", "For a GPS (GPX)", "application/gpx+xml"),
)


def show(run_id: str) -> None:
    """Let the user choose what makes a place unsure and how many; show them and offer files."""
    st.subheader("Where to look in the field", anchor=False, help=HELP)
    layers = visit_layers(run_id)
    if not layers:
        st.caption("This run kept no map of doubt, so no place can be listed; run again.")
        return
    files = visit_files(run_id, _choice(layers))
    places = pd.read_csv(files["csv"])
    if places.empty:
        st.success("No place is unsure: the networks agree everywhere.")
        return
    selected = _table(places)
    _map(run_id, files["gpkg"], selected)
    for column, (ending, title, media) in zip(st.columns(len(FILES)), FILES, strict=True):
        column.download_button(
            title, files[ending].read_bytes, f"visits.{ending}", media,
            icon=":material/download:", width="stretch",
        )  # fmt: skip


def _choice(layers: tuple[str, ...]) -> VisitSettings:
    left, right = st.columns([3, 2], gap="medium")
    by = left.selectbox(
        "Places where", layers, format_func=TITLES.__getitem__, help="What makes a place unsure."
    )
    most = right.slider("How many places", 10, 200, 50, 10, help="The least sure come first.")
    return VisitSettings(by=cast(By, by), most=most)


def _table(places: pd.DataFrame) -> int | None:
    """Show the list; return the rank of the place the user picked."""
    shown = places[["rank", "why", "lat", "lon"]]
    picked = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(35 * len(shown) + 38, 250),
        column_config={
            "rank": st.column_config.NumberColumn("Place", width="small"),
            "why": st.column_config.TextColumn("Why", width="large"),
            "lat": st.column_config.NumberColumn("Latitude", format="%.5f"),
            "lon": st.column_config.NumberColumn("Longitude", format="%.5f"),
        },
    )
    rows = picked.selection.rows
    return int(shown.iloc[rows[0]]["rank"]) if rows else None


def _map(run_id: str, path: Path, selected: int | None) -> None:
    layer_id = register_vector(path, "Places to visit", ("why",))
    points = VectorLayer(
        id=layer_id,
        title="Places to visit",
        url=vector_url(layer_id),
        colours={"": COLOUR},
        words={"": "place to visit"},
        fields={"why": "Why"},
    )
    scene = run_scene(run_id, show=("live",))
    show_map(replace(scene, vectors=(points,), selected=selected), height=420)
