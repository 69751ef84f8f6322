"""Probability (class, y, x) -> class ids (y, x)."""

import numpy as np
from numpy.typing import NDArray

NO_CLASS = 255
"""The value of a pixel without data in a class map."""


def classify(probability: NDArray[np.float32], threshold: float) -> NDArray[np.uint8]:
    """Decide the class of every pixel.

    Args:
        probability: (class, y, x), NaN where there is no data. One class means the probability
            of the feature; more classes sum to 1 and the first is the background.
        threshold: One class: the feature is where the probability is at least this. More
            classes: the likeliest feature class is taken where the features together reach it.

    Returns:
        (y, x); 0 background, 1.. feature classes, 255 no data.
    """
    features = probability if len(probability) == 1 else probability[1:]
    likeliest = 1 + features.argmax(axis=0)
    # The threshold as the values are stored: 0.3 must be reached by float32(0.3).
    reached = features.sum(axis=0) >= probability.dtype.type(threshold)
    classes = np.where(reached, likeliest, 0).astype(np.uint8)
    classes[np.isnan(probability).any(axis=0)] = NO_CLASS
    return classes
