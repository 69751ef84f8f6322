"""Files a user brought -> a study area: bands, reference and title, each shown and changeable."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from geoseg.errors import BandError, GeosegError
from geoseg.files.parts import file_of
from geoseg.names import is_text, shown
from geoseg.stack import BandMatch, RasterStack
from geoseg.stack.matching import layer_keys
from geoseg.stack.statistics import strangers
from geoseg.stack.vector_formats import FORMATS
from geoseg.tasks import Task
from geoseg.ui import areas, cached
from geoseg.ui.keys import Address, Key, Page
from geoseg.ui.layout import link
from geoseg.ui.reference_form import check_reference, choose_part
from geoseg.ui.tasks import known_tasks
from geoseg.ui.words import TERMS
from geoseg.workspace import (
    Area,
    add_area,
    data_folders,
    list_areas,
    list_folder_rasters,
    new_id,
    new_upload_folder,
)
from geoseg.workspace.areas import (
    NEVER_REPLACED,
    add_beside,
    find_area,
    hanging_on,
    same_choices,
)

Kind = Literal["upload", "folder"]
RASTERS = {".tif", ".tiff"}
VECTORS = set(FORMATS)
REFERENCE_WORDS = ("label", "reference", "mask", "truth", "lulc", "landcover")
WATCH_SECONDS = 2.0
NO_REFERENCE = "no reference"
BESIDE, REPLACE = "Keep it, and save this one beside it", "Replace it by this one"


def draft_id(kind: Kind) -> str:
    """Return the id of the area that is being put together; it stays in the page's address."""
    wanted = st.query_params.get(Address.DRAFT)
    drafts = st.session_state.setdefault(Key.DRAFTS, {})
    if wanted and kind == "upload":
        drafts[kind] = wanted
    drafts.setdefault(kind, new_id())
    if kind == "upload":
        st.query_params[Address.DRAFT] = drafts[kind]
    return str(drafts[kind])


def upload_form(area_id: str) -> None:
    """Show the upload box and, below it, the form for the files that arrived."""
    st.iframe(f"/upload?area={area_id}", height=240)
    files = uploaded(area_id)
    watch(area_id, len(files))
    if files:
        draft_form(area_id, files, "upload")


def folder_form(area_id: str) -> None:
    """Let the user choose files that lie on the server already."""
    rasters = list_folder_rasters()
    if not rasters:
        st.info(
            "This server offers no folder yet. Whoever runs it names folders in the environment "
            "variable GEOSEG_DATA and starts it again.",
            icon=":material/folder_off:",
        )
        return
    folders = sorted({path.parent for path in rasters})
    folder = st.selectbox("Folder", folders, format_func=_short)
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in RASTERS | VECTORS)
    if odd := [shown(path.name) for path in files if not is_text(path)]:
        st.caption(f"Left out, for their names are not UTF-8: {', '.join(odd)}. Rename them.")
    draft_form(area_id, [path for path in files if is_text(path)], "folder")


def _short(folder: Path) -> str:
    """Name a folder from the offered one on; where that lies on the server is nobody's concern."""
    offered = next(place for place in data_folders() if folder.is_relative_to(place))
    return str(folder.relative_to(offered.parent))


def uploaded(area_id: str) -> list[Path]:
    """Return the files that were uploaded for an area and are complete."""
    known = RASTERS | VECTORS
    files = new_upload_folder(area_id).iterdir()
    return sorted(p for p in files if p.suffix.lower() in known and not p.name.startswith("."))


def draft_form(area_id: str, files: Sequence[Path], kind: Kind) -> None:
    """Show how the files are understood; a button saves them as a study area."""
    task, rasters, reference = _roles(files)
    if not rasters:
        st.info("Choose at least one raster.")
        return
    found = areas.matches_of(rasters, task, {})
    keys = layer_keys(cached.rasters(rasters), found)
    st.subheader("Which band is which", anchor=False, help=TERMS["band"])
    name = f"{area_id}_{task.name}_{len(files)}"
    chosen = areas.editable_band_table(found, task, keys, name)
    matches = areas.matches_of(rasters, task, chosen)
    if areas.say_by_place(matches) and _order_is_right(name):
        chosen |= {match.band: match.key for match in matches if match.how == "order"}
        matches = areas.matches_of(rasters, task, chosen)
    _say_settings(matches, task)
    if not any(match.source for match in matches):
        return
    stack = areas.open_area(rasters, task, matches)
    _show(matches, task, stack, rasters)
    reference = choose_part(reference, task)
    positive = _positive(reference, task)
    if not check_reference(reference, stack, task, positive):
        return
    _save(
        Area(
            id=area_id,
            title=_title(rasters),
            rasters=tuple(rasters),
            bands=chosen,
            task=task.name,
            reference=reference,
            positive=positive,
            kind=kind,
            simulated=cached.simulated(rasters),
        )
    )


def _roles(files: Sequence[Path]) -> tuple[Task, list[Path], Path | None]:
    """Ask what is mapped, and which file is what."""
    tasks = known_tasks()
    left, middle, right = st.columns([1, 2, 1])
    guess = next((p for p in files if _looks_like_reference(p)), None)
    names = list(tasks)
    likely = likely_task([p for p in files if p.suffix.lower() in RASTERS and p != guess])
    task = tasks[
        left.selectbox(
            "What to map",
            names,
            index=names.index(likely),
            format_func=lambda name: tasks[name].title,
        )
    ]
    choices = [None, *files]
    reference = right.selectbox(
        "Reference (optional)",
        choices,
        index=choices.index(guess),
        format_func=lambda path: path.name if path else NO_REFERENCE,
        help=TERMS["reference"],
    )
    offered = [p for p in files if p.suffix.lower() in RASTERS and p != reference]
    rasters = middle.multiselect(
        "Rasters with the bands", offered, default=offered, format_func=lambda path: path.name
    )
    return task, rasters, reference


def likely_task(rasters: Sequence[Path]) -> str:
    """Return the task of the setting most of whose bands are recognised among the files.

    Bands that have names decide; where none has, the task that so many bands suit: of several such
    the one whose networks learned from values like these, then the one that so many suit first.
    """

    def found(task: Task) -> tuple[float, int, float, float, bool]:
        try:
            matches = areas.matches_of(rasters, task, {})
        except BandError:  # its bands are there, twice; the page then says so
            return 1.0, 0, 0.0, 0.0, False
        by_place = {match.band for match in matches if match.how == "order"}
        named = {match.band for match in matches if match.source} - by_place
        return (
            *task.share_found(named),
            task.share_found(named | by_place)[0],
            -_share_strange(rasters, task, matches) if by_place and not named else 0.0,
            any(
                s.name == task.default_setting and by_place.issuperset(s.bands)
                for s in task.settings
            ),
        )

    tasks = known_tasks()
    return max(tasks, key=lambda name: found(tasks[name]))


def _share_strange(rasters: Sequence[Path], task: Task, matches: Sequence[BandMatch]) -> float:
    """Return the share of bands whose values the task's networks never saw; 1 where it has none."""
    pairs = [(match.band, match.key) for match in matches if match.source]
    settings = task.possible_settings({band for band, _ in pairs})
    taught = [found[0] for s in settings if (found := cached.members(task.name, s.name))]
    if not taught:
        return 1.0
    rows = cached.statistics(rasters, task.name, pairs)
    return len(strangers(rows, taught[0].card.bands)) / len(pairs)


def _order_is_right(name: str) -> bool:
    return st.checkbox(
        "I have checked: the bands stand in this order",
        key=f"order_{name}",
        help="Look at the table and at the map below: what every row is read from must be what the "
        "row says. Else choose the right layer in the column “Read from”.",
    )


def _looks_like_reference(path: Path) -> bool:
    name = path.stem.lower()
    return path.suffix.lower() in VECTORS or any(word in name for word in REFERENCE_WORDS)


def _say_settings(matches: Sequence[BandMatch], task: Task) -> None:
    possible = task.possible_settings({match.band for match in matches if match.source})
    by_place = {match.band for match in matches if match.how == "order"}
    sure = [setting for setting in possible if by_place.isdisjoint(setting.bands)]
    if sure:
        names = ", ".join(setting.title for setting in sure)
        st.success(f"These bands are enough for: {names}.", icon=":material/check:")
    elif not possible:
        st.warning(
            "No setting has all its bands yet. Choose the missing ones in the column "
            "“Read from”, or add their files.",
            icon=":material/warning:",
        )


def _show(
    matches: Sequence[BandMatch], task: Task, stack: RasterStack, rasters: Sequence[Path]
) -> None:
    left, right = st.columns([3, 1], gap="medium")
    with left:
        areas.preview(matches, task, stack, areas.choose_picture(matches, task))
    with right:
        areas.facts(stack, task, rasters)


def _positive(reference: Path | None, task: Task) -> tuple[int, ...]:
    """Ask which classes of a land-cover reference count as the feature."""
    if reference is None or file_of(reference).suffix.lower() not in RASTERS:
        return ()
    usual = ", ".join(map(str, task.reference_positive))
    text = st.text_input(
        f"Class numbers of the reference that mean {task.feature}",
        placeholder=f"usual: {usual}; leave empty if the reference holds only 0 and 1",
        help=TERMS["reference classes"],
    )
    try:
        return tuple(int(part) for part in text.replace(",", " ").split())
    except ValueError:
        st.error(f"expected whole numbers such as 6 or 3, 6; got {text!r}")
        st.stop()


def _title(rasters: Sequence[Path]) -> str:
    usual = rasters[0].stem if len(rasters) == 1 else rasters[0].parent.name
    usual = usual if usual != "files" else rasters[0].stem
    return st.text_input("Name of the study area", value=usual).strip() or usual


def _save(area: Area) -> None:
    """Save a new area; over one that is there only where that is chosen."""
    choices = area.model_dump_json(exclude={"created"})
    before = find_area(area.id)
    if before is not None and same_choices(before, area):
        _say_saved(before)
        return
    shown, saved = st.session_state.get(Key.SUBMITTED, ("", ""))
    if shown == choices and (there := find_area(saved)):
        _say_saved(there)
        return
    taken = before or next((one for one in list_areas() if one.title == area.title), None)
    replace = taken is not None and _choose(taken, may_replace=taken is before)
    if st.button("Save study area", type="primary", icon=":material/save:"):
        beside = taken is not None and not replace
        made = add_beside(area) if beside else add_area(area, replace=replace)
        st.session_state[Key.SUBMITTED] = (choices, made.id)
        st.rerun()


def _choose(taken: Area, *, may_replace: bool) -> bool:
    """Say which area is there already and ask what shall become of it; True replaces it."""
    hanging = hanging_on(taken.id)
    made = (
        f" Made of it: {', '.join(hanging)}; replaced, the new one takes them over."
        if hanging
        else ""
    )
    options = [BESIDE]
    if may_replace and taken.kind not in NEVER_REPLACED:
        options.append(REPLACE)
    st.warning(f"There is a study area “{taken.title}” already.{made}", icon=":material/warning:")
    chosen = st.radio("What shall become of it?", options, help=TERMS["replace area"])
    return chosen == REPLACE


def _say_saved(area: Area) -> None:
    st.success(f"Saved as “{area.title}”.", icon=":material/check_circle:")
    link(Page.PREDICT, "Predict this area", {Address.AREA: area.id})


@st.fragment(run_every=WATCH_SECONDS)
def watch(area_id: str, known: int) -> None:
    """Draw the page anew when another file has arrived."""
    try:
        if len(uploaded(area_id)) != known:
            st.rerun(scope="app")
    except GeosegError as error:
        st.error(str(error))
