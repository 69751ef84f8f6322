"""A network and whole labelled scenes -> pooled precision, recall and F1 at 0.5, and mean loss.

Of several classes each is counted on its own; F1 is then the mean over the feature classes, which
for one class is its F1.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from geoseg.settings import STRIDE_OF_NETWORKS
from geoseg.training.dataset import UNKNOWN
from geoseg.training.losses import Loss
from geoseg.training.sampling import ReadyScene
from geoseg.training.scores import Hits, Scores, count_classes, decide

LARGEST_SIDE = 1024
"""Pixels: larger scenes are judged piece by piece, so that memory stays bounded."""


@torch.inference_mode()
def score(
    network: nn.Module,
    scenes: Sequence[ReadyScene],
    loss: Loss,
    reduced_precision: bool = False,
    cropped: bool = False,
) -> Scores:
    """Judge a network on whole scenes; counts pool the known pixels of all, positive from 0.5.

    Args:
        network: Gives logits; it is set to evaluation.
        scenes: Those that judge.
        loss: Takes logits and labels.
        reduced_precision: Compute in bfloat16.
        cropped: Cut every scene to a multiple of the stride around its centre, as Article V does;
            else every pixel counts, and the edge is grown instead.
    """
    network.eval()
    device = next(network.parameters()).device
    losses, counted = [], [Hits()]
    for bands, label in _cropped(scenes) if cropped else _pieces(scenes):
        with torch.autocast(device.type, torch.bfloat16, enabled=reduced_precision):
            logits = network(_to_stride(bands)[None].to(device)).float().cpu()
        logits = logits[:, :, : label.shape[0], : label.shape[1]]
        losses.append(float(loss(logits, label[None])))
        here = count_classes(of_logits(logits[0]), label.numpy(), max(1, logits.shape[1] - 1))
        counted = [a + b for a, b in zip_longest(counted, here, fillvalue=Hits())]
    return Scores.of(counted, sum(losses) / len(losses))


def of_logits(logits: torch.Tensor) -> NDArray[np.uint8]:
    """Return the class ids (y, x) of logits (class, y, x), as a run does with threshold 0.5."""
    if len(logits) == 1:
        return np.asarray(logits[0] >= 0, np.uint8)
    return decide(logits.softmax(0).numpy())


def _cropped(scenes: Sequence[ReadyScene]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    for scene in scenes:
        rows, cols = (_centre(side) for side in scene.label.shape)
        yield scene.bands[:, rows, cols], scene.label[rows, cols]


def _centre(side: int) -> slice:
    """Return the largest multiple of the stride in the middle; a shorter side stays whole."""
    kept = side // STRIDE_OF_NETWORKS * STRIDE_OF_NETWORKS or side
    start = (side - kept) // 2
    return slice(start, start + kept)


def _pieces(scenes: Sequence[ReadyScene]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    for scene in scenes:
        height, width = scene.label.shape
        for row in range(0, height, LARGEST_SIDE):
            for col in range(0, width, LARGEST_SIDE):
                here = (slice(row, row + LARGEST_SIDE), slice(col, col + LARGEST_SIDE))
                if (scene.label[here] != UNKNOWN).any():
                    yield scene.bands[:, *here], scene.label[here]


def _to_stride(bands: torch.Tensor) -> torch.Tensor:
    """Grow to a multiple of the networks' stride; the new pixels are at the training mean."""
    missing = [-side % STRIDE_OF_NETWORKS for side in bands.shape[-2:]]
    return nn.functional.pad(bands, (0, missing[1], 0, missing[0]))
