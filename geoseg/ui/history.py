"""Past runs as a list: open, delete."""

from collections.abc import Sequence

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.figures.charts import score_text
from geoseg.ui import forms, runs, scores
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link
from geoseg.ui.words import when
from geoseg.workspace import RunState, delete_run, list_areas, read_request

WIDTHS = (4, 2, 3, 1, 2, 3)
HEADINGS = ("Run", "State", "Bands and networks", "F1", "When", "")


def table(states: Sequence[RunState]) -> None:
    """Show one row per run that has ended."""
    if not states:
        return
    areas = {area.id: area.title for area in list_areas()}
    for column, heading in zip(st.columns(WIDTHS), HEADINGS, strict=True):
        column.caption(heading)
    for state in states:
        _row(state, areas.get(state.area_id, "area deleted since"))


def _row(state: RunState, area: str) -> None:
    name, status, choices, f1, time, actions = st.columns(WIDTHS, vertical_alignment="center")
    name.markdown(f"**{state.title}**  \n:gray[{area}]")
    with status:
        runs.badge(state)
        if state.status == "failed":
            st.caption(state.message)
    settings = read_request(state.id).settings
    choices.markdown(forms.choices_in_words(settings))
    f1.markdown(score_text(scores.metric(state.id, "f1")) if scores.scored(state.id) else "-")
    time.markdown(when(state.finished or state.created))
    with actions, st.container(horizontal=True, vertical_alignment="center"):
        if state.status == "finished":
            link(Page.COMPARE, "Open", {Address.RUN: state.id}, icon="compare")
        _delete(state)


def _delete(state: RunState) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("The run and all its files are removed.")
        if st.button("Delete for good", key=f"delete_{state.id}"):
            try:
                delete_run(state.id)
            except GeosegError as error:
                st.error(str(error))
            else:
                st.rerun()
