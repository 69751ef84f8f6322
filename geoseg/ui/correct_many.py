"""Page Correct: judge many outlines at once by a rule the user can read, and take it back at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from geoseg.ui.correct_map import redraw
from geoseg.ui.keys import Key
from geoseg.workspace.corrections import correct_many, corrections, outline_table, undo
from geoseg.workspace.inventories import to_look_at

Deed = Literal["accept", "reject"]
DEEDS: dict[Deed, str] = {"accept": "Accept", "reject": "Reject"}
PERCENT = 100
LEAD = (
    "For maps of thousands of outlines: judge those that need no look one by one. Only outlines "
    "nobody has judged are touched."
)


@dataclass(frozen=True)
class Rule:
    """Which outlines a rule takes.

    Attributes:
        title: The rule in words, before its value.
        column: What it looks at.
        unit: Of the value.
        deed: What is usually done with them.
        usual: The value at first.
        takes: Column and value -> which outlines.
    """

    title: str
    column: str
    unit: str
    deed: Deed
    usual: float
    takes: Callable[["pd.Series[float]", float], "pd.Series[bool]"]


def _below(values: "pd.Series[float]", limit: float) -> "pd.Series[bool]":
    return values < limit


def _from(values: "pd.Series[float]", limit: float) -> "pd.Series[bool]":
    return values >= limit


RULES = (
    Rule("mean probability at least", "mean_prob", "%", "accept", 90, _from),
    Rule("mean probability below", "mean_prob", "%", "reject", 55, _below),
    Rule("area below", "area_m2", "m²", "reject", 500, _below),
    Rule("networks disagree by at least", "mean_sprd", "%", "reject", 30, _from),
)


def form(run_id: str) -> None:
    """Show the rule, how many outlines it takes, and the button that judges them."""
    st.caption(LEAD)
    deed_box, rule_box, value_box = st.columns(3)
    place = rule_box.selectbox(
        "Outlines with", range(len(RULES)), format_func=lambda number: RULES[number].title,
        key=f"correct_rule_{run_id}",
    )  # fmt: skip
    rule = RULES[place]
    value = value_box.number_input(
        f"this value, {rule.unit}", 0.0, value=float(rule.usual), key=f"correct_value_{place}"
    )
    deed: Deed = deed_box.radio(
        "What to do", list(DEEDS), index=list(DEEDS).index(rule.deed),
        format_func=DEEDS.__getitem__, horizontal=True, key=f"correct_deed_{place}",
    )  # fmt: skip
    taken = _taken(run_id, rule, value)
    words = f"{rule.title} {value:g} {rule.unit}"
    judge, back = st.columns(2)
    if judge.button(
        f"{DEEDS[deed]} {_outlines(len(taken))}", disabled=not taken, icon=":material/done_all:",
        width="stretch",
    ):  # fmt: skip
        now = correct_many(run_id, deed, taken, note=words)
        _remember(run_id, now.number, len(taken))
    _take_back(run_id, back)


def _taken(run_id: str, rule: Rule, value: float) -> list[int]:
    """Return the outlines nobody judged that the rule takes."""
    left = outline_table(run_id).loc[to_look_at(run_id)]
    limit = value / PERCENT if rule.unit == "%" else value
    numbers: list[int] = left.index[rule.takes(left[rule.column], limit)].tolist()
    return numbers


def _remember(run_id: str, number: int, count: int) -> None:
    """Keep what was just done, and draw the map anew: it knows nothing of this page's deeds."""
    st.session_state[Key.CORRECT_MANY] = (run_id, number, count)
    redraw(run_id)
    st.rerun()


def _take_back(run_id: str, place: "st.delta_generator.DeltaGenerator") -> None:
    """Offer to take the last of these back, as long as nothing was done since."""
    of_run, number, count = st.session_state.get(Key.CORRECT_MANY, ("", 0, 0))
    if of_run != run_id or corrections(run_id).number != number:
        return
    if place.button(f"Take {_outlines(count)} back", icon=":material/undo:", width="stretch"):
        undo(run_id, count)
        del st.session_state[Key.CORRECT_MANY]
        redraw(run_id)
        st.rerun()


def _outlines(count: int) -> str:
    return "1 outline" if count == 1 else f"{count:,} outlines"
