"""A run request -> everything checked and opened, before a single file is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import ModelError, SettingsError
from geoseg.evaluation.taught import TaughtGround, find_taught
from geoseg.exports.disk import need_space
from geoseg.files.outputs import check_folder, nearest_folder
from geoseg.files.partial import claims_of
from geoseg.grid import Grid
from geoseg.inference.cost import Cost, estimate
from geoseg.inference.ensemble import Mix
from geoseg.models.combination import Combination, choose_combination
from geoseg.models.scene_names import scene_of
from geoseg.models.zoo import ZooMember, check_bands, list_members, verify
from geoseg.pipeline.by_place import refuse_strangers
from geoseg.pipeline.products import RUN
from geoseg.pipeline.request import RunRequest
from geoseg.progress import Cancelled, never
from geoseg.stack.gtiff import opened
from geoseg.stack.matching import match_bands
from geoseg.stack.opening import open_stack
from geoseg.stack.reference import Reference, open_reference
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import RasterStack
from geoseg.stack.statistics import require_data, sample_statistics, unit_warnings
from geoseg.tasks import CUSTOM, Task, custom_task, find_task

LAYERS_BY_CLASS, SINGLE_LAYERS, BYTE_LAYERS = 4, 2, 4
SMALL_FILES_BYTES = 500_000
"""Report, outlines, styles and records of a run that finds little."""


@dataclass(frozen=True)
class Plan:
    """A run that can begin: nothing of the request is missing or contradicts itself."""

    request: RunRequest
    """As asked for; a threshold left to validation is the number found there."""
    task: Task
    stack: RasterStack
    combination: Combination
    reference: Reference | None
    cost: Cost
    warnings: tuple[str, ...]
    simulated: bool
    ground: TaughtGround
    """Which of it taught or judged the members."""

    @property
    def members(self) -> tuple[ZooMember, ...]:
        """The networks that are asked."""
        return self.combination.members

    @property
    def mix(self) -> Mix:
        """How their answers become one probability."""
        return Mix(self.combination.weights, self.combination.temperature, self.single)

    @property
    def single(self) -> int:
        """Place of the member of highest validation F1, the first of equals, among those asked."""
        scores = [member.card.validation_f1 for member in self.members]
        return max(range(len(scores)), key=lambda place: (scores[place] or 0.0, -place))

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences on how the files became one stack and one reference."""
        return *self.stack.notes, *(self.reference.notes if self.reference else ())


def make_plan(request: RunRequest, out: Path, cancelled: Cancelled = never) -> Plan:
    """Check the whole request; nothing is written.

    Raises:
        GeosegError: The first thing that stands in the way.
    """
    settings = request.settings
    inputs = (*request.rasters, request.reference, request.aoi, request.models)
    check_folder(out, RUN, inputs, claims_of(out, RUN))
    task = resolve_task(settings.task, request.models)
    names = task.setting(settings.setting).bands
    combination = choose_combination(request.models, settings)
    members = combination.members
    for member in members:
        check_bands(member, names)
        verify(member)
    stack = open_stack(
        request.rasters, task, settings.setting, request.bands, request.aoi, fill=settings.fill
    )
    warnings = (
        *stack.warnings, *_departures(stack, members[0], cancelled), *combination.warnings,
    )  # fmt: skip
    reference = None
    if request.reference is not None:
        reference = open_reference(request.reference, stack.grid, task, request.positive)
    cost = estimate(stack.grid, len(names), members, settings)
    need_space(nearest_folder(out), _disk_bytes(cost, stack.grid, members), "this run")
    simulated = request.simulated or _is_simulated(request.rasters)
    if not simulated:
        warnings += _trained_elsewhere(members, task)
    request = _with_threshold(request, combination.threshold)
    scene = scene_of(request.rasters, simulated)
    footprints = {member.card.name: member.card.footprint for member in members}
    ground = find_taught(footprints, stack.grid, scene)
    return Plan(request, task, stack, combination, reference, cost, warnings, simulated, ground)


def resolve_task(name: str, models: Path | None = None) -> Task:
    """Return the declared task, or the one that a user's own zoo describes.

    Raises:
        SettingsError: There is no such task.
        ModelError: The task is custom and the zoo has no member of it.
    """
    if name != CUSTOM:
        return find_task(name)
    members = list_members(models, task=CUSTOM)
    if not members:
        raise ModelError(
            f"the task custom is read off your own networks, and {models or 'the zoo'} holds none "
            "whose card names the task custom; name their folder with --models"
        )
    settings: dict[str, Sequence[tuple[str, str]]] = {}
    for member in members:
        rows = [(band.name, band.unit) for band in member.card.bands]
        settings.setdefault(member.card.setting, rows)
    classes = next((m.card.class_names for m in members if m.card.class_names), ())
    return custom_task(settings, classes=classes)


def only_setting(rasters: Sequence[Path], task: Task, chosen: Mapping[str, str]) -> str:
    """Return the setting that the given bands leave as the one choice.

    Raises:
        SettingsError: They leave several, or none.
    """
    matches = match_bands([inspect_raster(path) for path in rasters], task, chosen)
    found = {match.band for match in matches if match.source is not None}
    by_place = [match.band for match in matches if match.how == "order"]
    possible = task.possible_settings(found)
    if len(possible) == 1 and not set(by_place).intersection(possible[0].bands):
        return possible[0].name
    if possible and by_place:
        orders = "; ".join(f"{s.name} reads {', '.join(s.bands)}" for s in possible)
        raise SettingsError(
            "nothing in the files names their bands, so they cannot say what they are for; if they "
            f"stand in this order, choose it with --setting: {orders}"
        )
    if possible:
        raise SettingsError(
            f"the bands given allow several settings of {task.name}; choose one with --setting: "
            + ", ".join(setting.name for setting in possible)
        )
    wanted = "; ".join(f"{s.name} needs {', '.join(s.bands)}" for s in task.settings)
    raise SettingsError(
        f"the bands given ({', '.join(sorted(found)) or 'none known'}) allow no setting of "
        f"{task.name}: {wanted}"
    )


def _with_threshold(request: RunRequest, threshold: float) -> RunRequest:
    """Put the number in, so that everything after this reads it off the settings."""
    settings = request.settings.model_copy(update={"threshold": threshold})
    return request.model_copy(update={"settings": settings})


def _disk_bytes(cost: Cost, grid: Grid, members: Sequence[ZooMember]) -> int:
    """Return what the run may hold at once: the products, and the plain rasters they come of."""
    floats = LAYERS_BY_CLASS * members[0].card.classes + SINGLE_LAYERS
    several = members[0].card.classes > 1  # the classes of the reference are a layer more
    plain = 4 * floats + BYTE_LAYERS + several
    return cost.disk_bytes + plain * grid.width * grid.height + SMALL_FILES_BYTES


def _departures(stack: RasterStack, member: ZooMember, cancelled: Cancelled) -> tuple[str, ...]:
    """Refuse a stack of no value or of another task; return what departs from training."""
    require_data(stack, cancelled)
    stats = sample_statistics(stack)
    refuse_strangers(stack, stats, member.card)
    return tuple(unit_warnings(stats, member.card.bands))


def _is_simulated(rasters: Sequence[Path]) -> bool:
    """Tell whether a raster says of itself that it was made up."""
    for path in rasters:
        with opened(path) as raster:
            if raster.tags().get("SIMULATED") == "yes":
                return True
    return False


def _trained_elsewhere(members: Sequence[ZooMember], task: Task) -> tuple[str, ...]:
    """Say of networks that know simulated scenes only that they have not proved themselves."""
    made_up = [member.card.name for member in members if member.card.simulated]
    if not made_up:
        return ()
    sentence = (
        f"{len(made_up)} of {len(members)} networks were trained on simulated scenes only; on "
        f"real images treat every {task.feature} they map as a hint to check"
    )
    return (sentence,)
