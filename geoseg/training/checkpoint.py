"""A training run at rest <-> a file it can go on from."""

import io
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from geoseg.errors import TrainingError
from geoseg.training.settings import TrainSettings

if TYPE_CHECKING:
    from geoseg.training.starting import Training

EVERY_S = 30.0
LARGEST_SHARE = 0.05
"""Of the time that may go into checkpoints."""


@dataclass
class Standing:
    """How far a run has come.

    Attributes:
        step: Steps made.
        epoch: Validations made, without the one before the first step.
        f1: The latest validation F1.
        best_f1: The best one; -1 before there is any.
        best_epoch: When it was.
        loss_sum: Training losses since the last validation, added up; a tensor while on a device.
        loss_steps: How many they are.
        seconds: Time the run took, without pauses between parts.
    """

    step: int = 0
    epoch: int = 0
    f1: float = 0.0
    best_f1: float = -1.0
    best_epoch: int = 0
    loss_sum: Any = 0.0
    loss_steps: int = 0
    seconds: float = 0.0


class Pace:
    """Says when a checkpoint is due: now and then, and never for much of the time."""

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self._next = time.monotonic() + every_s

    @property
    def is_due(self) -> bool:
        """True where the last checkpoint is too old."""
        return time.monotonic() >= self._next

    def took(self, seconds: float) -> None:
        """Hear that a checkpoint was written just now, and how long that took."""
        self._next = time.monotonic() + max(self.every_s, seconds / LARGEST_SHARE)


def checkpoint_path(out: Path, settings: TrainSettings) -> Path:
    """Return where the run of these settings keeps its checkpoint."""
    return out / f"{settings.member_name}.checkpoint"


def store(path: Path, training: "Training") -> None:
    """Write everything that changes from step to step; the file appears whole or not at all."""
    data = io.BytesIO()  # PyTorch's own writer tells a full disk as a fault of the program.
    torch.save({"settings": training.settings.to_json()} | _state(training), data)
    unfinished = path.with_suffix(".checkpoint.partial")
    unfinished.write_bytes(data.getbuffer())
    unfinished.replace(path)


def restore(path: Path, training: "Training") -> bool:
    """Go on where `store` was called; return False where there is no file.

    Raises:
        TrainingError: The checkpoint belongs to other settings.
    """
    if not path.exists():
        return False
    state = torch.load(path, map_location=training.device, weights_only=True)
    if state["settings"] != training.settings.to_json():
        raise TrainingError(
            f"{path.name} belongs to a training with other settings; repeat those, "
            "or delete the file to start anew"
        )
    training.network.load_state_dict(state["network"])
    training.average.network.load_state_dict(state["average"])
    training.optimiser.load_state_dict(state["optimiser"])
    training.schedule.load_state_dict(state["schedule"])
    for name, value in state["standing"].items():
        setattr(training.standing, name, value)
    return True


def forget(path: Path) -> None:
    """Delete the checkpoint of a finished run."""
    path.unlink(missing_ok=True)


def _state(training: "Training") -> dict[str, Any]:
    return {
        "network": training.network.state_dict(),
        "average": training.average.network.state_dict(),
        "optimiser": training.optimiser.state_dict(),
        "schedule": training.schedule.state_dict(),
        "standing": asdict(training.standing),
    }
