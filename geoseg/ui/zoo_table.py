"""The members of a zoo's setting as a table to filter, and the card of the one that is chosen."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geoseg.models.card import TREES, Card
from geoseg.models.zoo import ZooMember
from geoseg.ranking import Ranking
from geoseg.ranking.results import Score
from geoseg.tasks import Task
from geoseg.ui.layout import simulated_badge
from geoseg.ui.words import TERMS as USUAL_TERMS
from geoseg.ui.words import size
from geoseg.ui.zoo_words import TERMS

FILTERS = ("architecture", "loss", "rate")
LABELS = {"architecture": "Architecture", "loss": "Loss", "rate": "Learning rate"}


def filtered(members: Sequence[ZooMember]) -> list[ZooMember]:
    """Offer the filters and return the members that pass; nothing chosen lets all pass."""
    wanted = {}
    for column, name in zip(st.columns(len(FILTERS)), FILTERS, strict=True):
        there = sorted({_choice(member.card, name) for member in members})
        wanted[name] = column.multiselect(
            LABELS[name], there, placeholder="All", help=TERMS[name], key=f"filter_{name}"
        )
    return [
        member
        for member in members
        if all(not own or _choice(member.card, name) in own for name, own in wanted.items())
    ]


def choose_member(
    members: Sequence[ZooMember], everyone: Sequence[ZooMember], ranking: Ranking | None
) -> ZooMember | None:
    """Show the ranking table and return the member whose row is chosen."""
    ranks = {member.card.name: place for place, member in enumerate(everyone, start=1)}
    scores = {row.name: row.test or row.validation for row in ranking.members} if ranking else {}
    rows = [_row(member.card, ranks[member.card.name], scores) for member in members]
    chosen = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        column_config=_columns(ranking),
        key="member_table",
    )
    selected = chosen["selection"]["rows"]
    return members[selected[0]] if selected and selected[0] < len(members) else None


def card(member: ZooMember, task: Task) -> None:
    """Show everything of a member's card in plain words."""
    own = member.card
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{own.name}**", width="content")
            if own.simulated:
                simulated_badge()
        left, right = st.columns(2, gap="large")
        left.markdown("  \n".join(f":gray[{name}] {words}" for name, words in _facts(member)))
        right.dataframe(_bands(own, task), hide_index=True, width="stretch")
        right.caption(
            "Mean and spread of each band in the training data; values are standardised by them."
        )


def _facts(member: ZooMember) -> list[tuple[str, str]]:
    own, trees = member.card, member.card.architecture in TREES
    score = "not measured" if own.validation_f1 is None else f"{own.validation_f1:.3f}"
    weights = size(member.weights.stat().st_size) if member.weights.is_file() else "missing"
    options = ", ".join(f"{name} {value}" for name, value in own.options.items())
    return [
        ("Maps", f"{own.task}, bands {own.setting}"),
        ("Architecture", own.architecture + ("" if trees else f", encoder {own.encoder}")),
        ("Its shape", options or "as the library has it"),
        ("Taught by", "splits of least Gini impurity")
        if trees
        else ("Taught by loss", f"{own.loss}, learning rate {own.learning_rate:g}"),
        ("Recipe of training", own.recipe or "not stated"),
        ("Validation F1", score),
        ("Trained on", own.trained_on),
        ("Licence", own.licence),
        ("Made by", own.attribution or "not stated"),
        ("Weights", weights),
        ("Checksum", f"`{own.sha256[:16]}`"),
    ]


def _bands(own: Card, task: Task) -> pd.DataFrame:
    titles = {band.name: band.title for band in task.bands}
    return pd.DataFrame(
        {
            "Band": [titles.get(band.name, band.name) for band in own.bands],
            "Unit": [band.unit for band in own.bands],
            "Mean": [round(band.mean, 4) for band in own.bands],
            "Spread": [round(band.std, 4) for band in own.bands],
        }
    )


def _row(own: Card, rank: int, scores: dict[str, Score | None]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Rank": rank,
        "Architecture": own.architecture,
        "Loss": own.loss,
        "Rate": f"{own.learning_rate:g}",
        "Validation F1": own.validation_f1,
    }
    if not scores:
        return row | {"Name": own.name}
    score = scores.get(own.name)
    for name in ("precision", "recall", "f1"):
        row[name.capitalize()] = getattr(score, name, None)
    interval = "" if score is None or score.low is None else f"{score.low:.2f} to {score.high:.2f}"
    return row | {"95 %": interval, "Name": own.name}


def _columns(ranking: Ranking | None) -> dict[str, Any]:
    where = f" On the {ranking.judged_on} ground of this ranking." if ranking else ""
    number = st.column_config.NumberColumn
    return {
        "Rank": number(width="small", help="By validation F1: ensembles take the first K."),
        "Validation F1": st.column_config.ProgressColumn(
            format="%.3f", min_value=0, max_value=1, help=USUAL_TERMS["validation F1"]
        ),
        "Precision": number(format="%.3f", help=TERMS["precision"] + where),
        "Recall": number(format="%.3f", help=TERMS["recall"] + where),
        "F1": st.column_config.ProgressColumn(
            format="%.3f", min_value=0, max_value=1, help=TERMS["f1"] + where
        ),
        "95 %": st.column_config.TextColumn(help="Interval of F1; see the page's other tabs."),
    }


def _choice(own: Card, name: str) -> str:
    return {
        "architecture": own.architecture, "loss": own.loss, "rate": f"{own.learning_rate:g}",
    }[name]  # fmt: skip
