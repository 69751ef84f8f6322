"""The history of runs: open, cancel, delete."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import history, runs
from geoseg.ui.keys import Page
from geoseg.ui.layout import head, require
from geoseg.workspace import list_runs

head("Runs", "Every prediction made here, newest first. They stay when you close the browser.")
try:
    every = list_runs()
    if not every:
        require("Nothing has been predicted yet.", Page.PREDICT, "Make the first map")
    for run in every:
        if run.status in runs.ACTIVE:
            runs.watch(run.id, compact=True)
    history.table([run for run in every if run.status not in runs.ACTIVE])
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
