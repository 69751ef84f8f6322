"""A reference file -> which of its layers, or how its bands, tell the truth; and a check of it."""

import re
from pathlib import Path

import streamlit as st

from geoseg.comparison.uploads import kept_briefly
from geoseg.errors import GeosegError, ReferenceMapError
from geoseg.files.parts import with_part
from geoseg.stack import RasterStack
from geoseg.stack.kinds import Kind
from geoseg.stack.label_bands import ONEHOT, PICTURE_BANDS
from geoseg.stack.layers import ALL
from geoseg.stack.point_tables import TABLES
from geoseg.stack.shapes import is_vector, layers_with
from geoseg.tasks import Task
from geoseg.ui import cached

BY_PLACE, ALL_LAYERS = "the one that lies here", "all layers together"
BY_NAMES, EACH_CLASS, COLOUR = "by their names", "a band for every class", "by a colour"
LAYER_HELP = (
    "The file holds several layers of outlines. Choose the one with the mapped truth; districts or "
    "frames of sheets are none."
)
BANDS_HELP = (
    "The file holds several bands. Class numbers stand in one band; some programs write a band for "
    "every class (one-hot) instead, or a coloured picture."
)


def choose_part(reference: Path | None, task: Task) -> Path | None:
    """Ask which part of a reference is meant, where it has several.

    Returns:
        The file, with the part behind its name where the user chose one.
    """
    if reference is None:
        return None
    try:
        return _layer(reference) if is_vector(reference) else _bands(reference, task)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def check_reference(
    reference: Path | None, stack: RasterStack, task: Task, positive: tuple[int, ...]
) -> bool:
    """Say what is wrong with a reference; True where a run can be compared with it."""
    if reference is None:
        return True
    fault = cached.reference_fault(reference, stack.grid, task.name, positive)
    if fault:
        st.error(fault, icon=":material/error:")
    return fault is None


def _layer(reference: Path) -> Path:
    names = cached.polygon_layers(reference)
    part = _chosen_layer("Layer of the reference", names, LAYER_HELP)
    return with_part(reference, part)


def named_layer(name: str, content: bytes, kind: Kind) -> str:
    """Ask which layer of an upload is meant, where it has several.

    Args:
        name: Of the file.
        content: Of the file.
        kind: What it should hold.

    Returns:
        The name, with the layer behind it where the user chose one.

    Raises:
        ReferenceMapError: The file cannot be read.
    """
    if Path(name).suffix.lower() in TABLES:
        return name
    with kept_briefly(name, content) as path:
        names = layers_with(kind, path, ReferenceMapError)
    layer = _chosen_layer(f"Layer of the {kind.word}s", names, "The file holds several layers.")
    return f"{name}:{layer}" if layer else name


def _chosen_layer(title: str, names: list[str], meaning: str) -> str:
    if len(names) < 2:  # noqa: PLR2004 nothing to choose
        return ""
    chosen = st.selectbox(title, [BY_PLACE, *names, ALL_LAYERS], help=meaning)
    return {BY_PLACE: "", ALL_LAYERS: ALL}.get(chosen, chosen)


def _bands(reference: Path, task: Task) -> Path:
    (info,) = cached.rasters([reference])
    if len(info.bands) == 1:
        return reference
    single = {band.title: str(band.index) for band in info.bands}
    picture = [COLOUR] if len(info.bands) in PICTURE_BANDS else []
    chosen = st.selectbox(
        "Where the reference tells its classes", [BY_NAMES, EACH_CLASS, *picture, *single],
        help=BANDS_HELP,
    )  # fmt: skip
    if chosen == COLOUR:
        return with_part(reference, _colours(task))
    return with_part(reference, {BY_NAMES: "", EACH_CLASS: ONEHOT}.get(chosen) or single.get(
        chosen, ""))  # fmt: skip


def _colours(task: Task) -> str:
    """Ask for the colours of the feature, as they are written in style sheets."""
    text = st.text_input(f"Colours of {task.features} in the picture", "#0080ff")
    found = re.findall(r"#[0-9a-fA-F]{6}", text)
    if not found:
        st.error(f"expected colours such as #0080ff, got {text!r}")
        st.stop()
    return ",".join(found)
