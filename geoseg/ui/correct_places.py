"""Page Correct: where to label next and what to visit, ranked; a row picked leads the map there."""

from pathlib import Path

import geopandas as gpd
import streamlit as st

from geoseg.errors import GeosegError
from geoseg.lonlat import bounds_of as bounds_in_degrees
from geoseg.lonlat import unrolled
from geoseg.stack.ogr import pyogrio
from geoseg.ui.correct_map import look_at
from geoseg.ui.map_scene import Bounds
from geoseg.workspace.places import Places, places_files

LISTS: dict[Places, tuple[str, str]] = {
    "label_next": (
        "Where map and reference disagree",
        (
            "The largest and surest contradictions first: one of the two is wrong there, and a "
            "corrected outline teaches most. Narrow strips along edges come last."
        ),
    ),
    "visits": (
        "Where the networks disagree",
        "The least sure places, well apart, for a walk in the field or a look at better images.",
    ),
}
"""Kind -> title and what it is for."""
MEDIA = {
    "gpkg": ("GeoPackage", "application/geopackage+sqlite3"),
    "csv": ("Table (CSV)", "text/csv"),
    "gpx": ("For a GPS (GPX)", "application/gpx+xml"),
}
AROUND_DEGREES = 0.003
"""Around a place: about 300 m of the ground it lies in."""
COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width="small"),
    "kind": st.column_config.TextColumn("What"),
    "area_m2": st.column_config.NumberColumn("Area, m²", format="localized"),
    "sureness": st.column_config.NumberColumn(
        "Map is sure",
        format="%.2f",
        help="How sure the map is of what the reference denies, 0 to 1.",
    ),
    "narrow": st.column_config.CheckboxColumn(
        "Edge only", help="A strip thinner than three pixels: the outline differs, not the finding."
    ),
    "unsureness": st.column_config.NumberColumn(
        "Unsureness", format="%.3f", help="Standard deviation of the networks' answers around it."
    ),
    "why": st.column_config.TextColumn("Why", width="large"),
    "lon": st.column_config.NumberColumn("Longitude", format="%.5f"),
    "lat": st.column_config.NumberColumn("Latitude", format="%.5f"),
}


def chosen(run_id: str) -> Places | None:
    """Return the list the user chose below the map; None for none yet."""
    kept: Places | None = st.session_state.get(_key(run_id))
    return kept


def choose(run_id: str, has_reference: bool) -> None:
    """Let the user choose a list; with a reference the disagreements come first."""
    offered: list[Places] = ["label_next", "visits"] if has_reference else ["visits"]
    st.segmented_control(
        "Ranked list of places",
        offered,
        format_func=lambda name: LISTS[name][0],
        key=_key(run_id),
        label_visibility="collapsed",
    )
    if chosen(run_id) is None:
        st.caption("Choose what to rank; the places are shown on the map, too.")


def _key(run_id: str) -> str:
    return f"correct_list_{run_id}"


def files(run_id: str, kind: Places | None) -> dict[str, Path]:
    """Return the files of the chosen list; none, with the reason said, where it cannot be made."""
    if kind is None:
        return {}
    try:
        with st.spinner("Ranking the places ..."):
            return places_files(run_id, kind)
    except GeosegError as error:
        st.info(str(error), icon=":material/info:")
        return {}


def table(run_id: str, kind: Places, found: dict[str, Path]) -> None:
    """Show the list; a row picked leads the map to its place."""
    frame = pyogrio.read_dataframe(found["gpkg"])
    st.caption(LISTS[kind][1])
    if frame.empty:
        st.success("There is no such place.", icon=":material/check_circle:")
        return
    key = f"correct_places_{run_id}_{kind}"
    st.dataframe(
        frame.drop(columns="geometry"),
        hide_index=True,
        column_config=COLUMNS,
        column_order=[name for name in COLUMNS if name in frame],
        on_select=lambda: _go(run_id, frame, key),
        selection_mode="single-row",
        key=key,
        height=300,
    )
    for column, ending in zip(st.columns(4), found, strict=False):
        title, media = MEDIA[ending]
        path = found[ending]
        column.download_button(
            title, path.read_bytes(), path.name, media, icon=":material/download:", width="stretch"
        )


def _go(run_id: str, frame: gpd.GeoDataFrame, key: str) -> None:
    rows = st.session_state[key].selection.rows
    if rows:
        look_at(run_id, bounds=bounds_of(frame, rows[0]))


def bounds_of(frame: gpd.GeoDataFrame, row: int) -> Bounds:
    """Return the bounds of a place with some ground around it, degrees."""
    shape = frame.geometry.iloc[[row]].to_crs(4326).iloc[0]
    west, south, east, north = unrolled(bounds_in_degrees(shape))
    pad = AROUND_DEGREES
    return west - 2 * pad, south - pad, east + 2 * pad, north + pad
