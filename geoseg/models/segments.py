"""A tile of bands -> segments of like pixels that touch, and what is measured of each.

Pixels are put to the nearest of fixed centres found by k-means in training; a segment is a patch of
pixels of one centre that share sides. Which centre a pixel belongs to does not depend on the tile,
but a segment ends at the tile's edge: one that is larger is measured in parts, so its values can
differ from one tile to the next.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Segmenter:
    """How bands become segments.

    Attributes:
        centres: Of the clusters, in standard deviations from the training mean, (cluster, band).
        mean: Of each band in training.
        std: Of each band in training; 0 for a constant one.
        smoothing: Side of the square over which bands are averaged first, odd, pixels.
    """

    centres: Floats
    mean: Floats
    std: Floats
    smoothing: int = 3

    def segments(self, bands: Floats) -> tuple[NDArray[np.int32], int]:
        """Return (y, x) segment numbers from 0, and how many there are; bands hold no NaN."""
        smooth = ndimage.uniform_filter(bands, (0, self.smoothing, self.smoothing), mode="nearest")
        cluster = nearest(standard(smooth, self.mean, self.std), self.centres)
        numbers, count = np.zeros(cluster.shape, np.int32), 0
        for place in np.unique(cluster):
            here, found = ndimage.label(cluster == place)
            numbers += np.where(here > 0, here + (count - 1), 0).astype(np.int32)
            count += int(found)
        return numbers, count

    def describe(self, bands: Floats, numbers: NDArray[np.int32], count: int) -> Floats:
        """Return mean and standard deviation of every band in every segment, (segment, 2 x band).

        Both in standard deviations of the training scenes.
        """
        flat, size = numbers.ravel(), np.bincount(numbers.ravel(), minlength=count)
        rows = []
        for band in standard(bands, self.mean, self.std).astype(np.float64):
            values = band.ravel()
            mean = np.bincount(flat, values, count) / size
            square = np.bincount(flat, (values - mean[flat]) ** 2, count) / size
            rows.append((mean, np.sqrt(square)))
        columns = [row[0] for row in rows] + [row[1] for row in rows]
        return np.stack(columns, axis=1).astype(np.float32)


def standard(bands: Floats, mean: Floats, std: Floats) -> Floats:
    """Return (band, y, x) in standard deviations from the mean; a constant band is only shifted."""
    scale = np.where(std > 0, std, np.float32(1))
    return np.asarray((bands - mean[:, None, None]) / scale[:, None, None], np.float32)


def nearest(bands: Floats, centres: Floats) -> NDArray[np.intp]:
    """Return the number of the nearest centre of every pixel, (y, x)."""
    pixels = bands.reshape(len(bands), -1)
    # The square of the pixel itself is the same for all centres.
    distance = (centres**2).sum(axis=1)[:, None] - 2 * (centres @ pixels)
    return np.asarray(distance.argmin(axis=0).reshape(bands.shape[1:]))
