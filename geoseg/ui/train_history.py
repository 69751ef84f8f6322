"""Past trainings as a list: open, predict with what came of them, delete."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from geoseg.errors import GeosegError, WorkspaceError
from geoseg.figures.charts import score_text
from geoseg.ui import cached, train_watch
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link
from geoseg.ui.runs import ACTIVE, badge
from geoseg.ui.words import when
from geoseg.workspace.trainings import TrainingState, delete_training
from geoseg.workspace.zoos import delete_zoo, get_zoo

WIDTHS = (5, 2, 2, 2, 4)
HEADINGS = ("Training", "State", "Best validation F1", "When", "")


def table(states: Sequence[TrainingState]) -> None:
    """Show one row per training, newest first."""
    if not states:
        return
    st.subheader("Trainings so far", anchor=False)
    for column, heading in zip(st.columns(WIDTHS), HEADINGS, strict=True):
        column.caption(heading)
    for state in states:
        _row(state)


def _row(state: TrainingState) -> None:
    name, status, f1, time, actions = st.columns(WIDTHS, vertical_alignment="center")
    name.markdown(f"**{state.title}**")
    with status:
        badge(state)
        if state.status == "failed":
            st.caption(state.message)
    best = train_watch.best_f1(state)
    f1.markdown("-" if best is None else score_text(best))
    time.markdown(when(state.finished or state.created))
    with actions, st.container(horizontal=True, vertical_alignment="center"):
        link(Page.TRAIN, "Open", {Address.TRAINING: state.id}, icon="show_chart")
        if train_watch.find_zoo(state):
            link(Page.PREDICT, "Predict", {Address.ZOO: state.zoo}, icon="play_circle")
        if state.status not in ACTIVE:
            _delete(state)


def _delete(state: TrainingState) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("The training, its curves and its zoo are removed. Maps made with it stay.")
        if st.button("Delete for good", key=f"delete_{state.id}"):
            try:
                with suppress(WorkspaceError):
                    get_zoo(state.id)
                    delete_zoo(state.id)
                delete_training(state.id)
            except GeosegError as error:
                st.error(str(error))
            else:
                cached.forget_members()
                st.rerun()
