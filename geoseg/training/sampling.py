"""Labelled scenes -> random normalised crops, turned and flipped, by step number.

Where a crop lies and how it is turned is decided on the processor; it is cut where the scenes are:
from memory by slices, on a device by one look-up of all pixels of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from geoseg.models.card import BandStatistics
from geoseg.models.network import normalise
from geoseg.training.dataset import UNKNOWN, LabelledScene

CPU = torch.device("cpu")


@dataclass(frozen=True)
class ReadyScene:
    """A scene as the network sees it.

    Attributes:
        bands: Normalised, 0 where missing, (band, y, x), channels last in memory.
        label: Class ids or 255, (y, x).
        positive: Flat pixel numbers of each feature class.
        known: Flat pixel numbers with a label; a range where all have one.
    """

    bands: torch.Tensor
    label: torch.Tensor
    positive: tuple[NDArray[np.int64], ...]
    known: NDArray[np.int64] | range


def make_ready(
    scene: LabelledScene,
    statistics: Sequence[BandStatistics],
    least_side: int = 1,
    feature_ids: Sequence[int] = (1,),
) -> ReadyScene:
    """Normalise a scene; a side under `least_side` grows by pixels that count as missing."""
    mean = torch.tensor([band.mean for band in statistics])
    std = torch.tensor([band.std for band in statistics])
    bands = normalise(torch.from_numpy(scene.bands)[None], mean, std)[0]
    missing = [max(0, least_side - side) for side in scene.label.shape]
    label = np.pad(scene.label, [(0, n) for n in missing], constant_values=UNKNOWN)
    bands = nn.functional.pad(bands, (0, missing[1], 0, missing[0]))
    everywhere = (label != UNKNOWN).all()
    return ReadyScene(
        bands=bands.permute(1, 2, 0).contiguous().permute(2, 0, 1),
        label=torch.from_numpy(label),
        positive=tuple(np.flatnonzero(label == class_id) for class_id in feature_ids),
        known=range(label.size) if everywhere else np.flatnonzero(label != UNKNOWN),
    )


@dataclass(frozen=True)
class Crops:
    """Where the crops of one batch lie and how they are turned; a row or number for each."""

    scene: NDArray[np.int64]
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    coins: NDArray[np.int64]
    """Left-right, up-down, turn: each done where it is 1, (tile, 3)."""
    shift: NDArray[np.float32]
    gain: NDArray[np.float32]
    """Of every band, (tile, band); 0 leaves it as it is."""


class ScenesOnDevice:
    """All scenes as one long row of pixels on a device, cropped and turned there."""

    def __init__(self, scenes: Sequence[ReadyScene], device: torch.device) -> None:
        self.device = device
        pixels = [scene.bands.permute(1, 2, 0).flatten(0, 1) for scene in scenes]
        self.bands = torch.cat(pixels).to(device)
        self.label = torch.cat([scene.label.flatten() for scene in scenes]).to(device)
        self.widths = np.array([scene.label.shape[1] for scene in scenes])
        self.starts = np.cumsum([0, *(scene.label.numel() for scene in scenes)])[:-1]

    def cut(self, crops: Crops, side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the crops as `cut_in_memory` does, by one look-up for the whole batch."""
        width = self.widths[crops.scene]
        corner = self.starts[crops.scene] + crops.row * width + crops.col
        numbers = np.column_stack([corner, width, crops.coins])
        corner_, width_, flip_x, flip_y, turn = (
            column[:, None, None] for column in self._sent(torch.from_numpy(numbers)).unbind(1)
        )
        place = torch.arange(side, device=self.device)
        y, x = place[:, None], place[None, :]
        turned_ = turn.bool()
        row, col = torch.where(turned_, x, y), torch.where(turned_, side - 1 - y, x)
        row = torch.where(flip_y.bool(), side - 1 - row, row)
        col = torch.where(flip_x.bool(), side - 1 - col, col)
        pixel = corner_ + row * width_ + col
        bands = self.bands[pixel]
        if crops.gain.any():
            gain, shift = self._sent(torch.from_numpy(np.stack([crops.gain, crops.shift])))
            bands = bands * (1 + gain[:, None, None]) + shift[:, None, None]
        return bands.permute(0, 3, 1, 2), self.label[pixel]

    def _sent(self, numbers: torch.Tensor) -> torch.Tensor:
        """Copy a few numbers without waiting for the device."""
        if self.device.type == "cuda":
            numbers = numbers.pin_memory()
        return numbers.to(self.device, non_blocking=True)


@dataclass(frozen=True)
class CropSampler:
    """Draws the batch of a step; the same seed and step give the same batch.

    Attributes:
        scenes: All at least `crop` pixels a side.
        crop: Side of a crop, pixels.
        batch: Crops a step.
        positive_share: Share of crops anchored on a pixel of a feature, each class as often as
            another; the rest on a known pixel.
        jitter: Random shift and gain of every band, in standard deviations.
        seed: Source of chance.
        device: Where the batch is wanted; another than the processor holds the scenes itself.
    """

    scenes: Sequence[ReadyScene]
    crop: int
    batch: int
    positive_share: float
    jitter: float
    seed: int
    device: torch.device = CPU

    @cached_property
    def all_known(self) -> bool:
        """True where no pixel of any scene is unknown."""
        return all(isinstance(scene.known, range) for scene in self.scenes)

    @cached_property
    def on_device(self) -> ScenesOnDevice:
        """All scenes side by side on the device; put there when first asked for."""
        return ScenesOnDevice(self.scenes, self.device)

    def draw(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return bands (tile, band, y, x), channels last in memory, and labels (tile, y, x)."""
        crops = self.plan(step)
        if self.device.type == "cpu":
            return cut_in_memory(self.scenes, crops, self.crop)
        return self.on_device.cut(crops, self.crop)

    def plan(self, step: int) -> Crops:
        """Decide where the crops of a step lie and how they are turned."""
        rng = np.random.default_rng((self.seed, step))
        rows = [self._one(rng) for _ in range(self.batch)]
        return Crops(*(np.array(column) for column in zip(*rows, strict=True)))

    def _one(self, rng: np.random.Generator) -> tuple[Any, ...]:
        """Return scene, row, column, coins, shift and gain of one crop.

        The anchor may stand anywhere in the crop, which is shifted to stay inside the scene.
        """
        on_feature = rng.random() < self.positive_share
        features = len(self.scenes[0].positive)
        which = int(rng.integers(features)) if on_feature and features > 1 else 0
        wanted = [scene.positive[which] if on_feature else scene.known for scene in self.scenes]
        usable = [number for number, pixels in enumerate(wanted) if len(pixels)]
        number = usable[rng.integers(len(usable))]
        scene, pixels = self.scenes[number], wanted[number]
        anchor = np.unravel_index(pixels[rng.integers(len(pixels))], scene.label.shape)
        row, col = (
            int(np.clip(at - rng.integers(self.crop), 0, side - self.crop))
            for at, side in zip(anchor, scene.label.shape, strict=True)
        )
        coins = rng.integers(2, size=3)
        change = np.zeros((2, len(scene.bands)), np.float32)
        if self.jitter:
            change = rng.normal(0, self.jitter, change.shape).astype(np.float32)
        return number, row, col, coins, change[0], change[1] / 2


def cut_in_memory(
    scenes: Sequence[ReadyScene], crops: Crops, side: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Copy the crops into one batch, channels last in memory."""
    tiles = len(crops.row)
    bands = np.empty((tiles, side, side, crops.shift.shape[1]), np.float32)
    label = np.empty((tiles, side, side), np.uint8)
    for tile, (number, row, col) in enumerate(zip(crops.scene, crops.row, crops.col, strict=True)):
        here = (slice(row, row + side), slice(col, col + side))
        pixels = scenes[number].bands.permute(1, 2, 0).numpy()[here]
        bands[tile] = turned(pixels, crops.coins[tile])
        label[tile] = turned(scenes[number].label.numpy()[here], crops.coins[tile])
    if crops.gain.any():
        bands *= 1 + crops.gain[:, None, None]
        bands += crops.shift[:, None, None]
    return torch.from_numpy(bands).permute(0, 3, 1, 2), torch.from_numpy(label)


def turned(values: NDArray[Any], coins: NDArray[np.int64]) -> NDArray[Any]:
    """Return a view (y, x, ...): flipped left-right, up-down, turned, each where its coin is 1."""
    values = values[:: -1 if coins[1] else 1, :: -1 if coins[0] else 1]
    return np.rot90(values) if coins[2] else values
