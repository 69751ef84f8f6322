"""Scenes and settings -> a training ready for its next step, and the card it will write."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from geoseg.errors import TrainingError
from geoseg.models.card import TREES, BandStatistics, Card, read_card
from geoseg.models.footprint import Footprint, after
from geoseg.models.network import build_network, load_network
from geoseg.processor import has_bfloat16
from geoseg.training.checkpoint import Standing
from geoseg.training.dataset import LabelledScene, band_statistics, split
from geoseg.training.footprints import footprint_of
from geoseg.training.losses import Loss, make_loss
from geoseg.training.memory import keep_freed_memory
from geoseg.training.optimising import RunningMean, Schedule, make_optimiser
from geoseg.training.sampling import CropSampler, ReadyScene, make_ready
from geoseg.training.settings import TrainSettings


@dataclass
class Training:
    """One run at work; what changes from step to step is in `standing`."""

    settings: TrainSettings
    network: nn.Module
    average: RunningMean
    optimiser: torch.optim.Optimizer
    schedule: Schedule
    loss: Loss
    sampler: CropSampler
    judges: Sequence[ReadyScene]
    standing: Standing
    device: torch.device
    reduced_precision: bool
    card: Card


def follow_start(settings: TrainSettings) -> tuple[TrainSettings, Card | None]:
    """Return the settings with the network of the member they start from, and its card.

    Raises:
        ModelError: The card cannot be read.
        TrainingError: The member was trained for something else.
    """
    if not settings.start_from:
        return settings, None
    start = read_card(Path(settings.start_from))
    if start.architecture in TREES:
        raise TrainingError(
            f"member {start.name} is no network ({start.architecture}) and cannot go on learning; "
            "choose a network, or train the trees anew on all scenes"
        )
    task = settings.declared
    wanted = task.setting(settings.setting).bands
    if (start.task, start.setting) != (settings.task, settings.setting):
        raise TrainingError(
            f"member {start.name} maps {start.task} from setting {start.setting}, this training is "
            f"for {settings.task} from {settings.setting}; choose a member of the same"
        )
    if start.band_names != wanted:
        raise TrainingError(
            f"member {start.name} reads the bands {', '.join(start.band_names)}, the setting has "
            f"{', '.join(wanted)}; choose a member with the setting's bands"
        )
    if start.classes != task.outputs:
        raise TrainingError(
            f"member {start.name} answers in {start.classes} channels, task {task.name} has "
            f"{len(task.classes)} classes; choose a member trained for these classes"
        )
    same = {
        "name": settings.member_name,
        "architecture": start.architecture,
        "encoder": start.encoder,
        "options": start.options,
    }
    return settings.model_copy(update=same), start


def prepare(
    settings: TrainSettings, start: Card | None, scenes: Sequence[LabelledScene], dataset_name: str
) -> Training:
    """Make everything a run needs; chance comes from the seed, the caller guards its own.

    Raises:
        TrainingError: The scenes cannot teach, or the device is missing.
        ModelError: The network cannot be built or read.
    """
    recipe, device, task = settings.completed, find_device(settings), settings.declared
    teaching, judging = split(scenes, settings.validation, settings.seed, task.classes[1:])
    statistics = start.bands if start else band_statistics(scenes, task, settings.setting)
    keep_freed_memory()
    torch.manual_seed(settings.seed)
    network = _network(settings, start, len(statistics), task.outputs)
    network = network.to(device).to(memory_format=torch.channels_last)
    optimiser, schedule = make_optimiser(network, recipe)
    sampler = CropSampler(
        scenes=[make_ready(scene, statistics, recipe.crop, task.feature_ids) for scene in teaching],
        crop=recipe.crop,
        batch=recipe.batch,
        positive_share=recipe.positive_share,
        jitter=settings.jitter,
        seed=settings.seed,
        device=device,
    )
    return Training(
        settings=settings,
        network=network,
        average=RunningMean(network, recipe.averaging),
        optimiser=optimiser,
        schedule=schedule,
        loss=make_loss(settings.loss, sampler.all_known, task.outputs),
        sampler=sampler,
        judges=[make_ready(scene, statistics) for scene in judging],
        standing=Standing(),
        device=device,
        reduced_precision=recipe.reduced_precision and _reduced_is_faster(device),
        card=_card(
            settings, start, statistics, scenes, _words(scenes, judging, dataset_name)
        ).model_copy(update={"footprint": _footprint(start, teaching, judging)}),
    )


def find_device(settings: TrainSettings) -> torch.device:
    """Return the device of these settings.

    Raises:
        TrainingError: A GPU is wanted where there is none.
    """
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("this machine has no CUDA device; choose device cpu or auto")
    use_cuda = settings.device != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if use_cuda else "cpu")


def _network(settings: TrainSettings, start: Card | None, bands: int, outputs: int) -> nn.Module:
    if start:
        return load_network(start, Path(settings.start_from).with_suffix(".safetensors"))
    return build_network(settings.architecture, settings.encoder, bands, outputs, settings.options)


def _words(
    scenes: Sequence[LabelledScene], judging: Sequence[LabelledScene], dataset_name: str
) -> str:
    kind = "simulated scenes" if all(scene.simulated for scene in scenes) else "scenes"
    return f"{len(scenes)} {kind} of {dataset_name}, {len(judging)} of them for validation"


def _footprint(
    start: Card | None, teaching: Sequence[LabelledScene], judging: Sequence[LabelledScene]
) -> Footprint:
    """Return the ground of these scenes, and of those that taught the member it starts from."""
    own = footprint_of(teaching, judging)
    return after(start.footprint, own, start.name) if start else own


def _card(
    settings: TrainSettings,
    start: Card | None,
    statistics: tuple[BandStatistics, ...],
    scenes: Sequence[LabelledScene],
    words: str,
) -> Card:
    simulated = all(scene.simulated for scene in scenes)
    before = f"; before that: {start.trained_on}" if start else ""
    return Card(
        name=settings.member_name,
        task=settings.task,
        setting=settings.setting,
        architecture=settings.architecture,
        encoder=settings.encoder,
        options=settings.options,
        classes=settings.declared.outputs,
        class_names=settings.classes,
        bands=statistics,
        loss=settings.loss,
        learning_rate=settings.completed.learning_rate,
        recipe=settings.recipe,
        validation_f1=None,
        trained_on=(settings.trained_on or words) + before,
        simulated=simulated,
        licence=settings.licence or ("MIT" if simulated else "not stated"),
        attribution=settings.attribution or (start.attribution if start else ""),
        sha256="",
    )


def _reduced_is_faster(device: torch.device) -> bool:
    """Tell whether bfloat16 runs in hardware; elsewhere it is emulated, and slow."""
    return device.type == "cuda" or has_bfloat16()
