"""Which zoo a page asks, and which task and setting of it the Models page shows."""

import streamlit as st

from geoseg.models.zoo import list_members
from geoseg.ranking import Ranking
from geoseg.ranking.files import ranking_path
from geoseg.tasks import CUSTOM, Setting, Task, all_tasks
from geoseg.tasks.own import own_tasks
from geoseg.ui import cached
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import choose_remembered, require
from geoseg.ui.tasks import known_task
from geoseg.ui.words import TERMS
from geoseg.workspace.zoos import SHIPPED, Zoo, list_zoos


def choose_zoo(label: str, task: Task | None = None) -> Zoo:
    """Let the user choose a zoo, the shipped one first; with its doubts.

    Args:
        label: Of the box.
        task: Only zoos of this task; where that leaves the shipped one alone, nothing is asked.
    """
    zoos = {zoo.id: zoo for zoo in list_zoos(task.name if task else None)}
    if task and task.name in own_tasks() and len(zoos) > 1:
        del zoos[SHIPPED]  # It holds nothing of a task that was made here.
    if task and list(zoos) == [SHIPPED]:
        return zoos[SHIPPED]
    titles = {zoo.id: zoo.title for zoo in zoos.values()}
    zoo = zoos[choose_remembered(label, titles, Address.ZOO, TERMS["zoo"])]
    for words in zoo.warnings:
        st.caption(f":material/warning: {words}")
    return zoo


def choose_setting(zoo: Zoo) -> tuple[Task, Setting]:
    """Let the user choose task and bands among those the zoo has networks for."""
    there: dict[str, list[str]] = {}
    for member in list_members(zoo.models):
        own = there.setdefault(member.card.task, [])
        if member.card.setting not in own:
            own.append(member.card.setting)
    if not there:
        require("This zoo holds no networks.", Page.TRAIN, "Train some")
    left, right = st.columns([1, 3])
    known = list(all_tasks())
    order = sorted(there, key=lambda name: known.index(name) if name in known else len(known))
    tasks = {name: known_task(name) for name in order if name != CUSTOM or _is_known(name)}
    with left:
        name = st.selectbox("What is mapped", list(tasks), format_func=lambda key: tasks[key].title)
    task = tasks[name]
    settings = {s.name: s for s in task.settings if s.name in there[name]}
    usual = task.default_setting if task.default_setting in settings else next(iter(settings))
    with right:
        chosen = st.segmented_control(
            "Bands",
            list(settings),
            default=usual,
            format_func=lambda key: settings[key].title,
            required=True,
            help=TERMS["setting"],
            key=f"bands_{zoo.id}_{name}",
        )
    return task, settings[chosen]


def rankings_on_same_ground(
    zoo: Zoo, task: Task, setting: Setting, ranking: Ranking | None
) -> dict[str, Ranking]:
    """Return the zoo's rankings of all settings judged on the same areas, for common charts."""
    if ranking is None:
        return {}
    ground = {area.name for area in ranking.areas if area.part == ranking.judged_on}
    found = {}
    for own in task.settings:
        if own.name == setting.name:
            found[own.title] = ranking
            continue
        other = cached.ranking(ranking_path(zoo.models, task.name, own.name))
        if other and {a.name for a in other.areas if a.part == other.judged_on} == ground:
            found[own.title] = other
    return found


def _is_known(name: str) -> bool:
    """A zoo of the user's own task is declared by the shipped folder's cards only."""
    return bool(list_members(task=name))
