"""A finished run on the map: prediction, reference, errors, how sure, and the scores."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import runs, scores
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head_with_choice, link
from geoseg.ui.map import show_map
from geoseg.ui.scenes import run_scene

try:
    with head_with_choice("Compare", "Where is the map right, wrong, unsure? Click for values."):
        run = runs.choose_finished()
    show_map(run_scene(run.id))
    link(Page.RESULTS, "Take the files home", {Address.RUN: run.id}, icon="download")
    scores.say_warnings(run.id)
    scores.show(run.id)
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
