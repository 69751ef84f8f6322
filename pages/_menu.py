"""The door of the pages: look, menu in the order of the work, and the map library's head start."""

import streamlit as st

from geoseg.ui.keys import Page
from geoseg.ui.layout import ICON, apply_look
from geoseg.ui.map import warm_up

st.set_page_config(page_title="GeoSeg", page_icon=ICON, layout="wide", menu_items={})
apply_look()
warm_up()
page = st.navigation(
    [
        st.Page(Page.START, title="Start", icon=":material/flag:", default=True),
        st.Page(Page.STUDY_AREA, title="Study area", icon=":material/map:"),
        st.Page(Page.PREPARE, title="Prepare", icon=":material/layers:"),
        st.Page(Page.PREDICT, title="Predict", icon=":material/play_circle:"),
        st.Page(Page.COMPARE, title="Compare", icon=":material/compare:"),
        st.Page(Page.CORRECT, title="Correct", icon=":material/edit_location_alt:"),
        st.Page(Page.RESULTS, title="Results", icon=":material/download:"),
        st.Page(Page.TRAIN, title="Train", icon=":material/model_training:"),
        st.Page(Page.MODELS, title="Models", icon=":material/leaderboard:"),
        st.Page(Page.RUNS, title="Runs", icon=":material/history:"),
        st.Page(Page.TASKS, title="Own tasks", icon=":material/category:"),
    ],
    position="top",
)
page.run()
