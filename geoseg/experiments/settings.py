"""Choices of an experiment, and who watches it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from geoseg.progress import Cancelled, Progress, never, silent
from geoseg.settings import Settings

QUICK, ARTICLE = "quick", "article"


class ExperimentSettings(Settings):
    """Every choice of one experiment."""

    recipe: Literal["quick", "article"] = "quick"
    """`quick` takes compact networks and few steps, `article` ResNet-34 encoders and many."""
    seed: int = Field(default=0, ge=0)
    """Chooses the simulated areas and every chance of the training."""
    max_steps: int | None = Field(default=None, ge=1)
    """Steps after which every training ends at the latest; None takes the recipe's."""

    @property
    def words(self) -> str:
        """What was done, for the notes of a table."""
        steps = f", ended after {self.max_steps} steps" if self.max_steps else ""
        size = "compact networks" if self.recipe == QUICK else "networks with ResNet-34 encoders"
        return f"Recipe {self.recipe} ({size}{steps}), seed {self.seed}."


@dataclass(frozen=True)
class Watch:
    """Who hears of the work, and may end it."""

    progress: Progress = silent
    cancelled: Cancelled = never
