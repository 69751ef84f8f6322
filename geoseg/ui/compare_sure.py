"""The view "How sure" of Compare: doubt on the map, calibration, what is surest, area, visits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from geoseg.figures import compare_sure as figures
from geoseg.ui import cached, sure_area, sure_visits
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.map import show_map
from geoseg.ui.scenes import run_scene
from geoseg.ui.scores import CHART
from geoseg.workspace import read_record, read_request, run_folder


class Doubt(NamedTuple):
    """One layer of doubt: what the switch calls it, how to read it."""

    title: str
    reading: str


DOUBTS: dict[str, Doubt] = {
    "spread": Doubt(
        "Disagreement",
        "How far the networks' probabilities lie apart (standard deviation, 0 to 0.5). High where "
        "they contradict each other: every network errs in its own way, so here at least some do.",
    ),
    "agreement": Doubt(
        "Who says yes",
        "Share of the networks that find the feature on their own. All or none is a clear answer; "
        "near one half they are split.",
    ),
    "entropy": Doubt(
        "All doubt",
        "Entropy of the ensemble's probability: 0 where it is sure, 1 where it might as well toss "
        "a coin. It holds both kinds of doubt: networks that differ, and ground that looks alike "
        "to all of them.",
    ),
    "mutual_information": Doubt(
        "Doubt between networks",
        "The part of all doubt that comes from networks contradicting each other, in bits. Where "
        "it is high, more training data of such ground would help. Where all doubt is high but "
        "this is low, the bands themselves cannot tell: only a visit can.",
    ),
    "coverage": Doubt(
        "Bands with data",
        "Share of the needed bands that have a value, percent. Where it is low the networks saw "
        "only a part, for example in radar shadow.",
    ),
}
"""By kind of layer, in the order of the switch."""
OLDER = (
    "This run was made by an older version and has no maps of all doubt (entropy) and of doubt "
    "between networks; run again to get them."
)
NO_REFERENCE = """
**This run has no reference.** Add one on the page *Study area* and run again to see here

- whether the probability can be taken at its word, before and after one correction,
- how much better the map is where it is sure,
- the area of {feature}, corrected for the map's errors, with its confidence interval.
"""
FEWEST_KEPT, LEAST_SEEN, MUCH_WORSE = 0.8, 0.95, 0.9
"""Shares of pixels: sentences speak of no fewer; the chart shows at least so far; and of F1."""
WAITING = "The comparison with the reference is not ready yet; these charts come with it."


def show(chosen: Chosen) -> None:
    """Show every side of how sure the map is; without a reference those that need none."""
    feature = str(read_record(chosen.run_id)["feature"])
    _doubt(chosen.run_id)
    curve = cached.curve(run_folder(chosen.run_id))
    if curve is None:
        st.info(NO_REFERENCE.format(feature=feature))
    else:
        record = cached.comparison(chosen.comparison) if chosen.comparison else None
        left, right = st.columns(2, gap="medium")
        with left:
            _calibration(chosen)
        with right:
            _selective(record)
        if record is not None and record.get("area_estimate"):
            sure_area.show(record["area_estimate"], feature, record.get("area_by_class"))


def _doubt(run_id: str) -> None:
    """Show one map of doubt with how to read it, and the places to visit for it."""
    there = [kind for kind in DOUBTS if (run_folder(run_id) / f"{kind}.tif").is_file()]
    chosen = st.segmented_control(
        "Doubt", there, required=True, default=there[0], key=f"doubt_{run_id}",
        format_func=lambda name: DOUBTS[name].title, label_visibility="collapsed",
    )  # fmt: skip
    kind = chosen or there[0]
    st.markdown(DOUBTS[kind].reading)
    place = st.container()
    visits, selected = sure_visits.show(run_id, kind)
    with place:
        scene = run_scene(run_id, show=(kind,))
        show_map(replace(scene, vectors=visits, selected=selected), height=480)
        if "entropy" not in there:
            st.caption(OLDER)


def _calibration(chosen: Chosen) -> None:
    """Show whether a probability means what it says, before and after one temperature."""
    st.subheader("Can the probability be taken at its word?", anchor=False)
    curve = cached.curve(run_folder(chosen.run_id))
    temperature = curve.best_temperature() if curve else None
    if curve is None or temperature is None:
        st.caption(
            "Undefined: the reference holds one class only, so no probability can be judged."
        )
        return
    figure = figures.calibration(curve, temperature)
    st.plotly_chart(figure, config=CHART, key="calibration")
    before, after = curve.calibration_error(), curve.tempered(temperature).calibration_error()
    already = read_request(chosen.run_id).settings.calibrated
    st.markdown(calibration_words(before or 0, after or 0, temperature))
    st.caption(
        "On the dashed line a probability of 70 % is right in 70 of 100 pixels. The temperature was "
        "fitted to this very reference, so it shows the most that could be gained"
        + (" beyond the calibration of this run." if already else "; *Predict* offers one fitted "
           "on other scenes.")
    )  # fmt: skip


def calibration_words(before: float, after: float, temperature: float) -> str:
    """Say how far probability and truth lie apart, and what one temperature would change.

    Args:
        before: Calibration error, 0 to 1.
        after: The same after the temperature.
        temperature: Above 1 the map is too sure, below 1 too cautious.
    """
    lean = "too sure of itself" if temperature > 1 else "more cautious than it need be"
    return (
        f"On average probability and truth lie **{100 * before:.1f} points** (of 100) apart; one "
        f"temperature of {temperature:.2f} would make it **{100 * after:.1f}**. The map is {lean}."
    )


def _selective(record: Mapping[str, Any] | None) -> None:
    """Show how F1 grows as the most unsure pixels are dropped."""
    st.subheader("Is it right where it is sure?", anchor=False)
    if record is None:
        st.caption(WAITING)
        return
    curves = record.get("selective") or {}
    if not any(row["f1"] is not None for rows in curves.values() for row in rows):
        st.caption("F1 is undefined: neither the map nor the reference holds the feature.")
        return
    figure = figures.selective(curves)
    figure.update_xaxes(autorange=False, range=[1.002, _least_kept(curves)])
    st.plotly_chart(figure, config=CHART, key="selective")
    words = selective_words(curves)
    if words:
        st.markdown(words)
    st.caption(
        "To the right ever more of the most unsure pixels are left out. A doubt worth its name "
        "makes the line rise first; it falls again where so much is left out that the feature "
        "itself goes."
    )


def _least_kept(curves: Mapping[str, Any]) -> float:
    """Return up to which share kept the chart is worth looking at."""
    shares = [
        row["kept"]
        for rows in curves.values()
        for row in rows
        if row["f1"] is not None and row["f1"] >= MUCH_WORSE * (rows[-1]["f1"] or 0)
    ]
    return min([LEAST_SEEN, *(share for share in shares if share >= FEWEST_KEPT)]) - 0.005


def selective_words(curves: Mapping[str, Any]) -> str:
    """Say what F1 is of all pixels and at its best without the most unsure; empty if undefined."""
    best: tuple[float, float, str] | None = None
    whole = next((rows[-1]["f1"] for rows in curves.values() if rows), None)
    for name, rows in curves.items():
        for row in rows:
            if row["f1"] is not None and row["kept"] >= FEWEST_KEPT:
                best = max(best or (0.0, 1.0, name), (row["f1"], row["kept"], name))
    if whole is None or best is None:
        return ""
    f1, kept, name = best
    if f1 <= whole:
        return f"F1 is {whole:.2f}, and leaving out the most unsure pixels does not make it better."
    return (
        f"Of all pixels F1 is {whole:.2f}; without the **{100 * (1 - kept):.1f} %** most unsure, "
        f"by {DOUBTS[name].title.lower()}, it is **{f1:.2f}**."
    )
