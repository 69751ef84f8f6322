"""Labelled scenes -> random normalised crops, turned and flipped, by step number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    bands = bands.permute(1, 2, 0).contiguous().permute(2, 0, 1)  # a crop is then few long copies
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
        """Return bands (tile, band, y, x), channels last in memory, and labels (tile, y, x)."""
        rng = np.random.default_rng((self.seed, step))
        shape = (self.batch, self.crop, self.crop)
        bands = np.empty((*shape, len(self.scenes[0].bands)), np.float32)
        label = np.empty(shape, np.uint8)
        for place in range(self.batch):
            self._draw_into(bands[place], label[place], rng)
        return torch.from_numpy(bands).permute(0, 3, 1, 2), torch.from_numpy(label)

    def _draw_into(
        self, bands: NDArray[np.float32], label: NDArray[np.uint8], rng: np.random.Generator
    ) -> None:
        """Fill one crop, (y, x, band) and (y, x)."""
        on_feature = rng.random() < self.positive_share
        usable = [s for s in self.scenes if len(s.positive if on_feature else s.known)]
        scene = usable[rng.integers(len(usable))]
        anchor = np.unravel_index(
            rng.choice(scene.positive if on_feature else scene.known), scene.label.shape
        )
        row, col = (
            int(np.clip(at - rng.integers(self.crop), 0, side - self.crop))
            for at, side in zip(anchor, scene.label.shape, strict=True)
        )
        here = (slice(row, row + self.crop), slice(col, col + self.crop))
        coins = rng.integers(2, size=3)
        bands[:] = turned(scene.bands.permute(1, 2, 0).numpy()[here], coins)
        label[:] = turned(scene.label.numpy()[here], coins)
        if self.jitter:
            shift, gain = rng.normal(0, self.jitter, (2, bands.shape[-1])).astype(np.float32)
            bands *= 1 + np.float32(0.5) * gain
            bands += shift


def turned(values: NDArray[Any], coins: NDArray[np.int64]) -> NDArray[Any]:
    """Return a view (y, x, ...): flipped left-right, up-down, turned, each where its coin is 1."""
    values = values[:: -1 if coins[1] else 1, :: -1 if coins[0] else 1]
    return np.rot90(values) if coins[2] else values
