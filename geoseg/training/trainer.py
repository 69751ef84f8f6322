"""A dataset and settings -> a trained member: <name>.safetensors and its card <name>.json."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from geoseg.errors import DiskError, RunCancelledError, TrainingError
from geoseg.models.card import Card
from geoseg.models.network import save_network
from geoseg.progress import Cancelled, Event, Progress, never, silent
from geoseg.training.checkpoint import (
    EVERY_S,
    Pace,
    Standing,
    checkpoint_path,
    forget,
    restore,
    store,
)
from geoseg.training.dataset import LabelledScene, read_dataset
from geoseg.training.folder import require_own_place
from geoseg.training.history import add_line, go_on_from, history_path
from geoseg.training.scores import Scores
from geoseg.training.scoring import score
from geoseg.training.settings import TrainSettings
from geoseg.training.starting import Training, follow_start, prepare

STEPS_BETWEEN_LOOKS = {"cuda": 20}
"""Steps after which a loss is read from a device; reading it makes the device wait."""


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
    best member so far is in `out`. Beside them <name>.history.jsonl gets a line a validation.

    Args:
        dataset: Folder in the published layout.
        settings: Every choice.
        out: Folder for <name>.safetensors and <name>.json.
        progress: Hears "training NAME" at every step and "validation F1 ..." words on the way.
        cancelled: Asked at every step.
        resume: Go on from the checkpoint in `out` where there is one.

    Raises:
        TrainingError: The dataset cannot teach, or the loss is no longer a number.
        ModelError: The network cannot be built, or that to start from cannot be read.
        RunCancelledError: `cancelled` answered True; the checkpoint stays for `resume`.
        DiskError: `out` cannot be written.
    """
    require_own_place(out, settings.member_name, settings.start_from)
    scenes = read_dataset(dataset, settings.declared, settings.setting)
    return train_on(
        scenes,
        settings,
        out,
        dataset_name=dataset.name,
        progress=progress,
        cancelled=cancelled,
        resume=resume,
    )


def train_on(
    scenes: Sequence[LabelledScene],
    settings: TrainSettings,
    out: Path,
    *,
    dataset_name: str = "memory",
    progress: Progress = silent,
    cancelled: Cancelled = never,
    resume: bool = False,
) -> Path:
    """Train one member on scenes in memory, as `train_member` does on a folder."""
    settings, start = follow_start(settings)
    require_own_place(out, settings.member_name, settings.start_from)
    checkpoint, history = checkpoint_path(out, settings), history_path(out, settings)
    with _disk_faults_told(out, settings), torch.random.fork_rng():
        out.mkdir(parents=True, exist_ok=True)
        training = prepare(settings, start, scenes, dataset_name)
        goes_on = resume and restore(checkpoint, training)
        go_on_from(history, training.standing.step if goes_on else None)
        _loop(training, out, progress, cancelled)
        forget(checkpoint)
    return out / f"{settings.member_name}.json"


def _loop(training: Training, out: Path, progress: Progress, cancelled: Cancelled) -> None:
    settings, recipe, standing = training.settings, training.settings.completed, training.standing
    name, pace = settings.member_name, Pace(EVERY_S)
    look_every = STEPS_BETWEEN_LOOKS.get(training.device.type, 1)
    clock = _Clock(standing)
    if settings.start_from and standing.best_f1 < 0:
        _validate(training, out, clock)
        progress(Event(_words(standing), standing.step, recipe.max_steps, name))
    while standing.step < recipe.max_steps and not _is_exhausted(standing, recipe.patience_epochs):
        if cancelled():
            _keep(training, out, clock, pace)
            raise RunCancelledError(
                f"training {name} was stopped after step {standing.step}; what it has learned is "
                "kept, and it can go on from there"
            )
        _step(training)
        progress(Event(f"training {name}", standing.step, recipe.max_steps, name))
        if standing.step % look_every == 0:
            _check_loss(training, out)
        if standing.step % recipe.steps_per_epoch == 0 or standing.step == recipe.max_steps:
            _check_loss(training, out)
            _validate(training, out, clock)
            _keep(training, out, clock, pace)
            progress(Event(_words(standing), standing.step, recipe.max_steps, name))
        elif pace.is_due:
            _keep(training, out, clock, pace)


def _step(training: Training) -> None:
    """Make one step; its loss is added to those since the last validation."""
    standing, recipe = training.standing, training.settings.completed
    # Chance is drawn anew from seed and step, so a resumed run repeats an uninterrupted one.
    torch.manual_seed(training.settings.seed * 1_000_003 + standing.step)
    bands, label = training.sampler.draw(standing.step)
    training.network.train()
    with torch.autocast(training.device.type, torch.bfloat16, enabled=training.reduced_precision):
        logits = training.network(bands)
    loss = training.loss(logits.float(), label)
    training.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    if recipe.largest_gradient < math.inf:
        nn.utils.clip_grad_norm_(
            training.network.parameters(), recipe.largest_gradient, foreach=True
        )
    training.optimiser.step()
    training.average.add(standing.step)
    training.schedule.after_step()
    # On a device the sum is a number there, which nobody waits for.
    standing.loss_sum += loss.detach() if training.device.type != "cpu" else float(loss.detach())
    standing.loss_steps += 1
    standing.step += 1


def _check_loss(training: Training, out: Path) -> None:
    standing, rate = training.standing, training.settings.completed.learning_rate
    standing.loss_sum = float(standing.loss_sum)
    if not math.isfinite(standing.loss_sum):
        raise TrainingError(
            f"the loss is no longer a number at step {standing.step} with learning rate {rate:g}; "
            f"choose a smaller one, e.g. a tenth{_kept(out, training.settings)}"
        )


def _validate(training: Training, out: Path, clock: "_Clock") -> None:
    """Judge the averaged weights; write member and card where they are the best so far."""
    settings, standing = training.settings, training.standing
    recipe, network = settings.completed, training.average.network
    found = score(
        network,
        training.judges,
        training.loss,
        training.reduced_precision,
        recipe.cropped_validation,
    )
    if standing.step:
        training.schedule.after_validation(found.loss)
        standing.epoch += 1
    standing.f1 = found.f1
    if found.f1 > standing.best_f1:
        standing.best_f1, standing.best_epoch = found.f1, standing.epoch
        card = training.card.model_copy(update={"validation_f1": round(found.f1, 4)})
        _write(network, card, out)
    clock.tick()
    add_line(history_path(out, settings), _row(training, found))
    standing.loss_sum, standing.loss_steps = 0.0, 0


def _row(training: Training, found: Scores) -> dict[str, Any]:
    standing = training.standing
    names = [label.name for label in training.settings.declared.classes[1:]]
    by_class = dict(zip(names, found.f1_by_class, strict=False))
    mean = standing.loss_sum / standing.loss_steps if standing.loss_steps else None
    return {
        "step": standing.step,
        "epoch": standing.epoch,
        "loss": mean,
        "validation_loss": found.loss if math.isfinite(found.loss) else None,
        "f1": found.f1,
        "precision": found.precision,
        "recall": found.recall,
        "best_f1": standing.best_f1,
        "learning_rate": training.optimiser.param_groups[0]["lr"],
        "seconds": standing.seconds,
        **({"f1_by_class": by_class} if by_class else {}),
    }


def _keep(training: Training, out: Path, clock: "_Clock", pace: Pace) -> None:
    """Write a checkpoint, unless the loss has left the numbers since the last look."""
    _check_loss(training, out)
    clock.tick()
    began = time.monotonic()
    store(checkpoint_path(out, training.settings), training)
    pace.took(time.monotonic() - began)


def _write(network: nn.Module, card: Card, out: Path) -> None:
    """Write weights and card; a disk that fills meanwhile leaves the older two as they were."""
    weights, words = out / f"{card.name}.next", out / f"{card.name}.json.partial"
    sha256 = save_network(network, weights)
    words.write_text(card.model_copy(update={"sha256": sha256}).to_json() + "\n", encoding="utf-8")
    weights.replace(out / f"{card.name}.safetensors")
    words.replace(out / f"{card.name}.json")


@contextmanager
def _disk_faults_told(out: Path, settings: TrainSettings) -> Iterator[None]:
    """Turn a full disk into a sentence, and remove what is half-written on the way out."""
    name = settings.member_name
    try:
        yield
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written: {error}; free space or choose another folder"
            f"{_kept(out, settings)}"
        ) from error
    finally:
        for ending in ("next", "partial", "json.partial", "checkpoint.partial", "history.partial"):
            leftover = out / f"{name}.{ending}"
            if leftover.is_file():
                leftover.unlink()


def _kept(out: Path, settings: TrainSettings) -> str:
    card = out / f"{settings.member_name}.json"
    return f"; the best member so far is kept in {out}" if card.is_file() else ""


class _Clock:
    """Adds the time since the last tick to the standing."""

    def __init__(self, standing: Standing) -> None:
        self._standing, self._last = standing, time.monotonic()

    def tick(self) -> None:
        now = time.monotonic()
        self._standing.seconds, self._last = self._standing.seconds + now - self._last, now


def _is_exhausted(standing: Standing, patience_epochs: int) -> bool:
    return standing.epoch - standing.best_epoch >= patience_epochs


def _words(standing: Standing) -> str:
    return f"validation F1 {standing.f1:.3f}, best {standing.best_f1:.3f}"
