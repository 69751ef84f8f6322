"""Choices of one training run -> a frozen object, completed by its recipe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from geoseg.errors import SettingsError
from geoseg.models.card import ARCHITECTURES
from geoseg.settings import STRIDE_OF_NETWORKS, Settings
from geoseg.tasks import CUSTOM, Task, custom_task, find_task
from geoseg.tasks.declaration import YES_OR_NO

LOSSES = ("BCE", "Dice", "Focal", "Jaccard", "Lovasz")
RecipeName = Literal["quick", "thesis", "thesis-text"]
MOST_CLASSES = 32
GENTLER_START = 0.1
"""Share of the recipe's learning rate where a trained member is only tuned."""


def declared_task(
    name: str, setting: str, bands: Sequence[str] = (), classes: Sequence[str] = ()
) -> Task:
    """Return the declared task of that name, or the user's own of these bands and classes.

    Raises:
        SettingsError: There is no such task, or bands are named where they are declared already.
    """
    if name != CUSTOM:
        if bands or classes:
            raise SettingsError(
                f"task {name} has its own bands and classes; name bands and classes only with "
                f"task {CUSTOM}"
            )
        return find_task(name)
    if not bands or len(set(bands)) != len(bands):
        raise SettingsError(
            f"task {CUSTOM} needs the names of its bands, each once, e.g. --bands A,B,C; got "
            f"{', '.join(bands) or 'none'}"
        )
    if classes and not YES_OR_NO <= len(set(classes)) == len(classes) <= MOST_CLASSES:
        raise SettingsError(
            f"classes are {YES_OR_NO} to {MOST_CLASSES} different names, the background first; got "
            f"{', '.join(classes)}"
        )
    return custom_task({setting: [(band, "") for band in bands]}, classes=classes)


@dataclass(frozen=True)
class Recipe:
    """What a recipe fills in where the user chose nothing.

    Attributes:
        learning_rate: Highest rate of the optimiser.
        weight_decay: Pull of the weights towards 0.
        crop: Side of the square crops, pixels.
        batch: Crops a step.
        positive_share: Share of crops anchored on a pixel of the feature.
        steps_per_epoch: Steps between two validations.
        max_steps: Steps after which training ends at the latest.
        patience_epochs: Epochs without a better validation F1 after which it ends.
        averaging: Share of the old weights in the running mean of weights; 0 keeps none.
        largest_gradient: Length to which longer gradients are cut.
        reduced_precision: Compute in bfloat16 where the processor is faster with it.
        cropped_validation: Judge whole scenes cut to a multiple of the stride around their centre,
            as published, instead of every pixel.
        plateau: Adam with a rate that falls on plateaus, as published; else AdamW on one cycle.
    """

    learning_rate: float
    weight_decay: float
    crop: int
    batch: int
    positive_share: float
    steps_per_epoch: int
    max_steps: int
    patience_epochs: int
    averaging: float
    largest_gradient: float
    reduced_precision: bool
    cropped_validation: bool
    plateau: bool


_THESIS = Recipe(
    learning_rate=1e-3, weight_decay=0.0, crop=256, batch=4, positive_share=1.0,
    steps_per_epoch=250, max_steps=1_000_000, patience_epochs=50, averaging=0.0,
    largest_gradient=float("inf"), reduced_precision=False, cropped_validation=True, plateau=True,
)  # fmt: skip
RECIPES = {
    "thesis": _THESIS,
    "thesis-text": replace(_THESIS, steps_per_epoch=1000),
    "quick": Recipe(
        learning_rate=3e-3, weight_decay=1e-2, crop=128, batch=8, positive_share=0.7,
        steps_per_epoch=100, max_steps=1500, patience_epochs=1_000_000, averaging=0.99,
        largest_gradient=5.0, reduced_precision=True, cropped_validation=False, plateau=False,
    ),
}  # fmt: skip
"""`thesis` is the training of Article V with the 1000 samples an epoch of its code, `thesis-text`
with the 1000 steps of 4 of its text; `quick` reaches much the same on a processor."""


class TrainSettings(Settings):
    """Every choice of one training run; None takes the recipe's value."""

    version: Literal[1] = 1
    name: str = ""
    """Name of the member; empty makes one of architecture, loss and learning rate."""
    task: str
    setting: str
    architecture: Literal[ARCHITECTURES] = "Unet"  # type: ignore[valid-type]
    encoder: str = "resnet34"
    options: dict[str, Any] = Field(default_factory=dict)
    loss: Literal[LOSSES] = "Dice"  # type: ignore[valid-type]
    recipe: RecipeName = "quick"
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    crop: int | None = Field(default=None, ge=STRIDE_OF_NETWORKS, multiple_of=STRIDE_OF_NETWORKS)
    batch: int | None = Field(default=None, ge=2)
    positive_share: float | None = Field(default=None, ge=0, le=1)
    steps_per_epoch: int | None = Field(default=None, ge=1)
    max_steps: int | None = Field(default=None, ge=1)
    reduced_precision: bool | None = None
    """Compute in bfloat16; False and True overrule the recipe."""
    jitter: float = Field(default=0.0, ge=0, le=1)
    """Random shift and gain of every band and crop, in standard deviations."""
    validation: tuple[str, ...] = ()
    """Names of the scenes kept for validation; empty takes a fifth, chosen by the seed."""
    seed: int = Field(default=0, ge=0)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    start_from: str = ""
    """Card of a member to go on from: its bands, statistics and network are kept (fine-tuning)."""
    trained_on: str = ""
    """Words for the card; empty names the dataset and counts its scenes."""
    licence: str = ""
    attribution: str = ""
    bands: tuple[str, ...] = ()
    """Of task custom: the names of its bands, in the order they are read."""
    classes: tuple[str, ...] = ()
    """Of task custom: the names of its classes, the background first; empty means yes or no."""

    @field_validator("name")
    @classmethod
    def _name_makes_a_file(cls, name: str) -> str:
        if not all(sign.isalnum() or sign in "-." for sign in name):
            raise ValueError("a member's name may hold letters, digits, '-' and '.'")
        return name

    @property
    def declared(self) -> Task:
        """The task, or the user's own as bands and classes describe it."""
        return declared_task(self.task, self.setting, self.bands, self.classes)

    @property
    def member_name(self) -> str:
        """Name of the member and of its two files."""
        if self.start_from and not self.name:
            return f"{Path(self.start_from).name.removesuffix('.json')}-tuned"
        return self.name or f"{self.architecture}-{self.loss}-{self.completed.learning_rate:g}"

    @property
    def completed(self) -> Recipe:
        """The recipe with the user's own choices put in."""
        recipe = RECIPES[self.recipe]
        chosen = {
            name: value for name in vars(recipe) if (value := getattr(self, name, None)) is not None
        }
        if self.start_from:
            chosen.setdefault("learning_rate", recipe.learning_rate * GENTLER_START)
        return replace(recipe, **chosen)
