"""A member -> the same member asked about every tile in its eight positions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.inference.batches import BATCH
from geoseg.inference.machine import NumberType
from geoseg.inference.member import Member


@dataclass(frozen=True)
class Position:
    """One of the eight ways a square can lie: quarter turns, then perhaps mirrored."""

    quarters: int
    mirrored: bool

    def of(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Lay (..., y, x) that way."""
        turned = np.rot90(tiles, self.quarters, axes=(-2, -1))
        return np.ascontiguousarray(turned[..., ::-1] if self.mirrored else turned)

    def back(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Undo `of`."""
        turned = tiles[..., ::-1] if self.mirrored else tiles
        return np.rot90(turned, -self.quarters, axes=(-2, -1))


POSITIONS = tuple(
    Position(quarters, mirrored) for mirrored in (False, True) for quarters in range(4)
)


class TurnedMember:
    """Answers with the mean over the eight positions: eight times the work of the member."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self.name, self.bands, self.classes = member.name, member.bands, member.classes
        self.batch: int = getattr(member, "batch", BATCH)
        self.computes_in: NumberType = getattr(member, "computes_in", "float32")

    def probability(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (tile, band, y, x) of square tiles to (tile, class, y, x)."""
        total = np.zeros((len(tiles), self.classes, *tiles.shape[2:]), np.float32)
        for position in POSITIONS:
            total += position.back(self._member.probability(position.of(tiles)))
        total /= len(POSITIONS)
        return total
