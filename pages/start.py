"""The first page: what this is, and one button that leads through a finished map."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import tour
from geoseg.ui.keys import Page
from geoseg.ui.layout import head

WHAT_IT_IS = (
    "GeoSeg turns radar and satellite images into maps of landslides and wetlands. Several trained "
    "networks look at every pixel, and you see where they are right, wrong and unsure."
)

try:
    step = tour.current_step()
    if step is None:
        head("GeoSeg", WHAT_IT_IS)
        tour.invite()
        tour.ways_to_work()
    else:
        tour.show(step)
except GeosegError as error:
    st.error(str(error))
    st.page_link(Page.STUDY_AREA, label="Go to the study areas")
