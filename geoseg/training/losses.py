"""Logits and labels -> one number to make small; unknown pixels are taken out before.

One channel of logits is the feature against all else; more channels are classes that exclude each
other.
"""

from collections.abc import Callable

import torch
from segmentation_models_pytorch import losses as smp
from torch import nn

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
_MANY = "multiclass"
_CLASS_LOSSES: dict[str, Callable[[], Loss]] = {
    "BCE": nn.CrossEntropyLoss,
    "Dice": lambda: smp.DiceLoss(_MANY),
    "Focal": lambda: smp.FocalLoss(_MANY),
    "Jaccard": lambda: smp.JaccardLoss(_MANY),
    "Lovasz": lambda: smp.LovaszLoss(_MANY),
}
"""The same for several classes; binary cross-entropy becomes that of the softmax."""


def make_loss(name: str, all_known: bool = False, classes: int = 1) -> Loss:
    """Return a loss over known pixels: logits (tile, class, y, x), labels (tile, y, x) -> scalar.

    The five are those of Article V. Known pixels of the whole batch are pooled, so a tile without
    labels adds nothing.

    Args:
        name: One of `LOSSES`.
        all_known: No pixel will be unknown; a device then need not count them at every step.
        classes: Channels of logits; 1 for one feature.

    Raises:
        TrainingError: There is no loss of that name.
    """
    if name not in _LOSSES:
        raise TrainingError(f"no loss {name!r}; choose one of {', '.join(_LOSSES)}")
    if classes > 1:
        return _over_classes(_CLASS_LOSSES[name](), all_known)
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


def _over_classes(whole: Loss, all_known: bool) -> Loss:
    """Return the loss of logits (tile, class, y, x) over known pixels, all in one row."""

    def over_known_pixels(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        pixels, truth = logits.float().movedim(1, -1).flatten(0, 2), label.flatten()
        if not all_known:
            known = truth != UNKNOWN
            if not known.any():
                return logits.sum() * 0
            pixels, truth = pixels[known], truth[known]
        return whole(pixels.T[None, :, None, :], truth.long()[None, None])

    return over_known_pixels
