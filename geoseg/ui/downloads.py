"""The files of a run: links to download them, the report inside the page, words for QGIS."""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from geoseg.comparison.products import FIGURES, list_files
from geoseg.ui.gis_links import gis_links
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link
from geoseg.ui.words import COMPARISON_HELP, PRODUCT_HELP, TERMS, size
from geoseg.workspace import Product
from geoseg.workspace.comparisons import comparison_folder, find_comparison
from geoseg.workspace.reports import PAGE, PDF, REPORTS

GROUPS = (
    ("Maps", ".tif"),
    ("Outlines", ".gpkg .zip .geojson .kml"),
    ("Numbers and record", ".json"),
    ("QGIS styles", ".qml"),
)
"""Heading, endings of the files below it."""
BESIDE = "Put it beside the map of the same name."
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
WITHOUT_A_FILE = """
QGIS can show a map straight from this server; colours and threshold are those of the page.
In QGIS: *Layer*, *Add Layer*, *Add XYZ Layer ...*, *New*, and paste the first address; or
*Add WMS/WMTS Layer ...*, *New*, and paste the second. It works as long as this server runs and your
computer reaches it; each address opens this one map and nothing else.
"""
NO_COMPARISON = (
    "There are no files of a comparison: they need a reference, and are made when a run with one "
    "has finished. The page Compare shows how far they are."
)


def product_url(run_id: str, name: str) -> str:
    """Return the address a product is downloaded from, however large it is."""
    return f"/api/v1/runs/{quote(run_id)}/products/{quote(name)}"


def table(run_id: str, files: Sequence[Product]) -> None:
    """List every file with what it is, what opens it, its size and a link."""
    _reports(run_id)
    for heading, endings in GROUPS:
        group = [file for file in files if file.path.suffix in endings.split()]
        if not group:
            continue
        st.subheader(heading, anchor=False)
        rows(run_id, group)


def rows(run_id: str, files: Sequence[Product]) -> None:
    """List some files of a run."""
    for file in files:
        if file.name in REPORTS:
            continue
        help_text = PRODUCT_HELP.get(file.name, BESIDE)
        _row(file, f"{product_url(run_id, file.name)}?download=1", help_text)


def report_row(run_id: str) -> None:
    """Offer the report as a page and as a PDF."""
    what, page, pdf = st.columns([5, 1, 1], vertical_alignment="center")
    what.markdown(f"**Report to read, send and print**  \n:gray[{PRODUCT_HELP[PAGE]}]")
    page.link_button("Page", product_url(run_id, PAGE), icon=":material/article:", width="stretch")
    pdf.link_button(
        "PDF", product_url(run_id, PDF), icon=":material/picture_as_pdf:", width="stretch"
    )


def comparison(run_id: str) -> None:
    """List the files of the run's comparison with its reference."""
    state = find_comparison(run_id)
    files = list_files(comparison_folder(state.id)) if state else []
    if not state or not files:
        st.info(NO_COMPARISON, icon=":material/info:")
        link(Page.COMPARE, "Compare", {Address.RUN: run_id}, icon="compare")
        return
    st.caption(TERMS["comparison"])
    base = f"/api/v1/comparisons/{quote(state.id)}/files/"
    for file in files:
        if not file.name.startswith(FIGURES):
            _row(file, base + quote(file.name), COMPARISON_HELP.get(file.name, BESIDE))
    pages = [file for file in files if file.media_type == "text/html"]
    if pages:
        st.subheader("Figures", anchor=False)
    for page, cell in zip(pages, _cells(len(pages)), strict=True):
        title = page.title.removeprefix("Figure: ")
        cell.link_button(
            f"{title[:1].upper()}{title[1:]}", base + quote(page.name),
            icon=":material/bar_chart:", width="stretch",
        )  # fmt: skip


def report(run_id: str) -> None:
    """Show the report as the user will see it at home."""
    st.caption("The same as under Files: send it, print it, or keep it with the map.")
    st.iframe(product_url(run_id, PAGE), height=900)


def in_gis(run_id: str) -> None:
    """Say how a GIS opens the files, and give the addresses of the maps on this server."""
    files, server = st.columns(2, gap="large")
    files.markdown(IN_QGIS)
    with server:
        st.markdown(f"**Without a file**\n{WITHOUT_A_FILE}")
        links = {link.title: link for link in gis_links(run_id)}
        chosen = links[st.selectbox("Map", list(links), help="Which map QGIS shows.")]
        st.caption("XYZ")
        st.code(chosen.xyz, language=None, wrap_lines=True)
        st.caption("WMTS")
        st.code(chosen.wmts, language=None, wrap_lines=True)


def _reports(run_id: str) -> None:
    st.subheader("Report", anchor=False)
    report_row(run_id)


def _cells(count: int, in_a_row: int = 3) -> list[st.delta_generator.DeltaGenerator]:
    """Return places for so many small things, in rows."""
    cells = [cell for _ in range(0, count, in_a_row) for cell in st.columns(in_a_row)]
    return cells[:count]


def _row(file: Product, address: str, help_text: str) -> None:
    what, button = st.columns([5, 2], vertical_alignment="center")
    what.markdown(f"**{file.title}**  \n:gray[`{file.name}` · {help_text}]")
    button.link_button(
        f"Download, {size(file.bytes)}",
        address,
        icon=":material/download:",
        width="stretch",
    )
