"""Labelled scenes -> random normalised crops, turned and flipped, by step number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from geoseg.models.card import BandStatistics
from geoseg.models.network import normalise
from geoseg.training.dataset import UNKNOWN, LabelledScene


@dataclass(frozen=True)
class ReadyScene:
    """A scene as the network sees it.

    Attributes:
        bands: Normalised, 0 where missing, (band, y, x).
        label: 0, 1 or 255, (y, x).
        positive: Flat pixel numbers of the feature.
        known: Flat pixel numbers with a label.
    """

    bands: torch.Tensor
    label: torch.Tensor
    positive: NDArray[np.int64]
    known: NDArray[np.int64]


def make_ready(
    scene: LabelledScene, statistics: Sequence[BandStatistics], least_side: int = 1
) -> ReadyScene:
    """Normalise a scene; a side under `least_side` grows by pixels that count as missing."""
    mean = torch.tensor([band.mean for band in statistics])
    std = torch.tensor([band.std for band in statistics])
    bands = normalise(torch.from_numpy(scene.bands)[None], mean, std)[0]
    missing = [max(0, least_side - side) for side in scene.label.shape]
    label = np.pad(scene.label, [(0, n) for n in missing], constant_values=UNKNOWN)
    bands = torch.nn.functional.pad(bands, (0, missing[1], 0, missing[0]))
    return ReadyScene(
        bands, torch.from_numpy(label), np.flatnonzero(label == 1), np.flatnonzero(label != UNKNOWN)
    )


@dataclass(frozen=True)
class CropSampler:
    """Draws the batch of a step; the same seed and step give the same batch.

    Attributes:
        scenes: All at least `crop` pixels a side.
        crop: Side of a crop, pixels.
        batch: Crops a step.
        positive_share: Share of crops anchored on a pixel of the feature, the rest on a known one.
        jitter: Random shift and gain of every band, in standard deviations.
        seed: Source of chance.
    """

    scenes: Sequence[ReadyScene]
    crop: int
    batch: int
    positive_share: float
    jitter: float
    seed: int

    def draw(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return bands (tile, band, y, x) and labels (tile, y, x)."""
        rng = np.random.default_rng((self.seed, step))
        crops = [self._one(rng) for _ in range(self.batch)]
        return torch.stack([bands for bands, _ in crops]), torch.stack([lab for _, lab in crops])

    def _one(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        on_feature = rng.random() < self.positive_share
        usable = [s for s in self.scenes if len(s.positive if on_feature else s.known)]
        scene = usable[rng.integers(len(usable))]
        pixels = scene.positive if on_feature else scene.known
        anchor = np.unravel_index(rng.choice(pixels), scene.label.shape)
        row, col = (
            int(np.clip(at - rng.integers(self.crop), 0, side - self.crop))
            for at, side in zip(anchor, scene.label.shape, strict=True)
        )
        here = (slice(row, row + self.crop), slice(col, col + self.crop))
        bands, label = turned(scene.bands[:, *here], scene.label[here], rng.integers(2, size=3))
        return self._jittered(bands, rng), label

    def _jittered(self, bands: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        if self.jitter == 0:
            return bands
        shift, gain = rng.normal(0, self.jitter, (2, len(bands), 1, 1)).astype(np.float32)
        return bands * torch.from_numpy(1 + 0.5 * gain) + torch.from_numpy(shift)


def turned(
    bands: torch.Tensor, label: torch.Tensor, coins: NDArray[np.int64]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Flip left-right, up-down and turn by 90 degrees, each where its coin is 1."""
    axes = [axis for axis, coin in zip((-1, -2), coins[:2], strict=True) if coin]
    bands, label = bands.flip(axes), label.flip(axes)
    if coins[2]:
        bands, label = bands.rot90(1, (-2, -1)), label.rot90(1, (-2, -1))
    return bands, label
