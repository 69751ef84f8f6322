"""The files of a run: links to download them, the report inside the page, words for QGIS."""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from geoseg.ui.words import PRODUCT_HELP, size
from geoseg.workspace import Product

REPORT = "report.html"
GROUPS = (
    ("Maps", ".tif"),
    ("Outlines", ".gpkg .zip .geojson .kml"),
    ("Numbers and record", ".json .html"),
    ("QGIS styles", ".qml"),
)
"""Heading, endings of the files below it."""
IN_QGIS = """
**QGIS**

1. Download the map you want, for example `classes.tif`, and the QGIS style of the same name
   (`classes.qml`) into one folder.
2. Drag the `.tif` into QGIS. It finds the style beside the file and colours the map as here.
3. Drag `polygons.gpkg` in for the outlines. Open its attribute table for area, perimeter, mean
   probability and mean spread of every patch; sort by mean probability to see the surest first.

**ArcGIS**

1. *Add Data*, choose the `.tif`; no-data values are already marked in the file.
2. *Add Data*, choose `polygons.gpkg`, or unzip `polygons.shp.zip` first for older versions.

**Google Earth**: open `polygons.kml`.
"""


def product_url(run_id: str, name: str) -> str:
    """Return the address a product is downloaded from, however large it is."""
    return f"/api/v1/runs/{quote(run_id)}/products/{quote(name)}"


def table(run_id: str, files: Sequence[Product]) -> None:
    """List every file with what it is, what opens it, its size and a link."""
    for heading, endings in GROUPS:
        group = [file for file in files if file.path.suffix in endings.split()]
        if not group:
            continue
        st.subheader(heading, anchor=False)
        rows(run_id, group)


def rows(run_id: str, files: Sequence[Product]) -> None:
    """List some files."""
    for file in files:
        _row(run_id, file)


def report(run_id: str, files: Sequence[Product]) -> None:
    """Show the report as the user will see it at home."""
    if not any(file.name == REPORT for file in files):
        st.info("This run has no report.")
        return
    st.caption("The same file as in the list: send it, print it, or keep it with the map.")
    st.iframe(product_url(run_id, REPORT), height=900)


def _row(run_id: str, file: Product) -> None:
    what, button = st.columns([5, 2], vertical_alignment="center")
    help_text = PRODUCT_HELP.get(file.name, "Put it beside the map of the same name.")
    what.markdown(f"**{file.title}**  \n:gray[`{file.name}` · {help_text}]")
    button.link_button(
        f"Download, {size(file.bytes)}",
        product_url(run_id, file.name) + "?download=1",
        icon=":material/download:",
        width="stretch",
    )
