"""Raw layers -> the predictors that a map is made of, each to look at before it is used."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import prepare_form, prepare_result
from geoseg.ui.layout import head

head("Prepare", "Turn a terrain model or satellite scenes into the layers that networks read.")
try:
    prepare_form.form()
    prepare_result.show()
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
