"""A training's id -> its networks, published as a zoo; goes on from checkpoints (torch, lazily)."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from geoseg.errors import TrainingError, WorkspaceError
from geoseg.jobs.pace import remember_pace
from geoseg.jobs.watch import TrainingWatch
from geoseg.progress import Cancelled, Progress
from geoseg.tasks import find_task
from geoseg.training.ground import AreaDataset
from geoseg.training.points import PointSamples
from geoseg.training.results import FAILED, RESULTS, read_results
from geoseg.workspace.trainings import (
    DATASET,
    MEMBERS,
    TRAINED,
    TRAININGS,
    TrainingRequest,
    publish,
    read_histories,
    read_training_request,
    trained_on,
    training_folder,
)


def work(training_id: str, cancelled: Cancelled) -> None:
    """Cut the areas into blocks or read their points, and train; `keep` publishes what is trained.

    Raises:
        GeosegError: What stands in the way, or the wish to stop; checkpoints stay.
    """
    request, folder = read_training_request(training_id), training_folder(training_id)
    watch = TrainingWatch(training_id, request.steps)
    points = _points(request)
    split = _split(request, folder / DATASET, points, watch, cancelled)
    for note in split.notes:
        TRAININGS.log(training_id, note)
    _train(request, split, folder, watch, cancelled, points=points)
    (folder / TRAINED).touch()
    keep(training_id)
    # The blocks can be cut anew from the areas; the networks and their curves stay.
    shutil.rmtree(folder / DATASET, ignore_errors=True)


def is_done(training_id: str) -> bool:
    """Tell whether every network was trained as far as was asked for."""
    return (training_folder(training_id) / TRAINED).is_file()


def tidy(training_id: str) -> None:
    """Remove half-written blocks; checkpoints and networks appear whole or not at all."""
    for leftover in training_folder(training_id).glob(".*-unfinished"):
        shutil.rmtree(leftover, ignore_errors=True)


def keep(training_id: str) -> None:
    """Publish what is usable by now, and remember how fast this machine trains."""
    if is_done(training_id) and not (training_folder(training_id) / DATASET).exists():
        return  # It was published whole, with the blocks it learned from, before they went.
    with suppress(WorkspaceError):  # A training that was deleted meanwhile leaves nothing.
        publish(training_id)
        remember_pace(read_training_request(training_id), read_histories(training_id))


def _points(request: TrainingRequest) -> PointSamples | None:
    """Return what the bands say at the picked points; None where the reference teaches."""
    from geoseg.training.area_points import read_area_points

    if not request.from_points:
        return None
    return read_area_points(request.areas, find_task(request.task), request.setting)


def _split(
    request: TrainingRequest,
    out: Path,
    points: PointSamples | None,
    watch: Progress,
    stop: Cancelled,
) -> AreaDataset:
    """Write the blocks that teach and judge; where points teach, only those that judge."""
    from geoseg.training.from_areas import write_area_dataset, write_judging_dataset

    task, setting = find_task(request.task), request.setting
    if points is not None:
        return write_judging_dataset(
            request.judging, task, setting, out,
            points=len(points.ids), progress=watch, cancelled=stop,
        )  # fmt: skip
    return write_area_dataset(
        request.areas, task, setting, out,
        validate_on=request.validate_on, progress=watch, cancelled=stop,
    )  # fmt: skip


def _train(
    request: TrainingRequest,
    split: AreaDataset,
    folder: Path,
    watch: Progress,
    stop: Cancelled,
    *,
    points: PointSamples | None = None,
) -> None:
    """Train every member; finished ones are not trained again, a failing one stops no other.

    Raises:
        TrainingError: No member could be trained to its end.
    """
    ground: dict[str, Any] = {"trained_on": trained_on(request, split)}
    if points is None:  # Else every block judges.
        ground["validation"] = split.validation
    place, table = folder / MEMBERS / request.task / request.setting, folder / MEMBERS / RESULTS
    dataset = folder / DATASET
    if request.members:
        from geoseg.training.grid_run import train_members

        networks = [member.model_copy(update=ground) for member in request.members]
        train_members(dataset, networks, place, table=table, progress=watch, cancelled=stop)
    if request.trees:
        from geoseg.training.tree_run import train_tree_members

        trees = [member.model_copy(update=ground) for member in request.trees]
        train_tree_members(
            dataset, trees, place, table, points=points, progress=watch, cancelled=stop
        )
    results = read_results(table)
    for result in results:
        TRAININGS.log(folder.name, f"{result.name}: {result.status}")
    if not any(result.is_trained for result in results):
        raise TrainingError(results[0].status.removeprefix(FAILED))
