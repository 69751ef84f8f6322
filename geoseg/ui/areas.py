"""Study areas as the pages show them: choosing one, its bands, its grid and gaps in words."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st
from pyproj import CRS

from geoseg.stack import BandMatch, RasterStack, match_bands, open_stack
from geoseg.tasks import Task
from geoseg.ui import cached
from geoseg.ui.keys import Address
from geoseg.ui.layout import choose_remembered
from geoseg.ui.map import show_map
from geoseg.ui.scenes import area_scene, pictures
from geoseg.ui.words import HOW_MATCHED, TERMS, area
from geoseg.workspace import Area, delete_area, ensure_demo_area, list_areas

GAP_WORTH_SAYING = 0.001


def choose_area() -> Area:
    """Let the user choose a study area; the address decides first, then the demo area."""
    ensure_demo_area()
    areas = {area.id: area for area in list_areas()}
    titles = {area.id: area.title for area in areas.values()}
    return areas[choose_remembered("Study area", titles, Address.AREA, TERMS["study area"])]


def matches_of(rasters: Sequence[Path], task: Task, chosen: Mapping[str, str]) -> list[BandMatch]:
    """Return which layer each band of the task is read from."""
    return list(match_bands(cached.rasters(rasters), task, chosen))


def band_table(matches: Sequence[BandMatch], task: Task) -> None:
    """Show which band is read from where, for reading only."""
    st.dataframe(_rows(matches, task), hide_index=True, width="stretch")


def editable_band_table(
    matches: Sequence[BandMatch], task: Task, keys: Sequence[str], name: str
) -> dict[str, str]:
    """Show the band table with a choice of layers in every row.

    Args:
        matches: What was recognised.
        task: Its bands are the rows.
        keys: The layers to choose from.
        name: Keeps the choices of different files apart.

    Returns:
        Band name -> key of the layer, for the rows the user changed.
    """
    rows = _rows(matches, task)
    edited = st.data_editor(
        rows,
        hide_index=True,
        width="stretch",
        disabled=["Band", "What it is", "Unit", "Recognised"],
        column_config={
            "Read from": st.column_config.SelectboxColumn(options=list(keys), width="medium")
        },
        key=f"bands_{name}",
    )
    changed = edited["Read from"].fillna("") != rows["Read from"].fillna("")
    return {
        match.band: key
        for match, key, new in zip(matches, edited["Read from"], changed, strict=True)
        if new and key
    }


def say_by_place(matches: Sequence[BandMatch], bands: Collection[str] | None = None) -> bool:
    """Warn of bands that no name tells; return whether there are any.

    Args:
        matches: What was recognised.
        bands: Only of these; None takes all.
    """
    by_place = [
        match
        for match in matches
        if match.how == "order" and (bands is None or match.band in bands)
    ]
    if not by_place:
        return False
    files = ", ".join(dict.fromkeys(s.path.name for match in by_place for s in match.sources))
    st.warning(
        f"Nothing in {files} names its bands, so {', '.join(match.band for match in by_place)} are "
        "taken by their place in the files. Please check that they are what the table says: "
        "another order, or the images of another task, would give a map that means nothing.",
        icon=":material/warning:",
    )
    return True


def choose_picture(matches: Sequence[BandMatch], task: Task) -> str:
    """Let the user choose what the preview shows: a composite, the relief or a band."""
    titles = pictures(matches, task)
    return st.selectbox(
        "Show on the map",
        list(titles),
        format_func=titles.__getitem__,
        help="Look at each band before you trust it: gaps, stripes and mix-ups show at once.",
    )


def preview(
    matches: Sequence[BandMatch],
    task: Task,
    stack: RasterStack,
    shown: str,
    simulated: bool = False,
) -> None:
    """Show the area on a map."""
    show_map(area_scene(matches, task, stack.grid, shown, simulated), height=520)


def facts(stack: RasterStack, task: Task, rasters: Sequence[Path]) -> None:
    """Say in words where the pixels lie and what is missing."""
    grid = stack.grid
    pixels = grid.width * grid.height
    st.markdown(f"**Size**  \n{grid.width} x {grid.height} pixels of {grid.pixel_words()}, "
                f"{area(pixels * grid.pixel_area_m2)}")  # fmt: skip
    name = CRS.from_wkt(grid.crs.to_wkt()).name
    st.markdown(f"**Coordinate system**  \n{name} ({grid.crs.to_string()})", help=TERMS["grid"])
    gaps = _gaps(stack, task, rasters)
    st.markdown("**Gaps**  \n" + gaps, help=TERMS["no data"])
    pairs = [(layer.name, layer.source.key) for layer in stack.layers]
    notes = (*cached.fills(rasters, task.name, pairs), *stack.notes)
    if notes:
        with st.expander("How the files were put together"):
            for note in notes:
                st.markdown(f"- {note}")


def open_area(rasters: Sequence[Path], task: Task, matches: Sequence[BandMatch]) -> RasterStack:
    """Open the bands that were recognised, on one grid, without a look at their numbers."""
    chosen = {match.band: match.key for match in matches if match.source}
    return open_stack(rasters, task, chosen=chosen, fill="keep")


def reference_fact(area: Area) -> None:
    """Say whether there is a reference, and what it gives."""
    if area.reference:
        text = f"{area.reference.name}: every run here gets scores and a map of right and wrong."
    else:
        text = "None. Maps can be made, but nobody can say how right they are."
    st.markdown(f"**Reference**  \n{text}", help=TERMS["reference"])


def delete_form(area: Area) -> None:
    """Offer to delete an area the user brought; asks once more."""
    if area.kind == "demo":
        return
    with st.popover("Delete this study area", icon=":material/delete:"):
        st.markdown(f"“{area.title}” and the files uploaded for it are removed. Runs made of it "
                    "stay.")  # fmt: skip
        if st.button("Delete", key=f"delete_{area.id}"):
            delete_area(area.id)
            st.query_params.clear()
            st.rerun()


def _rows(matches: Sequence[BandMatch], task: Task) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Band": [match.band for match in matches],
            "What it is": [task.band(match.band).title for match in matches],
            "Unit": [task.band(match.band).unit for match in matches],
            "Read from": [match.key or None for match in matches],
            "Recognised": [HOW_MATCHED.get(match.how, match.how) for match in matches],
        }
    )


def _gaps(stack: RasterStack, task: Task, rasters: Sequence[Path]) -> str:
    """Say which bands have holes, from a sample of the pixels."""
    pairs = [(layer.name, layer.key) for layer in stack.layers]
    rows = cached.statistics(rasters, task.name, pairs)
    gaps = [(row.name, row.missing) for row in rows if row.missing > GAP_WORTH_SAYING]
    if not gaps:
        return "Every band has a value everywhere."
    shares = sorted({round(share, 3) for _, share in gaps}, reverse=True)
    if len(shares) == 1 and len(gaps) == len(rows):
        return f"{shares[0]:.1%} of the area has no data in any band."
    parts = [
        f"{share:.1%} missing in " + ", ".join(name for name, own in gaps if round(own, 3) == share)
        for share in shares
    ]
    return "; ".join(parts) + ". There the networks go by the other bands."
