"""Tasks of the user's own: named here, trained and mapped like the others, sent as one file."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import task_form, task_list
from geoseg.ui.layout import head
from geoseg.ui.task_words import LEAD, STEPS

head("Own tasks", LEAD)
make, take = st.tabs(["Make one", "Take one from a colleague"])
try:
    with make:
        made = task_form.form()
        if made:
            st.success(f"**{made.title}** is in the menus now. {STEPS}", icon=":material/check:")
except GeosegError as error:
    make.error(str(error), icon=":material/error:")
try:
    with take:
        task_list.take_form()
    task_list.show()
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
