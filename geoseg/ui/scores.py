"""The scores of a run in tiles and charts, each with its meaning in plain words."""

import json
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from geoseg.evaluation.by_ground import NOT_TOLD, leading
from geoseg.evaluation.counts import Confusion
from geoseg.figures import charts
from geoseg.ui import cached, class_scores
from geoseg.ui.tasks import known_task
from geoseg.ui.words import SCORES, TERMS
from geoseg.workspace import read_record, read_request, run_folder

TILES = ("f1", "precision", "recall", "iou", "mcc", "accuracy")
CHART = {"displayModeBar": False}
COUNTS = ("tp", "fp", "fn", "tn")
LEADS = {
    "unseen": ("Scores on unseen ground", TERMS["unseen ground"]),
    "taught": ("Scores on ground the networks know", TERMS["taught ground"]),
    "whole": ("Scores of the whole map", TERMS["reference"]),
}
NO_REFERENCE = """
**This run has no reference**, so nobody can say how right the map is. Add one on the page *Study
area* (a map of the feature as polygons or as a raster) and run again. You would get

- precision, recall and F1: how much of the map is right, and how much was missed,
- a map of right and wrong, pixel by pixel,
- the best threshold for this area, and whether the probabilities can be taken at their word.
"""


def say_warnings(run_id: str) -> None:
    """Say what the run found worth looking at."""
    for warning in read_record(run_id).get("warnings", ()):
        st.warning(warning, icon=":material/warning:")


def say_whole_map(run_id: str) -> None:
    """Say of numbers of the whole map how much of it the networks knew; nothing where none."""
    ground = read_record(run_id).get("ground") or {}
    if ground.get("known") and ground.get("taught"):
        st.caption(f":material/info: These numbers count the whole map. {ground['words']}")


def scored(run_id: str) -> bool:
    """Tell whether the run was compared with a reference."""
    return (run_folder(run_id) / "metrics.json").is_file()


def metric(run_id: str, name: str) -> float | None:
    """Return one score of a run, of unseen ground where there is some; None where undefined."""
    return leading(metrics_of(run_id))[1].get(name)


def metrics_of(run_id: str) -> dict[str, Any]:
    """Return all scores of a run."""
    text = (run_folder(run_id) / "metrics.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def show(run_id: str) -> None:
    """Show tiles and charts of a run; where it has no reference, say what one would give."""
    if not scored(run_id):
        st.info(NO_REFERENCE)
        return
    values = metrics_of(run_id)
    led = lead(values)
    for note in led.get("notes", ()):
        st.caption(note)
    _classes(run_id, led)
    _charts(run_id, led)


def lead(values: dict[str, Any]) -> dict[str, Any]:
    """Show the scores that lead, and beside unseen ground those of taught ground and of both.

    Args:
        values: The content of a metrics.json.

    Returns:
        The scores that lead, of unseen ground wherever there is some.
    """
    part, led = leading(values)
    title, meaning = LEADS[part]
    st.markdown(f"**{title}**", help=meaning)
    tiles(dict(led))
    words = (values.get("ground") or {}).get("words", NOT_TOLD)
    (st.caption if part == "unseen" else st.warning)(words)
    if part == "unseen" and values["taught"].get("pixels"):
        _grounds(values)
    return dict(led)


def _grounds(values: dict[str, Any]) -> None:
    """Set unseen ground, taught ground and the whole map side by side."""
    rows = {"Unseen ground": values["unseen"], "Taught ground": values["taught"],
            "Whole map": values | {"pixels": sum(values[name] for name in COUNTS)}}  # fmt: skip
    table = {
        "Ground": list(rows),
        **{SCORES[name][0]: [charts.score_text(row[name]) for row in rows.values()]
           for name in TILES},
        "Pixels": [f"{row['pixels']:,}" for row in rows.values()],
    }  # fmt: skip
    st.dataframe(table, hide_index=True)


def tiles(values: dict[str, Any]) -> None:
    """Show the main scores as tiles; the question mark explains each."""
    for column, name in zip(st.columns(len(TILES)), TILES, strict=True):
        title, meaning = SCORES[name]
        column.metric(title, charts.score_text(values[name]), help=meaning, border=True)
    in_words(values)


def in_words(values: dict[str, Any]) -> None:
    """Say precision and recall as a sentence."""
    precision, recall = values["precision"], values["recall"]
    if precision is None or recall is None:
        return
    st.markdown(
        f"Of every 100 pixels shown as found, **{precision * 100:.0f}** are in the reference. "
        f"Of every 100 pixels in the reference, **{recall * 100:.0f}** were found."
    )


def _classes(run_id: str, values: dict[str, Any]) -> None:
    """Show the scores of every class where the task has several."""
    task = known_task(read_request(run_id).settings.task)
    if task.outputs > 1 and not values.get("classes"):
        st.info(class_scores.NO_CLASSES)
    class_scores.show(values, task.feature)


def _charts(run_id: str, values: dict[str, Any]) -> None:
    request = read_request(run_id)
    feature, threshold = known_task(request.settings.task).feature, request.settings.threshold
    counts = Confusion(*(values[name] for name in ("tp", "fp", "fn", "tn")))
    st.subheader("Closer look", anchor=False)
    _pair(
        ("Right and wrong, pixels", charts.confusion_matrix(counts, feature)),
        ("All scores", charts.metric_bars(values, SCORES)),
    )
    curve = cached.curve(run_folder(run_id))
    if curve is None:
        return
    best = curve.best_f1_threshold()
    _pair(
        ("What another threshold would give", charts.f1_by_threshold(curve, threshold)),
        ("Finding more costs false alarms", charts.precision_recall(curve, threshold)),
    )
    if best is not None:
        st.caption(
            f"The highest F1 here is at a threshold of {best:.2f}. It was found with this "
            "reference, so expect less of it elsewhere."
        )
    _pair(
        ("Can the probability be taken at its word?", charts.reliability(curve)),
        ("How sure the map is", charts.probability_histogram(curve, threshold, feature)),
    )
    st.caption(
        "Left: on the dashed line a probability means what it says; above it the map is too "
        "cautious, below it too sure."
    )


def _pair(left: tuple[str, go.Figure], right: tuple[str, go.Figure]) -> None:
    for column, (title, figure) in zip(st.columns(2, gap="medium"), (left, right), strict=True):
        column.markdown(f"**{title}**")
        column.plotly_chart(figure, config=CHART, key=title)
