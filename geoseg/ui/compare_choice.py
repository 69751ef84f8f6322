"""What the page Compare shows: which run, beside which other, and the comparison at hand."""

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from geoseg.comparison.request import CompareRequest
from geoseg.jobs.queue import submit_comparison
from geoseg.ui import cached, runs
from geoseg.ui.compare_bring import MARK, bring_map, maps_of
from geoseg.ui.keys import Address
from geoseg.ui.layout import remember, remembered
from geoseg.ui.words import when
from geoseg.workspace import RunState, list_runs, run_folder
from geoseg.workspace.comparisons import (
    ComparisonState,
    comparison_folder,
    find_comparison,
    read_comparison,
    request_of_map,
)

NO_OTHER = ""
REFERENCE = "reference.tif"
POLL_SECONDS = 1.0
ABOUT_OTHER = (
    "A second prediction of the same area, to see on the map where the two differ and which of "
    "them is right; or a map that is no run, which you bring. Runs on another grid cannot be laid "
    "over this one and are not offered."
)


@dataclass(frozen=True)
class Chosen:
    """What the user looks at.

    Attributes:
        run_id: The finished run.
        other_id: A second run of the same area to set beside it; None for none.
        comparison: Folder of a finished comparison of it; None where there is nothing to compare
            with, or while the comparison is being made.
        map_id: A map of the study area that is no run, set beside it; None for none.
    """

    run_id: str
    other_id: str | None = None
    comparison: Path | None = None
    map_id: str | None = None


def choose() -> Chosen:
    """Let the user choose a run and, beside it, another on the same grid or a map of others."""
    first, second = st.columns(2)
    with first:
        run = runs.choose_finished()
    with second:
        beside = _choose_other(run)
        bring_map(run)
    is_map = beside is not None and beside.startswith(MARK)
    map_id = beside.removeprefix(MARK) if beside and is_map else None
    chosen = Chosen(run.id, None if is_map else beside, map_id=map_id)
    state = _comparison(chosen)
    finished = state is not None and state.status == "finished"
    return replace(chosen, comparison=comparison_folder(state.id) if state and finished else None)


def say_comparison(chosen: Chosen) -> None:
    """Show how far the comparison has come, or why there is none; nothing once it is finished."""
    state = None if chosen.comparison else _comparison(chosen)
    if state is None:
        return
    if state.status in runs.ACTIVE:
        _live(state.id)
        return
    with st.container(border=True):
        st.warning(f"The comparison stopped: {state.message}", icon=":material/warning:")
        if st.button("Compare again", icon=":material/replay:"):
            submit_comparison(chosen.run_id, chosen.other_id, _request(chosen))
            st.rerun()


def _comparison(chosen: Chosen) -> ComparisonState | None:
    """Return the comparison of a run; one that it lacks goes in the queue.

    None where there is nothing to compare with: no reference and no map beside it.
    """
    beside = chosen.other_id or chosen.map_id
    if not beside and not (run_folder(chosen.run_id) / REFERENCE).is_file():
        return None
    request = _request(chosen)
    found = find_comparison(chosen.run_id, chosen.other_id, request)
    if found is not None:
        return found
    return read_comparison(submit_comparison(chosen.run_id, chosen.other_id, request))


def _request(chosen: Chosen) -> CompareRequest | None:
    """Return what is compared where a map that is no run stands beside; None asks as usual."""
    return request_of_map(chosen.run_id, chosen.map_id) if chosen.map_id else None


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
    titles |= {f"{MARK}{found.id}": f"Map: {found.title}" for found in maps_of(run)}
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
