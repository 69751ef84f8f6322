"""A member of a grid -> trained, scored on validation and test, as a row; faults become rows too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from geoseg.errors import DiskError, GeosegError, RunCancelledError
from geoseg.models.card import Card, read_card
from geoseg.models.network import load_network
from geoseg.progress import Cancelled, Progress
from geoseg.tasks import Task
from geoseg.training.checkpoint import checkpoint_path
from geoseg.training.dataset import LabelledScene, has_part, read_dataset
from geoseg.training.history import best_line, history_path, read_history
from geoseg.training.losses import make_loss
from geoseg.training.results import FAILED, TRAINED, Result
from geoseg.training.sampling import make_ready
from geoseg.training.scores import Scores
from geoseg.training.scoring import score
from geoseg.training.settings import TrainSettings
from geoseg.training.starting import find_device
from geoseg.training.trainer import train_on


@dataclass(frozen=True, eq=False)
class MemberJob:
    """What a process or a machine of a cluster needs to train one member."""

    dataset: Path
    settings: TrainSettings
    folder: Path
    """For card, weights, history and checkpoint."""
    resume: bool

    @property
    def card(self) -> Path:
        """Where the card is or will be."""
        return self.folder / f"{self.settings.member_name}.json"


@dataclass(frozen=True)
class Ground:
    """The scenes of a dataset, read once for all members that learn from them."""

    dataset: Path
    task: Task
    setting: str

    @cached_property
    def scenes(self) -> list[LabelledScene]:
        """Scenes to train and validate on."""
        return read_dataset(self.dataset, self.task, self.setting)

    @cached_property
    def test(self) -> list[LabelledScene]:
        """Scenes to test on; none where the dataset has no such part."""
        if not has_part(self.dataset, "test"):
            return []
        return read_dataset(self.dataset, self.task, self.setting, "test")


def ground_of(job: MemberJob, last: Ground | None = None) -> Ground:
    """Return the ground of a job, the last one again where it is the same."""
    ground = Ground(job.dataset, job.settings.declared, job.settings.setting)
    return last if last == ground and last is not None else ground


def run_member(job: MemberJob, ground: Ground, progress: Progress, cancelled: Cancelled) -> Result:
    """Train and score one member; whatever makes it fail stands in its row.

    Raises:
        RunCancelledError: `cancelled` answered True; the checkpoint stays.
        DiskError: The folder cannot be written, which the others would meet as well.
    """
    if not (job.resume and checkpoint_path(job.folder, job.settings).exists()):
        forget_member(job.folder, job.settings.member_name)
    try:
        train_on(
            ground.scenes,
            job.settings,
            job.folder,
            dataset_name=job.dataset.name,
            progress=progress,
            cancelled=cancelled,
            resume=job.resume,
        )
        return describe(job, ground, TRAINED)
    except (RunCancelledError, DiskError):
        raise
    # PyTorch tells want of memory and layers that do not fit the crop by these.
    except (GeosegError, RuntimeError, ValueError, MemoryError) as error:
        reason = " ".join(str(error).split())
        return describe(job, ground, f"{FAILED}{reason or type(error).__name__}")


def describe(job: MemberJob, ground: Ground, status: str) -> Result:
    """Return the row of a member: its best validation, and its kept weights on the test scenes."""
    rows = read_history(history_path(job.folder, job.settings))
    best = best_line(history_path(job.folder, job.settings)) or {}
    parameters, test = _tested(job, ground.test) if job.card.is_file() else (None, None)
    names = [label.name for label in ground.task.classes[1:]]
    by_class = dict(zip(names, test.f1_by_class, strict=False)) if test else {}
    return replace(
        _row(job, status),
        validation_f1_by_class=best.get("f1_by_class", {}),
        test_f1_by_class=by_class,
        validation_precision=best.get("precision"),
        validation_recall=best.get("recall"),
        validation_f1=best.get("f1"),
        test_precision=test.precision if test else None,
        test_recall=test.recall if test else None,
        test_f1=test.f1 if test else None,
        steps=rows[-1]["step"] if rows else 0,
        seconds=rows[-1]["seconds"] if rows else 0.0,
        parameters=parameters,
    )


def failed(job: MemberJob, reason: str) -> Result:
    """Return the row of a member that left nothing but a reason."""
    return _row(job, f"{FAILED}{reason}")


def forget_member(folder: Path, name: str) -> None:
    """Delete weights and card of a member; its history stays."""
    for ending in ("json", "safetensors"):
        (folder / f"{name}.{ending}").unlink(missing_ok=True)


def _row(job: MemberJob, status: str) -> Result:
    settings = job.settings
    return Result(
        name=settings.member_name,
        setting=settings.setting,
        architecture=settings.architecture,
        encoder=settings.encoder,
        loss=settings.loss,
        learning_rate=settings.completed.learning_rate,
        status=status,
    )


def _tested(job: MemberJob, scenes: Sequence[LabelledScene]) -> tuple[int, Scores | None]:
    """Return how many numbers the kept network has, and its scores on the test scenes."""
    card: Card = read_card(job.card)
    network = load_network(card, job.card.with_suffix(".safetensors"))
    parameters = sum(values.numel() for values in network.parameters())
    if not scenes:
        return parameters, None
    ready = [make_ready(scene, card.bands) for scene in scenes]
    network = network.to(find_device(job.settings))
    loss = make_loss(job.settings.loss, classes=card.classes)
    return parameters, score(network, ready, loss)
