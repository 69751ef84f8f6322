"""The form of the page Train: ground, bands, plan, steps, and what only experts change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from geoseg.errors import TrainingError
from geoseg.jobs.pace import estimate_seconds, is_measured
from geoseg.models.card import ARCHITECTURES, TREES
from geoseg.stack import BandMatch
from geoseg.tasks import Setting, Task
from geoseg.training.settings import LOSSES, TrainSettings
from geoseg.training.tree_settings import Method, TreeSettings
from geoseg.ui import areas, cached, train_plans
from geoseg.ui.keys import Address, Key
from geoseg.ui.layout import remember, remembered
from geoseg.ui.train_plans import MOST_MEMBERS, Choices
from geoseg.ui.train_words import HELP, NO_SEGMENTS, PLANS, TEACHERS, Teacher
from geoseg.ui.words import duration
from geoseg.workspace import Area, ensure_demo_area, list_areas
from geoseg.workspace.picked_points import read_points_of
from geoseg.workspace.trainings import Plan, TrainingRequest, area_to_learn
from geoseg.workspace.zoos import list_zoos

EVERY_FIFTH = ""
USUAL_MEMBERS = 5
MINUTE_S, HOUR_S = 60.0, 3600.0
LONG_S = 6 * HOUR_S
AS_PUBLISHED: Plan = "grid"
METHODS: dict[Method, str] = {
    "cart": "one tree", "forest": "a forest", "segments": "a forest over segments",
}  # fmt: skip
"""Kind of trees -> what the user reads."""


@dataclass(frozen=True)
class Choice:
    """A plan and the networks it stands for."""

    plan: Plan
    members: tuple[TrainSettings, ...] = ()
    trees: tuple[TreeSettings, ...] = ()

    @property
    def words(self) -> str:
        """What is trained, for the usual name: 's1s2, 2 networks'."""
        if self.trees:
            return f"{self.trees[0].setting}, {' and '.join(METHODS[t.method] for t in self.trees)}"
        number = len(self.members)
        return f"{self.members[0].setting}, {number} network{'s' if number > 1 else ''}"


def choose_teacher() -> Teacher:
    """Let the user choose what teaches; the address decides first, then what was chosen last."""
    wanted, shown = remembered(Address.LEARN), st.session_state.get(f"last_{Address.LEARN}")
    if Key.LEARN not in st.session_state or (wanted in TEACHERS and wanted != shown):
        st.session_state[Key.LEARN] = wanted if wanted in TEACHERS else "reference"
    chosen = st.segmented_control(
        "Learn from", list(TEACHERS), format_func=TEACHERS.__getitem__, required=True,
        key=Key.LEARN, help=HELP["teacher"],
    ) or "reference"  # fmt: skip
    remember(Address.LEARN, chosen)
    return chosen


def choose_areas(teacher: Teacher = "reference") -> list[Area]:
    """Let the user choose the ground to learn from; the address decides first, then the demo."""
    ensure_demo_area()
    by_points = teacher == "points"
    offered = {area.id: area for area in list_areas() if by_points or area.reference is not None}
    wanted = remembered(Address.AREA)
    usual = [wanted] if wanted in offered else list(offered)[:1]
    chosen = st.multiselect(
        "Study areas to learn from",
        list(offered),
        default=usual,
        format_func=lambda area_id: offered[area_id].title,
        help=HELP["areas of points" if by_points else "areas"],
        placeholder="Choose at least one",
        key=f"train_areas_{teacher}",
    )
    return [offered[area_id] for area_id in chosen]


def one_task(chosen: Sequence[Area]) -> str:
    """Return what all areas show.

    Raises:
        TrainingError: They show different features.
    """
    tasks = {area.task: area.title for area in chosen}
    if len(tasks) > 1:
        words = "; ".join(f"{title}: {task}" for task, title in tasks.items())
        raise TrainingError(
            f"the study areas show different features ({words}); choose areas of one kind"
        )
    return next(iter(tasks))


def common_matches(chosen: Sequence[Area], task: Task) -> list[BandMatch]:
    """Return the bands of the first area; one that another area lacks counts as missing."""
    every = [areas.matches_of(area.rasters, task, area.bands) for area in chosen]
    there = set.intersection(*({m.band for m in matches if m.source} for matches in every))
    return [m if m.band in there else replace(m, source=None) for m in every[0]]


def plan_form(task: Task, setting: Setting) -> Choice:
    """Ask for the plan and its choices; return the settings of every network."""
    names = list(PLANS)
    plan = st.radio(
        "What to train",
        names,
        format_func=lambda name: PLANS[name][0],
        captions=[PLANS[name][1] for name in names],
        help=HELP["plan"],
    )
    if plan == AS_PUBLISHED:
        return Choice(plan, train_plans.published_grid(task.name, setting.name))
    if plan == "fine-tune":
        return Choice(plan, _fine_tune(task, setting))
    if plan == "trees":
        st.caption("Trees can also learn from some tens of points: *Learn from*, above.")
        return Choice(plan, trees=trees_form(task, setting))
    count = 1
    if plan == "ensemble":
        count = st.slider("Networks", 2, MOST_MEMBERS, USUAL_MEMBERS, help=HELP["count"])
    choices = _choices(plan, train_plans.USUAL_STEPS)
    if plan == "one":
        return Choice(plan, train_plans.one(task.name, setting.name, choices))
    return Choice(plan, train_plans.ensemble(task.name, setting.name, choices, count))


def trees_form(task: Task, setting: Setting, *, points: str = "") -> tuple[TreeSettings, ...]:
    """Ask for kinds of trees and their choices; return the settings of each.

    Args:
        task: What is mapped.
        setting: Its bands are read.
        points: What stands for picked points where they teach; "" for a reference.
    """
    offered: list[Method] = ["cart", "forest"] if points else list(METHODS)
    methods = st.multiselect(
        "Kinds of trees", offered, ["cart" if points else "forest"],
        format_func=lambda name: METHODS[name].capitalize(),
        help=HELP["methods of points" if points else "methods"],
    )  # fmt: skip
    if points:
        st.caption(NO_SEGMENTS)
    if not methods:
        raise TrainingError("no kind of trees is chosen; choose at least one")
    with st.expander("For experts: trees, depth, filter"):
        left, right = st.columns(2)
        count = left.number_input("Trees of a forest", 1, 2000, 60, step=10, help=HELP["trees"])
        depth = right.number_input("Questions at most", 1, 40, 14, help=HELP["depth"])
        side = left.number_input("Filter of a tree, pixels", 1, 51, 3, step=2, help=HELP["filter"])
        seed = right.number_input("Source of chance", 0, 10_000, 0, help=HELP["seed"])
    return train_plans.trees(
        task.name, setting.name, methods,
        trees=count, max_depth=depth, mode_filter=side, seed=seed, points=points,
    )  # fmt: skip


def validation_form(chosen: Sequence[Area]) -> str:
    """Ask which ground checks the networks; there is a choice from two areas on."""
    if len(chosen) == 1:
        return EVERY_FIFTH
    titles = {EVERY_FIFTH: "Every fifth block of all areas"}
    titles |= {area.id: f"The whole of {area.title}" for area in chosen}
    return st.selectbox(
        "Check the networks on",
        list(titles),
        format_func=titles.__getitem__,
        help=HELP["validate on"],
    )


def request(chosen: Sequence[Area], choice: Choice, validate_on: str) -> TrainingRequest:
    """Ask for a name and return what the queue needs to know."""
    usual = f"{chosen[0].title}, {choice.words}"
    by_points = any(tree.points for tree in choice.trees)
    title = st.text_input("Name of the result", usual, max_chars=120, help=HELP["title"])
    return TrainingRequest(
        title=title.strip() or usual,
        areas=tuple(
            area_to_learn(area, read_points_of(area.id) if by_points else ()) for area in chosen
        ),
        validate_on=validate_on,
        plan=choice.plan,
        members=choice.members,
        trees=choice.trees,
    )


def cost_words(members: Sequence[TrainSettings]) -> str:
    """Say how long it will take here, and how sure that is; no network means trees."""
    if not members:
        return "A minute or two: trees learn in one go."
    seconds = estimate_seconds(members)
    about = "a minute" if seconds < MINUTE_S else duration(_rounded(seconds))
    sure = (
        "as fast as earlier trainings here"
        if is_measured(members)
        else "a guess; the first training measures it"
    )
    return f"About {about} on this machine ({sure})."


def say_long(members: Sequence[TrainSettings]) -> None:
    """Warn before a training of many hours."""
    if estimate_seconds(members) > LONG_S:
        st.warning(
            "This runs for many hours. You can stop it at any time and keep what is trained.",
            icon=":material/schedule:",
        )


def _choices(plan: Plan, usual_steps: int) -> Choices:
    steps = st.number_input(
        "Steps of each network", 10, 100_000, usual_steps, step=100, help=HELP["steps"]
    )
    with st.expander("For experts: network, loss, learning rate"):
        left, right = st.columns(2)
        architecture = "Unet"
        if plan == "one":
            architecture = left.selectbox("Architecture", ARCHITECTURES, help=HELP["architecture"])
        loss = right.selectbox(
            "Loss", [None, *LOSSES], format_func=lambda name: name or _usual_loss(plan),
            help=HELP["loss"],
        )  # fmt: skip
        rate = left.number_input(
            "Learning rate", 0.0, 1.0, None, step=0.0005, format="%.4f",
            placeholder="the recipe's own", help=HELP["learning rate"],
        )  # fmt: skip
        recipe = right.selectbox("Recipe", ["quick", "thesis"], help=HELP["recipe"])
        share = left.slider(
            "Crops that show the feature", 0.1, 1.0, 0.7, 0.05, help=HELP["positive share"]
        )
        jitter = right.slider("Change of brightness", 0.0, 0.5, 0.0, 0.05, help=HELP["jitter"])
        seed = left.number_input("Source of chance", 0, 10_000, 0, help=HELP["seed"])
    return Choices(
        steps=steps, architecture=architecture, loss=loss, learning_rate=rate or None,
        recipe=recipe, positive_share=share, jitter=jitter, seed=seed,
    )  # fmt: skip


def _usual_loss(plan: Plan) -> str:
    return "a mixture" if plan == "ensemble" else "Dice (usual)"


def _fine_tune(task: Task, setting: Setting) -> tuple[TrainSettings, ...]:
    starts = {
        f"{member.card.name}, validation F1 {member.card.validation_f1 or 0:.2f} ({zoo.title})": member
        for zoo in list_zoos(task.name)
        for member in cached.members(task.name, setting.name, zoo.models)
        if member.card.architecture not in TREES
    }
    if not starts:
        raise TrainingError(
            f"no network that reads {setting.title!r} is there to begin with; choose other bands "
            "or train one from the start"
        )
    chosen = st.selectbox("Network to begin with", list(starts), help=HELP["start"])
    return train_plans.fine_tune(starts[chosen], _choices("fine-tune", train_plans.FINE_TUNE_STEPS))


def _rounded(seconds: float) -> float:
    """Drop digits nobody can know: whole minutes, from two hours on whole hours."""
    unit = MINUTE_S if seconds < 2 * HOUR_S else HOUR_S
    return round(seconds / unit) * unit
