"""Task, bands, networks -> a run in the queue, watched live to its end."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.jobs.queue import submit
from geoseg.ui import areas, cached, forms, runs, zoo_choice
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head, head_with_choice, link, require, simulated_badge
from geoseg.ui.tasks import known_task
from geoseg.ui.words import TERMS

run_id = st.query_params.get(Address.RUN)
try:
    if run_id:
        head("Predict", "Each bar is one network looking at the area, tile by tile.")
        runs.watch(run_id)
        runs.what_next(run_id)
        st.stop()
    with head_with_choice("Predict", "Choose the evidence and how many networks to ask."):
        area = areas.choose_area()
    task = known_task(area.task)
    matches = areas.matches_of(area.rasters, task, area.bands)
    stack = areas.open_area(area.rasters, task, matches)
    choices, summary = st.columns(2, gap="large")
    with choices:
        zoo = zoo_choice.choose_zoo("Zoo: whose networks to ask", task)
        setting = forms.setting_form(task, matches, zoo.setting)
        if setting is None:
            require("No setting has all its bands.", Page.STUDY_AREA, "Check the band table")
        areas.say_by_place(matches, setting.bands)
        members = cached.members(task.name, setting.name, zoo.models)
        if not members:
            st.warning(
                f"No networks are trained for “{setting.title}” yet; choose other bands or another "
                "zoo, or train some."
            )
            link(Page.TRAIN, "Train networks", {Address.AREA: area.id}, icon="model_training")
            st.stop()
        settings = forms.run_form(task, setting, members, zoo.models)
        settings = forms.fill_form(area, stack, settings)
    with summary:
        st.markdown(f"**What it will cost**  \n{forms.cost_words(stack, members, settings)}")
        forms.say_reference(area)
        if st.button("Run", type="primary", icon=":material/play_arrow:", width="stretch"):
            st.query_params[Address.RUN] = submit(forms.request(area, settings, zoo), area.id)
            st.rerun()
        forms.say_training(area, members)
        forms.say_unit_warnings(area, stack, members[0])
        st.markdown("**Networks for these bands, best first**", help=TERMS["member"])
        forms.member_table(members, settings.ensemble_size)
        if area.simulated:
            simulated_badge()
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
    link(Page.STUDY_AREA, "Look at the study area", {})
