"""The list of unsure places to visit in the field, on the map and as files."""

from pathlib import Path
from typing import cast

import pandas as pd
import streamlit as st

from geoseg.evaluation.visits import By, VisitSettings
from geoseg.ui.map import VectorLayer
from geoseg.web.vector_layers import register_vector, vector_url
from geoseg.workspace.visits import visit_files, visit_layers

COLOUR = "#d95f02"
TITLES: dict[str, str] = {
    "spread": "the places where the networks disagree most",
    "mutual_information": "the places where the networks contradict each other most",
    "entropy": "the places where the whole ensemble is least sure",
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


def show(run_id: str, doubt: str) -> tuple[tuple[VectorLayer, ...], int | None]:
    """Show the least sure places and offer their files; return their layer and the one picked.

    Args:
        run_id: The run.
        doubt: Layer the user looks at; places are ranked by it, else by disagreement.
    """
    layers = visit_layers(run_id)
    if not layers:
        st.caption("This run kept no map of doubt, so no place to visit can be listed; run again.")
        return (), None
    by = cast(By, doubt if doubt in layers else layers[0])
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    left.markdown(f"**Where to look in the field**: {TITLES[by]}", help=HELP)
    most = right.slider("How many places", 10, 200, 50, 10, help="The least sure come first.")
    files = visit_files(run_id, VisitSettings(by=by, most=most))
    places = pd.read_csv(files["csv"])
    if places.empty:
        st.success("No place is unsure: the networks agree everywhere.")
        return (), None
    selected = _table(places)
    for column, (ending, title, media) in zip(st.columns(len(FILES)), FILES, strict=True):
        column.download_button(
            title, files[ending].read_bytes, f"visits.{ending}", media,
            icon=":material/download:", width="stretch",
        )  # fmt: skip
    return (_layer(files["gpkg"]),), selected


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


def _layer(path: Path) -> VectorLayer:
    layer_id = register_vector(path, "Places to visit", ("why",))
    return VectorLayer(
        id=layer_id,
        title="Places to visit",
        url=vector_url(layer_id),
        colours={"": COLOUR},
        words={"": "place to visit"},
        fields={"why": "Why"},
    )
