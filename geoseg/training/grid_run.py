"""A dataset and a grid -> a zoo of trained members and results.csv; goes on where it was stopped."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import torch

from geoseg.errors import DiskError, SettingsError, TrainingError
from geoseg.files.outputs import require_folder
from geoseg.progress import Cancelled, Event, Progress, never, silent
from geoseg.training.cluster import train_on_cluster
from geoseg.training.dataset import band_statistics, needed_bytes, read_dataset, split
from geoseg.training.folder import require_own_place
from geoseg.training.grid import GridSettings, grid_members
from geoseg.training.member_job import MemberJob, forget_member
from geoseg.training.results import RESULTS, Result, read_results, require_own_table, write_results
from geoseg.training.settings import TrainSettings, declared_task
from geoseg.training.starting import find_device
from geoseg.training.workers import train_in_turn, train_side_by_side

GRID = "grid.json"
STAGE = "members trained"
GPU_BYTES_A_MEMBER = 8e9
"""Room for a resnet34 at 4 crops of 256 with its own copy of the scenes, from above."""
HOPELESS = "no longer a number"
"""A member that failed by this fails again, so it is not repeated."""
MAY_CHANGE = {"at_once", "keep", "device"}
"""Choices that a grid may be gone on with otherwise."""


def train_grid(
    dataset: Path,
    grid: GridSettings,
    out: Path,
    *,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    resume: bool = True,
    cluster: str | None = None,
) -> Path:
    """Train every member of a grid and return the table of results.

    Members go to <out>/<task>/<setting>; <out>/results.csv is written anew after each. A member
    that fails is a row with its reason, and the others go on.

    Args:
        dataset: Folder in the published layout.
        grid: Every choice.
        out: Folder of the zoo.
        progress: Hears "members trained" and the events of every member.
        cancelled: Asked at every step.
        resume: Leave finished members as they are and go on with unfinished ones.
        cluster: Address of a Dask scheduler whose machines train; None trains here.

    Raises:
        TrainingError: The dataset cannot teach, or `out` holds another grid.
        RunCancelledError: `cancelled` answered True; everything learned is kept for `resume`.
        DiskError: `out` cannot be written.
    """
    folder = out / grid.task / grid.setting
    require_folder(folder)
    _require_own_grid(folder / GRID)
    require_own_table(out / RESULTS)
    members = _with_judges(dataset, grid)
    with _disk_faults_told(out):
        folder.mkdir(parents=True, exist_ok=True)
        _remember(grid, folder / GRID, resume)
    return train_members(
        dataset,
        members,
        folder,
        table=out / RESULTS,
        keep=grid.keep,
        at_once=grid.at_once,
        progress=progress,
        cancelled=cancelled,
        resume=resume,
        cluster=cluster,
    )


def train_members(
    dataset: Path,
    members: Sequence[TrainSettings],
    folder: Path,
    *,
    table: Path | None = None,
    keep: int | None = None,
    at_once: int | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    resume: bool = True,
    cluster: str | None = None,
) -> Path:
    """Train any members of one task and setting, as `train_grid` does, and return the table.

    Args:
        dataset: Folder in the published layout.
        members: Their settings; each names the same scenes for validation, so that they compare.
        folder: For cards, weights, histories and checkpoints.
        table: The table of results; None makes results.csv in `folder`.
        keep: How many best stay in `folder`; None keeps all.
        at_once: Members trained at the same time; None takes what the device has room for.
        progress: As in `train_grid`.
        cancelled: As in `train_grid`.
        resume: As in `train_grid`.
        cluster: As in `train_grid`.
    """
    table = table or folder / RESULTS
    require_own_table(table)
    for member in members:
        require_own_place(folder, member.member_name, member.start_from)
    find_device(members[0])
    with _disk_faults_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        results = _finished(members, table, folder, keep) if resume else {}
        jobs = [
            MemberJob(dataset.resolve(), member, folder.resolve(), resume)
            for member in members
            if member.member_name not in results
        ]
        progress(Event(STAGE, len(results), len(members)))
        for result in _results(jobs, at_once, cluster, progress, cancelled):
            results[result.name] = result
            write_results(table, results.values())
            _keep_best(folder, results.values(), keep)
            progress(Event(STAGE, len(results), len(members)))
        write_results(table, results.values())
    return table


@contextmanager
def _disk_faults_told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written: {error}; free space and go on with resume"
        ) from error


def _with_judges(dataset: Path, grid: GridSettings) -> list[TrainSettings]:
    """Return the members with the scenes that judge them all; a dataset that cannot teach is told."""
    task = declared_task(grid.task, grid.setting, grid.bands, grid.classes)
    scenes = read_dataset(dataset, task, grid.setting)
    band_statistics(scenes, task, grid.setting)
    judging = split(scenes, grid.validation, grid.seed, task.classes[1:])[1]
    names = tuple(scene.name for scene in judging)
    return [member.model_copy(update={"validation": names}) for member in grid_members(grid)]


def _results(
    jobs: Sequence[MemberJob],
    at_once: int | None,
    cluster: str | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Iterator[Result]:
    if not jobs:
        return iter(())
    if cluster:
        return train_on_cluster(jobs, cluster, progress, cancelled)
    at_once = min(at_once or room(jobs[0]), len(jobs))
    if at_once == 1:
        return train_in_turn(jobs, progress, cancelled)
    threads = max(1, _cores() // at_once)
    return train_side_by_side(jobs, at_once, threads, progress, cancelled)


def room(job: MemberJob) -> int:
    """Return how many members the device can train at the same time."""
    settings = job.settings
    bands = len(settings.declared.setting(settings.setting).bands)
    stacks = list((job.dataset / "train_val" / "input").glob("*.tif*"))
    by_memory = psutil.virtual_memory().available // max(1, needed_bytes(stacks, bands))
    most = min(_cores(), by_memory)
    if find_device(settings).type == "cuda":
        most = min(most, int(torch.cuda.mem_get_info()[0] // GPU_BYTES_A_MEMBER))
    return max(1, most)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _remember(grid: GridSettings, path: Path, resume: bool) -> None:
    """Write the grid beside its members.

    Raises:
        TrainingError: Another grid is there.
    """
    before = _require_own_grid(path)
    asked = grid.model_dump(exclude=MAY_CHANGE)
    if resume and before and before.model_dump(exclude=MAY_CHANGE) != asked:
        raise TrainingError(
            f"{path.parent} holds a grid with other choices; repeat those of {GRID}, choose "
            "another folder, or begin anew without resume"
        )
    path.write_text(grid.to_json() + "\n", encoding="utf-8")


def _require_own_grid(path: Path) -> GridSettings | None:
    """Return the grid of a folder, None where there is none; refuse a file that is no grid."""
    if not path.exists():
        return None
    try:
        return GridSettings.from_json(path.read_bytes())
    except (SettingsError, OSError) as error:
        raise TrainingError(f"{path} is no grid of trainings: {error}; move it away") from error


def _finished(
    members: Sequence[TrainSettings], table: Path, folder: Path, keep: int | None
) -> dict[str, Result]:
    """Return the rows of members that need no more training."""
    wanted = {(member.setting, member.member_name) for member in members}
    return {
        row.name: row
        for row in read_results(table)
        if (row.setting, row.name) in wanted
        and ((row.is_trained and (keep or _is_kept(folder, row))) or HOPELESS in row.status)
    }


def _is_kept(folder: Path, row: Result) -> bool:
    return (folder / f"{row.name}.json").is_file()


def _keep_best(folder: Path, results: Iterable[Result], keep: int | None) -> None:
    """Delete card and weights of all but the best members; their rows and histories stay."""
    ranked = sorted(results, key=lambda result: result.rank)
    for result in ranked[keep:] if keep else []:
        forget_member(folder, result.name)
