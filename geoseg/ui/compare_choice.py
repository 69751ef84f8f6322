"""What the page Compare shows: which run, beside which other, and the comparison at hand."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from geoseg.jobs.queue import submit_comparison
from geoseg.ui import cached, runs
from geoseg.ui.keys import Address
from geoseg.ui.layout import remember, remembered
from geoseg.ui.words import when
from geoseg.workspace import RunState, list_runs, run_folder
from geoseg.workspace.comparisons import (
    ComparisonState,
    comparison_folder,
    find_comparison,
    read_comparison,
)

NO_OTHER = ""
REFERENCE = "reference.tif"
POLL_SECONDS = 1.0
ABOUT_OTHER = (
    "A second prediction of the same area, to see on the map where the two differ and which of "
    "them is right. Runs on another grid cannot be laid over this one and are not offered."
)


@dataclass(frozen=True)
class Chosen:
    """What the user looks at.

    Attributes:
        run_id: The finished run.
        other_id: A second run of the same area to set beside it; None for none.
        comparison: Folder of a finished comparison of it; None where there is no reference, or
            while the comparison is being made.
    """

    run_id: str
    other_id: str | None = None
    comparison: Path | None = None


def choose() -> Chosen:
    """Let the user choose a run and, where there is one on the same grid, another beside it."""
    first, second = st.columns(2)
    with first:
        run = runs.choose_finished()
    with second:
        other_id = _choose_other(run)
    state = _comparison(run.id, other_id)
    finished = state is not None and state.status == "finished"
    return Chosen(run.id, other_id, comparison_folder(state.id) if state and finished else None)


def say_comparison(chosen: Chosen) -> None:
    """Show how far the comparison has come, or why there is none; nothing once it is finished."""
    state = None if chosen.comparison else _comparison(chosen.run_id, chosen.other_id)
    if state is None:
        return
    if state.status in runs.ACTIVE:
        _live(state.id)
        return
    with st.container(border=True):
        st.warning(f"The comparison stopped: {state.message}", icon=":material/warning:")
        if st.button("Compare again", icon=":material/replay:"):
            submit_comparison(chosen.run_id, chosen.other_id)
            st.rerun()


def _comparison(run_id: str, other_id: str | None) -> ComparisonState | None:
    """Return the comparison of a run; one that a run with a reference lacks goes in the queue."""
    if not (run_folder(run_id) / REFERENCE).is_file():
        return None
    found = find_comparison(run_id, other_id)
    if found is not None:
        return found
    return read_comparison(submit_comparison(run_id, other_id))


@st.fragment(run_every=POLL_SECONDS)
def _live(comparison_id: str) -> None:
    """Show progress; the page is drawn anew when the comparison ends."""
    state = read_comparison(comparison_id)
    if state.status not in runs.ACTIVE:
        st.rerun(scope="app")
    with st.container(border=True):
        st.caption("The comparison is being made; what does not need it can be looked at now.")
        runs.show_progress(state)


def _choose_other(run: RunState) -> str | None:
    titles = {NO_OTHER: "Nothing"}
    titles |= {other.id: f"{other.title} · {when(other.finished)}" for other in _others(run)}
    ids, wanted = list(titles), remembered(Address.OTHER)
    chosen = st.selectbox(
        "Beside it",
        ids,
        index=ids.index(wanted) if wanted in titles else 0,
        format_func=titles.__getitem__,
        help=ABOUT_OTHER,
        disabled=len(ids) == 1,
    )
    if chosen == NO_OTHER:
        st.query_params.pop(Address.OTHER, None)
        st.session_state.pop(f"last_{Address.OTHER}", None)
        return None
    remember(Address.OTHER, chosen)
    return chosen


def _others(run: RunState) -> list[RunState]:
    """Return the other finished runs on the same grid, newest first."""
    grid = cached.grid_record(run_folder(run.id))
    return [
        other
        for other in list_runs()
        if other.id != run.id
        and other.status == "finished"
        and cached.grid_record(run_folder(other.id)) == grid
    ]
