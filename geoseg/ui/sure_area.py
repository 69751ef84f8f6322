"""The corrected area of the mapped class with its interval, in words, numbers and a chart."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from geoseg.figures import compare_sure as figures
from geoseg.ui.scores import CHART
from geoseg.ui.words import area

SOURCE = (
    "After Olofsson et al. (2014), [doi:10.1016/j.rse.2014.02.015]"
    "(https://doi.org/10.1016/j.rse.2014.02.015)."
)
HELP = (
    "A map with errors shows a biased area: false alarms add to it, misses take from it. What the "
    "reference says of each class of the map corrects this."
)
Part = Mapping[str, Any]


def show(estimate: Part, feature: str) -> None:
    """Show the area of the feature as mapped and corrected, and both accuracies of each class."""
    st.subheader("How large is it really?", anchor=False, help=HELP)
    row = next((row for row in estimate["classes"] if row["name"] == feature), None)
    if row is None or row["area_m2"]["value"] is None:
        st.caption("The area cannot be corrected: no pixel is known in both map and reference.")
        return
    st.markdown(area_sentence(row, feature))
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    left.plotly_chart(figures.area(estimate, feature), config=CHART, key="area")
    right.dataframe([_accuracies(one) for one in estimate["classes"]], hide_index=True)
    right.caption(
        "User's accuracy: of what is mapped so, the share that is so. Producer's accuracy: of what "
        "is so, the share that is mapped so. In brackets the 95 % interval."
    )
    for note in estimate["notes"]:
        right.caption(f"{note[0].upper()}{note[1:]}.")
    right.caption(SOURCE)


def area_sentence(row: Part, feature: str) -> str:
    """Say what the map shows and what it really is, with the interval where there is one.

    Args:
        row: One class of an area estimate.
        feature: What is mapped, singular.
    """
    corrected = row["area_m2"]
    words = (
        f"The map shows **{area(row['mapped_m2'])}** of {feature}. Corrected for its errors it is "
        f"**{area(corrected['value'])}**"
    )
    if corrected["low"] is None:
        return f"{words}; how sure this number is cannot be said."
    low, high = area(corrected["low"]), area(corrected["high"])
    return f"{words}, with 95 % confidence between **{low}** and **{high}**."


def _accuracies(row: Part) -> dict[str, str]:
    return {
        "Class": row["name"],
        "As mapped": area(row["mapped_m2"]),
        "Corrected": area(row["area_m2"]["value"]),
        "User's accuracy": share_words(row["users"]),
        "Producer's accuracy": share_words(row["producers"]),
    }


def share_words(interval: Part) -> str:
    """Return a share with its interval: '0.83 (0.79 to 0.87)'."""
    if interval["value"] is None:
        return "undefined"
    if interval["low"] is None:
        return f"{interval['value']:.2f}"
    return f"{interval['value']:.2f} ({interval['low']:.2f} to {interval['high']:.2f})"
