"""Probabilities of two maps of one place -> which of them every pixel of their union is taken from."""

import numpy as np
from numpy.typing import NDArray

Probability = NDArray[np.float32]


def second_wins(first: Probability, second: Probability, threshold: float) -> NDArray[np.bool_]:
    """Tell where the union takes the second map.

    A pixel one map alone calls the feature is taken from that one; where both do, from the map
    whose class is the likelier; where neither does, from that of the higher probability of the
    feature. So the union is the feature exactly where one of the maps is, and the threshold parts
    its probability as it parts theirs. Of equals the first wins.

    Args:
        first: (class, y, x), NaN where there is no data; several classes begin with the background.
        second: The same of the other map.
        threshold: Probability of the feature from which a pixel is mapped, in both.

    Returns:
        (y, x); where one map has no data the other is taken.
    """
    yes, sure = _said(first, threshold)
    other_yes, other_sure = _said(second, threshold)
    known, other_known = ~np.isnan(first[0]), ~np.isnan(second[0])
    stronger = (other_yes & ~yes) | ((other_yes == yes) & (other_sure > sure))
    return np.asarray(other_known & (stronger | ~known))


def _said(
    probability: Probability, threshold: float
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return where a map says yes, and how sure it is of what it says of the feature, (y, x)."""
    features = probability if len(probability) == 1 else probability[1:]
    together = features.sum(axis=0)
    yes = together >= probability.dtype.type(threshold)
    return yes, np.where(yes, features.max(axis=0), together)


def taken(
    first: NDArray[np.float32], second: NDArray[np.float32], from_second: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the pixels of one map or the other, (band, y, x)."""
    return np.where(from_second, second, first)
