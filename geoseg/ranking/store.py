"""Members' probabilities of the known pixels, in a temporary file, for the fits that come after."""

import shutil
import tempfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DiskError
from geoseg.ranking.histogram import STEPS, quantise

CHUNK = 1 << 18
"""Pixels at a time, so that all members of a chunk fit in memory."""


class Store:
    """(member, pixel) of 16-bit probabilities; the file has no name and ends with the process."""

    def __init__(self, members: int, pixels: int) -> None:
        folder, need = tempfile.gettempdir(), 2 * members * pixels
        if shutil.disk_usage(folder).free < need:
            raise DiskError(
                f"the disk of {folder} is too full: ranking {members} networks on {pixels:,} "
                f"pixels needs {need / 1e9:.1f} GB for a while; free some, or name another folder "
                "with the variable TMPDIR"
            )
        with tempfile.TemporaryFile(prefix="geoseg-rank-") as file:
            self._values = np.memmap(file, np.uint16, "w+", shape=(members, max(pixels, 1)))
        self.pixels = pixels

    def put(self, member: int, probability: NDArray[np.float32]) -> None:
        """Keep the probabilities of one member, (pixel,)."""
        self._values[member, : self.pixels] = quantise(probability)

    def take(self, members: Sequence[int], pixels: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return (member, pixel) of chosen pixels."""
        rows = [self._values[member][pixels] for member in members]
        return np.stack(rows).astype(np.float32) / np.float32(STEPS)

    def mixture(self, weights: dict[int, float]) -> NDArray[np.float32]:
        """Return the weighted mean over members, (pixel,).

        Args:
            weights: Place of a member in the ranking -> its weight; they sum to 1.
        """
        total = np.zeros(self.pixels, np.float32)
        for member, weight in weights.items():
            scale = np.float32(weight / STEPS)
            for start in range(0, self.pixels, CHUNK):
                here = slice(start, min(start + CHUNK, self.pixels))
                total[here] += self._values[member, here] * scale
        return total
