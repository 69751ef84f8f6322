"""Compare, view Scores: the map beside others, ensemble sizes, curves, the error matrix, notes."""

from collections.abc import Iterator, Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from geoseg.evaluation.by_ground import leading
from geoseg.figures import charts, compare
from geoseg.ui import cached, class_scores, compare_beside, scores
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.words import SCORES, when
from geoseg.workspace import list_runs, read_state, run_folder

QUIET = {"displayModeBar": False}
MOST_RUNS = 20
DIAGRAM = (
    "To the right: fewer false alarms. Up: less is missed. Along a solid line F1 is the same; above "
    "the dashed line *bias 1* the map shows more than there is, below it less (Roebber 2009)."
)
SIZES = (
    "Does asking more networks help on this area? Grey dots are single networks, in the order of "
    "their validation score; the line is the average of the best K."
)
MATRIX = (
    "User's accuracy: of the pixels the map shows as a class, the share that is right (precision). "
    "Producer's accuracy: of the pixels the reference holds of it, the share that the map shows "
    "(recall). Counted where both are known; *How sure* weighs by area, which may give another number."
)
SEVEN = (
    "The same seven colours as on the map: what the single best network and the ensemble got right "
    "or wrong together, and where only one of them did."
)
CURVES = (
    "Both thresholds marked: the one this run used, and the one of highest F1 here. The second was "
    "found with this reference, so expect less of it elsewhere."
)
Record = Mapping[str, Any]


def show(chosen: Chosen) -> None:
    """Draw the view; without a comparison the scores of the run alone, or what would give them."""
    if chosen.comparison is None:
        scores.show(chosen.run_id)
        return
    record = cached.comparison(chosen.comparison)
    if "tp" not in record:
        scores.show(chosen.run_id)
        compare_beside.show(record)
        return
    led = scores.lead(dict(record))
    class_scores.show(led, record["feature"])
    _beside(record, chosen)
    _curves(record, chosen)
    _matrix(led)
    _seven(record)
    compare_beside.show(record)
    _notes(record)


def _beside(record: Record, chosen: Chosen) -> None:
    """Show the run among others, and what ensemble size does."""
    left, right = st.columns(2, gap="medium")
    places = [*compare.places_of(record), *_other_runs(chosen)]
    with left:
        _chart("How does it compare?", compare.performance_diagram(places), DIAGRAM)
    with right:
        if record["ensemble_sizes"]:
            sizes = record["ensemble_sizes"]
            _chart("How many networks?", compare.f1_by_size(sizes), SIZES)
            st.caption(_counted_on(sizes.get("ground")))
        else:
            st.markdown("**How many networks?**")
            st.info("This run did not keep the scores of every ensemble size; run again for them.")


def _other_runs(chosen: Chosen) -> Iterator[compare.Placed]:
    """Yield the other scored runs of the same study area, newest first."""
    area = read_state(chosen.run_id).area_id
    shown = {chosen.run_id, chosen.other_id}
    others = [
        run
        for run in list_runs()
        if run.area_id == area and run.status == "finished" and run.id not in shown
    ]
    for run in [run for run in others if scores.scored(run.id)][:MOST_RUNS]:
        values = cached.comparison(run_folder(run.id))
        name = f"{run.title}, {when(run.finished)}"
        yield compare.Placed.of(name, "other runs of this area", leading(values)[1])


def _curves(record: Record, chosen: Chosen) -> None:
    curve = chosen.comparison and cached.curve(chosen.comparison)
    if not curve:
        return
    st.caption(f"{CURVES} {_counted_on(record.get('best_threshold_on'))}")
    left, right = st.columns(2, gap="medium")
    with left:
        figure = compare.precision_recall(curve, record["threshold"])
        _chart("Finding more costs false alarms", figure)
    with right:
        _chart("Can the probability be taken at its word?", compare.reliability(curve))


def _matrix(record: Record) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        _chart("Right and wrong, pixels", compare.error_matrix(record), MATRIX)
    with right:
        _chart("All scores", charts.metric_bars(dict(record), SCORES))


def _seven(record: Record) -> None:
    """Show single best against ensemble, and the second run, in pixels of each colour."""
    parts = {
        "Single best network and ensemble": record["seven_colours"],
        "This run and the other": record["run_vs_run"],
    }
    for title, part in parts.items():
        if part:
            _chart(title, compare.seven_colours(part), SEVEN if part.get("member") else "")
            counted = part.get("unseen") or part
            first, second = (counted[side]["f1"] for side in ("first_scores", "second_scores"))
            if not part.get("member"):
                st.caption(f"This run: {record['run']}. The other run: {record['other']}.")
            if "macro_f1" in part["first_scores"]:
                st.caption(_by_class(part, record["feature"]))
            st.caption(
                f"F1 of {part['first']}: {charts.score_text(first)}; of {part['second']}: "
                f"{charts.score_text(second)}. "
                f"{_counted_on('unseen' if counted is not part else 'whole')} The colours count "
                f"the whole map: {part['total']:,} pixels are known in all three."
            )


def _by_class(part: Record, feature: str) -> str:
    """Say how the colours take classes, and how both maps tell them."""
    first, second = (charts.score_text(part[side]["macro_f1"])
                     for side in ("first_scores", "second_scores"))  # fmt: skip
    return (
        f"A {feature} counts as found only where the map holds its very class. Macro F1 of "
        f"{part['first']}: {first}; of {part['second']}: {second}. The F1 below takes a {feature} of any class."
    )


def _counted_on(ground: str | None) -> str:
    """Say which ground numbers were counted on."""
    return "Counted on unseen ground." if ground == "unseen" else "Counted on the whole map."


def _notes(record: Record) -> None:
    if record["notes"]:
        with st.expander("How this was counted, and what is undefined"):
            for note in record["notes"]:
                st.markdown(f"- {note}")


def _chart(title: str, figure: go.Figure, caption: str = "") -> None:
    st.markdown(f"**{title}**", help=caption or None)
    st.plotly_chart(figure, config=QUIET, key=title)
