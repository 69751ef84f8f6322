"""Answers and labels -> counted pixels of every class -> precision, recall, F1; needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.training.dataset import UNKNOWN

HALF = 0.5


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


def decide(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the class ids (y, x) of an answer (class, y, x), as a run does with threshold 0.5."""
    features = probability if len(probability) == 1 else probability[1:]
    likeliest = 1 + features.argmax(axis=0)
    return np.where(features.sum(axis=0) >= HALF, likeliest, 0).astype(np.uint8)


def count_classes(mapped: NDArray[np.uint8], label: NDArray[np.uint8], features: int) -> list[Hits]:
    """Count each feature class, ids from 1, where the label is known."""
    known = label != UNKNOWN
    return [
        Hits(
            hits=int(np.count_nonzero((mapped == class_id) & (label == class_id))),
            found=int(np.count_nonzero((mapped == class_id) & known)),
            true=int(np.count_nonzero(label == class_id)),
        )
        for class_id in range(1, features + 1)
    ]
