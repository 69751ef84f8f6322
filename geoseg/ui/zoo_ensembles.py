"""What was fitted for a zoo -> choices beyond the plain mean, each with its help."""

from pathlib import Path
from typing import Any

import streamlit as st

from geoseg.models.combination import (
    Ensembles,
    choose_combination,
    find_ensembles,
    find_fit,
)
from geoseg.settings import RunSettings

COMBINATIONS = {
    "mean": "All alike",
    "greedy": "Greedy choice",
    "weighted": "By weights",
}
HELP = {
    "combination": "All alike: the plain mean. Greedy choice: only those networks that gave the most "
    "right pixels together on validation ground, often fewer and faster; how sure the map sounds was "
    "not looked at, so that it needs calibration. By weights: better networks count more.",
    "turns": "Every network sees each tile in eight positions, turned and mirrored, and its answers "
    "are averaged. Often a little better; takes eight times as long.",
    "calibrated": "Corrects how sure the map sounds, by one number fitted on validation ground. The "
    "probability can better be taken at its word; no pixel crosses 0.5.",
    "threshold": "Takes the threshold of highest F1 on validation ground in place of the slider's.",
}


def ensemble_form(models: Path | None, task: str, setting: str, size: int) -> dict[str, Any]:
    """Ask for what goes beyond the mean at a threshold; return choices of a run's settings.

    Args:
        models: Folder of the zoo; None is the shipped one.
        task: What is mapped.
        setting: The bands.
        size: The ensemble size chosen.
    """
    fitted = find_ensembles(models, task, setting)
    with st.expander("Finer choices for the ensemble"):
        choices: dict[str, Any] = {"turns": st.checkbox("Flips and turns", help=HELP["turns"])}
        if fitted is None:
            st.caption(
                "Weights, calibration and a threshold by validation need a ranking of these "
                "networks on validation ground: see the page Models."
            )
            return choices
        return choices | _fitted_choices(fitted, size)


def check(models: Path | None, settings: RunSettings) -> None:
    """Refuse now what the run would refuse later.

    Raises:
        ModelError: What was fitted belongs to other networks.
    """
    plain = settings.combination == "mean" and settings.threshold_by == "number"
    if not plain or settings.calibrated:
        choose_combination(models, settings)


def _fitted_choices(fitted: Ensembles, size: int) -> dict[str, Any]:
    possible = [name for name in COMBINATIONS if size in fitted.sizes(name)]
    if "mean" not in possible:
        st.caption("Nothing was fitted for so many networks: the zoo has grown since its ranking.")
        return {}
    combination = st.segmented_control(
        "Networks count", possible, default="mean", format_func=COMBINATIONS.__getitem__,
        required=True, help=HELP["combination"], key=f"combination_{size}",
    )  # fmt: skip
    if len(possible) == 1 and (others := fitted.sizes("greedy")):
        sizes = ", ".join(str(other) for other in others)
        st.caption(f"Greedy choice and weights were fitted for {sizes} networks.")
    calibrated = st.checkbox(
        "Calibrated probability", combination == "greedy", help=HELP["calibrated"],
        key=f"calibrated_{combination}_{size}",
    )  # fmt: skip
    fit = find_fit(fitted, str(combination), size)
    for doubt in fit.doubts(calibrated=calibrated) if fit else ():
        st.warning(f"{doubt[:1].upper()}{doubt[1:]}.", icon=":material/warning:")
    by_validation = st.checkbox("Threshold by validation", help=HELP["threshold"])
    st.caption(f"Fitted on {fitted.fitted_on}.")
    return {
        "combination": combination,
        "calibrated": calibrated,
        "threshold_by": "validation" if by_validation else "number",
    }
