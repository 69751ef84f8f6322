"""A finished run from every side: map, scores, where, objects, how sure, why, known traps."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import compare_choice, compare_views, scores
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head_with_choice, link

try:
    with head_with_choice("Compare", "Where is the map right, wrong, unsure, and why?", (2, 3)):
        chosen = compare_choice.choose()
    scores.say_warnings(chosen.run_id)
    compare_choice.say_comparison(chosen)
    view = compare_views.choose_view()
    compare_views.draw(view, chosen)
    here = {Address.RUN: chosen.run_id}
    with st.container(horizontal=True):
        link(Page.CORRECT, "Correct the map", here, icon="edit_location_alt")
        link(Page.RESULTS, "Take the files home", here, icon="download")
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
