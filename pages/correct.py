"""The outlines of a run, judged one by one on the map: a corrected map to keep and to learn from."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import correct_many, correct_map, correct_places, correct_state, runs
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head_with_choice, link
from geoseg.workspace import run_folder
from geoseg.workspace.corrections import has_outlines

LEAD = "Accept, reject or redraw what was found, and draw what was missed. Every click is saved."

try:
    with head_with_choice("Correct the map", LEAD):
        run = runs.choose_finished()
    if not has_outlines(run.id):
        st.info("This run has no outlines to correct.", icon=":material/info:")
        st.stop()
    correct_state.progress(run.id)
    correct_map.next_form(run.id)
    kind = correct_places.chosen(run.id)
    found = correct_places.files(run.id, kind)
    correct_map.show(run.id, found.get("gpkg"))
    places, many, files, reference = st.tabs(
        ["Where to label next", "Many at once", "Take it home", "Use it as the reference"]
    )
    with places:
        correct_places.choose(run.id, (run_folder(run.id) / "confusion.tif").is_file())
        if kind and found:
            correct_places.table(run.id, kind, found)
    with many:
        correct_many.form(run.id)
    with files:
        correct_state.downloads(run.id)
    with reference:
        correct_state.use_form(run.id, run.area_id)
    link(Page.COMPARE, "Back to the comparison", {Address.RUN: run.id}, icon="compare")
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
