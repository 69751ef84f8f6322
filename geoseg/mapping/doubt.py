"""Outlines' size, mean probability and spread -> how much each is in doubt, for the order of a list.

Sizes of outlines differ by powers of ten, doubt by a few times: area times doubt would order by
area alone. So doubt leads, and size weighs by its power of ten.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


def doubt(area_m2: ArrayLike, mean_prob: ArrayLike, mean_spread: ArrayLike) -> Numbers:
    """Return how much each outline of a run is in doubt; the highest is to be looked at first.

    The disagreement of the networks (mean spread), weighted by size: the smallest outline of the
    run weighs 1, and ten times the area one more. Where no network disagrees anywhere, as in a run
    of a single one, what the mean probability lacks to 1 stands for the disagreement.

    Args:
        area_m2: Of every outline, above 0.
        mean_prob: 0 to 1.
        mean_spread: 0 to 0.5.
    """
    area = np.asarray(area_m2, np.float64)
    spread = np.nan_to_num(np.asarray(mean_spread, np.float64))
    unsure = spread if spread.any() else 1 - np.nan_to_num(np.asarray(mean_prob, np.float64))
    if not area.size:
        return unsure
    weighted: Numbers = unsure * (1 + np.log10(area / area.min()))
    return weighted
