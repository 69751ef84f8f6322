"""The files of a finished run: what each is, what opens it, and the report to read here."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import downloads, runs
from geoseg.ui.layout import head_with_choice, simulated_badge
from geoseg.workspace import products, read_record

try:
    with head_with_choice("Results", "Take the map home: QGIS, ArcGIS, Google Earth, or print."):
        run = runs.choose_finished()
    if read_record(run.id)["simulated"]:
        simulated_badge()
    files = products(run.id)
    every_file, report, in_qgis = st.tabs(["Files", "Report", "In QGIS and ArcGIS"])
    with every_file:
        downloads.table(run.id, files)
    with report:
        downloads.report(run.id, files)
    with in_qgis:
        st.markdown(downloads.IN_QGIS)
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
