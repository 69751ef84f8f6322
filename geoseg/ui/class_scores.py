"""Scores of every class of a run: tiles, a table, the matrix of all classes, counts of outlines."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from geoseg.figures import charts, compare_ground
from geoseg.figures.class_matrix import class_matrix

QUIET = {"displayModeBar": False}
MACRO = (
    "The mean F1 of the classes, each counting alike however rare it is; the ground without the "
    "feature is not counted."
)
ANY_CLASS = (
    "In this table every class stands against all others, so that a {feature} of the wrong class is "
    "an error too. The tiles above and the charts further down count a **{feature} of any class** "
    "against none."
)
MATRIX = (
    "Rows: what the reference says. Columns: what the map says. On the green diagonal both agree; "
    "a red cell is a mix-up of two classes, the deeper the more of the reference's class it takes. "
    "User's accuracy: of what is mapped as the class, the share that is right. Producer's accuracy: "
    "of the class in the reference, the share that the map shows."
)
BARS = "Each class against all others."
NO_CLASSES = (
    "This task tells classes apart, but the reference does not name them, so only the feature as a "
    "whole was counted. Polygons with a class column, or a raster of class numbers, would give the "
    "scores of every class here."
)
TABLE = {
    "name": "Class", "precision": "Precision", "recall": "Recall", "f1": "F1", "iou": "IoU",
    "reference_pixels": "Pixels in the reference", "mapped_pixels": "Pixels on the map",
}  # fmt: skip
SCORES = ("precision", "recall", "f1", "iou")
Record = Mapping[str, Any]


def show(record: Record, feature: str) -> None:
    """Show how well every class was told; nothing where the run maps one class.

    Args:
        record: The metrics of a run or a comparison.
        feature: What is mapped, singular.
    """
    rows = record.get("classes")
    if not rows:
        return
    st.subheader("Every class", anchor=False)
    table, macro = st.columns([5, 1], gap="medium")
    macro.metric(
        "Macro F1", charts.score_text(record.get("macro_f1")), help=MACRO, border=True
    )  # fmt: skip
    with table:
        st.dataframe(class_rows(record), hide_index=True, width="stretch")
    st.caption(ANY_CLASS.format(feature=feature))
    left, right = st.columns(2, gap="medium")
    with left:
        _chart("Which class is taken for which", class_matrix(record), MATRIX)
    with right:
        _chart("Scores of every class", compare_ground.by_group(rows), BARS)


def class_rows(record: Record) -> list[dict[str, str]]:
    """Return the table's rows: words as people read them, undefined scores said so."""
    return [
        {
            title: charts.score_text(row[name]) if name in SCORES else _plain(row[name])
            for name, title in TABLE.items()
        }
        for row in record["classes"]
    ]


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _chart(title: str, figure: Any, caption: str) -> None:
    st.markdown(f"**{title}**", help=caption)
    st.plotly_chart(figure, config=QUIET, key=title)
