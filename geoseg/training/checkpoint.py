"""A training run at rest <-> a file it can go on from."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from geoseg.errors import TrainingError
from geoseg.training.settings import TrainSettings

if TYPE_CHECKING:
    from geoseg.training.trainer import Training


@dataclass
class Standing:
    """How far a run has come.

    Attributes:
        step: Steps made.
        epoch: Validations made.
        f1: The latest validation F1.
        best_f1: The best one.
        best_epoch: When it was; 0 before the first validation.
    """

    step: int = 0
    epoch: int = 0
    f1: float = 0.0
    best_f1: float = 0.0
    best_epoch: int = 0


def checkpoint_path(out: Path, settings: TrainSettings) -> Path:
    """Return where the run of these settings keeps its checkpoint."""
    return out / f"{settings.member_name}.checkpoint"


def store(path: Path, training: "Training") -> None:
    """Write everything that changes from step to step; the file appears whole or not at all."""
    unfinished = path.with_suffix(".checkpoint.partial")
    torch.save({"settings": training.settings.to_json()} | _state(training), unfinished)
    unfinished.replace(path)


def restore(path: Path, training: "Training") -> None:
    """Go on where `store` was called; do nothing where there is no file.

    Raises:
        TrainingError: The checkpoint belongs to other settings.
    """
    if not path.exists():
        return
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
