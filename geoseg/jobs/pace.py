"""How fast this machine trains, measured by its own trainings; guessed before the first one."""

from collections.abc import Sequence

from geoseg.inference.machine import core_count, may_have_gpu, read_speeds, remember_speeds
from geoseg.training.settings import Recipe, TrainSettings
from geoseg.workspace.trainings import Histories, TrainingRequest

COMPACT_PIXELS_PER_CORE_S = 250_000
"""Pixels of crops a second and core with a compact network, forward and back."""
LIBRARY_PIXELS_PER_CORE_S = 45_000
"""The same with the library's networks on a resnet34."""
GPU_PIXELS_PER_S = {True: 30_000_000, False: 6_000_000}
"""By whether the network is compact."""
USUAL_BEST_EPOCH = 30
"""Where patience decides, the best state comes about then."""


def estimate_seconds(members: Sequence[TrainSettings]) -> float:
    """Return about how long training these members one after the other takes here."""
    speeds = read_speeds()
    return sum(_pixels(member) / speeds.get(_key(member), _guess(member)) for member in members)


def is_measured(members: Sequence[TrainSettings]) -> bool:
    """Tell whether networks like these have been trained on this machine before."""
    speeds = read_speeds()
    return all(_key(member) in speeds for member in members)


def remember_pace(request: TrainingRequest, histories: Histories) -> None:
    """Keep the pixels per second of every member that came far enough to tell."""
    speeds = {}
    for member in request.members:
        rows = histories.get(member.member_name, ())
        seconds = float(rows[-1].get("seconds", 0)) if rows else 0.0
        if seconds > 1:
            recipe = member.completed
            speeds[_key(member)] = rows[-1]["step"] * recipe.batch * recipe.crop**2 / seconds
    remember_speeds(speeds)


def _pixels(member: TrainSettings) -> float:
    recipe = member.completed
    return float(_likely_steps(recipe) * recipe.batch * recipe.crop**2)


def _likely_steps(recipe: Recipe) -> int:
    """Count the epochs until the best one, and the patience after it."""
    return min(
        recipe.max_steps, (USUAL_BEST_EPOCH + recipe.patience_epochs) * recipe.steps_per_epoch
    )


def _key(member: TrainSettings) -> str:
    machine = "gpu" if _on_gpu(member) else f"cpu x {core_count()}"
    return f"training {member.architecture} {member.encoder}, {member.setting}, {machine}"


def _guess(member: TrainSettings) -> float:
    compact = bool(member.options)
    if _on_gpu(member):
        return GPU_PIXELS_PER_S[compact]
    per_core = COMPACT_PIXELS_PER_CORE_S if compact else LIBRARY_PIXELS_PER_CORE_S
    return float(per_core * core_count())


def _on_gpu(member: TrainSettings) -> bool:
    return member.device != "cpu" and may_have_gpu()
