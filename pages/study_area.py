"""Where the map shall be: the demo area, uploaded files, or files of a folder on the server."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import area_form, areas
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head, link
from geoseg.ui.tasks import known_task

SOURCES = {
    "saved": (":material/map: Demo and saved areas", "Look at an area that is ready to use."),
    "upload": (":material/upload: Upload files", "Bring GeoTIFFs from your computer."),
    "folder": (":material/folder_open: Folder on the server", "Use files that lie there already."),
}

head("Study area", "Choose where to map, and check that every band is what it should be.")
source = st.segmented_control(
    "Where are the rasters?",
    list(SOURCES),
    default="saved",
    format_func=lambda name: SOURCES[name][0],
    required=True,
    label_visibility="collapsed",
)
try:
    if source == "saved":
        left, right = st.columns(2)
        with left:
            area = areas.choose_area()
        task = known_task(area.task)
        matches = areas.matches_of(area.rasters, task, area.bands)
        stack = areas.open_area(area.rasters, task, matches)
        with right:
            shown = areas.choose_picture(matches, task)
        left, right = st.columns([3, 1], gap="medium")
        with left:
            areas.preview(matches, task, stack, shown, area.simulated)
        with right:
            areas.facts(stack, task, area.rasters)
            areas.reference_fact(area)
            link(Page.PREDICT, "Predict this area", {Address.AREA: area.id})
            by_points = {Address.AREA: area.id, Address.LEARN: "points"}
            link(Page.TRAIN, "Pick points to learn from", by_points)
        areas.say_by_place(matches)
        with st.expander("Which band is which"):
            areas.band_table(matches, task)
        areas.delete_form(area)
    elif source == "upload":
        area_form.upload_form(area_form.draft_id("upload"))
    else:
        area_form.folder_form(area_form.draft_id("folder"))
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
