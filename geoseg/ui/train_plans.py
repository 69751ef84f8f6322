"""A plan and a few choices -> the settings of every member; needs no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from geoseg.models.card import ARCHITECTURES
from geoseg.models.zoo import ZooMember
from geoseg.settings import Settings
from geoseg.training.compact import SHAPES
from geoseg.training.grid import GridSettings, grid_members
from geoseg.training.settings import LOSSES, TrainSettings
from geoseg.training.tree_settings import Method, TreeSettings

MOST_MEMBERS = 10
CHECKS = 20
"""Validations in a training, about: so many points has a curve."""
FEWEST_STEPS_BETWEEN_CHECKS = 5
USUAL_STEPS, FINE_TUNE_STEPS = 600, 200
MIX = tuple(zip(ARCHITECTURES, (*LOSSES, *LOSSES), strict=False))
"""Architectures, each with another loss, so that the members of an ensemble differ."""


class Choices(Settings):
    """What the form asks beside ground, bands and plan."""

    steps: int = Field(default=USUAL_STEPS, ge=1)
    architecture: str = "Unet"
    loss: str | None = None
    """None: Dice for one network, a mixture for an ensemble."""
    learning_rate: float | None = None
    recipe: str = "quick"
    positive_share: float | None = None
    jitter: float = 0.0
    seed: int = 0

    def member(self, task: str, setting: str, **changes: Any) -> TrainSettings:
        """Return the settings of one member."""
        between = max(FEWEST_STEPS_BETWEEN_CHECKS, self.steps // CHECKS)
        choices: dict[str, Any] = {
            "task": task,
            "setting": setting,
            "loss": self.loss or "Dice",
            "learning_rate": self.learning_rate,
            "recipe": self.recipe,
            "positive_share": self.positive_share,
            "jitter": self.jitter,
            "seed": self.seed,
            "max_steps": self.steps,
            "steps_per_epoch": min(between, self.steps),
        }
        return TrainSettings(**choices | changes)


def one(task: str, setting: str, choices: Choices) -> tuple[TrainSettings, ...]:
    """Return one compact network."""
    return (choices.member(task, setting, **_compact(choices.architecture)),)


def ensemble(task: str, setting: str, choices: Choices, count: int) -> tuple[TrainSettings, ...]:
    """Return compact networks that differ in architecture, loss and chance."""
    members = []
    for place in range(count):
        architecture, loss = MIX[place % len(MIX)]
        member = choices.member(
            task,
            setting,
            **_compact(architecture),
            loss=choices.loss or loss,
            seed=choices.seed + place,
        )
        again = f"-{place // len(MIX) + 1}" if place >= len(MIX) else ""
        members.append(member.model_copy(update={"name": member.member_name + again}))
    return tuple(members)


def fine_tune(start: ZooMember, choices: Choices) -> tuple[TrainSettings, ...]:
    """Return one network that begins with the weights of another."""
    card = start.card
    return (
        choices.member(
            card.task,
            card.setting,
            architecture=card.architecture,
            encoder=card.encoder,
            options=card.options,
            start_from=str(card_path(start)),
        ),
    )


def published_grid(task: str, setting: str) -> tuple[TrainSettings, ...]:
    """Return the grid of Article V: 90 networks, trained as published."""
    return tuple(grid_members(GridSettings(task=task, setting=setting, recipe="thesis")))


def trees(
    task: str, setting: str, methods: Sequence[Method], **choices: Any
) -> tuple[TreeSettings, ...]:
    """Return a tree, a forest, a forest over segments, or several of them."""
    return tuple(
        TreeSettings(task=task, setting=setting, method=method, **choices) for method in methods
    )


def card_path(member: ZooMember) -> Path:
    """Return the card beside a member's weights."""
    return member.weights.with_suffix(".json")


def _compact(architecture: str) -> dict[str, Any]:
    shape = SHAPES[architecture]
    return {"architecture": architecture, "encoder": shape.encoder, "options": shape.options}
