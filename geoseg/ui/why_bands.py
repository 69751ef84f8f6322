"""The bands of a study area beside those of training: a sentence, and a picture of each."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.figures.bands import band_histogram
from geoseg.models.card import BandStatistics
from geoseg.pipeline.explain_inputs import find_rasters
from geoseg.stack.band_check import BandCheck
from geoseg.ui import cached
from geoseg.ui.scores import CHART
from geoseg.workspace import read_record, read_request, run_folder

ACROSS = 3
MANY_MISSING = 0.01
"""Share of pixels without a value that is worth a word."""
READING = (
    "Bars: your values. Green field: where most of the training values lay; dotted: their mean. "
    "Bands in orange depart; the networks guess there."
)


def of_run(run_id: str) -> None:
    """Show the bands of a finished run; say so where its rasters are gone."""
    record, request = read_record(run_id), read_request(run_id)
    training = [BandStatistics(**band) for band in record["members"][0]["bands"]]
    try:
        files = find_rasters(run_folder(run_id), record, (), request)
        bands = tuple(record["bands"].items()) or tuple(request.bands.items())
        gallery(cached.band_checks(files, request.settings.task, bands, training))
    except GeosegError as error:
        st.info(f"The bands cannot be looked at: {error}.", icon=":material/info:")


def before_run(
    files: Sequence[Path],
    task: str,
    bands: Sequence[tuple[str, str]],
    training: Sequence[BandStatistics],
) -> None:
    """Offer the pictures of a study area's bands before anything is predicted.

    Args:
        files: Its rasters.
        task: What is mapped.
        bands: Band name and the key of the layer it is read from.
        training: Of a member's card.
    """
    box = st.expander(
        "Your bands beside the training", icon=":material/bar_chart:", on_change="rerun"
    )
    if box.open:
        with box:
            gallery(cached.band_checks(files, task, bands, training), across=2)


def gallery(checks: Sequence[BandCheck], across: int = ACROSS) -> None:
    """Show every band, those that depart first."""
    if not checks:
        st.info("Nothing is known of the bands this run read.")
        return
    odd = [check for check in checks if check.odd]
    st.markdown(_summary(odd, len(checks)))
    st.caption(READING)
    for first in range(0, len(checks), across):
        row = checks[first : first + across]
        for column, check in zip(st.columns(across, gap="medium"), row, strict=False):
            with column:
                _one(check)


def _summary(odd: Sequence[BandCheck], every: int) -> str:
    if not odd:
        return f"All {every} bands look as the networks know them."
    names = ", ".join(f"**{check.name}**" for check in odd)
    return f"Of {every} bands, {len(odd)} should be looked at: {names}."


def _one(check: BandCheck) -> None:
    icon = ":material/warning: " if check.odd else ""
    st.markdown(f"{icon}**{check.title}** ({check.name})")
    if check.shares:
        key = f"band_{check.name}"
        st.plotly_chart(band_histogram(check), config=CHART, key=key)
    missing = f" {check.missing:.0%} of the pixels have no value."
    st.caption(check.words + (missing if MANY_MISSING <= check.missing < 1 else ""))
