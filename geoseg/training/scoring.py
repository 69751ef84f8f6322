"""A network and whole labelled scenes -> pooled precision, recall and F1 at 0.5, and mean loss."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from geoseg.settings import STRIDE_OF_NETWORKS
from geoseg.training.dataset import UNKNOWN
from geoseg.training.losses import Loss
from geoseg.training.sampling import ReadyScene

LARGEST_SIDE = 1024
"""Pixels: larger scenes are judged piece by piece, so that memory stays bounded."""


@dataclass(frozen=True)
class Scores:
    """How well a network maps some scenes.

    Attributes:
        hits: Pixels of the feature that were found.
        found: Pixels said to be the feature, where the truth is known.
        true: Pixels of the feature.
        loss: Mean over the scenes; not a number where none was asked for.
    """

    hits: int
    found: int
    true: int
    loss: float

    @property
    def precision(self) -> float | None:
        """Share of what was found that is the feature; None where nothing was found."""
        return self.hits / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the feature that was found; None where there is none."""
        return self.hits / self.true if self.true else None

    @property
    def f1(self) -> float:
        """2 hits / (found + true); 0 where both are 0, so that members can be ranked."""
        return 2 * self.hits / (self.found + self.true) if self.found + self.true else 0.0


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
    losses, hits, found, true = [], 0, 0, 0
    for bands, label in _cropped(scenes) if cropped else _pieces(scenes):
        with torch.autocast(device.type, torch.bfloat16, enabled=reduced_precision):
            logits = network(_to_stride(bands)[None].to(device)).float().cpu()
        logits = logits[:, :, : label.shape[0], : label.shape[1]]
        losses.append(float(loss(logits, label[None])))
        positive = (logits[0, 0] >= 0) & (label != UNKNOWN)
        hits += int((positive & (label == 1)).sum())
        found += int(positive.sum())
        true += int((label == 1).sum())
    return Scores(hits, found, true, sum(losses) / len(losses))


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
