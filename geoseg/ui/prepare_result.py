"""A derivation: live while it runs, then its predictors on the map and the way to a study area."""

import json
from pathlib import Path

import streamlit as st

from geoseg.stack import RasterInfo
from geoseg.tasks import all_tasks
from geoseg.ui import cached
from geoseg.ui.area_form import likely_task
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import choose_remembered, link, simulated_badge
from geoseg.ui.map import MapLayer, MapScene, show_map
from geoseg.ui.runs import ACTIVE, head_with_cancel, show_progress, took
from geoseg.ui.words import when
from geoseg.web import layers
from geoseg.workspace.derivations import (
    FACTS,
    area_of_derivation,
    cancel_derivation,
    delete_derivation,
    derivation_folder,
    list_derivations,
    predictors_file,
    read_derivation,
    read_derivation_request,
)

POLL_SECONDS = 1.0


def show() -> None:
    """Show derivations on their way, then the one chosen; nothing where there is none."""
    every = list_derivations()
    for state in every:
        if state.status in ACTIVE:
            _live(state.id)
        elif state.status == "failed":
            st.error(f"**{state.title}** stopped: {state.message}", icon=":material/error:")
            if st.button("Remove this message", key=f"remove_{state.id}"):
                delete_derivation(state.id)
                st.rerun()
    finished = {state.id: state for state in every if state.status == "finished"}
    if not finished:
        return
    st.subheader("Derived here", anchor=False)
    titles = {key: f"{state.title} · {when(state.finished)}" for key, state in finished.items()}
    chosen = choose_remembered(
        "Predictors", titles, Address.DERIVATION, "What was derived here, newest first."
    )
    st.caption(took(finished[chosen]))
    _result(chosen)


def _result(derivation_id: str) -> None:
    request = read_derivation_request(derivation_id)
    facts = json.loads((derivation_folder(derivation_id) / FACTS).read_text(encoding="utf-8"))
    if request.simulated:
        simulated_badge()
    for warning in facts["warnings"]:
        st.warning(warning, icon=":material/warning:")
    path = predictors_file(derivation_id)
    info = cached.rasters([path])[0]
    show_map(_scene(path, info, request.simulated, request.title), height=560)
    with st.expander("How each was made"):
        st.markdown("\n".join(f"- {note}" for note in facts["notes"]))
    _onwards(derivation_id, path)


def _scene(path: Path, info: RasterInfo, simulated: bool, title: str) -> MapScene:
    """Return a map with every predictor as a layer, the first one shown."""
    drawn: list[MapLayer] = []
    for band in info.bands:
        layer_id = layers.register(path, "band", band.description, band=band.index)
        url = layers.tile_url(layer_id)
        drawn.append(MapLayer(layer_id, "band", band.description, url, visible=not drawn))
    return MapScene(
        bounds=info.grid.lonlat_bounds,
        pixel_size_m=info.grid.pixel_size_m,
        layers=tuple(drawn),
        point_url=layers.point_url([layer.id for layer in drawn]),
        simulated=simulated,
        description=f"Predictors: {title}",
    )


def _onwards(derivation_id: str, path: Path) -> None:
    """Offer to map with the predictors, and to remove them."""
    st.markdown("**Map with them**")
    tasks = all_tasks()
    names = list(tasks)
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    task = left.selectbox(
        "Task", names, index=names.index(likely_task([path])),
        format_func=lambda name: tasks[name].title, help="What shall be mapped with them.",
    )  # fmt: skip
    if middle.button("Save as study area", icon=":material/save:", width="stretch"):
        area = area_of_derivation(derivation_id, task)
        st.success(f"Saved as “{area.title}”.", icon=":material/check_circle:")
        link(Page.STUDY_AREA, "Look at it", {Address.AREA: area.id})
        link(Page.PREDICT, "Predict this area", {Address.AREA: area.id})
    if right.button("Delete these predictors", icon=":material/delete:", width="stretch"):
        delete_derivation(derivation_id)
        st.query_params.clear()
        st.rerun()


@st.fragment(run_every=POLL_SECONDS)
def _live(derivation_id: str) -> None:
    state = read_derivation(derivation_id)
    if state.status not in ACTIVE:
        st.rerun(scope="app")
    with st.container(border=True):
        if head_with_cancel(state):
            cancel_derivation(derivation_id)
        show_progress(state)
