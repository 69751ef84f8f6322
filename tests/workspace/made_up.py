"""A small labelled area, and a request to train a tiny network on it."""

from pathlib import Path

import numpy as np

from geoseg.training.ground import TrainingArea
from geoseg.training.settings import TrainSettings
from geoseg.workspace.trainings import TrainingRequest
from tests.pipeline import tiny

SIDE = 192


def training_area(folder: Path, **changes) -> TrainingArea:
    """Write an area whose greenness is low on the feature, which lies in many places."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    rows, cols = np.indices((SIDE, SIDE))
    truth = ((rows // 16 + cols // 16) % 4 == 0).astype(np.uint8)
    bands = {
        "CART_landcover": rng.integers(1, 7, truth.shape).astype(np.float32),
        "dNDVI": (rng.normal(0, 0.1, truth.shape) - 0.5 * truth).astype(np.float32),
    }
    stack = tiny.write_raster(folder / "stack.tif", bands)
    reference = tiny.write_raster(folder / "truth.tif", {"truth": truth})
    choices = {"id": "hill", "title": "Hill", "rasters": (stack,), "reference": reference}
    return TrainingArea(**choices | changes)


def member(**changes) -> TrainSettings:
    """Return the settings of a network that learns in a second."""
    choices = {
        "name": "tiny", "task": "landslides", "setting": "s2", "architecture": "Linknet",
        "encoder": "tu-resnet10t", "options": tiny.OPTIONS, "crop": 32, "batch": 2,
        "max_steps": 8, "steps_per_epoch": 4, "device": "cpu",
    }  # fmt: skip
    return TrainSettings(**choices | changes)


def training_request(folder: Path, *members: TrainSettings, **changes) -> TrainingRequest:
    """Return a request to train these members, or one tiny one."""
    choices = {"title": "My hill", "areas": (training_area(folder),), "members": members or
               (member(),)}  # fmt: skip
    return TrainingRequest(**choices | changes)
