"""What the page Compare shows: which run, beside which other, and the comparison at hand."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from geoseg.ui import cached, runs
from geoseg.ui.keys import Address
from geoseg.ui.layout import remember, remembered
from geoseg.ui.words import when
from geoseg.workspace import RunState, list_runs, run_folder

NO_OTHER = ""
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
        return Chosen(run.id, _choose_other(run))


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
