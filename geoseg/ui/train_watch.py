"""A training as the page shows it: live curves, a way to stop, and the zoo at its end."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from geoseg.errors import WorkspaceError
from geoseg.figures.training import loss_curves, score_curves
from geoseg.jobs.queue import continue_training
from geoseg.models.card import TREES
from geoseg.models.zoo import ZooMember
from geoseg.training.ground import AreaDataset
from geoseg.training.results import Result
from geoseg.ui import cached
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link, simulated_badge
from geoseg.ui.runs import ACTIVE, badge, took
from geoseg.ui.tasks import known_task
from geoseg.ui.train_words import CLOSED, CURVES, WAITING_FOR_CURVES
from geoseg.ui.words import TERMS, duration
from geoseg.workspace.trainings import (
    Histories,
    TrainingState,
    read_histories,
    read_results_of,
    read_split,
    read_training,
    read_training_request,
    stop_training,
)
from geoseg.workspace.zoos import Zoo, get_zoo

POLL_SECONDS = 2.0
BETWEEN = " · "


def watch(training_id: str) -> None:
    """Show a training: live while it goes on, its zoo and curves when it has ended."""
    state = read_training(training_id)
    if state.status in ACTIVE:
        _live(training_id)
        st.caption(CLOSED)
        return
    _end(state)
    zoo = find_zoo(state)
    if zoo:
        card(zoo)
    with st.container(horizontal=True):
        if state.status in ("cancelled", "failed") and st.button(
            "Go on with it", icon=":material/resume:", help="From the last check of each network."
        ):
            continue_training(training_id)
            st.rerun()
        if st.button("Train something else", icon=":material/replay:"):
            del st.query_params[Address.TRAINING]
            st.rerun()
    histories = read_histories(training_id)
    if any(histories.values()):
        _curves(histories)
    if any(histories.values()) or read_results_of(state.id):
        _table(state, histories)


def find_zoo(state: TrainingState) -> Zoo | None:
    """Return the zoo of a training; None where there is none, or it was deleted."""
    try:
        return get_zoo(state.zoo) if state.zoo else None
    except WorkspaceError:
        return None


def card(zoo: Zoo) -> None:
    """Show what came of a training, how far to trust it, and the way to a map."""
    members = cached.members(zoo.task, zoo.setting, zoo.models)
    scores = [member.card.validation_f1 or 0.0 for member in members]
    task = known_task(zoo.task)
    with st.container(border=True):
        left, right = st.columns([3, 1], vertical_alignment="center")
        with left:
            st.markdown(f"**Zoo: {zoo.title}**")
            words = (task.title, task.setting(zoo.setting).title, _counted(members))
            st.markdown(BETWEEN.join(words))
            st.caption(f"Learned from {zoo.trained_on}.")
            if zoo.simulated:
                simulated_badge()
        right.metric(
            "Best validation F1", f"{max(scores, default=0):.2f}", help=TERMS["validation F1"]
        )
        for doubt in zoo.warnings:
            st.warning(doubt, icon=":material/warning:")
        link(Page.PREDICT, "Predict with this zoo", {Address.ZOO: zoo.id}, icon="play_circle")


def best_f1(state: TrainingState) -> float | None:
    """Return the best validation F1 so far; None before the first check."""
    rows = [row["f1"] for rows in read_histories(state.id).values() for row in rows]
    ended = [row.validation_f1 for row in read_results_of(state.id).values()]
    return max([*rows, *(f1 for f1 in ended if f1 is not None)], default=None)


@st.fragment(run_every=POLL_SECONDS)
def _live(training_id: str) -> None:
    state = read_training(training_id)
    if state.status not in ACTIVE:
        cached.forget_members()
        st.rerun(scope="app")
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{state.title}**", width="content")
            badge(state)
            if read_training_request(training_id).simulated:
                simulated_badge()
            st.space("stretch")
            _stop_button(state)
        _progress(state)
    histories = read_histories(training_id)
    if any(histories.values()):
        _curves(histories)
        _table(state, histories)
    elif state.status == "running" and read_training_request(training_id).members:
        st.info(WAITING_FOR_CURVES, icon=":material/show_chart:")


def _stop_button(state: TrainingState) -> None:
    if st.button(
        "Stop and keep what is trained",
        key=f"stop_{state.id}",
        icon=":material/stop_circle:",
        help="Finished networks and the best state of unfinished ones become the zoo.",
    ):
        stop_training(state.id)
        st.toast("The training stops after this step; what is trained is kept.")


def _progress(state: TrainingState) -> None:
    if state.status == "queued":
        ahead = (state.queue_position or 1) - 1
        before = "It is next." if not ahead else f"{ahead} other runs or trainings come first."
        st.progress(0.0, text=f"Waiting for the machine. {before} {state.message}".strip())
        return
    share = min(1.0, state.done / state.total) if state.total else 0.0
    text = state.stage.capitalize()
    if state.total:
        text += f": {state.done:,} of {state.total:,} steps{_time_left(state)}"
    st.progress(share, text=text)
    split = read_split(state.id)
    if split:
        st.caption(_ground_words(split))


def _ground_words(split: AreaDataset) -> str:
    checks = f"{len(split.validation)} {'block' if len(split.validation) == 1 else 'blocks'}"
    if split.points:
        judges = f"{checks} of the reference" if split.validation else "every fifth of them"
        return f"{split.points} points to learn from, {judges} to check on."
    return (
        f"{len(split.training)} blocks of ground to learn from, {len(split.validation)} to "
        f"check on, about {split.block_pixels} pixels a side."
    )


def _time_left(state: TrainingState) -> str:
    if state.stage != "training" or not state.started or not state.done:
        return ""
    gone = (datetime.now(UTC) - datetime.fromisoformat(state.started)).total_seconds()
    left = gone * (state.total - state.done) / state.done
    return f", about {duration(left)} left" if left >= 1 else ""


def _end(state: TrainingState) -> None:
    if state.status == "finished":
        st.success(f"**{state.title}** is trained. {took(state)}", icon=":material/check_circle:")
    elif state.status == "cancelled":
        st.warning(
            f"**{state.title}** was stopped: {state.message}.", icon=":material/stop_circle:"
        )
    else:
        st.error(f"**{state.title}** broke off: {state.message}", icon=":material/error:")


def _curves(histories: Histories) -> None:
    left, right = st.columns(2, gap="medium")
    quiet = {"displayModeBar": False}
    with left:
        st.markdown("**Score on ground the networks do not learn from**", help=CURVES)
        st.plotly_chart(score_curves(histories), config=quiet, key="score_curves")
    with right:
        st.markdown("**Loss: how wrong the networks still are**", help=CURVES)
        st.plotly_chart(loss_curves(histories), config=quiet, key="loss_curves")


OF_A_CURVE = ["Precision", "Recall", "Loss"]
"""Columns of the last check on a network's curve; trees have none."""


def _table(state: TrainingState, histories: Histories) -> None:
    names = list(state.per_member) or list(histories)
    results = read_results_of(state.id)
    rows = []
    for name in names:
        done, total = state.per_member.get(name, (0, 0))
        checks = histories.get(name) or [{}]
        last, best = checks[-1], max((row.get("f1", 0.0) for row in checks), default=0.0)
        rows.append(
            {
                "Member": name,
                "Steps": f"{done:,} of {total:,}",
                "State": _member_state(state, results.get(name), done),
                "Best validation F1": best if histories.get(name) else _score(results.get(name)),
                "Precision": last.get("precision"),
                "Recall": last.get("recall"),
                "Loss": last.get("loss"),
            }
        )
    table = pd.DataFrame(rows)
    told = [name for name in OF_A_CURVE if name in table and table[name].notna().any()]
    st.dataframe(
        table.drop(columns=[name for name in OF_A_CURVE if name in table and name not in told]),
        hide_index=True,
        width="stretch",
        column_config={
            "Best validation F1": st.column_config.ProgressColumn(
                format="%.2f", min_value=0, max_value=1, help=TERMS["validation F1"]
            ),
            **{name: st.column_config.NumberColumn(format="%.2f") for name in told},
        },
    )


def _member_state(state: TrainingState, result: Result | None, done: int) -> str:
    if result:
        return result.status
    if state.status == "running" and done:
        return "learning"
    return "waiting" if state.status in ACTIVE else ("best state kept" if done else "not begun")


def _score(result: Result | None) -> float | None:
    """Return the score of a member that has no curve: a tree learns in one go."""
    return result.validation_f1 if result else None


def _counted(members: Sequence[ZooMember]) -> str:
    trees = any(member.card.architecture in TREES for member in members)
    noun = "member" if trees else "network"
    return f"1 {noun}" if len(members) == 1 else f"{len(members)} {noun}s"
