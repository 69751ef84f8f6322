"""The ground a training learns from: study areas as asked for, and blocks as they were cut."""

from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from geoseg.settings import Settings

SPLIT = "split.json"
"""File of a dataset folder that holds its `AreaDataset`."""


class PickedPoint(NamedTuple):
    """A place on the map whose class a person knows: degrees, and an id of the legend."""

    lon: float
    lat: float
    class_id: int


class TrainingArea(Settings):
    """A study area to learn from, as it was when the training was asked for."""

    id: str
    title: str
    rasters: tuple[Path, ...] = Field(min_length=1)
    bands: dict[str, str] = Field(default_factory=dict)
    reference: Path | None = None
    positive: tuple[int, ...] = ()
    points: tuple[PickedPoint, ...] = ()
    """Picked on its map; trees may learn from them instead of the reference."""
    simulated: bool = False


class AreaDataset(Settings):
    """Names of the blocks of a dataset that was cut from study areas."""

    training: tuple[str, ...]
    validation: tuple[str, ...]
    block_pixels: int
    """Side that the blocks were meant to have."""
    notes: tuple[str, ...] = ()
    points: int = 0
    """Picked points that teach; the blocks only judge then."""
