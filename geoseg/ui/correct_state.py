"""Page Correct: how far the review has come, the files of it, and its use as a reference."""

from urllib.parse import quote

import streamlit as st

from geoseg.errors import WorkspaceError
from geoseg.mapping.inventory import Status, Which
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link
from geoseg.ui.words import TERMS, when
from geoseg.workspace import Area, get_area
from geoseg.workspace.corrections import corrections
from geoseg.workspace.inventories import FORMS
from geoseg.workspace.references import (
    Unjudged,
    reference_in_use,
    references,
    use_inventory,
    use_reference,
)

POLL_SECONDS = 2.0
WORDS: dict[Status, str] = {
    "accepted": "accepted",
    "rejected": "rejected",
    "redrawn": "redrawn",
    "drawn": "drawn by you",
    "unreviewed": "left to look at",
}
"""Status -> how the line above the map counts it."""
WHICH: dict[Which, str] = {
    "kept": "All but the rejected",
    "confirmed": "Only what you accepted, redrew or drew",
    "all": "All, with the rejected marked as such",
}
WHICH_HELP = (
    "What the corrected map holds. Outlines nobody has judged are in it or left out; every outline "
    "carries its status, so that you can filter later."
)
UNJUDGED: dict[Unjudged, str] = {
    "open": "Leave them open: neither right nor wrong",
    "feature": "Count them as right",
}
UNJUDGED_HELP = (
    "Left open, they count in no score and networks learn nothing from their ground. Counted as "
    "right, the map confirms itself where nobody looked."
)
FORM_NAMES = {"gpkg": "GeoPackage", "shp.zip": "Shapefile", "geojson": "GeoJSON"}
USE_HELP = (
    "Later runs are measured by it, and the page Train can learn from it. Rejected outlines and the "
    "ground outside all outlines count as checked and empty, so draw what was missed first. The "
    "reference of now is kept and can be taken again."
)


@st.fragment(run_every=POLL_SECONDS)
def progress(run_id: str) -> None:
    """Show how many outlines have each status; it follows the clicks on the map."""
    counts = corrections(run_id).counts
    total = sum(counts.values())
    judged = total - counts["unreviewed"]
    words = " · ".join(f"**{counts[status]:,}** {word}" for status, word in WORDS.items())
    st.progress(judged / total if total else 1.0, text=words)


def downloads(run_id: str) -> None:
    """Offer the corrected map in every form."""
    which: Which = st.radio(
        "What it holds", list(WHICH), format_func=WHICH.__getitem__, help=WHICH_HELP,
        key=f"correct_which_{run_id}",
    )  # fmt: skip
    for column, form in zip(st.columns(len(FORMS) + 1), FORMS, strict=False):
        column.link_button(
            FORM_NAMES[form],
            f"/api/v1/runs/{quote(run_id)}/inventory.{form}?which={which}",
            icon=":material/download:",
            width="stretch",
        )
    st.caption(
        "Columns: id, class, area_m2, perim_m, mean_prob, mean_sprd, status, edited (when), note. "
        "Means of outlines you drew are read from the run's maps."
    )


def use_form(run_id: str, area_id: str) -> None:
    """Let the user make the corrected map the reference of the study area, and go back."""
    try:
        area = get_area(area_id)
    except WorkspaceError:
        st.info("The study area of this run is gone, so there is nothing to be a reference of.")
        return
    _choose_reference(area)
    unjudged: Unjudged = st.radio(
        "Outlines nobody has judged", list(UNJUDGED), format_func=UNJUDGED.__getitem__,
        help=UNJUDGED_HELP, key=f"correct_use_{run_id}",
    )  # fmt: skip
    if st.button(
        "Use as the reference of this study area", icon=":material/verified:", help=USE_HELP
    ):
        use_inventory(run_id, unjudged)
        st.toast("It is the reference now.", icon=":material/check_circle:")
        st.rerun()
    st.caption(
        "Runs made before keep the scores they had. Run again to be measured by the new reference."
    )
    with st.container(horizontal=True):
        link(Page.TRAIN, "Train networks on it", {Address.AREA: area.id}, icon="model_training")
        link(Page.PREDICT, "Run again", {Address.AREA: area.id}, icon="play_circle")


def _choose_reference(area: Area) -> None:
    """Show which reference the area uses; every earlier one can be taken again."""
    known = {one.id: one for one in references(area.id)}
    used, ids = reference_in_use(area), list(known)
    chosen = st.selectbox(
        f"Reference of “{area.title}” now",
        ids,
        index=ids.index(used),
        format_func=lambda name: f"{known[name].title} · {when(known[name].created)}",
        help=TERMS["reference"] + " Choose another to go back to it.",
        key=f"correct_reference_{area.id}_{used}",
    )
    if chosen != used:
        use_reference(area.id, chosen)
        st.rerun()
