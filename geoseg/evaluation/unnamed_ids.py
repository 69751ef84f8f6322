"""A band of named classes, block by block -> the ids its legend does not name, and how many pixels.

Such pixels belong to no kind of ground and meet no rule of a known trap, which must not go unsaid.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

UNNAMED = "ids without a name"
"""What the note calls them."""
SHOWN, MOST = 5, 1000
"""Ids told one by one, and ids kept apart: measured values in place of ids would have millions."""


class UnnamedIds:
    """Pixels of every id that a legend lacks, gathered block by block."""

    def __init__(self, band: str, legend: tuple[tuple[int, str], ...]) -> None:
        """Start with none.

        Args:
            band: Its name.
            legend: Id and name of every class.
        """
        self.band, self.legend = band, legend
        self.pixels: Counter[float] = Counter()
        self._further = 0

    def add(self, values: NDArray[np.float32]) -> None:
        """Count pixels of the band; NaN is no data."""
        values = values[~np.isnan(values)]
        values = values[~np.isin(values, [number for number, _ in self.legend])]
        numbers, counts = np.unique(values, return_counts=True)
        self._further += int(counts[MOST:].sum())
        for number, pixels in zip(numbers[:MOST], counts[:MOST], strict=True):
            if number in self.pixels or len(self.pixels) < MOST:
                self.pixels[float(number)] += int(pixels)
            else:
                self._further += int(pixels)

    def note(self, place: str) -> str:
        """Say which ids have no name, how many pixels hold them, what to do; "" where none has.

        Args:
            place: Where the pixels lie.
        """
        if not self.pixels:
            return ""
        total = self.pixels.total() + self._further
        every = sorted(self.pixels.items(), key=lambda held: (-held[1], held[0]))
        shown = ", ".join(f"{number:g} ({pixels:,} pixels)" for number, pixels in every[:SHOWN])
        more = " and others" if len(every) > SHOWN or self._further else ""
        named = ", ".join(f"{number} {name}" for number, name in self.legend)
        return (
            f"the band {self.band} holds {UNNAMED} {place}: {shown}{more}, {total:,} pixels in "
            "all; they are left out of the scores by land cover, and no rule for known traps sees "
            f"them; change them to the ids of the legend ({named}) and run again"
        )
