"""A dataset and settings -> a trained member: <name>.safetensors and its card <name>.json."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from geoseg.errors import DiskError, TrainingError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.network import build_network, save_network
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.tasks import find_task
from geoseg.training.checkpoint import Standing, checkpoint_path, forget, restore, store
from geoseg.training.dataset import LabelledScene, band_statistics, read_dataset, split
from geoseg.training.losses import Loss, make_loss
from geoseg.training.memory import keep_freed_memory
from geoseg.training.optimising import RunningMean, Schedule, make_optimiser
from geoseg.training.sampling import CropSampler, ReadyScene, make_ready
from geoseg.training.scoring import score
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


def train_member(
    dataset: Path,
    settings: TrainSettings,
    out: Path,
    *,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    resume: bool = False,
) -> Path:
    """Train one member and return the path of its card.

    Weights and card are written at every better validation F1, so whatever ends the training, the
    best member so far is in `out`.

    Args:
        dataset: Folder in the published layout.
        settings: Every choice.
        out: Folder for <name>.safetensors and <name>.json.
        progress: Hears "training NAME" at every step and "validation F1 ..." words on the way.
        cancelled: Asked at every step.
        resume: Go on from the checkpoint in `out` where there is one.

    Raises:
        TrainingError: The dataset cannot teach, or the loss is no longer a number.
        RunCancelledError: `cancelled` answered True; the checkpoint stays for `resume`.
        DiskError: `out` cannot be written.
    """
    task = find_task(settings.task)
    scenes = read_dataset(dataset, task, settings.setting)
    teaching, judging = split(scenes, settings.validation, settings.seed)
    statistics = band_statistics(scenes, task, settings.setting)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with torch.random.fork_rng():
            training = _prepare(settings, statistics, teaching, judging)
            if resume:
                restore(checkpoint_path(out, settings), training)
            card = _card(settings, statistics, scenes, len(judging), dataset.name)
            _loop(training, card, out, progress, cancelled)
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written: {error}; free space or choose another"
        ) from error
    forget(checkpoint_path(out, settings))
    return out / f"{settings.member_name}.json"


def _prepare(
    settings: TrainSettings,
    statistics: Sequence[BandStatistics],
    teaching: Sequence[LabelledScene],
    judging: Sequence[LabelledScene],
) -> Training:
    recipe = settings.completed
    keep_freed_memory()
    torch.manual_seed(settings.seed)
    device = _device(settings)
    network = build_network(
        settings.architecture, settings.encoder, len(statistics), 1, settings.options
    )
    network = network.to(device).to(memory_format=torch.channels_last)
    optimiser, schedule = make_optimiser(network, settings.recipe, recipe)
    ready = [make_ready(scene, statistics, recipe.crop) for scene in teaching]
    return Training(
        settings=settings,
        network=network,
        average=RunningMean(network, recipe.averaging),
        optimiser=optimiser,
        schedule=schedule,
        loss=make_loss(settings.loss),
        sampler=CropSampler(
            ready, recipe.crop, recipe.batch, recipe.positive_share, settings.jitter, settings.seed
        ),
        judges=[make_ready(scene, statistics) for scene in judging],
        standing=Standing(),
        device=device,
        reduced_precision=recipe.reduced_precision and _reduced_is_faster(device),
    )


def _loop(
    training: Training, card: Card, out: Path, progress: Progress, cancelled: Cancelled
) -> None:
    settings, recipe, standing = training.settings, training.settings.completed, training.standing
    stage = f"training {settings.member_name}"
    while standing.step < recipe.max_steps and not _is_exhausted(standing, recipe.patience_epochs):
        stop_if(cancelled)
        value = _step(training)
        if not math.isfinite(value):
            kept = f"the member of F1 {standing.best_f1:.3f} is kept in {out}"
            raise TrainingError(
                f"the loss is no longer a number at step {standing.step} with learning rate "
                f"{recipe.learning_rate:g}; choose a smaller one, e.g. a tenth"
                + (f"; {kept}" if standing.best_f1 > 0 else "")
            )
        progress(Event(stage, standing.step, recipe.max_steps, settings.member_name))
        if standing.step % recipe.steps_per_epoch == 0 or standing.step == recipe.max_steps:
            _validate(training, card, out)
            progress(Event(_words(standing), standing.step, recipe.max_steps, settings.member_name))


def _step(training: Training) -> float:
    """Make one step and return its loss."""
    step = training.standing.step
    # Chance is drawn anew from seed and step, so a resumed run repeats an uninterrupted one.
    torch.manual_seed(training.settings.seed * 1_000_003 + step)
    bands, label = training.sampler.draw(step)
    bands = bands.to(training.device, memory_format=torch.channels_last)
    training.network.train()
    with torch.autocast(training.device.type, torch.bfloat16, enabled=training.reduced_precision):
        logits = training.network(bands)
    loss = training.loss(logits.float(), label.to(training.device))
    training.optimiser.zero_grad()
    value = float(loss.detach())
    if math.isfinite(value):
        loss.backward()  # type: ignore[no-untyped-call]
        longest = training.settings.completed.largest_gradient
        if longest < math.inf:
            nn.utils.clip_grad_norm_(training.network.parameters(), longest, foreach=True)
        training.optimiser.step()
        training.average.add(step)
        training.schedule.after_step()
    training.standing.step += 1
    return value


def _validate(training: Training, card: Card, out: Path) -> None:
    """Judge the averaged weights; write member and card where they are the best so far."""
    standing, network = training.standing, training.average.network
    f1, loss = score(network, training.judges, training.loss, training.reduced_precision)
    training.schedule.after_validation(loss)
    standing.f1, standing.epoch = f1, standing.epoch + 1
    if f1 > standing.best_f1 or standing.best_epoch == 0:
        standing.best_f1, standing.best_epoch = f1, standing.epoch
        _write(network, card.model_copy(update={"validation_f1": round(f1, 4)}), out)
    store(checkpoint_path(out, training.settings), training)


def _write(network: nn.Module, card: Card, out: Path) -> None:
    sha256 = save_network(network, out / f"{card.name}.safetensors")
    unfinished = out / f"{card.name}.json.partial"
    unfinished.write_text(card.model_copy(update={"sha256": sha256}).to_json() + "\n")
    unfinished.replace(out / f"{card.name}.json")


def _card(
    settings: TrainSettings,
    statistics: tuple[BandStatistics, ...],
    scenes: Sequence[LabelledScene],
    judging: int,
    dataset_name: str,
) -> Card:
    simulated = all(scene.simulated for scene in scenes)
    kind = "simulated scenes" if simulated else "scenes"
    words = settings.trained_on or (
        f"{len(scenes)} {kind} of {dataset_name}, {judging} of them for validation"
    )
    return Card(
        name=settings.member_name,
        task=settings.task,
        setting=settings.setting,
        architecture=settings.architecture,
        encoder=settings.encoder,
        options=settings.options,
        classes=1,
        bands=statistics,
        loss=settings.loss,
        learning_rate=settings.completed.learning_rate,
        recipe=settings.recipe,
        validation_f1=None,
        trained_on=words,
        simulated=simulated,
        licence=settings.licence or ("MIT" if simulated else "not stated"),
        attribution=settings.attribution,
        sha256="",
    )


def _is_exhausted(standing: Standing, patience_epochs: int) -> bool:
    return standing.epoch - standing.best_epoch >= patience_epochs


def _words(standing: Standing) -> str:
    return f"validation F1 {standing.f1:.3f}, best {standing.best_f1:.3f}"


def _device(settings: TrainSettings) -> torch.device:
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("this machine has no CUDA device; choose device cpu or auto")
    use_cuda = settings.device != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if use_cuda else "cpu")


def _reduced_is_faster(device: torch.device) -> bool:
    """Tell whether bfloat16 runs in hardware; elsewhere it is emulated, and slow."""
    return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
