"""Strips of a class map -> its 4-connected patches, joined across seams, with their sums.

A pixel's patch is every pixel of its class reached by steps up, down, left and right. Only one
strip is held at a time; what stays is a row of numbers a patch.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import csgraph

Labels = NDArray[np.int32]
Numbers = NDArray[Any]


def label_patches(classes: NDArray[np.uint8], ids: tuple[int, ...]) -> tuple[Labels, Numbers]:
    """Number the patches of one strip from 1.

    Args:
        classes: (y, x).
        ids: The classes to look at, background left out.

    Returns:
        Numbers (y, x), 0 outside the classes; and the class of every number, from number 1.
    """
    labels = np.zeros(classes.shape, np.int32)
    owners: list[Numbers] = []
    count = 0
    for class_id in ids:
        of_class, found = ndimage.label(classes == class_id)
        labels += np.where(of_class > 0, of_class + count, 0).astype(np.int32)
        owners.append(np.full(found, class_id, np.uint8))
        count += found
    return labels, np.concatenate(owners) if owners else np.zeros(0, np.uint8)


@dataclass(frozen=True)
class Patches:
    """The patches of a whole map, one row each.

    Attributes:
        of_part: Patch of every strip's patches, in the order of the strips.
        classes: Class of every patch.
        pixels: Pixels of every patch.
        area: Their area, in the unit of the areas given; pixels where none were.
        probability: Mean probability.
        spread: Mean spread.
        first: Place of the patch's first pixel, counted row by row from the map's corner.
    """

    of_part: NDArray[np.int64]
    classes: Numbers
    pixels: Numbers
    area: Numbers
    probability: Numbers
    spread: Numbers
    first: Numbers

    def ranked(self, min_area: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Order the patches of at least `min_area`, largest first, equals from the top.

        Returns:
            The kept patches in order; and for every part its rank from 1, 0 where dropped.
        """
        order = np.lexsort((self.first, -self.area))
        kept = order[self.area[order] >= min_area]
        rank = np.zeros(len(self.area), np.int64)
        rank[kept] = np.arange(1, len(kept) + 1)
        return kept, rank[self.of_part]


@dataclass
class PatchCollector:
    """Takes labelled strips from top to bottom; `patches` joins what touches across seams."""

    _sums: list[Numbers] = field(default_factory=list)
    _classes: list[Numbers] = field(default_factory=list)
    _seams: list[Numbers] = field(default_factory=list)
    _count: int = 0
    _row: int = 0
    _bottom: Numbers | None = None

    def add(
        self,
        labels: Labels,
        classes: Numbers,
        values: tuple[Numbers, Numbers],
        areas: Numbers | None = None,
    ) -> None:
        """Take one strip.

        Args:
            labels: Numbers of the strip's patches, (y, x), from `label_patches`.
            classes: Class of every number, from number 1.
            values: Probability and spread of the pixel's class, each (y, x).
            areas: Area of every pixel, (y, x); None where all are alike, and pixels are counted.
        """
        places = np.flatnonzero(labels)
        owner = labels.ravel()[places] - 1
        weights = [np.ones(len(places)), *(layer.ravel()[places] for layer in values)]
        rows = [np.bincount(owner, weight, minlength=len(classes)) for weight in weights]
        area = rows[0]
        if areas is not None:
            area = np.bincount(owner, areas.ravel()[places], minlength=len(classes))
        first = np.zeros(len(classes))
        first[owner[::-1]] = places[::-1] + self._row * labels.shape[1]
        self._sums.append(np.stack([*rows, area, first]))
        self._join(labels, classes)
        self._classes.append(classes)
        self._count += len(classes)
        self._row += len(labels)

    def patches(self) -> Patches:
        """Return the patches of all strips taken."""
        sums = np.concatenate([np.zeros((5, 0)), *self._sums], axis=1)
        pixels, probability, spread, area, first = sums
        seams = np.concatenate([np.zeros((2, 0), np.int64), *self._seams], axis=1)
        links = sparse.coo_array((np.ones(seams.shape[1]), seams), shape=(self._count,) * 2)
        count, patch = csgraph.connected_components(links, directed=False)
        classes = np.zeros(count, np.uint8)
        classes[patch] = np.concatenate([np.zeros(0, np.uint8), *self._classes])
        top = np.full(count, np.inf)
        np.minimum.at(top, patch, first)
        total = np.bincount(patch, pixels, minlength=count)
        return Patches(
            of_part=patch,
            classes=classes,
            pixels=total,
            area=np.bincount(patch, area, minlength=count),
            probability=np.bincount(patch, probability, minlength=count) / total,
            spread=np.bincount(patch, spread, minlength=count) / total,
            first=top,
        )

    def _join(self, labels: Labels, classes: Numbers) -> None:
        """Note which patches of this strip continue one of the strip above."""
        numbered = np.where(labels[[0, -1]] > 0, labels[[0, -1]] + self._count, 0).astype(np.int64)
        kinds = np.concatenate([[0], classes])[labels[[0, -1]]]
        top, bottom = np.stack([numbered, kinds], axis=1)
        if self._bottom is not None:
            touching = (top[0] > 0) & (self._bottom[0] > 0) & (top[1] == self._bottom[1])
            pairs = np.stack([self._bottom[0][touching], top[0][touching]]) - 1
            self._seams.append(np.unique(pairs, axis=1))
        self._bottom = bottom
