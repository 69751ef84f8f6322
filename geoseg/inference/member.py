"""The least an ensemble asks of a member; tests meet it in three lines, without torch."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Member(Protocol):
    """One trained network, ready to be asked."""

    name: str
    bands: tuple[str, ...]
    classes: int

    def probability(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (tile, band, y, x) to (tile, class, y, x), 0 to 1.

        The tiles hold the bands' own units, NaN where missing; the member normalises. One class
        means the probability of the feature; more classes sum to 1.
        """
        ...
