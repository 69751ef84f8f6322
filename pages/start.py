"""The first page: what this is, and one button that leads through a finished map."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import tour
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import head

head(
    "GeoSeg",
    "GeoSeg turns radar and satellite images into maps of landslides and wetlands. Several trained "
    "networks look at every pixel, and you see where they are right, wrong and unsure.",
)
try:
    step = tour.current_step()
    if step is None:
        if st.button("Show me a finished map", type="primary", icon=":material/travel_explore:"):
            st.query_params[Address.STEP] = "1"
            st.rerun()
        st.caption("Seven short steps in plain words, about three minutes.")
        tour.ways_to_work()
    else:
        tour.show(step)
except GeosegError as error:
    st.error(str(error))
    st.page_link(Page.STUDY_AREA, label="Go to the study areas")
