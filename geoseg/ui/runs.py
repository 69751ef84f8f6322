"""Runs as the pages show them: choosing one, watching one live, its state in words."""

from datetime import datetime

import streamlit as st

from geoseg.errors import WorkspaceError
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import choose_remembered, link, remembered, require
from geoseg.ui.words import STATUS, duration, when
from geoseg.workspace import RunState, list_runs, read_state, request_cancel
from geoseg.workspace.ledger import JobState

ACTIVE = ("queued", "running")
POLL_SECONDS = 1.0


def choose_finished() -> RunState:
    """Let the user choose a finished run; the address decides first, then the newest."""
    finished = [run for run in list_runs() if run.status == "finished"]
    if not finished:
        _say_what_is_missing()
    titles = {run.id: f"{run.title} · {when(run.finished)}" for run in finished}
    wanted = remembered(Address.RUN)
    if wanted and wanted not in titles:
        _explain_unfinished(wanted)
    about = "A finished prediction; the newest comes first."
    chosen = choose_remembered("Run", titles, Address.RUN, about)
    return next(run for run in finished if run.id == chosen)


def watch(run_id: str, compact: bool = False) -> None:
    """Show a run live to its end; the page is drawn anew when it ends."""
    if read_state(run_id).status in ACTIVE:
        _live(run_id, compact)
    else:
        show_end(read_state(run_id))


def show_end(state: RunState) -> None:
    """Say how a run ended."""
    if state.status == "finished":
        st.success(f"**{state.title}** is finished. {took(state)}", icon=":material/check_circle:")
    elif state.status == "cancelled":
        st.warning(f"**{state.title}** was cancelled.", icon=":material/cancel:")
    elif state.status == "failed":
        st.error(f"**{state.title}** stopped: {state.message}", icon=":material/error:")


def what_next(run_id: str) -> None:
    """Offer what can be done with a run that has ended."""
    state = read_state(run_id)
    if state.status in ACTIVE:
        return
    with st.container(horizontal=True):
        if state.status == "finished":
            link(Page.COMPARE, "See the map", {Address.RUN: run_id}, icon="compare")
            link(Page.RESULTS, "Take the files home", {Address.RUN: run_id}, icon="download")
        if st.button("Start another run", icon=":material/replay:"):
            del st.query_params[Address.RUN]
            st.rerun()


def badge(state: JobState) -> None:
    """Show the state of work in the queue as a small coloured word."""
    word, colour = STATUS[state.status]
    st.badge(word, color=colour)  # type: ignore[arg-type]


def head_with_cancel(state: JobState) -> bool:
    """Show title and state of work beside a button; True where it was pressed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{state.title}**", width="content")
        badge(state)
        st.space("stretch")
        return st.button("Cancel", key=f"cancel_{state.id}", icon=":material/cancel:")


@st.fragment(run_every=POLL_SECONDS)
def _live(run_id: str, compact: bool) -> None:
    state = read_state(run_id)
    if state.status not in ACTIVE:
        st.rerun(scope="app")
    with st.container(border=True):
        if head_with_cancel(state):
            request_cancel(run_id)
        show_progress(state)
        if not compact and state.status == "running":
            for name, (done, total) in state.per_member.items():
                st.progress(_share(done, total), text=f"{name}: {done} of {total} tiles")
    if not compact:
        st.caption(
            "You can close this page: the run goes on. Its address opens it again, and so does "
            "the page Runs."
        )


def show_progress(state: JobState) -> None:
    """Show how far work has come, or how much waits before it."""
    if state.status == "queued":
        place = state.queue_position or 1
        ahead = "It is next." if place == 1 else f"{place - 1} others come first."
        st.progress(0.0, text=f"Waiting for the machine. {ahead}")
        return
    st.progress(_share(state.done, state.total), text=_stage(state))


def _stage(state: JobState) -> str:
    text = (state.stage or "starting").capitalize()
    return f"{text}: {state.done} of {state.total}" if state.total else f"{text} ..."


def _share(done: int, total: int) -> float:
    return min(1.0, done / total) if total else 0.0


def took(state: JobState) -> str:
    """Say how long finished work took; empty where that is not known."""
    if not (state.started and state.finished):
        return ""
    gone = datetime.fromisoformat(state.finished) - datetime.fromisoformat(state.started)
    return f"It took {duration(gone.total_seconds())}."


def _say_what_is_missing() -> None:
    active = [run for run in list_runs() if run.status in ACTIVE]
    if active:
        st.info("The first run is still being made. This page opens it when it is ready.")
        watch(active[0].id)
        st.stop()
    require("There is no finished run yet.", Page.PREDICT, "Make one")


def _explain_unfinished(run_id: str) -> None:
    """The address names a run that has no map: say why instead of showing another one."""
    try:
        state = read_state(run_id)
    except WorkspaceError as error:
        st.warning(f"{error}. The newest run is shown instead.")
        return
    if state.status in ACTIVE:
        watch(run_id)
        st.stop()
    show_end(state)
    st.caption("The newest finished run is shown below instead.")
