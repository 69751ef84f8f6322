"""Compare, view Where, of several classes: choose which class counts, and see all side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geoseg.comparison.pixels import ANY_CLASS
from geoseg.evaluation.classes import rows_by_class

HELP = (
    "Any class: the feature counts as found whatever class it is given. One class: it stands "
    "against all others, so that a mix-up is an error of both."
)
Row = Mapping[str, Any]


def choose(rows: Sequence[Row], key: str) -> list[Row]:
    """Ask which class counts and return the rows counted so; unasked where there is one class.

    Args:
        rows: Scores of parts of the map, as a comparison records them.
        key: Sets the question apart from others on the page.
    """
    names = class_names(rows)
    if not names:
        return list(rows)
    chosen = st.segmented_control(
        "Which class counts?", [ANY_CLASS, *names], default=ANY_CLASS, required=True, help=HELP,
        key=f"where_class_{key}",
    )  # fmt: skip
    return list(rows) if chosen == ANY_CLASS else of_class(rows, str(chosen))


def class_names(rows: Sequence[Row]) -> list[str]:
    """Return the feature classes that the rows tell apart; none where they do not."""
    told = next((row["classes"] for row in rows if row.get("classes")), ())
    return [label["name"] for label in told if label["id"]]


def of_class(rows: Sequence[Row], name: str) -> list[Row]:
    """Return the rows of one class against all others."""
    return [part for row in rows for part in rows_by_class(row) if part["class"] == name]


def side_by_side(rows: Sequence[Row]) -> pd.DataFrame | None:
    """Return macro F1 and the F1 of every class, a line for every row; None where none is told."""
    if not class_names(rows):
        return None
    return pd.DataFrame(
        [
            {
                "Macro F1": row["macro_f1"],
                **{f"F1, {part['class']}": part["f1"] for part in rows_by_class(row)},
            }
            for row in rows
        ]
    )
