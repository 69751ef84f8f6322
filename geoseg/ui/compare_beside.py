"""Compare, view Scores: how far two maps differ, and both on the ground that both know."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from geoseg.figures import charts
from geoseg.ui.words import SCORES
from geoseg.ui.words import area as area_words

KINDS = {
    "only_first": "Only {first}",
    "only_second": "Only {second}",
    "both": "Both",
    "other_class": "Both, of different classes",
    "neither": "Neither",
}
SHOWN = ("precision", "recall", "f1", "iou", "mcc")
ABOUT = (
    "Where one of the two maps says so and the other does not, whichever is right; the map under "
    "*Map* shows it as *Only one of the two maps*."
)
FAIR = (
    "Both maps by the same reference, on the ground that both know. The scores of this run above "
    "are those of all ground it knows."
)
Record = Mapping[str, Any]


def show(record: Record) -> None:
    """Show how a second map stands beside this one; nothing where there is none."""
    part = record.get("beside")
    if not part:
        return
    st.markdown(f"**{part['first']} and {part['second']}**", help=ABOUT)
    st.dataframe(list(_differences(part["difference"])), hide_index=True)
    rows = list(_scored(part))
    if rows:
        st.markdown("**Both by the same reference**", help=FAIR)
        st.dataframe(rows, hide_index=True)


def _differences(found: Record) -> Iterator[dict[str, str]]:
    """Yield how much ground each kind takes."""
    names = {"first": found["first"], "second": found["second"]}
    for kind, words in KINDS.items():
        if kind != "other_class" or found["pixels"][kind]:
            yield {
                f"Says {found['feature']}": words.format(**names),
                "Pixels": f"{found['pixels'][kind]:,}",
                "Ground": area_words(found["area_m2"][kind]),
            }


def _scored(part: Record) -> Iterator[dict[str, str]]:
    """Yield both maps on the whole ground and in every sub-area."""
    grounds = [{"name": "all ground both know", "first": part["first_scores"],
                "second": part["second_scores"]}, *part["areas"]]  # fmt: skip
    for ground in grounds:
        for side in ("first", "second"):
            if ground[side]:
                scores = {SCORES[name][0]: charts.score_text(ground[side][name]) for name in SHOWN}
                yield {"Where": ground["name"], "Map": part[side], **scores}
