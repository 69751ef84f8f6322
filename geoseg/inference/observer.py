"""Who may look on while members are asked, one map after the other."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Observer(Protocol):
    """Sees every member's finished map as it grows; what it is given changes afterwards."""

    def begin(self, row: int, coverage: NDArray[np.uint8]) -> None:
        """Rows from `row` on come now; their coverage (y, x) has 255 for no data."""
        ...

    def see(
        self,
        place: int,
        own: NDArray[np.float32],
        mean: NDArray[np.float32],
        columns: slice,
    ) -> None:
        """Take in the member at `place` at these columns: its own map and the mean so far.

        Both are (class, y, x) before any temperature; no data is not masked.
        """
        ...


class Nobody:
    """Looks at nothing."""

    def begin(self, row: int, coverage: NDArray[np.uint8]) -> None:
        """Look away."""

    def see(
        self,
        place: int,
        own: NDArray[np.float32],
        mean: NDArray[np.float32],
        columns: slice,
    ) -> None:
        """Look away."""


NOBODY = Nobody()
