"""Architectures x losses x learning rates -> the settings of every member; needs no torch."""

import itertools
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from geoseg.models.card import ARCHITECTURES
from geoseg.settings import STRIDE_OF_NETWORKS, Settings
from geoseg.training.compact import SHAPES
from geoseg.training.settings import LOSSES, RecipeName, TrainSettings

LEARNING_RATES = (0.001, 0.01)
"""Those of Article V: with nine architectures and five losses they make its 90 members."""


class GridSettings(Settings):
    """Every choice of one grid; None takes the recipe's value."""

    version: Literal[1] = 1
    task: str
    setting: str
    recipe: RecipeName = "quick"
    architectures: tuple[str, ...] = Field(default=ARCHITECTURES, min_length=1)
    losses: tuple[str, ...] = Field(default=LOSSES, min_length=1)
    learning_rates: tuple[float, ...] = Field(default=LEARNING_RATES, min_length=1)
    shapes: Literal["library", "compact"] = "library"
    """library: resnet34 and default decoders, as published; compact: small forms of the same."""
    max_steps: int | None = Field(default=None, ge=1)
    steps_per_epoch: int | None = Field(default=None, ge=1)
    batch: int | None = Field(default=None, ge=2)
    crop: int | None = Field(default=None, ge=STRIDE_OF_NETWORKS, multiple_of=STRIDE_OF_NETWORKS)
    positive_share: float | None = Field(default=None, ge=0, le=1)
    jitter: float = Field(default=0.0, ge=0, le=1)
    validation: tuple[str, ...] = ()
    seed: int = Field(default=0, ge=0)
    """Of the first member, the others count on from it; it also chooses scenes for validation."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    at_once: int | None = Field(default=None, ge=1)
    """Members trained at the same time; None takes what the device has room for."""
    keep: int | None = Field(default=None, ge=1)
    """How many members, best by validation F1, stay in the zoo; None keeps all."""
    trained_on: str = ""
    licence: str = ""
    attribution: str = ""
    bands: tuple[str, ...] = ()
    """As in `TrainSettings`: of task custom, as are the classes."""
    classes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _members_can_be_told_apart(self) -> Self:
        names = [member.member_name for member in grid_members(self)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"name every choice once, {', '.join(twice)} would be trained twice")
        return self


def grid_members(grid: GridSettings) -> list[TrainSettings]:
    """Return the settings of every member, named like Unet-Dice-0.001.

    Raises:
        SettingsError: An architecture, loss or learning rate is impossible.
    """
    shared = grid.model_dump(
        exclude={
            "version", "architectures", "losses", "learning_rates", "shapes", "at_once", "keep", "seed"
        }
    )  # fmt: skip
    choices = itertools.product(grid.architectures, grid.losses, grid.learning_rates)
    return [
        TrainSettings(
            name=f"{architecture}-{loss}-{rate:g}",
            architecture=architecture,
            loss=loss,
            learning_rate=rate,
            seed=grid.seed + place,
            **shape(architecture, grid.shapes),
            **shared,
        )
        for place, (architecture, loss, rate) in enumerate(choices)
    ]


def shape(architecture: str, shapes: str) -> dict[str, Any]:
    """Return encoder and options of an architecture: the library's defaults, or the small form."""
    if shapes == "library" or architecture not in SHAPES:
        return {}
    small = SHAPES[architecture]
    return {"encoder": small.encoder, "options": small.options}
