"""Training folders on the server's disk: request, state, log, blocks, networks, live curves.

The networks grow in the training's own folder; `publish` makes a zoo of whatever is usable there,
so a training that is stopped or breaks off keeps what it has learned.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from geoseg.models.zoo import ZooMember, list_members
from geoseg.settings import Settings
from geoseg.tasks import find_task
from geoseg.training.ground import SPLIT, AreaDataset, PickedPoint, TrainingArea
from geoseg.training.history import read_history
from geoseg.training.points import ENOUGH
from geoseg.training.results import RESULTS, Result, read_results
from geoseg.training.settings import TrainSettings
from geoseg.training.tree_settings import STEPS, TreeSettings
from geoseg.workspace.areas import Area
from geoseg.workspace.ledger import CANCEL, JobState, Ledger
from geoseg.workspace.zoos import Zoo, replace_zoo

DATASET, MEMBERS, TRAINED, HISTORY = "dataset", "members", "trained", ".history.jsonl"
FEW_BLOCKS = 3
"""Of validation; a score from fewer says little."""
Plan = Literal["one", "ensemble", "grid", "fine-tune", "trees"]
Histories = Mapping[str, Sequence[Mapping[str, float]]]
"""Member -> its validations in order, each a line of <member>.history.jsonl."""


class TrainingRequest(Settings):
    """Everything of one training that a user decides."""

    version: Literal[1] = 1
    title: str = Field(min_length=1, max_length=120)
    areas: tuple[TrainingArea, ...] = Field(min_length=1)
    validate_on: str = ""
    """Id of the area that judges; empty lets every fifth block of all areas judge, and of what
    learns from points every area with a reference."""
    plan: Plan = "one"
    members: tuple[TrainSettings, ...] = ()
    """Every network, those of a grid one by one."""
    trees: tuple[TreeSettings, ...] = ()
    """Every tree, forest or segment forest."""

    @model_validator(mode="after")
    def _something_is_trained(self) -> Self:
        if not self.members and not self.trees:
            raise ValueError("name at least one network or tree to train")
        return self

    @model_validator(mode="after")
    def _points_teach_trees_alone(self) -> Self:
        if self.from_points and (self.members or not all(tree.points for tree in self.trees)):
            raise ValueError("what learns from points and what learns from a reference are trained "
                             "apart; choose one of them")  # fmt: skip
        return self

    @property
    def from_points(self) -> bool:
        """True where trees learn from points picked on the maps of the areas."""
        return any(tree.points for tree in self.trees)

    @property
    def judging(self) -> tuple[TrainingArea, ...]:
        """Areas whose reference judges what learns from points: all that have one, or the chosen."""
        wanted = {self.validate_on} if self.validate_on else {area.id for area in self.areas}
        return tuple(area for area in self.areas if area.reference and area.id in wanted)

    @property
    def _first(self) -> TrainSettings | TreeSettings:
        return self.members[0] if self.members else self.trees[0]

    @property
    def task(self) -> str:
        """What is mapped."""
        return self._first.task

    @property
    def setting(self) -> str:
        """The bands that are read."""
        return self._first.setting

    @property
    def simulated(self) -> bool:
        """True where every area was made up."""
        return all(area.simulated for area in self.areas)

    @property
    def steps(self) -> dict[str, int]:
        """Name of every member that will be trained -> its steps at most."""
        networks = {one.member_name: one.completed.max_steps for one in self.members}
        return networks | {one.member_name: STEPS for one in self.trees}


class TrainingState(JobState):
    """Where a training stands; members are counted in steps."""

    area_ids: tuple[str, ...]
    zoo: str = ""
    """Id of the zoo that came of it; empty while there is none."""


TRAININGS = Ledger("trainings", "training", TrainingState)
training_folder, read_training, list_trainings = TRAININGS.folder, TRAININGS.read, TRAININGS.every
stop_training, delete_training = TRAININGS.request_cancel, TRAININGS.delete


def area_to_learn(area: Area, points: Sequence[PickedPoint] = ()) -> TrainingArea:
    """Return what of a study area a training needs, as it is now; its points where they teach."""
    known = TrainingArea.model_fields.keys() & Area.model_fields.keys()
    return TrainingArea(**{name: getattr(area, name) for name in known}, points=tuple(points))


def create_training(request: TrainingRequest) -> str:
    """Write the folder of a new queued training and return its id."""
    ids = tuple(area.id for area in request.areas)
    return TRAININGS.create(request, title=request.title, area_ids=ids)


def read_training_request(training_id: str) -> TrainingRequest:
    """Return what the user asked for."""
    return TrainingRequest.from_json(TRAININGS.request(training_id))


def wait_again(training_id: str) -> None:
    """Let a stopped or failed training wait again; it will go on from its last checkpoint."""
    (training_folder(training_id) / CANCEL).unlink(missing_ok=True)
    TRAININGS.change(
        training_id, status="queued", stage="waiting", message="", finished=None, attempts=0
    )


def training_members(training_id: str) -> list[ZooMember]:
    """Return the networks that can be used by now, best first; half-trained ones are among them."""
    folder = training_folder(training_id) / MEMBERS
    found = list_members(folder) if folder.is_dir() else []
    return [member for member in found if member.weights.is_file()]


def read_histories(training_id: str) -> Histories:
    """Return the curves of every member so far; a line that is just being written is left out."""
    folder = training_folder(training_id)
    return {
        path.name.removesuffix(HISTORY): read_history(path)
        for path in sorted((folder / MEMBERS).rglob(f"*{HISTORY}"))
    }


def read_results_of(training_id: str) -> dict[str, Result]:
    """Return the rows of members that have come to their end, by name."""
    table = training_folder(training_id) / MEMBERS / RESULTS
    return {row.name: row for row in read_results(table)}


def read_split(training_id: str) -> AreaDataset | None:
    """Return how the areas were divided; None before that."""
    path = training_folder(training_id) / DATASET / SPLIT
    return AreaDataset.from_json(path.read_bytes()) if path.is_file() else None


def publish(training_id: str) -> Zoo | None:
    """Make the training's zoo of what is usable by now; None where nothing is.

    Raises:
        DiskError: The networks cannot be copied.
    """
    members = training_members(training_id)
    if not members:
        return None
    request, split = read_training_request(training_id), read_split(training_id)
    zoo = Zoo(
        id=training_id,
        title=request.title,
        task=request.task,
        setting=request.setting,
        trained_on=trained_on(request, split),
        simulated=request.simulated,
        warnings=doubts(request, split),
    )
    folder = training_folder(training_id) / MEMBERS
    replace_zoo(zoo, folder, _files(folder, members))
    TRAININGS.change(training_id, zoo=zoo.id)
    return zoo


def trained_on(request: TrainingRequest, split: AreaDataset | None) -> str:
    """Return 'Demo valley: 13 blocks to learn from, 3 to check on' for cards and zoo."""
    titles = ", ".join(area.title for area in request.areas)
    if split is None:
        return titles
    if split.points:
        blocks = f"{_count(len(split.validation), 'block')} of the reference"
        judged = blocks if split.validation else "every fifth of them"
        return f"{titles}: {_count(split.points, 'picked point')}, checked on {judged}"
    return (
        f"{titles}: {_count(len(split.training), 'block')} of ground to learn from, "
        f"{len(split.validation)} to check on"
    )


def doubts(request: TrainingRequest, split: AreaDataset | None) -> tuple[str, ...]:
    """Return what a user should know before trusting the validation F1."""
    words = _doubts_of_points(request) if request.from_points else _doubts_of_blocks(request, split)
    if request.simulated:
        what = "trees" if request.from_points else "networks"
        words.append(
            f"The {what} learned from simulated ground only. On real ground they have not proved "
            "themselves."
        )
    return tuple(words)


def _doubts_of_blocks(request: TrainingRequest, split: AreaDataset | None) -> list[str]:
    words = []
    features = find_task(request.task).features
    if not request.validate_on:
        words.append(
            "The validation F1 was measured on other blocks of the same ground the members learned "
            "from. On new ground expect a lower one, and check there before you rely on the map."
        )
    if split is not None and len(split.validation) < FEW_BLOCKS:
        words.append(
            f"Only {_count(len(split.validation), 'block')} checked the members, so the validation "
            f"F1 can be off by much; with more mapped {features} it will be steadier."
        )
    return words


def _doubts_of_points(request: TrainingRequest) -> list[str]:
    picked = [point.class_id for area in request.areas for point in area.points]
    labels = find_task(request.task).classes
    few = [f"{label.name} ({picked.count(label.id)})" for label in labels
           if picked.count(label.id) < ENOUGH]  # fmt: skip
    words = []
    if few:
        words.append(
            f"Few points teach {', '.join(few)}: another few can give quite another map. Pick about "
            f"{ENOUGH} of each class, where it looks different."
        )
    if not request.judging:
        words.append(
            "The validation F1 was measured on every fifth point only. People pick points where the "
            "class is plain to see, so expect the map to be less right than this; bring a reference "
            "to know."
        )
    elif any(area.points for area in request.judging):
        words.append(
            "The validation F1 was measured on the ground the points were picked on. On new ground "
            "expect a lower one, and check there before you rely on the map."
        )
    return words


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _files(folder: Path, members: Sequence[ZooMember]) -> list[Path]:
    """Return cards, weights, curves and the table of results."""
    kept = []
    for member in members:
        history = member.weights.with_name(f"{member.card.name}{HISTORY}")
        kept += [member.weights, member.weights.with_suffix(".json"), history]
    return [path for path in (*kept, folder / RESULTS) if path.is_file()]
