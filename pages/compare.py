"""A finished run on the map: prediction, reference, errors, how sure, and the scores."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import runs, scores
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head, link, simulated_badge
from geoseg.ui.map import show_map
from geoseg.ui.scenes import run_scene

head("Compare", "See where the map is right, wrong and unsure. Click the map to read its values.")
try:
    run = runs.choose_finished()
    scene = run_scene(run.id)
    if scene.simulated:
        simulated_badge()
    show_map(scene)
    scores.show(run.id)
    link(Page.RESULTS, "Take the files home", {Address.RUN: run.id}, icon="download")
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
