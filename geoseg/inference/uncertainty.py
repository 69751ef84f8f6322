"""Probabilities -> entropies in bits: how unsure one map is, and how much of that is dissent.

Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x. The entropy of the members' mean is the
mean entropy of the members plus their mutual information (Houlsby et al. 2011, arXiv:1112.5745):
what each member is unsure of by itself, and what they contradict each other about.
"""

from math import log2

import numpy as np
from numpy.typing import NDArray

Probability = NDArray[np.float32]

AT_ONCE_PIXELS = 2**14
"""Worked on together: fresh memory for larger steps takes longer than the arithmetic."""
SMALLEST = np.float32(1e-30)
"""Stands in for 0 inside the logarithm; 0 times it is 0."""


def entropy_bits(probability: Probability) -> Probability:
    """Return the entropy of every pixel, (y, x), bits.

    Args:
        probability: (class, y, x), 0 to 1; one class stands for two, yes and no.

    Returns:
        0 where one class is certain, at most `most_bits`; NaN where the probability is.
    """
    _, height, width = probability.shape
    bits = np.empty((height, width), np.float32)
    rows = max(1, AT_ONCE_PIXELS // width)
    for row in range(0, height, rows):
        _entropy(probability[:, row : row + rows], bits[row : row + rows])
    return bits


def most_bits(classes: int) -> float:
    """Return the highest possible entropy: 1 bit for yes or no, log2 of several classes."""
    return log2(max(classes, 2))


def _entropy(probability: Probability, bits: Probability) -> None:
    """Write the entropy of some rows into `bits`."""
    shares = np.empty((max(len(probability), 2), *bits.shape), np.float32)
    np.clip(probability, 0, 1, out=shares[-len(probability) :])
    if len(probability) == 1:
        np.subtract(1, shares[1], out=shares[0])
    else:
        # A temperature moves every class by itself; together they must be 1 again.
        shares /= np.maximum(shares.sum(axis=0), SMALLEST)
    for share in shares:
        np.maximum(share, SMALLEST, out=bits)
        np.multiply(share, np.log2(bits, out=bits), out=share)
    np.abs(shares.sum(axis=0, out=bits), out=bits)
