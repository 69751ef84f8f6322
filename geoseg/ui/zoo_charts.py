"""A ranking as the Models page shows it: sizes, diagram, effects, ensembles compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from geoseg.figures import ranking as figures
from geoseg.models.combination import FAR_OFF as FAR_OFF_ERROR
from geoseg.ranking import Ranking
from geoseg.ranking.results import Difference, Score, Variant
from geoseg.ranking.tables import variant_words
from geoseg.ui.zoo_words import CALIBRATION, COMPARED, DIAGRAM, EFFECTS, FAR_OFF, INTERVAL, TERMS

QUIET = {"displayModeBar": False}
Rankings = Mapping[str, Ranking]


def sizes(ranking: Ranking, every: Rankings) -> None:
    """Show what averaging gains: F1 by K, the diagram, single best against ensembles.

    Args:
        ranking: Of the chosen setting.
        every: Title of each setting of the zoo that was ranked on the same ground -> its ranking.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**How many networks are worth averaging?**", help=INTERVAL)
        _chart(figures.f1_by_size(every), "f1_by_size")
        st.caption(INTERVAL)
    with right:
        st.markdown("**Too much or too little?**", help=DIAGRAM)
        _chart(figures.performance_diagram(every), "performance")
        st.caption(DIAGRAM)
    st.markdown(f"**Single best network against ensembles: {ranking.setting_title}**")
    rows = [
        {
            "Ensemble": "single best" if row.size == 1 else f"best {row.size} averaged",
            "Precision": row.score.precision,
            "Recall": row.score.recall,
            "F1": row.score.f1,
            "95 %": _interval(row.score),
            "Gain": "" if row.size == 1 else _gain(row.gain),
            "Gain, %": None if row.size == 1 else row.percent,
        }
        for row in ranking.improvements
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch",
        column_config=_numbers("Precision", "Recall", "F1")
        | {"Gain, %": st.column_config.NumberColumn(format="%.1f")},
    )  # fmt: skip


def effects(ranking: Ranking) -> None:
    """Show which choices of training matter."""
    if not ranking.effects:
        st.info("Too few networks, or all alike: nothing can be said of single choices.")
        return
    st.caption(EFFECTS)
    for column, own in zip(st.columns(len(ranking.effects)), ranking.effects, strict=True):
        with column:
            st.markdown(f"**Judged on {own.part} ground: {own.source}**")
            _chart(figures.effects_bars(own), f"effects_{own.part}")


def ensembles(ranking: Ranking) -> None:
    """Show better ensembles side by side, also where they are none."""
    sizes_there = sorted({row.size for row in ranking.variants})
    kinds = sorted({row.combination for row in ranking.variants}, key=list(KINDS).index)
    left, middle, right = st.columns(3)
    size = left.selectbox(
        "Candidates: the best so many networks", sizes_there, index=len(sizes_there) - 1
    )
    shown = middle.multiselect("Ways", kinds, default=kinds, format_func=KINDS.__getitem__)
    turned = right.segmented_control("Flips and turns", ["both", "without", "with"], default="both")
    rows = [
        row
        for row in ranking.variants
        if (row.size == size or row.gain.value == 0 or row.combination == "single")
        and row.combination in shown
        and turned in ("both", None, "with" if row.turns else "without")
    ]
    if not rows:
        st.info("Nothing of that kind was compared; choose more.")
        return
    st.caption(f"{COMPARED} The dotted line is the {ranking.baseline}.")
    _chart(figures.ensembles_compared(ranking, rows), "compared")
    _table(rows)
    st.caption(CALIBRATION)
    for words in far_off(rows):
        st.warning(words, icon=":material/warning:")


def far_off(rows: Sequence[Variant]) -> list[str]:
    """Say of every ensemble whose probability is far from the truth how far, and what mends it."""
    told = []
    for row in rows:
        plain, after = row.calibration_error, row.calibration_error_calibrated
        if plain < FAR_OFF_ERROR or row.threshold_by != "number":
            continue
        mended = "" if after is None else f"; calibrated it is {after:.3f}"
        told.append(FAR_OFF.format(names=variant_words(row), errors=f"{plain:.3f}", after=mended))
    return told


def facts(ranking: Ranking) -> None:
    """Say on which ground all this was measured, and what weakens it."""
    parts = []
    for part, verb in (("test", "judged on"), ("validation", "ensembles fitted on")):
        names = [area.name for area in ranking.areas if area.part == part]
        if names:
            parts.append(f"{verb} {', '.join(names)}")
    st.caption(f"{len(ranking.members)} networks, {'; '.join(parts)}.")
    for note in ranking.notes:
        st.caption(f":material/info: {note}")


KINDS = {"single": "Single best", "mean": "Mean", "greedy": "Greedy choice", "weighted": "Weights"}


def _table(rows: Sequence[Variant]) -> None:
    ordered = sorted(rows, key=lambda row: -(row.score.f1 or 0))
    table = pd.DataFrame(
        {
            "Ensemble": [variant_words(row) for row in ordered],
            "Networks": [row.members for row in ordered],
            "Looks at a tile": [row.asked for row in ordered],
            "Threshold": [row.threshold for row in ordered],
            "F1": [row.score.f1 for row in ordered],
            "95 %": [_interval(row.score) for row in ordered],
            "Against the mean": [_gain(row.gain) for row in ordered],
            "Log loss": [row.log_loss for row in ordered],
            "calibrated": [row.log_loss_calibrated for row in ordered],
            "Calibration error": [row.calibration_error for row in ordered],
            "calibrated ": [row.calibration_error_calibrated for row in ordered],
        }
    )
    digits = ("Log loss", "calibrated", "Calibration error", "calibrated ")
    st.dataframe(
        table, hide_index=True, width="stretch",
        column_config=_numbers("F1")
        | _numbers(*digits, form="%.4f")
        | {"Looks at a tile": st.column_config.NumberColumn(help=TERMS["times"])},
    )  # fmt: skip


def _numbers(*names: str, form: str = "%.3f") -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(format=form) for name in names}


def _chart(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, config=QUIET, key=key)


def _interval(score: Score) -> str:
    return "" if score.low is None else f"{score.low:.3f} to {score.high:.3f}"


def _gain(row: Difference) -> str:
    if row.value is None or row.low is None or row.high is None:
        return "undefined"
    return f"{row.value:+.3f} ({row.low:+.3f} to {row.high:+.3f})"
