"""The choices of a run, each with its help -> one settings object."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
import streamlit as st

from geoseg.inference.arithmetic import fast_warning
from geoseg.inference.cost import estimate
from geoseg.models.zoo import ZooMember
from geoseg.pipeline.request import RunRequest
from geoseg.settings import RunSettings
from geoseg.stack import BandMatch, RasterStack
from geoseg.stack.statistics import unit_warnings
from geoseg.tasks import Setting, Task
from geoseg.ui import cached, why_bands
from geoseg.ui.tasks import known_task
from geoseg.ui.words import TERMS
from geoseg.ui.zoo_ensembles import check, ensemble_form
from geoseg.workspace import Area
from geoseg.workspace.zoos import Zoo

USUAL_MEMBERS = 4
TRAINED_ON_LETTERS = 60
Precision = Literal["exact", "fast"]
EXACT: Precision = "exact"
EXACTNESS: dict[Precision, str] = {"exact": "Exact", "fast": "Fast"}


def setting_form(task: Task, matches: Sequence[BandMatch], usual: str = "") -> Setting | None:
    """Offer the settings the bands allow; name what the others lack. None where none is left.

    Args:
        task: What is mapped.
        matches: Which bands are there.
        usual: Setting that is chosen first; empty takes the task's.
    """
    there = {match.band for match in matches if match.source}
    possible = {setting.name: setting for setting in task.possible_settings(there)}
    _say_impossible(task, there)
    if not possible:
        return None
    names = [setting.name for setting in task.settings if setting.name in possible]
    first = next((name for name in (usual, task.default_setting) if name in names), names[0])
    chosen = st.radio(
        "Bands to use",
        names,
        index=names.index(first),
        format_func=lambda name: possible[name].title,
        captions=[possible[name].help for name in names],
        help=TERMS["setting"],
    )
    if task.unmapped:
        st.caption(task.unmapped)
    return possible[chosen]


def run_form(
    task: Task, setting: Setting, members: Sequence[ZooMember], models: Path | None = None
) -> RunSettings:
    """Ask how many members, which threshold, which smallest area, how exact.

    Args:
        task: What is mapped.
        setting: The bands.
        members: Of the zoo, best first.
        models: Folder of the zoo; None is the shipped one.

    Raises:
        ModelError: What was fitted for the zoo belongs to other networks.
    """
    count = _ensemble_size(len(members))
    left, right = st.columns(2)
    threshold = left.slider(
        "Threshold", 0.05, 0.95, 0.5, 0.05, help=TERMS["threshold"], format="%.2f"
    )
    min_area_m2 = right.number_input(
        "Smallest patch, square metres",
        min_value=0,
        value=int(task.min_area_m2),
        step=100,
        help=TERMS["minimum area"],
    )
    buffer_m = _buffer(task)
    precision = st.segmented_control(
        "Arithmetic",
        list(EXACTNESS),
        default=EXACT,
        format_func=EXACTNESS.__getitem__,
        required=True,
        help=TERMS["precision of the arithmetic"],
    )
    if slow := fast_warning(precision):
        st.caption(f":material/info: {slow}")
    finer = ensemble_form(models, task.name, setting.name, count)
    settings = RunSettings(
        task=task.name,
        setting=setting.name,
        ensemble_size=count,
        threshold=threshold,
        min_area_m2=min_area_m2,
        buffer_m=buffer_m,
        precision=precision,
        **finer,
    )
    check(models, settings)
    return settings


def _buffer(task: Task) -> float:
    """Ask how far outlines are widened, where the task's article widens them."""
    if not task.post.buffer_m:
        return 0.0
    return float(
        st.number_input(
            "Widen outlines by, metres", 0.0, 100.0, task.post.buffer_m, 1.0, help=TERMS["buffer"]
        )
    )


def member_table(members: Sequence[ZooMember], used: int) -> None:
    """Show the zoo's members of the setting, best first, and which take part."""
    cards = [member.card for member in members]
    st.dataframe(
        pd.DataFrame(
            {
                "Used": [place < used for place in range(len(cards))],
                "Network": [card.architecture for card in cards],
                "Validation F1": [card.validation_f1 for card in cards],
                "Trained on": [_trained_on(member) for member in members],
                "Encoder": [card.encoder for card in cards],
            }
        ),
        hide_index=True,
        width="stretch",
        column_config={
            "Used": st.column_config.CheckboxColumn(width="small", help=TERMS["ensemble size"]),
            "Network": st.column_config.TextColumn(help=TERMS["member"]),
            "Validation F1": st.column_config.ProgressColumn(
                format="%.2f", min_value=0, max_value=1, help=TERMS["validation F1"]
            ),
        },
    )


def cost_words(stack: RasterStack, members: Sequence[ZooMember], settings: RunSettings) -> str:
    """Say what the run will cost before it starts."""
    bands = len(members[0].card.bands)
    chosen = members[: settings.ensemble_size]
    return estimate(stack.grid, bands, chosen, settings).words()


def say_unit_warnings(area: Area, stack: RasterStack, member: ZooMember) -> None:
    """Warn where a band is far from what the networks were trained on; offer to look at all."""
    names = set(member.card.band_names)
    pairs = [(la.name, la.key) for la in stack.layers if la.name in names]
    rows = cached.statistics(area.rasters, area.task, pairs)
    for warning in unit_warnings(rows, member.card.bands):
        st.warning(warning, icon=":material/warning:")
    why_bands.before_run(area.rasters, area.task, pairs, member.card.bands)


def fill_form(area: Area, stack: RasterStack, settings: RunSettings) -> RunSettings:
    """Say which numbers stand for missing though no file says so; let the user keep them."""
    wanted = known_task(area.task).setting(settings.setting).bands
    pairs = [(la.name, la.source.key) for la in stack.layers if la.name in wanted]
    found = cached.fills(area.rasters, area.task, pairs)
    if not found:
        return settings
    for sentence in found:
        st.warning(sentence, icon=":material/warning:")
    kept = st.checkbox("Keep these numbers: they were measured", help=TERMS["fill"])
    return settings.model_copy(update={"fill": "keep"}) if kept else settings


def say_training(area: Area, members: Sequence[ZooMember]) -> None:
    """Warn where networks that know made-up ground only are to map real ground."""
    if not area.simulated and all(member.card.simulated for member in members):
        st.warning(
            "These networks were trained on simulated scenes only. On real ground they have not "
            "proved themselves: check the map before you use it.",
            icon=":material/warning:",
        )


def say_reference(area: Area) -> None:
    """Say whether the map will be scored."""
    if area.reference:
        st.caption(f"The map will be compared with the reference {area.reference.name}.")
    else:
        st.caption("There is no reference: you get the map and how sure it is, but no scores.")


def request(area: Area, settings: RunSettings, zoo: Zoo) -> RunRequest:
    """Return what the queue needs to know."""
    return RunRequest(
        rasters=area.rasters,
        settings=settings,
        bands=area.bands,
        models=zoo.models,
        reference=area.reference,
        positive=area.positive,
        title=f"{area.title}: {choices_in_words(settings)}"
        + ("" if zoo.is_shipped else f" of {zoo.title}"),
        simulated=area.simulated,
    )


def choices_in_words(settings: RunSettings) -> str:
    """Return 'Radar and optical, 4 networks'."""
    count = len(settings.members) or settings.ensemble_size
    networks = "1 network" if count == 1 else f"{count} networks"
    return f"{known_task(settings.task).setting(settings.setting).title}, {networks}"


def _ensemble_size(count: int) -> int:
    if count == 1:
        st.markdown("One network is trained for these bands, so there is no ensemble to choose.")
        return 1
    return st.slider(
        "Networks to average (ensemble size)",
        1,
        count,
        min(USUAL_MEMBERS, count),
        help=TERMS["ensemble size"],
    )


def _say_impossible(task: Task, there: set[str]) -> None:
    for setting in task.settings:
        missing = [name for name in setting.bands if name not in there]
        if missing:
            st.caption(f":gray[Not possible here: **{setting.title}** lacks {', '.join(missing)}.]")


def _trained_on(member: ZooMember) -> str:
    text = member.card.trained_on
    text = text if len(text) <= TRAINED_ON_LETTERS else text[:TRAINED_ON_LETTERS] + "..."
    return f"simulated: {text}" if member.card.simulated else text
