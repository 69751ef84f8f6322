"""Members' probabilities of tiles -> blended maps, and over the members their mean and spread."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ModelError
from geoseg.inference.tiles import Axis
from geoseg.inference.uncertainty import entropy_bits

Probability = NDArray[np.float32]

CLASSES_ROWS_COLUMNS = 3
CARRY_BUDGET_BYTES = 1 << 30
"""Above it, the rows that wait for the next row of tiles lie in a temporary file, not in memory."""


@dataclass(frozen=True)
class Mix:
    """How members' probabilities become one.

    Attributes:
        weights: Of each member, above 0; empty counts all alike.
        temperature: What the final logit is divided by (Guo et al. 2017, arXiv:1706.04599).
        single: Place of the member whose own map is kept beside the ensemble's.
    """

    weights: tuple[float, ...] = ()
    temperature: float = 1.0
    single: int = 0

    def of(self, members: int) -> tuple[float, ...]:
        """Return one weight a member.

        Raises:
            ModelError: There are weights, but not as many as members, or one is not above 0.
        """
        weights = self.weights or (1.0,) * members
        if len(weights) != members or min(weights) <= 0:
            raise ModelError(
                f"{members} members need as many weights above 0, got {len(weights)}: {weights}"
            )
        return weights


EVEN = Mix()


def tempered(probability: Probability, temperature: float) -> Probability:
    """Return the probability with its logit divided by the temperature; 0, 0.5 and 1 stay.

    Written as p^a / (p^a + (1-p)^a) with a = 1/temperature, which needs no care at 0 and 1. Of
    several classes the feature as a whole is corrected, for by it the temperature was fitted; its
    classes keep their shares and all still sum to 1.
    """
    if temperature == 1:
        return probability
    if probability.ndim < CLASSES_ROWS_COLUMNS or len(probability) == 1:
        return _corrected(probability, temperature)
    feature = np.clip(of_feature(probability), 0, 1)
    after = _corrected(feature, temperature)
    gain = np.divide(after, feature, out=np.ones_like(after), where=feature != 0)
    return np.concatenate([1 - after[None], probability[1:] * gain])


def _corrected(probability: Probability, temperature: float) -> Probability:
    power = np.float32(1 / temperature)
    yes = probability**power
    return np.asarray(yes / (yes + (1 - probability) ** power), np.float32)


def of_feature(probability: Probability) -> Probability:
    """Return the probability of the feature, (y, x): all classes but the background together."""
    return probability[0] if len(probability) == 1 else probability[1:].sum(axis=0)


class Moments:
    """Weighted mean, spread, votes and entropy of members that come one after the other.

    West (1979), doi:10.1145/359146.359153; with even weights Welford's mean and variance.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        weights: Sequence[float],
        threshold: float,
        single: int = 0,
    ) -> None:
        self.mean = np.zeros(shape, np.float32)
        self.single = np.zeros(shape, np.float32)
        self._entropy = np.zeros(shape[1:], np.float32)
        self._single = single
        self._squares = np.zeros(shape, np.float32)
        self._votes = np.zeros(shape, np.float32)
        self._weights = weights
        self._sums = np.cumsum(weights)
        self._threshold = np.float32(threshold)

    def add(self, nth: int, probability: Probability, columns: slice) -> None:
        """Take in the `nth` member (from 1) at these columns; members come in order."""
        weight, total = np.float32(self._weights[nth - 1]), np.float32(self._sums[nth - 1])
        mean = self.mean[..., columns]
        difference = probability - mean
        mean += difference * weight / total
        difference *= probability - mean
        self._squares[..., columns] += difference * weight
        self._votes[..., columns] += (probability >= self._threshold) * weight
        bits = entropy_bits(probability)
        bits *= weight
        self._entropy[:, columns] += bits
        if nth - 1 == self._single:
            self.single[..., columns] = probability

    def spread(self) -> Probability:
        """Return the weighted standard deviation over the members, 0 for a single one."""
        self._squares /= np.float32(self._sums[-1])
        return np.sqrt(self._squares, out=self._squares)

    def agreement(self) -> Probability:
        """Return the share of the members' weight at or above the threshold."""
        self._votes /= np.float32(self._sums[-1])
        return self._votes

    def mutual_information(self, of_mean: Probability) -> Probability:
        """Return the mean's entropy less the members' mean entropy, bits, (y, x), never below 0.

        Args:
            of_mean: Entropy of `mean`, bits.
        """
        self._entropy /= np.float32(self._sums[-1])
        np.subtract(of_mean, self._entropy, out=self._entropy)
        return np.maximum(self._entropy, 0, out=self._entropy)


class Blend:
    """Blends one member's tiles into its map, keeping only what later tiles still touch.

    Tiles come row by row, from left to right; all sums are of float32.
    """

    def __init__(self, rows: Axis, columns: Axis, carry: Probability) -> None:
        self._rows, self._columns = rows, columns
        self._below = carry
        classes = carry.shape[0]
        self._beside = np.zeros((classes, rows.size, columns.ramp), np.float32)

    def add(
        self, row: int, columns: tuple[int, int], tiles: Mapping[int, Probability]
    ) -> Probability:
        """Take in the tiles of one row from the first up to the last column, both included.

        Args:
            row: Row of tiles.
            columns: First and last column of tiles.
            tiles: Column -> (class, y, x); a tile left out counts as 0.

        Returns:
            (class, y, x) of the pixels that are finished now: rows `rows.span(row)[0]` up to
            `rows.finished(row)`, columns `columns.span(first)[0]` up to `columns.finished(last)`.
        """
        first, last = columns
        start = self._columns.span(first)[0]
        end, finished = self._columns.span(last)[1], self._columns.finished(last)
        wide = np.zeros((*self._beside.shape[:2], end - start), np.float32)
        if first:
            wide[..., : self._columns.ramp] = self._beside
        for column, tile in tiles.items():
            left, right = self._columns.span(column)
            inside = slice(
                left - self._columns.origins[column], right - self._columns.origins[column]
            )
            weight = self._columns.weight(column)[inside]
            wide[..., left - start : right - start] += tile[..., inside] * weight
        if finished < end:
            self._beside[...] = wide[..., finished - start :]
        return self._down(row, wide[..., : finished - start], slice(start, finished))

    def _down(self, row: int, done: Probability, columns: slice) -> Probability:
        """Blend finished columns with the row of tiles above; keep the part for the row below."""
        origin, ramp = self._rows.origins[row], self._rows.ramp
        (top, bottom), finished = self._rows.span(row), self._rows.finished(row)
        weight = self._rows.weight(row)[:, None]
        if row:
            above = slice(top - origin, top - origin + ramp)
            done[:, above] = done[:, above] * weight[above] + self._below[..., columns]
        if finished < bottom:
            below = slice(finished - origin, bottom - origin)
            self._below[..., columns] = done[:, below] * weight[below]
        return done[:, top - origin : finished - origin]


def carries(members: int, classes: int, ramp: int, width: int) -> Probability:
    """Return room for the rows that wait, (member, class, y, x), in memory or in a file."""
    shape = (members, classes, ramp, width)
    if 4 * members * classes * ramp * width <= CARRY_BUDGET_BYTES or ramp == 0:
        return np.zeros(shape, np.float32)
    with tempfile.TemporaryFile(prefix="geoseg-") as file:
        return np.memmap(file, np.float32, "w+", shape=shape)
