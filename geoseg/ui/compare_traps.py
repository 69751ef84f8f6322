"""The view "Known traps" of Compare: rules that mark likely false alarms, and what they mark."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.evaluation.trap_settings import TrapChoice, TrapSettings
from geoseg.evaluation.traps import SHARE, TrapTable
from geoseg.tasks import Task
from geoseg.tasks.traps import Trap, traps_of
from geoseg.ui import cached
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.map import VectorLayer, show_map
from geoseg.ui.scenes import run_scene
from geoseg.ui.tasks import known_task
from geoseg.ui.words import area
from geoseg.web.vector_layers import register_vector, vector_url
from geoseg.workspace import read_request, run_folder
from geoseg.workspace.traps import (
    COLUMN,
    MARKED,
    NO,
    YES,
    read_trap_settings,
    save_trap_settings,
    write_marked,
)

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 500
COLOURS = {YES: "#e8710a", NO: "#1f5fd0"}
LEAD = (
    "Maps like this one are known to err in some kinds of places. Each rule below **marks** the "
    "patches that lie there; they stay on the map and in every file. Look at marked patches before "
    "you trust them."
)
SHARE_HELP = (
    "How much of a patch must meet a rule for it to be marked. Lower marks more patches, also "
    "those that only touch such ground."
)


def show(chosen: Chosen) -> None:
    """Show the rules, what they mark on the map and in a table, and the files of it."""
    request = read_request(chosen.run_id)
    task = known_task(request.settings.task)
    if not traps_of(task):
        st.info(f"No rules are known yet that tell false alarms of {task.feature} by the ground.")
        return
    try:
        table = cached.trap_table(run_folder(chosen.run_id), request)
    except GeosegError as error:
        st.info(
            f"The ground under the outlines cannot be read any more: {error}.",
            icon=":material/info:",
        )
        return
    settings = _rules(chosen.run_id, table)
    marks = table.marks(settings)
    _keep(chosen.run_id, settings, marks)
    for note in table.notes:
        st.caption(f":material/info: {note[0].upper()}{note[1:]}.")
    _count(marks, table)
    selected = _list(marks, table)
    _map(chosen.run_id, selected)
    _downloads(chosen.run_id, marks)


def _rules(run_id: str, table: TrapTable) -> TrapSettings:
    """Show every rule whose band is there with its switch and value; return the choice."""
    st.markdown(LEAD)
    kept = read_trap_settings(run_id, table.task)
    usual = {rule.name: rule for rule in TrapSettings.usual(table.task).rules}
    stored = usual | {rule.name: rule for rule in kept.rules}
    with st.container(border=True):
        chosen = [_rule(run_id, trap, stored[trap.name], table.task) for trap in table.available]
        percent = st.slider(
            "Mark a patch from", 10, 100, round(kept.share * 100), 10, format="%d %%",
            help=SHARE_HELP, key=f"trap_share_{run_id}",
        )  # fmt: skip
    known = {trap.name for trap in table.available}
    others = [rule for name, rule in stored.items() if name not in known]
    order = list(usual)
    rules = sorted([*chosen, *others], key=lambda rule: order.index(rule.name))
    return TrapSettings(rules=tuple(rules), share=percent / 100)


def _rule(run_id: str, trap: Trap, stored: TrapChoice, task: Task) -> TrapChoice:
    """Show one rule: a switch, what it says and, where it can be changed, its value."""
    switch, value = st.columns([3, 2], vertical_alignment="center", gap="medium")
    on = switch.toggle(
        trap.title[0].upper() + trap.title[1:],
        stored.on,
        help=f"{trap.help} The rule: {trap.words(stored.value)}.",
        key=f"trap_{run_id}_{trap.name}",
    )
    with value:
        chosen = _value(run_id, trap, stored, task)
    return TrapChoice(name=trap.name, on=on, value=chosen)


def _value(run_id: str, trap: Trap, stored: TrapChoice, task: Task) -> float | tuple[int, ...]:
    """Let the user change the number or the classes of a rule; masks have nothing to change."""
    key, held = f"trap_value_{run_id}_{trap.name}", stored.value
    legend = dict(next((b.legend for b in task.bands if b.name == trap.band), ()))
    if not isinstance(held, tuple):
        low, high, step = trap.scale
        words = f"{trap.band.capitalize() if trap.band.islower() else trap.band} {trap.rule}"
        return st.slider(
            f"{words}, {trap.unit}", low, high, float(held), step, key=key, format="%g"
        )
    if not legend:
        st.caption(f"where the band {trap.band} says so")
        return held
    picked = st.multiselect(
        "Land cover", list(legend), list(held), format_func=legend.__getitem__, key=key,
        label_visibility="collapsed", placeholder="No class: the rule marks nothing",
    )  # fmt: skip
    return tuple(sorted(picked))


def _keep(run_id: str, settings: TrapSettings, marks: "pd.DataFrame") -> None:
    """Store a changed choice and the outlines marked by it, for the map and other pages."""
    folder = run_folder(run_id)
    changed = settings != read_trap_settings(run_id, known_task(read_request(run_id).settings.task))
    if changed or not (folder / MARKED).is_file():
        write_marked(run_id, cached.outlines(folder / "polygons.gpkg"), marks)
        save_trap_settings(run_id, settings)


def _count(marks: "pd.DataFrame", table: TrapTable) -> None:
    """Show how many outlines are marked, and how many by each rule."""
    hit = marks["traps"] != ""
    tiles = [("Marked", int(hit.sum()), f"Of {len(marks):,} patches in all.")]
    for trap in table.available:
        if f"{trap.name}{SHARE}" in marks:
            by_rule = marks["traps"].str.split(", ").apply(lambda names, n=trap.name: n in names)
            tiles.append((trap.title[0].upper() + trap.title[1:], int(by_rule.sum()), trap.help))
    for column, (title, number, about) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(title, f"{number:,}", help=about, border=True)
    if hit.any():
        total, marked = marks["area_m2"].sum(), marks.loc[hit, "area_m2"].sum()
        st.markdown(f"Marked patches cover **{area(marked)}** of the {area(total)} mapped.")


def _list(marks: "pd.DataFrame", table: TrapTable) -> int | None:
    """Show the marked outlines; return the number of the one the user picked."""
    hit = marks[marks["traps"] != ""]
    if hit.empty:
        st.success("No patch meets a rule that is switched on.", icon=":material/check_circle:")
        return None
    titles = {trap.name: trap.title for trap in traps_of(table.task)}
    shown = hit.head(ROWS_SHOWN)[["id", "area_m2", "mean_prob", "traps"]].copy()
    named = shown["traps"].str.split(", ")
    shown["traps"] = [", ".join(titles[name] for name in names) for names in named]
    picked = st.dataframe(
        shown.reset_index(drop=True),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(35 * len(shown) + 38, 320),
        column_config={
            "id": st.column_config.NumberColumn("Patch", help="Its number in every file."),
            "area_m2": st.column_config.NumberColumn("Area, m²", format="localized"),
            "mean_prob": st.column_config.NumberColumn("Mean probability", format="%.2f"),
            "traps": st.column_config.TextColumn("Lies", width="large"),
        },
    )
    if len(hit) > ROWS_SHOWN:
        st.caption(f"The {ROWS_SHOWN} largest of {len(hit):,}; the files hold all of them.")
    rows = picked.selection.rows
    return int(shown.iloc[rows[0]]["id"]) if rows else None


def _map(run_id: str, selected: int | None) -> None:
    """Show the outlines on the map, marked ones in another colour."""
    path = run_folder(run_id) / MARKED
    columns = (COLUMN, "traps", "area_m2", "mean_prob")
    layer_id = register_vector(path, "Patches", columns)
    outlines = VectorLayer(
        id=layer_id,
        title="Patches",
        url=vector_url(layer_id),
        colour_by=COLUMN,
        colours=COLOURS,
        words={YES: "marked: likely a false alarm", NO: "not marked"},
        fields={"traps": "Marked by", "area_m2": "Area, m²", "mean_prob": "Mean probability"},
    )
    scene = run_scene(run_id, show=())
    show_map(replace(scene, vectors=(outlines,), selected=selected), height=520)


def _downloads(run_id: str, marks: "pd.DataFrame") -> None:
    """Offer every outline with its shares and marks, as a table and for a GIS."""
    left, right, _ = st.columns([1, 1, 2])
    for column, title, name, content, media in (
        (left, "Table (CSV)", "known_traps.csv", _csv(marks), "text/csv"),
        (right, "Outlines (GeoPackage)", "known_traps.gpkg",
         (run_folder(run_id) / MARKED).read_bytes, "application/geopackage+sqlite3"),
    ):  # fmt: skip
        column.download_button(
            title, content, name, media, icon=":material/download:", width="stretch"
        )


def _csv(marks: "pd.DataFrame") -> Callable[[], bytes]:
    return lambda: marks.to_csv(index=False).encode()
