"""Points picked on the maps of study areas -> trees in training: the map, a file, the choices."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.jobs.queue import submit_training
from geoseg.stack.vector_formats import SHAPE_ENDINGS
from geoseg.tasks import Task
from geoseg.training.area_points import read_area_points
from geoseg.training.points import ENOUGH, FEWEST
from geoseg.training.tree_settings import PICKED
from geoseg.ui import areas, forms, train_form
from geoseg.ui.keys import Address, Key, Page
from geoseg.ui.layout import require, simulated_badge
from geoseg.ui.map import show_map
from geoseg.ui.map_scene import DrawTarget
from geoseg.ui.scenes import picking_scene
from geoseg.ui.train_words import EVERY_FIFTH_POINT, HELP, PICK, TAKE_POINTS
from geoseg.workspace import Area
from geoseg.workspace.picked_points import PACKAGE, read_points_of
from geoseg.workspace.point_files import take_points
from geoseg.workspace.trainings import TrainingRequest

ENDINGS = [*SHAPE_ENDINGS, "csv"]
LARGEST_MB = 20
ALL = ""


def show(chosen: Sequence[Area], task: Task) -> None:
    """Show the map to pick on, and below it what shall learn from the points."""
    st.markdown(PICK)
    area = _area_on_map(chosen)
    _map(area, chosen, task)
    _file_form(area)
    choices, summary = st.columns([3, 2], gap="large")
    with choices:
        setting = forms.setting_form(task, train_form.common_matches(chosen, task))
        if setting is None:
            require("No setting has all its bands.", Page.STUDY_AREA, "Check the band table")
        trees = train_form.trees_form(task, setting, points=PICKED)
    with summary:
        judge = _judge_form(chosen)
        choice = train_form.Choice("trees", trees=trees)
        request = train_form.request(chosen, choice, judge)
        st.markdown(f"**What it will cost**  \n{train_form.cost_words(())}")
        _train_button(request, task)
        if request.simulated:
            simulated_badge()


def points_target(area: Area, others: Sequence[Area], task: Task) -> DrawTarget:
    """Return what lets the map pick the points of an area.

    Args:
        area: The one on the map.
        others: Areas whose points teach beside its own.
        task: Its classes can be picked.
    """
    address = f"/api/v1/areas/{area.id}"
    elsewhere = Counter(point.class_id for other in others for point in read_points_of(other.id))
    return DrawTarget(
        url=f"{address}/points",
        kind="points",
        title="Points to learn from",
        classes=task.classes,
        fewest=FEWEST,
        enough=ENOUGH,
        elsewhere=dict(elsewhere),
        download=f"{address}/{PACKAGE}",
        version=st.session_state.get(Key.POINTS_VERSION, 0),
    )


def _area_on_map(chosen: Sequence[Area]) -> Area:
    """Let the user choose which of several areas is on the map."""
    if len(chosen) == 1:
        return chosen[0]
    titles = {area.id: area.title for area in chosen}
    wanted = st.selectbox(
        "Pick on the map of", list(titles), format_func=titles.__getitem__, help=HELP["points on"]
    )
    return next(area for area in chosen if area.id == wanted)


def _map(area: Area, chosen: Sequence[Area], task: Task) -> None:
    matches = areas.matches_of(area.rasters, task, area.bands)
    grid = areas.open_area(area.rasters, task, matches).grid
    others = [other for other in chosen if other.id != area.id]
    target = points_target(area, others, task)
    show_map(picking_scene(matches, task, grid, target, area.simulated), height=600)


def _file_form(area: Area) -> None:
    """Take points of a file in place of those on the map, and draw the map anew."""
    version = st.session_state.get(Key.POINTS_VERSION, 0)
    with st.expander("Bring points from a file", icon=":material/upload:"):
        given = st.file_uploader(
            "File of points", ENDINGS, max_upload_size=LARGEST_MB, help=HELP["points file"],
            key=f"points_file_{area.id}_{version}",
        )  # fmt: skip
        column = st.text_input("Column of the class (optional)", help=HELP["points column"])
        if given is None or not st.button(TAKE_POINTS, icon=":material/download:"):
            return
        try:
            take_points(area.id, given.name, given.getvalue(), column.strip())
        except GeosegError as error:
            st.error(str(error), icon=":material/error:")
            return
    st.session_state[Key.POINTS_VERSION] = version + 1
    st.rerun()


def _judge_form(chosen: Sequence[Area]) -> str:
    """Ask whose reference judges the trees; say what does where there is no choice."""
    labelled = {area.id: area.title for area in chosen if area.reference}
    if not labelled:
        st.markdown(EVERY_FIFTH_POINT)
    elif len(labelled) == 1:
        st.markdown(
            f"**Checked on** the reference of {next(iter(labelled.values()))}.",
            help=HELP["validate points on"],
        )
    else:
        titles = {ALL: "Every reference of these areas"} | labelled
        return st.selectbox(
            "Check the trees on", list(titles), format_func=titles.__getitem__,
            help=HELP["validate points on"],
        )  # fmt: skip
    return ALL


def _train_button(request: TrainingRequest, task: Task) -> None:
    """Put the training in the queue, once its points were found fit to teach."""
    label, icon = "Train", ":material/model_training:"
    if not st.button(label, type="primary", icon=icon, width="stretch"):
        return
    try:
        read_area_points(request.areas, task, request.setting)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.query_params[Address.TRAINING] = submit_training(request)
    st.rerun()
