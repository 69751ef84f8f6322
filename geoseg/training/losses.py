"""Logits and labels -> one number to make small; unknown pixels are taken out before."""

from collections.abc import Callable

import torch
from segmentation_models_pytorch import losses as smp

from geoseg.errors import TrainingError
from geoseg.training.dataset import UNKNOWN

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

_BINARY = "binary"
_LOSSES: dict[str, Callable[[], Loss]] = {
    "BCE": lambda: smp.SoftBCEWithLogitsLoss(ignore_index=None),
    "Dice": lambda: smp.DiceLoss(_BINARY),
    "Focal": lambda: smp.FocalLoss(_BINARY),
    "Jaccard": lambda: smp.JaccardLoss(_BINARY),
    "Lovasz": lambda: smp.LovaszLoss(_BINARY),
}


def make_loss(name: str, all_known: bool = False) -> Loss:
    """Return a loss over known pixels: logits (tile, 1, y, x), labels (tile, y, x) -> scalar.

    The five are those of Article V. Known pixels of the whole batch are pooled, so a tile without
    labels adds nothing.

    Args:
        name: One of `LOSSES`.
        all_known: No pixel will be unknown; a device then need not count them at every step.

    Raises:
        TrainingError: There is no loss of that name.
    """
    if name not in _LOSSES:
        raise TrainingError(f"no loss {name!r}; choose one of {', '.join(_LOSSES)}")
    whole = _LOSSES[name]()

    def over_known_pixels(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        known = label != UNKNOWN
        if all_known or known.all():
            return whole(logits.float().reshape(1, 1, 1, -1), label.float().reshape(1, 1, 1, -1))
        if not known.any():
            return logits.sum() * 0
        found = logits[:, 0][known].float().view(1, 1, 1, -1)
        return whole(found, label[known].float().view(1, 1, 1, -1))

    return over_known_pixels
