"""Compare: bring a map that is no run, e.g. an old inventory, to set it beside a run."""

from pathlib import Path

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.grid import Grid
from geoseg.stack.kinds import POLYGONS
from geoseg.stack.shapes import is_vector
from geoseg.stack.vector_formats import EXPECTED, SHAPE_ENDINGS
from geoseg.tasks.words import split_words
from geoseg.ui.keys import Address
from geoseg.ui.layout import remember
from geoseg.ui.reference_form import named_layer
from geoseg.ui.tasks import known_task
from geoseg.workspace import RunState, read_record, read_request
from geoseg.workspace.area_maps import AreaMap, delete_map, keep_map, list_maps

LARGEST_MB = 500
MARK = "map-"
"""Begins the name of a map in the address, where the id of a run has none."""
ABOUT = (
    "An older map, another tool's result or a national inventory: it is scored by the same "
    "reference, areas, lines and points as the run, and the map shows where only one of the two "
    "says so. It is kept with the study area."
)
CLASSES = (
    "Ids of a raster, or words of a column of polygons, in any letters, several with commas. Empty "
    "takes every polygon, or every class but 0."
)


def maps_of(run: RunState) -> list[AreaMap]:
    """Return the maps that were brought to the run's study area, the newest first."""
    return list_maps(run.area_id)


def bring_map(run: RunState) -> None:
    """Offer to bring a map, and to remove those that were brought."""
    with st.popover("Bring another map", icon=":material/add:"):
        st.caption(ABOUT)
        given = st.file_uploader(
            "Map", ["tif", "tiff", *SHAPE_ENDINGS], key="area_map_file", max_upload_size=LARGEST_MB,
            help=f"GeoTIFF of classes, or polygons: {EXPECTED}; in any coordinate system.",
        )  # fmt: skip
        words = st.text_input("Its classes that count", key="area_map_classes", help=CLASSES)
        if given is not None:
            _offer(run, given.name, given.getvalue(), words)
        for found in maps_of(run):
            if st.button(f"Remove {found.title}", key=f"remove_{found.id}", type="tertiary"):
                delete_map(run.area_id, found.id)
                st.query_params.pop(Address.OTHER, None)
                st.rerun()


def _offer(run: RunState, name: str, content: bytes, words: str) -> None:
    """Ask for the layer where there are several, and keep the map."""
    try:
        if is_vector(Path(name)):
            name = named_layer(name, content, POLYGONS)
        if st.button("Set it beside the run", type="primary"):
            _keep(run, name, content, words)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")


def _keep(run: RunState, name: str, content: bytes, words: str) -> None:
    grid = Grid.from_record(read_record(run.id)["grid"])
    task = known_task(read_request(run.id).settings.task)
    found = keep_map(run.area_id, name, content, split_words(words), (grid, task))
    remember(Address.OTHER, f"{MARK}{found.id}")
    st.rerun()
