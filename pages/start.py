"""The first page: what this is, and one button that leads through a finished map."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import tour
from geoseg.ui.keys import Page
from geoseg.ui.layout import head

try:
    step = tour.current_step()
    if step is None:
        head("GeoSeg", "From rasters to a map, and how far to trust it.")
        tour.invite()
        tour.ways_to_work()
    else:
        tour.show(step)
except GeosegError as error:
    st.error(str(error))
    st.page_link(Page.STUDY_AREA, label="Go to the study areas")
