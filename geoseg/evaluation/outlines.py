"""Pairs of outlines -> how far each runs from the other, in the CRS's unit."""

import numpy as np
import shapely
from numpy.typing import NDArray

MARKS = 64
"""Places along an outline where the distance is taken, evenly spaced."""

Numbers = NDArray[np.float64]


def outline_distances(
    outlines: NDArray[np.object_], others: NDArray[np.object_], marks: int = MARKS
) -> tuple[Numbers, Numbers]:
    """Return how far an outline lies from that of its partner.

    Args:
        outlines: Polygons.
        others: The partner of each, as many.
        marks: Places along every outline, each in the middle of its share of the length.

    Returns:
        The mean distance and its 95th percentile, one a pair.
    """
    along = (np.arange(marks) + 0.5) / marks
    own, other = shapely.boundary(outlines), shapely.boundary(others)
    places = shapely.line_interpolate_point(own[:, None], along, normalized=True)
    distance = shapely.distance(places, other[:, None])
    return distance.mean(axis=1), np.quantile(distance, 0.95, axis=1)
