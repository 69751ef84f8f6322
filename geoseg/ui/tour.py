"""The guided tour: a finished map of the demo area in seven steps, then a run of one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from geoseg.evaluation.by_ground import NOT_TOLD, leading
from geoseg.jobs.demo import ensure_demo_run
from geoseg.jobs.queue import submit
from geoseg.settings import RunSettings
from geoseg.ui import areas, downloads, forms, runs, scores
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link, simulated_badge
from geoseg.ui.map import MapScene, show_map
from geoseg.ui.scenes import evidence_scene, run_scene
from geoseg.ui.tasks import known_task
from geoseg.workspace import ensure_demo_area, products, read_state
from geoseg.workspace.zoos import SHIPPED, get_zoo

WHAT_IT_IS = """
GeoSeg turns radar and satellite images and terrain models into maps of **landslides**, **wetlands**,
**bedrock** and **ravines**.

Several trained networks look at every pixel. You see where they agree, where they contradict each
other, and, where somebody has mapped the truth, where they are right and wrong.
"""
PICTURE = Path(__file__).parent / "static" / "finished_map.png"
PICTURE_PIXELS = 360
CAPTION = "A simulated valley: green rightly found, blue missed, red false alarm."
MAP_HEIGHT = 530
OWN_SETTING, OWN_MEMBERS = "s1s2", 2
TAKE_HOME = ("classes.tif", "polygons.gpkg")
WAYS_A_ROW = 4
WAYS = (
    (Page.STUDY_AREA, "Study area", "Bring your own rasters, or look at the demo area."),
    (Page.PREPARE, "Prepare", "Turn terrain models and satellite scenes into bands."),
    (Page.PREDICT, "Predict", "Choose the evidence and the networks, and run."),
    (Page.COMPARE, "Compare", "See where a map is right, wrong and unsure, and why."),
    (Page.CORRECT, "Correct", "Accept, reject and redraw what was found."),
    (Page.RESULTS, "Results", "Download maps and outlines for QGIS and ArcGIS."),
    (Page.TRAIN, "Train", "Teach networks what you have mapped on your own ground."),
    (Page.MODELS, "Models", "See which networks there are, and how good each is."),
)


@dataclass(frozen=True)
class Step:
    """One stop of the tour: heading, what to see, and what draws it."""

    title: str
    text: str
    draw: Callable[[str], None]


def current_step() -> int | None:
    """Return the step in the page's address, from 1; None before the tour."""
    text = st.query_params.get(Address.STEP, "")
    return min(max(int(text), 1), len(STEPS)) if text.isdigit() else None


def invite() -> None:
    """Show the one button for who knows nothing yet, and what it leads to."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(WHAT_IT_IS)
        if st.button("Show me a finished map", type="primary", icon=":material/travel_explore:"):
            _go(1)
        st.caption(f"{len(STEPS)} short steps in plain words, about three minutes.")
    right.image(str(PICTURE), width=PICTURE_PIXELS, caption=CAPTION)


def ways_to_work() -> None:
    """Show the pages for those who know their way."""
    st.subheader("Or start to work", anchor=False)
    columns = [*st.columns(WAYS_A_ROW), *st.columns(WAYS_A_ROW)]
    for column, (page, label, text) in zip(columns, WAYS, strict=True):
        with column.container(border=True, height="stretch"):
            link(page, f"**{label}**", {})
            st.caption(text)


def show(number: int) -> None:
    """Show one step of the tour."""
    run_id = ensure_demo_run()
    state = read_state(run_id)
    if state.status != "finished":
        st.markdown(
            "The finished map is being made now, for this is the first start. You can watch: each "
            "bar is one network looking at the area, tile by tile."
        )
        runs.watch(run_id)
        return
    step = STEPS[number - 1]
    _buttons(number, step.title)
    st.progress(number / len(STEPS), text=f"Step {number} of {len(STEPS)}")
    st.markdown(step.text)
    step.draw(run_id)


def _buttons(number: int, title: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        simulated_badge()
        st.space("stretch")
        if st.button("Back", icon=":material/arrow_back:", disabled=number == 1):
            _go(number - 1)
        last = number == len(STEPS)
        if not last and st.button("Next", type="primary", icon=":material/arrow_forward:"):
            _go(number + 1)
        if last and st.button("End the tour"):
            del st.query_params[Address.STEP]
            st.rerun()


def _go(number: int) -> None:
    st.query_params[Address.STEP] = str(number)
    st.rerun()


def _place(_run_id: str) -> None:
    show_map(_evidence(("hillshade",)), MAP_HEIGHT)


def _bands(_run_id: str) -> None:
    show_map(_evidence(("dVV", "dNDVI"), swipe_first=True), MAP_HEIGHT)


def _map(run_id: str) -> None:
    show_map(run_scene(run_id), MAP_HEIGHT)


def _right_and_wrong(run_id: str) -> None:
    values = scores.metrics_of(run_id)
    scores.in_words(dict(leading(values)[1]))
    st.caption((values.get("ground") or {}).get("words", NOT_TOLD))
    show_map(run_scene(run_id, show=("confusion",)), MAP_HEIGHT)


def _how_sure(run_id: str) -> None:
    show_map(run_scene(run_id, show=("spread",)), MAP_HEIGHT)


def _take_home(run_id: str) -> None:
    kept = [file for file in products(run_id) if file.name in TAKE_HOME]
    downloads.rows(run_id, kept)
    downloads.report_row(run_id)
    link(Page.RESULTS, "All files of this map", {Address.RUN: run_id})


def _your_turn(demo_run_id: str) -> None:
    """Submit a small run on a button, and show it live to the end."""
    run_id = st.query_params.get(Address.RUN)
    if not run_id:
        if st.button("Run it now", type="primary", icon=":material/play_arrow:"):
            st.query_params[Address.RUN] = _submit()
            st.rerun()
        return
    runs.watch(run_id)
    if read_state(run_id).status != "finished":
        return
    own, finished = scores.metric(run_id, "f1"), scores.metric(demo_run_id, "f1")
    if own is not None and finished is not None:
        st.markdown(f"Your {OWN_MEMBERS} networks reach F1 **{own:.2f}** on this area; the finished "
                    f"map before, made by 4 networks, **{finished:.2f}**.")  # fmt: skip
    show_map(run_scene(run_id), MAP_HEIGHT)
    link(Page.COMPARE, "Look closer at your map", {Address.RUN: run_id}, icon="compare")
    link(Page.STUDY_AREA, "Bring your own rasters", {}, icon="upload")


def _submit() -> str:
    area = ensure_demo_area()
    settings = RunSettings(
        task=area.task,
        setting=OWN_SETTING,
        ensemble_size=OWN_MEMBERS,
        min_area_m2=known_task(area.task).min_area_m2,
    )
    return submit(forms.request(area, settings, get_zoo(SHIPPED)), area.id)


def _evidence(bands: tuple[str, ...], swipe_first: bool = False) -> MapScene:
    area = ensure_demo_area()
    task = known_task(area.task)
    matches = areas.matches_of(area.rasters, task, area.bands)
    stack = areas.open_area(area.rasters, task, matches)
    return evidence_scene(matches, task, stack.grid, bands, swipe_first)


STEPS = (
    Step(
        "The place",
        "A mountain valley after a night of heavy rain, seen from above as a relief. Some slopes "
        "gave way. Which ones? (The valley is **simulated**: a computer made it, so we know the "
        "truth to the last pixel.)",
        _place,
    ),
    Step(
        "The evidence",
        "Left of the line: how the **radar** echo changed; yellow spots are fresh rough ground. "
        "Right of it: how **greenness** changed; violet spots lost their plants. Drag the line. "
        "Neither alone is enough: rain, harvest and snow change things too.",
        _bands,
    ),
    Step(
        "The map",
        "Four trained **networks** looked at eleven such layers and gave every pixel a "
        "probability; their mean is the map. Move the slider: lower finds more and raises more "
        "false alarms. Click anywhere for the numbers.",
        _map,
    ),
    Step(
        "Where it is right and wrong",
        "Because the truth is known here, the map can be checked. **Green** was rightly found, "
        "**red** is a false alarm, **blue** was missed.",
        _right_and_wrong,
    ),
    Step(
        "How sure it is",
        "Purple marks places where the networks **contradict each other**, mostly the rims of "
        "slides. Check those first in the field. Tick *Probability* in the panel to compare.",
        _how_sure,
    ),
    Step(
        "Take it home",
        "Every map is a file your GIS opens, with coordinates and colours. Three to begin with:",
        _take_home,
    ),
    Step(
        "Now you",
        "One button runs two networks over the valley, live. It usually takes less than a "
        "minute, and you may close the page meanwhile.",
        _your_turn,
    ),
)
