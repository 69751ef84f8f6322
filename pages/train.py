"""Labelled ground or picked points, bands, a plan -> members in training, watched to their zoo."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.jobs.queue import submit_training
from geoseg.ui import forms, train_form, train_history, train_points, train_watch
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head, head_with_choice, link, require, simulated_badge
from geoseg.ui.tasks import known_task
from geoseg.ui.train_words import NEEDED
from geoseg.workspace.trainings import list_trainings

training_id = st.query_params.get(Address.TRAINING)
try:
    if training_id:
        head("Train", "Each curve is one network, checked on ground it does not learn from.")
        train_watch.watch(training_id)
        st.stop()
    with head_with_choice("Train", "Teach networks or trees what you know of your own ground."):
        teacher = train_form.choose_teacher()
        chosen = train_form.choose_areas(teacher)
    if not chosen:
        require(NEEDED[teacher], Page.STUDY_AREA, "Choose or bring one")
    task = known_task(train_form.one_task(chosen))
    if teacher == "points":
        train_points.show(chosen, task)
        train_history.table(list_trainings())
        st.stop()
    choices, summary = st.columns([3, 2], gap="large")
    with choices:
        setting = forms.setting_form(task, train_form.common_matches(chosen, task))
        if setting is None:
            require("No setting has all its bands.", Page.STUDY_AREA, "Check the band table")
        choice = train_form.plan_form(task, setting)
    with summary:
        validate_on = train_form.validation_form(chosen)
        request = train_form.request(chosen, choice, validate_on)
        st.markdown(f"**What it will cost**  \n{train_form.cost_words(choice.members)}")
        train_form.say_long(choice.members)
        if st.button("Train", type="primary", icon=":material/model_training:", width="stretch"):
            st.query_params[Address.TRAINING] = submit_training(request)
            st.rerun()
        if request.simulated:
            simulated_badge()
    train_history.table(list_trainings())
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
    link(Page.STUDY_AREA, "Look at the study areas", {})
