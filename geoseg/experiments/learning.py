"""Simulated areas -> datasets; a dataset -> a trained member; a member and an area -> a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoseg import pipeline
from geoseg.experiments.settings import QUICK, ExperimentSettings, Watch
from geoseg.experiments.standing import Standing, finished_map
from geoseg.models.card import Card, read_card
from geoseg.progress import stop_if
from geoseg.settings import RunSettings, TileSettings
from geoseg.simulate.files import write_labelled, write_scene
from geoseg.simulate.scene import Scene
from geoseg.tasks import find_task
from geoseg.training.compact import SHAPES
from geoseg.training.settings import TrainSettings
from geoseg.training.tree_settings import TreeSettings


@dataclass(frozen=True)
class Area:
    """Files of one area that is mapped and judged; its lines lie beside where it has some."""

    name: str
    stack: Path
    label: Path

    @property
    def lines(self) -> Path | None:
        """Reference lines of the area."""
        path = self.stack.with_name(self.stack.name.replace("_input.tif", "_lines.gpkg"))
        return path if path.is_file() else None


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What one network is to learn, and how long.

    Attributes:
        task: Declared, or custom with `bands`.
        setting: Its choice of bands.
        name: Of the member.
        judges: Names of the scenes that validate.
        architecture: Kind of network.
        loss: What it minimises.
        learning_rate: None takes the recipe's.
        crop: Side of its patches, pixels.
        batch: Patches a step.
        steps: Of the recipe quick.
        article_steps: Of the recipe article.
        encoder: Of the recipe article.
        bands: Of task custom.
    """

    task: str
    setting: str
    name: str
    judges: tuple[str, ...] = ()
    architecture: str = "Unet"
    loss: str = "Dice"
    learning_rate: float | None = None
    crop: int = 128
    batch: int = 8
    steps: int = 300
    article_steps: int = 20_000
    encoder: str = "resnet34"
    bands: tuple[str, ...] = ()


def network(lesson: Lesson, settings: ExperimentSettings) -> TrainSettings:
    """Return the training of a lesson under a recipe."""
    quick = settings.recipe == QUICK
    steps = lesson.steps if quick else lesson.article_steps
    steps = min(steps, settings.max_steps or steps)
    small = SHAPES[lesson.architecture]
    return TrainSettings(
        name=lesson.name,
        task=lesson.task,
        setting=lesson.setting,
        architecture=lesson.architecture,
        encoder=small.encoder if quick else lesson.encoder,
        options=small.options if quick else {},
        loss=lesson.loss,
        learning_rate=lesson.learning_rate,
        crop=lesson.crop,
        batch=lesson.batch,
        max_steps=steps,
        steps_per_epoch=max(1, min(steps // 4 if quick else 500, steps)),
        validation=lesson.judges,
        seed=settings.seed,
        bands=lesson.bands,
    )


def write_training(
    folder: Path, scenes: Iterable[Scene], watch: Watch | None = None
) -> tuple[str, ...]:
    """Write scenes as a dataset to train on; return their names.

    Raises:
        DiskError: The folder cannot be written.
    """
    names = []
    for scene in scenes:
        stop_if((watch or Watch()).cancelled)
        write_labelled(folder / "train_val", scene)
        names.append(scene.name)
    return tuple(names)


def write_area(folder: Path, scene: Scene, name: str) -> Area:
    """Write a scene as an area to map.

    Raises:
        DiskError: The folder cannot be written.
    """
    stack, label = write_scene(folder, scene, name)
    return Area(name, stack, label)


def learn(
    dataset: Path, settings: TrainSettings | TreeSettings, out: Path, watch: Watch | None = None
) -> Card:
    """Train one member into a folder of members and return its card.

    A member that an earlier, stopped experiment finished by the same settings is taken as it is; a
    network it had begun goes on from its checkpoint. The same settings must mean the same dataset.

    Raises:
        TrainingError: The dataset cannot teach.
        RunCancelledError: The watcher wants it to end.
    """
    watch = watch or Watch()
    path, standing = out / f"{settings.member_name}.json", Standing(out, settings)
    if standing.is_finished and path.is_file():
        return read_card(path)
    goes_on = standing.begin()
    if isinstance(settings, TreeSettings):
        from geoseg.training.trees import train_trees

        train_trees(dataset, settings, out, progress=watch.progress, cancelled=watch.cancelled)
    else:
        from geoseg.training.trainer import train_member

        train_member(
            dataset, settings, out, progress=watch.progress, cancelled=watch.cancelled,
            resume=goes_on,
        )  # fmt: skip
    standing.finish()
    return read_card(path)


def run_choices(card: Card, tile: int = 256, **further: Any) -> RunSettings:
    """Return the settings of a run of one member, post-processed as its task declares."""
    post = {}
    if card.task != "custom":
        task = find_task(card.task)
        post = {"min_area_m2": task.min_area_m2, "buffer_m": task.post.buffer_m}
    tiles = TileSettings(size=tile, overlap=min(64, tile // 2))
    choices: dict[str, Any] = {"task": card.task, "setting": card.setting, "members": (card.name,),
               "ensemble_size": 1, "tiles": tiles, **post}  # fmt: skip
    return RunSettings(**(choices | further))


def map_area(
    area: Area, models: Path, settings: RunSettings, out: Path, watch: Watch | None = None
) -> dict[str, Any]:
    """Map an area by members of a folder, judged by its label; return the content of run.json.

    A map that an earlier, stopped experiment finished by the same members is taken as it is.

    Raises:
        GeosegError: The run cannot be.
    """
    watch = watch or Watch()
    if (record := finished_map(out, models, settings)) is not None:
        return record
    request = pipeline.RunRequest(
        rasters=(area.stack,),
        settings=settings,
        models=models,
        reference=area.label,
        title=out.name,
        simulated=True,
    )
    return pipeline.run(request, out, watch.progress, watch.cancelled)
