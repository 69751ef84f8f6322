"""Judging a zoo on study areas: the form, the job in the queue, rankings made here."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.jobs.queue import submit_ranking
from geoseg.models.zoo import ZooMember
from geoseg.ranking import Ranking
from geoseg.ranking.files import ranking_path
from geoseg.ranking.settings import RankSettings
from geoseg.tasks import Setting, Task
from geoseg.ui import areas, cached
from geoseg.ui.keys import Page
from geoseg.ui.layout import link
from geoseg.ui.runs import ACTIVE, head_with_cancel, show_progress
from geoseg.ui.words import when
from geoseg.ui.zoo_words import FIT, JUDGE, TURNS
from geoseg.workspace import Area, ensure_demo_area, list_areas
from geoseg.workspace.rankings import (
    RankingRequest,
    RankingState,
    cancel_ranking,
    delete_ranking,
    ranking_file,
    rankings_of,
    read_ranking_state,
)
from geoseg.workspace.zoos import Zoo

POLL_SECONDS = 2.0
OF_ZOO = ""


def choose_ranking(zoo: Zoo, task: Task, setting: Setting) -> Ranking | None:
    """Let the user choose among what was found: with the zoo, and on areas of this workspace."""
    made = {
        state.id: state
        for state in rankings_of(zoo.id, task.name, setting.name)
        if state.status == "finished"
    }
    of_zoo = cached.ranking(ranking_path(zoo.models, task.name, setting.name))
    ids = [OF_ZOO, *made] if of_zoo else list(made)
    if not ids:
        return None
    chosen = ids[0]
    if len(ids) > 1:
        chosen = st.selectbox(
            "Judged on",
            ids,
            format_func=lambda key: _title(made.get(key)),
            help="The ranking that came with the networks, or one made on your own ground.",
        )
    return cached.ranking(ranking_file(chosen)) if chosen else of_zoo


def form(zoo: Zoo, task: Task, setting: Setting, members: list[ZooMember]) -> None:
    """Offer to judge the zoo on study areas; show what is on its way."""
    for state in rankings_of(zoo.id, task.name, setting.name):
        if state.status in ACTIVE:
            _live(state.id)
        elif state.status == "failed":
            _failed(state)
    usable = _usable_areas(task, setting)
    if not usable:
        st.info("No study area has these bands and a reference to judge by.")
        link(Page.STUDY_AREA, "Bring one", {})
        return
    ids = list(usable)
    judging = st.multiselect(
        "Ground that judges", ids, ids[:1], format_func=lambda key: usable[key].title, help=JUDGE
    )
    rest = [key for key in ids if key not in judging]
    fitting = st.multiselect(
        "Other ground to fit ensembles on (optional)", rest,
        format_func=lambda key: usable[key].title, help=FIT, placeholder="None",
    )  # fmt: skip
    turns = st.checkbox("Also try flips and turns", help=TURNS)
    label = f"Judge {len(members)} networks"
    if st.button(label, icon=":material/gavel:", disabled=not judging):
        submit_ranking(
            RankingRequest(
                title=f"{zoo.title}: {setting.title} on {', '.join(usable[k].title for k in judging)}"[
                    :160
                ],
                zoo=zoo.id,
                models=zoo.models,
                settings=RankSettings(task=task.name, setting=setting.name, turns=turns),
                judging=tuple(usable[key] for key in judging),
                fitting=tuple(usable[key] for key in fitting),
            )
        )
        st.rerun()
    st.caption("It waits in the queue like a run; you can close this page.")


def _usable_areas(task: Task, setting: Setting) -> dict[str, Area]:
    """Return the study areas of the task that have the bands and a reference."""
    ensure_demo_area()
    usable = {}
    for area in list_areas():
        if area.task != task.name or area.reference is None:
            continue
        try:
            matches = areas.matches_of(area.rasters, task, area.bands)
        except GeosegError:
            continue  # The page Study area tells what is wrong with it.
        if set(setting.bands) <= {match.band for match in matches if match.source}:
            usable[area.id] = area
    return usable


@st.fragment(run_every=POLL_SECONDS)
def _live(ranking_id: str) -> None:
    state = read_ranking_state(ranking_id)
    if state.status not in ACTIVE:
        st.rerun(scope="app")
    with st.container(border=True):
        if head_with_cancel(state):
            cancel_ranking(ranking_id)
        show_progress(state)


def _failed(state: RankingState) -> None:
    st.error(f"**{state.title}** stopped: {state.message}", icon=":material/error:")
    if st.button("Remove this message", key=f"remove_{state.id}"):
        delete_ranking(state.id)
        st.rerun()


def _title(state: RankingState | None) -> str:
    return (
        "the ground that came with the networks"
        if state is None
        else f"{state.title} · {when(state.finished)}"
    )
