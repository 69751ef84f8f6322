"""The view "Why" of Compare: which bands the networks relied on, and how the bands depart."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from geoseg.figures.bands import importance
from geoseg.grid import Grid
from geoseg.inference.tiles import count_tiles
from geoseg.jobs.queue import submit_explanation
from geoseg.lonlat import turned_back, unrolled
from geoseg.pipeline.explain_request import USUAL_TILES, ExplainSettings
from geoseg.settings import RunSettings
from geoseg.ui import cached, why_bands
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.layout import simulated_badge
from geoseg.ui.map import show_map
from geoseg.ui.outline_layers import POLYGONS, run_outlines
from geoseg.ui.runs import ACTIVE, head_with_cancel, show_progress
from geoseg.ui.scenes import run_scene
from geoseg.ui.scores import CHART
from geoseg.ui.words import duration
from geoseg.workspace import read_record, run_folder
from geoseg.workspace.explanations import (
    ExplanationState,
    cancel_explanation,
    find_explanation,
    read_explanation,
    read_explanation_state,
)

POLYGON = "polygon"
"""Part of the address: the outline to explain."""
POLL_SECONDS = 1.0
ROWS_SHOWN = 500
TILES_OF_AN_OUTLINE = 2
TARGETS = {
    "area": ":material/map: The whole area",
    "outline": ":material/activity_zone: One outline",
    "place": ":material/location_on: A place",
}
LEAD = (
    "Each band is hidden in turn: the networks then see its usual value everywhere, as if it told "
    "nothing. **How far the map moves without a band is how much they relied on it.**"
)
TILES_HELP = (
    "On how many tiles (squares) of the area the bands are hidden, half of them where most is "
    "mapped. More give steadier figures and take longer; the map itself does not change."
)
FALLS = {
    "f1_fall": ("How much lower F1 would be", "F1 lost"),
    "fall": ("How much lower the probability would be", "probability lost"),
}
WITHOUT = {"bands": " without a band", "groups": " without a whole kind of evidence"}


def show(chosen: Chosen) -> None:
    """Let the user ask for the area, an outline or a place; show the answer and the bands."""
    st.markdown(LEAD)
    if read_record(chosen.run_id).get("simulated"):
        simulated_badge()
    settings = _question(chosen.run_id)
    if settings is not None:
        _answer(chosen.run_id, settings)
    st.subheader("Your bands beside the training", anchor=False)
    why_bands.of_run(chosen.run_id)


def _question(run_id: str) -> ExplainSettings | None:
    """Return what shall be explained; None until the user has pointed at something."""
    named = st.query_params.get(POLYGON, "")
    target = st.segmented_control(
        "What shall be explained?", list(TARGETS), required=True,
        default="outline" if named else "area",
        format_func=TARGETS.__getitem__, key=f"why_target_{run_id}",
    )  # fmt: skip
    if target == "outline":
        return _outline(run_id, int(named) if named.isdigit() else None)
    if target == "place":
        return _place(run_id)
    tiles = st.slider("Tiles to look at", 4, 60, USUAL_TILES, 4, help=TILES_HELP)
    return ExplainSettings(tiles=tiles)


def _outline(run_id: str, named: int | None) -> ExplainSettings | None:
    """Let the user pick an outline by the map, the list or its number."""
    path = run_folder(run_id) / POLYGONS
    frame = cached.outlines(path) if path.is_file() else pd.DataFrame()
    if frame.empty:
        st.info("This run has no outline. Explain the whole area or a place instead.")
        return None
    listed, mapped = st.columns([2, 3], gap="medium")
    with listed:
        picked = _picked(frame)
        number = st.number_input(
            "Outline number", 1, int(frame["id"].max()), picked or named or 1,
            help="Its number in every file, and in the box that opens at a click on the map.",
            key=f"why_outline_{run_id}_{picked or named or 1}",
        )  # fmt: skip
    with mapped:
        address = f"/compare?run={run_id}&view=why&{POLYGON}={{id}}"
        link = ("Why is it mapped? (opens beside)", address)
        layers = tuple(replace(layer, link=link) for layer in run_outlines(run_id, visible=True))
        scene = replace(run_scene(run_id, show=("probability",)), threshold=None, curve=None)
        show_map(replace(scene, vectors=layers, selected=int(number)), height=420)
    return ExplainSettings(polygon=int(number))


def _picked(frame: pd.DataFrame) -> int | None:
    """Show the largest outlines; return the number of the one the user picked."""
    shown = frame.nlargest(ROWS_SHOWN, "area_m2")[["id", "area_m2", "mean_prob", "mean_sprd"]]
    picked = st.dataframe(
        pd.DataFrame(shown).reset_index(drop=True),
        hide_index=True, on_select="rerun", selection_mode="single-row", height=320,
        column_config={
            "id": st.column_config.NumberColumn("Outline", help="Its number in every file."),
            "area_m2": st.column_config.NumberColumn("Area, m²", format="localized"),
            "mean_prob": st.column_config.NumberColumn("Probability", format="%.2f"),
            "mean_sprd": st.column_config.NumberColumn("Spread", format="%.2f"),
        },
    )  # fmt: skip
    rows = picked.selection.rows
    return int(shown.iloc[rows[0]]["id"]) if rows else None


def _place(run_id: str) -> ExplainSettings:
    """Let the user name a place: also where nothing is mapped, to see why not."""
    bounds = Grid.from_record(read_record(run_id)["grid"]).lonlat_bounds
    west, south, east, north = unrolled(bounds)
    left, right = st.columns(2)
    lon = left.number_input(
        "Longitude", west, east, (west + east) / 2, format="%.5f",
        help="A click on the map of the view Map shows it.",
    )  # fmt: skip
    lat = right.number_input("Latitude", south, north, (south + north) / 2, format="%.5f")
    st.caption("Where an outline is mapped it is explained; elsewhere the ground around the place.")
    return ExplainSettings(point=(round(turned_back(lon), 6), round(lat, 6)))


def _answer(run_id: str, settings: ExplainSettings) -> None:
    """Show what was found; where nobody asked yet, offer to find out."""
    state = find_explanation(run_id, settings)
    if state is not None and state.status == "finished":
        _found(read_explanation(state.id))
        return
    if state is not None and state.status in ACTIVE:
        _live(state.id)
        return
    if state is not None:
        _ended(state)
    seconds = _seconds(read_record(run_id), settings)
    left, right = st.columns([1, 3], vertical_alignment="center")
    if left.button("Find out", type="primary", icon=":material/lightbulb:", width="stretch"):
        submit_explanation(run_id, settings)
        st.rerun()
    right.caption(
        f"The networks look again, {duration(seconds)} or so. You can close this page meanwhile."
    )


def _seconds(record: dict[str, Any], settings: ExplainSettings) -> float:
    """Return about how long the answer takes, by how long the run took."""
    chosen = RunSettings(**record["settings"])
    all_tiles = count_tiles(Grid.from_record(record["grid"]).shape, chosen.tiles)
    tiles = min(settings.tiles if settings.polygon is None else TILES_OF_AN_OUTLINE, all_tiles)
    asked = tiles * (3 + len(record["bands"]))
    return 5 + float(record["timings_s"].get("predicting", all_tiles)) * asked / all_tiles


def _ended(state: ExplanationState) -> None:
    if state.status == "failed":
        st.error(f"It could not be found out: {state.message}", icon=":material/error:")
    else:
        st.warning("This was cancelled.", icon=":material/cancel:")


@st.fragment(run_every=POLL_SECONDS)
def _live(explanation_id: str) -> None:
    state = read_explanation_state(explanation_id)
    if state.status not in ACTIVE:
        st.rerun(scope="app")
    with st.container(border=True):
        if head_with_cancel(state):
            cancel_explanation(explanation_id)
        show_progress(state)


def _found(record: dict[str, Any]) -> None:
    """Show an explanation: sentences, bars, the figures behind them."""
    first, *others = record["words"]
    st.markdown(f"**{first}** {' '.join(others[:-1])}")
    st.caption(others[-1])
    measures = [name for name in FALLS if any(row[name] is not None for row in record["bands"])]
    charts = [(rows, name) for rows in ("bands", "groups") for name in measures if record[rows]]
    for first in range(0, len(charts), 2):
        columns = st.columns(2, gap="medium")
        for column, (rows, name) in zip(columns, charts[first : first + 2], strict=False):
            with column:
                _bars(record[rows], rows, name)
    if len(record["members"]) > 1:
        st.caption("The thin lines show how far the networks differ (standard deviation).")
    with st.expander("The figures"):
        st.dataframe(_table(record), hide_index=True)
        st.download_button(
            "Explanation (JSON)", json.dumps(record, indent=2), "explanation.json",
            "application/json", icon=":material/download:",
        )  # fmt: skip


def _bars(rows: list[dict[str, Any]], of: str, measure: str) -> None:
    """Show what is lost without each band, or without each kind of evidence as a whole."""
    title, axis = FALLS[measure]
    st.markdown(f"**{title}{WITHOUT[of]}**")
    st.plotly_chart(importance(rows, measure, axis), config=CHART, key=f"{measure}_{of}")


def _table(record: dict[str, Any]) -> pd.DataFrame:
    rows = [*record["bands"], *record["groups"]]
    columns = {
        "Hidden": [row["title"] for row in rows],
        "Bands": [", ".join(row["bands"]) for row in rows],
        "Probability lost": [row["fall"] for row in rows],
        "Networks differ by": [row["fall_spread"] for row in rows],
        "Map moves by": [row["moved"] for row in rows],
        "F1 without": [row["f1"] for row in rows],
        "F1 lost": [row["f1_fall"] for row in rows],
    }
    return pd.DataFrame(columns).dropna(axis=1, how="all").round(3)
