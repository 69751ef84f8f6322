"""Labelled scenes -> samples of every class with the ground each stands for; needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.models.card import BandStatistics
from geoseg.models.segments import Segmenter
from geoseg.training.dataset import UNKNOWN, LabelledScene

TILE = 256
"""Pixels: segments are learned and judged on tiles of the size that runs have by default."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Samples:
    """What trees learn from.

    Attributes:
        values: (sample, column), without NaN.
        ids: Class of each.
        weights: How many pixels of the ground each stands for.
    """

    values: Floats
    ids: NDArray[np.uint8]
    weights: NDArray[np.float64]


def sample_pixels(
    scenes: Sequence[LabelledScene],
    statistics: Sequence[BandStatistics],
    most: int,
    class_ids: Sequence[int],
    seed: int,
) -> Samples:
    """Draw pixels of every class, so that rare classes are learned as well as common ones.

    Args:
        scenes: Those that teach.
        statistics: Of the bands; the mean stands for missing values.
        most: Pixels of a class at most.
        class_ids: Of the legend.
        seed: Source of chance.
    """
    rng, values, ids, weights = np.random.default_rng(seed), [], [], []
    for class_id in class_ids:
        places = [np.flatnonzero(scene.label == class_id) for scene in scenes]
        total = sum(map(len, places))
        if not total:
            continue
        share = min(1.0, most / total)
        drawn = [rng.choice(own, round(len(own) * share), replace=False) for own in places]
        for scene, own in zip(scenes, drawn, strict=True):
            values.append(scene.bands.reshape(len(scene.bands), -1)[:, own].T)
        taken = sum(map(len, drawn))
        ids.append(np.full(taken, class_id, np.uint8))
        weights.append(np.full(taken, total / max(1, taken)))
    filled = without_gaps(np.concatenate(values).T, statistics).T
    return Samples(np.ascontiguousarray(filled), np.concatenate(ids), np.concatenate(weights))


def sample_segments(
    scenes: Sequence[LabelledScene], statistics: Sequence[BandStatistics], segmenter: Segmenter
) -> Samples:
    """Measure every segment of the scenes; its class is that of most of its known pixels."""
    rows, ids, weights = [], [], []
    for bands, label in tiles_of(scenes):
        filled = without_gaps(bands, statistics)
        numbers, count = segmenter.segments(filled)
        known = label != UNKNOWN
        classes = int(label[known].max(initial=0)) + 1
        pairs = numbers[known].astype(np.int64) * classes + label[known]
        votes = np.bincount(pairs, minlength=count * classes).reshape(count, classes)
        usable = votes.sum(axis=1) > 0
        rows.append(segmenter.describe(filled, numbers, count)[usable])
        ids.append(votes.argmax(axis=1)[usable].astype(np.uint8))
        weights.append(votes.sum(axis=1)[usable].astype(np.float64))
    return Samples(np.concatenate(rows), np.concatenate(ids), np.concatenate(weights))


def tiles_of(scenes: Sequence[LabelledScene]) -> list[tuple[Floats, NDArray[np.uint8]]]:
    """Cut scenes into tiles side by side, those without a known pixel left out."""
    return [
        (scene.bands[:, row : row + TILE, col : col + TILE], label)
        for scene in scenes
        for row in range(0, scene.label.shape[0], TILE)
        for col in range(0, scene.label.shape[1], TILE)
        if ((label := scene.label[row : row + TILE, col : col + TILE]) != UNKNOWN).any()
    ]


def without_gaps(bands: Floats, statistics: Sequence[BandStatistics]) -> Floats:
    """Return (band, ...) with the training mean where a value is missing."""
    mean = np.array([band.mean for band in statistics], np.float32)
    shaped = mean.reshape(-1, *(1,) * (bands.ndim - 1))
    return np.asarray(np.where(np.isfinite(bands), bands, shaped), np.float32)
