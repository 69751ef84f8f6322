"""A network and whole labelled scenes -> pooled F1 at 0.5 and mean loss."""

from collections.abc import Iterator, Sequence

import torch
from torch import nn

from geoseg.settings import STRIDE_OF_NETWORKS
from geoseg.training.dataset import UNKNOWN
from geoseg.training.losses import Loss
from geoseg.training.sampling import ReadyScene

LARGEST_SIDE = 1024
"""Pixels: larger scenes are judged piece by piece, so that memory stays bounded."""


@torch.inference_mode()
def score(
    network: nn.Module, scenes: Sequence[ReadyScene], loss: Loss, reduced_precision: bool
) -> tuple[float, float]:
    """Return (F1, mean loss); F1 pools the known pixels of all scenes, positive from 0.5."""
    network.eval()
    device = next(network.parameters()).device
    losses, hits, found, true = [], 0, 0, 0
    for bands, label in _pieces(scenes):
        with torch.autocast(device.type, torch.bfloat16, enabled=reduced_precision):
            logits = network(_to_stride(bands)[None].to(device)).float().cpu()
        logits = logits[:, :, : label.shape[0], : label.shape[1]]
        losses.append(float(loss(logits, label[None])))
        positive = (logits[0, 0] >= 0) & (label != UNKNOWN)
        hits += int((positive & (label == 1)).sum())
        found += int(positive.sum())
        true += int((label == 1).sum())
    f1 = 2 * hits / (found + true) if found + true else 0.0
    return f1, sum(losses) / len(losses)


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
