"""A recipe -> optimiser, learning-rate schedule and running mean of weights."""

import copy
from typing import Any, Protocol

import torch
from torch import nn
from torch.optim import Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau

from geoseg.training.settings import Recipe


class Schedule(Protocol):
    """Changes the learning rate after every step and after every validation."""

    def after_step(self) -> None:
        """Hear that a step was made."""

    def after_validation(self, loss: float) -> None:
        """Hear the validation loss."""

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` takes back."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was called."""


class OneCycle(OneCycleLR):
    """Up over the first tenth of the steps, then down to almost 0."""

    def after_step(self) -> None:
        """Move on along the cycle."""
        if self.last_epoch < self.total_steps - 1:
            self.step()

    def after_validation(self, loss: float) -> None:
        """Do nothing: the cycle is fixed."""


class Plateau(ReduceLROnPlateau):
    """A tenth of the rate after ten validations without a smaller loss (Article V)."""

    def after_step(self) -> None:
        """Do nothing: only validations count."""

    def after_validation(self, loss: float) -> None:
        """Hear the validation loss."""
        self.step(loss)


def make_optimiser(network: nn.Module, recipe: Recipe) -> tuple[Optimizer, Schedule]:
    """Return the optimiser and schedule of a recipe: Adam on plateaus, or AdamW on one cycle."""
    if recipe.plateau:
        adam = Adam(network.parameters(), recipe.learning_rate, fused=True)
        return adam, Plateau(adam, "min", factor=0.1, patience=10)
    adamw = AdamW(
        network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )
    return adamw, OneCycle(
        adamw, recipe.learning_rate, total_steps=recipe.max_steps + 1, pct_start=0.1
    )


class RunningMean:
    """Weights averaged over the last steps, which judge better than those of one step.

    Args:
        network: What is trained.
        keep: Share of the old mean kept at a step; 0 makes the mean the network itself.
    """

    def __init__(self, network: nn.Module, keep: float) -> None:
        self.keep = keep
        self.network = copy.deepcopy(network) if keep else network
        old, new = self.network.state_dict().values(), network.state_dict().values()
        pairs = list(zip(old, new, strict=True))
        # Views of the weights: they stay the same tensors, since loading copies into them.
        self._floats = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]

    @torch.no_grad()
    def add(self, step: int) -> None:
        """Take in the weights of a step; early steps weigh more, so that the start is forgotten."""
        if not self.keep:
            return
        keep = min(self.keep, (1 + step) / (10 + step))
        old, new = zip(*self._floats, strict=True)
        torch._foreach_lerp_(old, new, 1 - keep)
        for count, latest in self._counts:
            count.copy_(latest)
