"""The files of a finished run: what each is, what opens it, and the report to read here."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import downloads, runs
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head_with_choice, link, simulated_badge
from geoseg.workspace import products, read_record

try:
    with head_with_choice("Results", "Take the map home: QGIS, ArcGIS, Google Earth, or print."):
        run = runs.choose_finished()
    if read_record(run.id)["simulated"]:
        simulated_badge()
    files = products(run.id)
    every_file, comparison, report, in_gis = st.tabs(
        ["Files", "Comparison with the reference", "Report", "In QGIS and ArcGIS"]
    )
    with every_file:
        downloads.table(run.id, files)
        link(Page.CORRECT, "Correct the outlines first", {Address.RUN: run.id}, icon="edit")
    with comparison:
        downloads.comparison(run.id)
    with report:
        downloads.report(run.id)
    with in_gis:
        downloads.in_gis(run.id)
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
