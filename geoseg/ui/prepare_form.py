"""Raw layers a user has -> a derivation in the queue: what to derive, from which files."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import streamlit as st

from geoseg.errors import GeosegError, SettingsError
from geoseg.exports.derived import Heights
from geoseg.jobs.queue import submit_derivation
from geoseg.predictors.catalogue import KINDS, predictor
from geoseg.predictors.checks import too_coarse
from geoseg.predictors.indices import ARTICLE_II, INDICES, wanted
from geoseg.predictors.sensors import SENSORS
from geoseg.tasks import all_tasks
from geoseg.ui import area_form, cached
from geoseg.ui.keys import Address
from geoseg.ui.layout import remember
from geoseg.ui.prepare_words import HELP, UNITS
from geoseg.workspace import Area, ensure_demo_area, list_areas, list_folder_rasters
from geoseg.workspace.derivations import DerivationRequest, Way

WAYS = {
    "terrain": ":material/landscape: Terrain model",
    "optical": ":material/satellite_alt: Optical scenes",
    "canopy": ":material/park: Canopy height",
}
PLACES = {
    "area": "a study area",
    "upload": "files of mine",
    "folder": "a folder on the server",
}
OWN, LOOK = "My own choice", "Relief to look at"
WHAT = {"terrain": "predictors", "optical": "indices", "canopy": "canopy height"}


def form() -> None:
    """Ask for files and predictors; a button puts the derivation in the queue."""
    way = st.segmented_control("What do you have?", list(WAYS), default="terrain", required=True,
                               format_func=WAYS.__getitem__)  # fmt: skip
    files, simulated, title = _files()
    if not files:
        return
    request = _request(str(way), files, simulated, title)
    if request and st.button("Derive", type="primary", icon=":material/play_arrow:"):
        remember(Address.DERIVATION, submit_derivation(request))
        st.rerun()


def _files() -> tuple[list[Path], bool, str]:
    """Ask where the raw layers lie; return them, whether they are simulated, and the area's title."""
    place = st.radio("Take it from", list(PLACES), format_func=PLACES.__getitem__, horizontal=True)
    if place == "upload":
        draft = area_form.draft_id("upload")
        st.iframe(f"/upload?area={draft}", height=240)
        files = _rasters(area_form.uploaded(draft))
        area_form.watch(draft, len(area_form.uploaded(draft)))
        return files, cached.simulated(files), ""
    if place == "folder":
        files = list_folder_rasters()
        if not files:
            st.info("This server offers no folder; whoever runs it names one in GEOSEG_DATA.")
        return files, False, ""
    ensure_demo_area()
    areas: dict[str, Area] = {area.id: area for area in list_areas()}
    chosen = areas[st.selectbox("Study area", list(areas), format_func=lambda k: areas[k].title)]
    return list(chosen.rasters), chosen.simulated, chosen.title


def _request(
    way: str, files: Sequence[Path], simulated: bool, title: str
) -> DerivationRequest | None:
    """Ask for what belongs to the way; None while something is missing or wrong."""
    try:
        found = ASK[way](files)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return None
    if not found["rasters"]:
        return None
    found["fill"] = "auto" if _finds_fills() else "keep"
    usual = f"{title or found['rasters'][0].stem}: {WHAT[way]}"
    named = st.text_input("Name of the result", value=usual, key=f"title_{usual}")
    return DerivationRequest(
        title=named.strip()[:160] or usual, kind=cast(Way, way), simulated=simulated, **found
    )


def _finds_fills() -> bool:
    return st.checkbox("Leave out numbers that stand for missing", value=True, help=HELP["fill"])


def _terrain(files: Sequence[Path]) -> dict[str, Any]:
    left, right = st.columns(2)
    dem = left.selectbox("Terrain model", files, format_func=lambda p: p.name, help=HELP["dem"])
    grid = cached.rasters([dem])[0].grid
    known = presets(grid.pixel_size_m)
    preset = right.selectbox("For", [*known, OWN], help=HELP["preset"])
    names, unmapped = known[preset] if preset in known else (_own_names(), "")
    chosen = [predictor(name, grid.ground_place()) for name in names]
    st.markdown("\n".join(f"- {own.words()}" for own in chosen))
    for sentence in too_coarse(chosen):
        st.warning(sentence, icon=":material/blur_on:")
    unit = _unit()
    if unmapped:
        st.caption(unmapped)
    low, high = st.columns(2)
    lowest = low.number_input("Leave out ground at or below, m", value=None, step=1.0,
                              placeholder="nothing", help=HELP["lowest"])  # fmt: skip
    highest = high.number_input("Leave out ground above, m", value=None, step=10.0,
                                placeholder="nothing", help=HELP["highest"])  # fmt: skip
    Heights(lowest, highest)
    return {"rasters": (dem,), "names": tuple(names), "height_unit": unit,
            "lowest": lowest, "highest": highest}  # fmt: skip


def presets(pixel_m: float) -> dict[str, tuple[Sequence[str], str]]:
    """Return what predictors of a terrain model are for -> their names, and what is not mapped.

    They are those of every task's bands; tasks made for pixels like these come first.
    """
    tasks = sorted(
        all_tasks().values(), key=lambda task: abs(math.log(task.pixel_size_m / pixel_m))
    )
    found = {
        f"{task.title}: {setting.title}": (task.derived(setting.name), task.unmapped)
        for task in tasks
        for setting in task.settings
    }
    terrain = {
        words: (names, unmapped)
        for words, (names, unmapped) in found.items()
        if names and _of_terrain(names, pixel_m)
    }
    return {**terrain, LOOK: (("hillshade", "slope"), "")}


def _of_terrain(names: Sequence[str], pixel_m: float) -> bool:
    try:
        return all(predictor(name, pixel_m) for name in names)
    except SettingsError:
        return False


def _own_names() -> list[str]:
    usual = [f"{name}{kind.window}" for name, kind in KINDS.items()]
    return st.multiselect(
        "Predictors", usual, default=["slope"], accept_new_options=True, help=HELP["names"]
    )


def _optical(files: Sequence[Path]) -> dict[str, Any]:
    chosen = st.multiselect(
        "Files of all scenes", files, default=files, format_func=lambda p: p.name,
        help=HELP["scenes"],
    )  # fmt: skip
    left, right = st.columns([1, 2])
    sensor = left.selectbox("Sensor", list(SENSORS), format_func=lambda k: SENSORS[k].title)
    usual = ARTICLE_II if sensor == "sentinel2" else ("NDVI", "NBR", "NDMI")
    names = right.multiselect(
        "Indices", [*dict.fromkeys((*usual, *INDICES))], default=usual,
        accept_new_options=True, help=HELP["indices"],
    )  # fmt: skip
    for name in names:
        wanted(name)
    return {"rasters": tuple(chosen) if names else (), "names": tuple(names), "sensor": sensor}


def _canopy(files: Sequence[Path]) -> dict[str, Any]:
    left, right = st.columns(2)
    surface = left.selectbox("Surface model, with trees", files, format_func=lambda p: p.name)
    terrain = right.selectbox(
        "Terrain model, bare ground", [p for p in files if p != surface] or files,
        format_func=lambda p: p.name,
    )  # fmt: skip
    if surface == terrain:
        st.info("Canopy height needs two rasters: a surface model and a terrain model.")
        return {"rasters": ()}
    return {"rasters": (surface, terrain), "height_unit": _unit()}


def _unit() -> str:
    """Ask what the heights are counted in."""
    return str(
        st.selectbox("Heights are in", list(UNITS), format_func=UNITS.__getitem__,
                     help=HELP["height_unit"])
    )  # fmt: skip


def _rasters(files: Sequence[Path]) -> list[Path]:
    return [path for path in files if path.suffix.lower() in area_form.RASTERS]


ASK = {"terrain": _terrain, "optical": _optical, "canopy": _canopy}
