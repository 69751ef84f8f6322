"""A network and whole labelled scenes -> pooled precision, recall and F1 at 0.5, and mean loss.

Of several classes each is counted on its own; F1 is then the mean over the feature classes, which
for one class is its F1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import torch
from torch import nn

from geoseg.settings import STRIDE_OF_NETWORKS
from geoseg.training.dataset import UNKNOWN
from geoseg.training.losses import Loss
from geoseg.training.sampling import ReadyScene

HALF = 0.5
LARGEST_SIDE = 1024
"""Pixels: larger scenes are judged piece by piece, so that memory stays bounded."""


@dataclass(frozen=True)
class Hits:
    """Pixels of one class.

    Attributes:
        hits: Those that were found.
        found: Those said to be of it, where the truth is known.
        true: Those that are of it.
    """

    hits: int = 0
    found: int = 0
    true: int = 0

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(self.hits + other.hits, self.found + other.found, self.true + other.true)

    @property
    def f1(self) -> float | None:
        """2 hits / (found + true); None where both are 0."""
        return 2 * self.hits / (self.found + self.true) if self.found + self.true else None


@dataclass(frozen=True)
class Scores:
    """How well a member maps some scenes.

    Attributes:
        hits: Pixels whose feature class was found.
        found: Pixels said to be of a feature class, where the truth is known.
        true: Pixels of a feature class.
        loss: Mean over the scenes; not a number where none was asked for.
        classes: The same of each feature class, by id from 1; empty for a single one.
    """

    hits: int
    found: int
    true: int
    loss: float
    classes: tuple[Hits, ...] = ()

    @classmethod
    def of(cls, counted: Sequence[Hits], loss: float) -> "Scores":
        """Put the counts of all feature classes together."""
        whole = sum(counted, Hits())
        classes = tuple(counted) if len(counted) > 1 else ()
        return cls(whole.hits, whole.found, whole.true, loss, classes)

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
        """F1 of the feature, or the mean over classes; 0 for none, so that members can be ranked."""
        if self.classes:
            known = self.f1_by_class
            return sum(f1 or 0.0 for f1 in known) / len(known)
        return 2 * self.hits / (self.found + self.true) if self.found + self.true else 0.0

    @property
    def f1_by_class(self) -> tuple[float | None, ...]:
        """F1 of each feature class, None where neither map nor truth holds it."""
        return tuple(one.f1 for one in self.classes)


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
        here = count_classes(decide(logits[0]), label, max(1, logits.shape[1] - 1))
        counted = [a + b for a, b in zip_longest(counted, here, fillvalue=Hits())]
    return Scores.of(counted, sum(losses) / len(losses))


def decide(logits: torch.Tensor) -> torch.Tensor:
    """Return the class ids (y, x) of logits (class, y, x), as a run does with threshold 0.5."""
    if len(logits) == 1:
        return (logits[0] >= 0).to(torch.uint8)
    probability = logits.softmax(0)
    features = probability[1:]
    return torch.where(features.sum(0) >= HALF, 1 + features.argmax(0), 0).to(torch.uint8)


def count_classes(mapped: torch.Tensor, label: torch.Tensor, features: int) -> list[Hits]:
    """Count each feature class, ids from 1, where the label is known."""
    known = label != UNKNOWN
    return [
        Hits(
            hits=int(((mapped == class_id) & (label == class_id)).sum()),
            found=int(((mapped == class_id) & known).sum()),
            true=int((label == class_id).sum()),
        )
        for class_id in range(1, features + 1)
    ]


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
