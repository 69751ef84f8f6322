"""The form of an own task: what is mapped, its bands and its classes."""

import streamlit as st

from geoseg.errors import SettingsError
from geoseg.tasks.own import OwnBand, OwnClass, OwnTask, task_name, usual_colour
from geoseg.ui.task_words import HELP
from geoseg.workspace.tasks import save_task

MOST_SHOWN = 12
"""Classes the form asks for; more are described in a file."""


def form() -> OwnTask | None:
    """Ask for everything and return the task that was just saved.

    Raises:
        GeosegError: What is asked for cannot be; the sentence says why.
    """
    left, right = st.columns(2, gap="large")
    with left:
        title = st.text_input("What shall be mapped?", placeholder="Rock glaciers",
                              max_chars=120, help=HELP["title"])  # fmt: skip
        feature = st.text_input("One of them is called", placeholder="rock glacier",
                                max_chars=120, help=HELP["feature"])  # fmt: skip
        bands = st.text_area("Bands, one a line: name, unit", height=180, help=HELP["bands"],
                             placeholder="slope, degrees\nelevation, m\nB8")  # fmt: skip
    with right:
        count = st.number_input(
            "Classes to map", 1, MOST_SHOWN, 1, help=HELP["classes"], key="own_classes"
        )
        classes = [_class(place, feature) for place in range(int(count) + 1)]
        size, least, buffer = st.columns(3)
        pixel = size.number_input("Pixel, m", 0.1, 1000.0, 10.0, help=HELP["pixel"])
        area = least.number_input("Leave out below, m²", 0.0, None, 0.0, 100.0, help=HELP["least"])
        wide = buffer.number_input("Widen by, m", 0.0, 1000.0, 0.0, help=HELP["buffer"])
    if not st.button("Make this task", type="primary", icon=":material/add:"):
        return None
    return save_task(
        OwnTask(
            name=task_name(title), title=title, feature=feature or title, classes=tuple(classes),
            bands=read_bands(bands), pixel_size_m=pixel, min_area_m2=area, buffer_m=wide,
        )
    )  # fmt: skip


def read_bands(text: str) -> tuple[OwnBand, ...]:
    """Read bands as 'name, unit', one a line.

    Raises:
        SettingsError: There is none, or a name cannot be one.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise SettingsError("no band is named; write one a line, such as slope, degrees")
    pairs = [line.partition(",")[::2] for line in lines]
    return tuple(OwnBand(name=name.strip(), unit=unit.strip()) for name, unit in pairs)


def _class(place: int, feature: str) -> OwnClass:
    """Ask for one class; the first is what is left over."""
    name, colour = st.columns([4, 1], vertical_alignment="bottom")
    label = f"Class {place}" if place else "Everything else"
    usual = (feature or "feature") if place == 1 else (f"class {place}" if place else "other")
    words = name.text_input(label, placeholder=usual, max_chars=120, key=f"own_class_{place}",
                            help=HELP["class" if place else "background"])  # fmt: skip
    picked = colour.color_picker("Colour", usual_colour(place), key=f"own_colour_{place}")
    return OwnClass(name=words or usual, colour=picked)
