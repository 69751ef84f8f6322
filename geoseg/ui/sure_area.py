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


def show(estimate: Part, feature: str, by_class: Part | None = None) -> None:
    """Show the area of the feature as mapped and corrected, and both accuracies of each class.

    Args:
        estimate: Of a feature of any class and the ground without.
        feature: What is mapped, singular.
        by_class: The estimate of every class, where several are told apart.
    """
    st.subheader("How large is it really?", anchor=False, help=HELP)
    row = next((row for row in estimate["classes"] if row["name"] == feature), None)
    if row is None or row["area_m2"]["value"] is None:
        st.caption("The area cannot be corrected: no pixel is known in both map and reference.")
        return
    st.markdown(area_sentence(row, feature))
    # Several classes have longer words in the table.
    widths = [2, 3] if by_class is None else [1, 2]
    left, right = st.columns(widths, gap="medium", vertical_alignment="center")
    figure = figures.area(estimate, feature) if by_class is None else figures.areas(by_class)
    left.plotly_chart(figure, config=CHART, key="area")
    right.dataframe(area_rows(estimate, feature, by_class), hide_index=True)
    right.caption(
        "User's accuracy: of what is mapped so, the share that is so. Producer's accuracy: of what "
        "is so, the share that is mapped so. Both are estimates for the whole map: every class of it "
        "weighs by its mapped area, also where no reference lies, so that the producer's accuracy is "
        "not the recall of the pixels under *Scores*. In brackets the 95 % interval."
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
        f"Counted by pixels the map shows **{area(row['mapped_m2'])}** of {feature}, patches too small "
        "for an outline among them. Corrected for its errors it is "
        f"**{area(corrected['value'])}**"
    )
    if corrected["low"] is None:
        return f"{words}; how sure this number is cannot be said."
    low, high = area(corrected["low"]), area(corrected["high"])
    return f"{words}, with 95 % confidence between **{low}** and **{high}**."


def area_rows(estimate: Part, feature: str, by_class: Part | None) -> list[dict[str, str]]:
    """Return the table's rows; of several classes each, and the feature of any class above them."""
    if by_class is None:
        return [_accuracies(row, area(row["area_m2"]["value"])) for row in estimate["classes"]]
    whole = [row | {"name": f"{feature}, any class"} for row in estimate["classes"]
             if row["name"] == feature]  # fmt: skip
    rows = (*whole, *by_class["classes"])
    return [_accuracies(row, area_words(row["area_m2"])) for row in rows]


def area_words(interval: Part) -> str:
    """Return an area with its interval: '4.0 ha (3.1 ha to 5.2 ha)'."""
    if interval["value"] is None:
        return "undefined"
    if interval["low"] is None:
        return area(interval["value"])
    return f"{area(interval['value'])} ({area(interval['low'])} to {area(interval['high'])})"


def _accuracies(row: Part, corrected: str) -> dict[str, str]:
    return {
        "Class": row["name"],
        "As mapped": area(row["mapped_m2"]),
        "Corrected": corrected,
        "User's accuracy": share_words(row["users"]),
        "Producer's accuracy, weighted by area": share_words(row["producers"]),
    }


def share_words(interval: Part) -> str:
    """Return a share with its interval: '0.83 (0.79 to 0.87)'."""
    if interval["value"] is None:
        return "undefined"
    if interval["low"] is None:
        return f"{interval['value']:.2f}"
    return f"{interval['value']:.2f} ({interval['low']:.2f} to {interval['high']:.2f})"
