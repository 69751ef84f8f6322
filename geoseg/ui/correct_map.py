"""Page Correct: the outlines of a run on a map where each can be judged, and the next to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from geoseg.ui.keys import Key
from geoseg.ui.map import show_map
from geoseg.ui.map_scene import Bounds, DrawTarget, VectorLayer
from geoseg.ui.scenes import run_scene
from geoseg.ui.words import area
from geoseg.web.vector_layers import register_vector, vector_url
from geoseg.workspace import run_folder
from geoseg.workspace.corrections import OUTLINES, outline_table
from geoseg.workspace.inventories import ORDERS, Order, to_look_at
from geoseg.workspace.runs import run_classes
from geoseg.workspace.traps import MARKED

COLOURS: Mapping[str, str] = {
    "": "#12303f",
    "accepted": "#1b9e5a",
    "rejected": "#c2255c",
    "redrawn": "#0b7fab",
    "drawn": "#7a1fa2",
}
WORDS = {
    "": "left to look at",
    "accepted": "accepted",
    "rejected": "rejected",
    "redrawn": "redrawn",
    "drawn": "drawn by you",
}
"""Status of an outline -> its colour and what the legend calls it."""
FIELDS = {
    "area_m2": "Area",
    "mean_prob": "Mean probability",
    "mean_sprd": "Networks disagree by",
    "traps": "Known trap",
}
ORDER_WORDS: Mapping[Order, str] = {
    "most in doubt": "First the most in doubt",
    "least probable": "First the least probable",
    "networks disagree most": "First where networks disagree",
    "largest": "First the largest",
}
NEXT_HELP = (
    "Goes on to the next outline nobody has judged. Most in doubt: where the networks disagree most, "
    "and of equal doubt the larger, for there a false alarm weighs more (ten times the area counts "
    "like the smallest outline once more). One you skip comes again at the end."
)
HEIGHT_PIXELS = 640
PLACE_COLOURS = {"on the map only": "#e8710a", "in the reference only": "#7a1fa2", "": "#e8710a"}


@dataclass(frozen=True)
class Focus:
    """What the map goes to: an outline by its number, or a place by its bounds.

    Attributes:
        run_id: The run.
        outline: Number of an outline.
        bounds: Of a place, degrees.
        drawn: How often the map had to be drawn anew.
    """

    run_id: str
    outline: int | None = None
    bounds: Bounds | None = None
    drawn: int = 0


def focus(run_id: str) -> Focus:
    """Return where the user wants to look; nowhere at first."""
    kept = st.session_state.get(Key.CORRECT_FOCUS)
    return kept if isinstance(kept, Focus) and kept.run_id == run_id else Focus(run_id)


def look_at(run_id: str, outline: int | None = None, bounds: Bounds | None = None) -> None:
    """Let the map go to an outline or a place when it is drawn next."""
    st.session_state[Key.CORRECT_FOCUS] = Focus(run_id, outline, bounds, focus(run_id).drawn)


def redraw(run_id: str) -> None:
    """Let the map be drawn anew, where it was; the page changed what it shows."""
    here = focus(run_id)
    st.session_state[Key.CORRECT_FOCUS] = replace(here, drawn=here.drawn + 1)


def next_form(run_id: str) -> None:
    """Show the button that brings up the next outline, and what is known of the one in view."""
    order_box, button, words = st.columns([3, 2, 5], vertical_alignment="center", gap="medium")
    order: Order = order_box.selectbox(
        "Which first",
        list(ORDERS),
        format_func=ORDER_WORDS.__getitem__,
        label_visibility="collapsed",
    )
    button.button(
        "Next outline",
        icon=":material/skip_next:",
        type="primary",
        width="stretch",
        on_click=_go_on,
        args=(run_id, order),
        help=NEXT_HELP,
    )
    words.markdown(_in_view(run_id))


def show(run_id: str, places: Path | None = None) -> None:
    """Draw the map with the outlines to judge.

    Args:
        run_id: The run.
        places: A GeoPackage of ranked places to show over them.
    """
    scene, here = run_scene(run_id, show=()), focus(run_id)
    outlines = _outlines(run_id)
    show_map(
        replace(
            scene,
            focus=here.bounds,
            layers=tuple(layer for layer in scene.layers if not layer.live),
            vectors=(*([_places(places)] if places else []), outlines),
            draw=DrawTarget(
                # Another address makes another map, which asks for the colours anew.
                f"/api/v1/runs/{run_id}/corrections?drawn={here.drawn}",
                "corrections",
                "Correct",
                outlines.id,
                classes=run_classes(run_id),
            ),
            selected=here.outline,
            threshold=None,
            swipe=("", ""),
        ),
        height=HEIGHT_PIXELS,
    )


def _outlines(run_id: str) -> VectorLayer:
    """Return the outlines; with what marks them as likely false alarms where that was looked at."""
    marked = run_folder(run_id) / MARKED
    path = marked if marked.is_file() else run_folder(run_id) / OUTLINES
    of_class = {"class": "Mapped as"} if run_classes(run_id) else {}
    fields = of_class | {k: v for k, v in FIELDS.items() if k != "traps" or path == marked}
    layer_id = register_vector(path, "Outlines", (*FIELDS, *of_class))
    return VectorLayer(
        id=layer_id,
        title="Outlines",
        url=vector_url(layer_id),
        colour_by="status",
        colours=COLOURS,
        words=WORDS,
        fields=fields,
    )


def _places(path: Path) -> VectorLayer:
    layer_id = register_vector(path, "Places of the list", ("rank", "kind", "why"))
    return VectorLayer(
        id=layer_id,
        title="Places of the list below",
        url=vector_url(layer_id),
        colour_by="kind",
        colours=PLACE_COLOURS,
        clickable=False,
    )


def _go_on(run_id: str, order: Order) -> None:
    """Choose the next outline after the one in view, and begin anew at the end."""
    left, here = to_look_at(run_id, order), focus(run_id).outline
    if not left:
        look_at(run_id)
        return
    table = outline_table(run_id)
    column, rising = ORDERS[order]
    place = 0
    if here in left:
        place = left.index(here) + 1
    elif here in table.index:
        # It was judged since: go on with the first that stands after it in the order.
        value, sign = table.loc[here, column], 1 if rising else -1
        behind = (sign * table.loc[left, column] > sign * value).to_numpy()
        place = int(behind.argmax()) if behind.any() else 0
    look_at(run_id, outline=left[place % len(left)])


def _in_view(run_id: str) -> str:
    """Say what is known of the outline the map went to."""
    number, table = focus(run_id).outline, outline_table(run_id)
    if number is None or number not in table.index:
        return "Click an outline on the map to judge it, or let the button bring them up."
    row = table.loc[number]
    return (
        f"**Outline {number}**: {area(row['area_m2'])}, mean probability {row['mean_prob']:.2f}, "
        f"networks disagree by {row['mean_sprd']:.2f}"
    )
