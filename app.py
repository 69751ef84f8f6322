"""The door: pages, map tiles, API, uploads and health on one port, and the worker beside them.

Start it with `streamlit run app.py`.
"""

from pathlib import Path

import streamlit as st

from geoseg.web.server import exception_handlers, lifespan, middleware, routes

app = st.App(
    Path(__file__).parent / "pages" / "_menu.py",
    routes=routes(),
    middleware=middleware(),
    exception_handlers=exception_handlers(),
    lifespan=lifespan,
)
