"""A card and arrays of a tree, a forest or a segment forest -> a member that can be asked.

Bands come in their own units; missing values become the training mean, as networks have it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geoseg.errors import ModelError
from geoseg.models.card import Card
from geoseg.models.segments import Segmenter
from geoseg.models.trees import Arrays, Trees, checked_trees, read_arrays
from geoseg.models.zoo import ZooMember, check_statistics

Floats = NDArray[np.float32]
Shares = Callable[[Floats], Floats]
"""(band, y, x) without NaN -> (class, y, x), the background first, summing to 1."""
LARGEST_FILTER = 51
HALF = 0.5


class TreeMember:
    """Answers as a network does; needs neither torch nor scikit-learn.

    Attributes:
        name: Of the member.
        bands: In the order they are read.
        classes: Channels of the answer; 1 for the probability of one feature.
        odds: How many times more likely the features are than the trees say, since they were
            grown on other shares than the map's; fitted on validation scenes.
        mode_filter: Side of the square whose commonest class a pixel takes, odd; 1 keeps its own.
        key: What its speed is remembered by.
        threads: Tiles that are asked at the same time.
    """

    def __init__(self, card: Card, shares_of: Shares, key: str = "", threads: int = 1) -> None:
        self.name, self.bands, self.classes = card.name, card.band_names, card.classes
        self.odds, self.mode_filter = _odds(card), _side(card, "mode_filter")
        self.key, self.threads = key, threads
        mean = np.array([band.mean for band in card.bands], np.float32)
        self._mean, self._shares_of = mean[:, None, None], shares_of

    def probability(self, tiles: Floats) -> Floats:
        """Map (tile, band, y, x) to (tile, class, y, x)."""
        with ThreadPoolExecutor(self.threads) as pool:
            return np.stack(list(pool.map(self._of_tile, tiles)))

    def _of_tile(self, tile: Floats) -> Floats:
        return self.finished(self.shares(tile), self.odds)

    def shares(self, tile: Floats) -> Floats:
        """Return (class, y, x) as the trees say it, the background first."""
        return self._shares_of(np.where(np.isfinite(tile), tile, self._mean).astype(np.float32))

    def finished(self, shares: Floats, odds: float) -> Floats:
        """Return the answer (class, y, x) for shares of all classes."""
        weighed = shares.copy()
        weighed[1:] *= np.float32(odds)
        weighed /= weighed.sum(axis=0)
        if self.mode_filter > 1:
            weighed = votes(weighed, self.mode_filter)
        return weighed[1:] if self.classes == 1 else weighed


def votes(shares: Floats, side: int) -> Floats:
    """Return the share of the pixels around that are of each class, (class, y, x).

    A pixel is of the likeliest feature where the features together reach one half. The class with
    most votes is that of the focal mode filter, which removes specks.
    """
    feature = 1 + shares[1:].argmax(axis=0)
    decided = np.where(shares[1:].sum(axis=0) >= HALF, feature, 0)
    each = (decided == np.arange(len(shares))[:, None, None]).astype(np.float32)
    mean = ndimage.uniform_filter(each, (0, side, side), mode="nearest")
    return np.clip(mean, 0, 1)


def load_tree_member(member: ZooMember, key: str = "", threads: int = 1) -> TreeMember:
    """Read a tree, forest or segment forest and check everything in it.

    Raises:
        ModelError: The file is missing, altered or damaged, or does not fit the card.
    """
    card = member.card
    check_statistics(card)
    return make_tree_member(card, read_arrays(card, member.weights), key, threads)


def make_tree_member(card: Card, arrays: Arrays, key: str = "", threads: int = 1) -> TreeMember:
    """Build a member of arrays in memory, checked as those of a file are.

    Raises:
        ModelError: They do not fit the card.
    """
    if card.architecture == "SegmentForest":
        shares_of = _by_segment(card, dict(arrays))
    else:
        shares_of = _by_pixel(_trees(card, arrays, len(card.bands)))
    return TreeMember(card, shares_of, key, threads)


def _by_pixel(trees: Trees) -> Shares:
    def shares(bands: Floats) -> Floats:
        rows = trees.shares(bands.reshape(len(bands), -1).T)
        return np.ascontiguousarray(rows.T).reshape(-1, *bands.shape[1:])

    return shares


def _by_segment(card: Card, arrays: dict[str, Any]) -> Shares:
    centres = arrays.pop("centres", np.empty(0))
    shape = (max(1, len(centres)), len(card.bands))
    if centres.dtype != np.float32 or centres.shape != shape or not np.isfinite(centres).all():
        raise ModelError(
            f"member {card.name} has no usable centres of clusters over {shape[1]} bands; "
            "fetch it again"
        )
    mean, std = (
        np.array([getattr(band, name) for band in card.bands], np.float32)
        for name in ("mean", "std")
    )
    segmenter = Segmenter(centres, mean, std, _side(card, "smoothing"))
    trees = _trees(card, arrays, 2 * len(card.bands))

    def shares(bands: Floats) -> Floats:
        numbers, count = segmenter.segments(bands)
        rows = trees.shares(segmenter.describe(bands, numbers, count))
        return np.ascontiguousarray(np.moveaxis(rows[numbers], -1, 0))

    return shares


def _trees(card: Card, arrays: Arrays, columns: int) -> Trees:
    return checked_trees(arrays, card.name, columns, max(2, card.classes))


def _odds(card: Card) -> float:
    odds = card.options.get("odds", 1.0)
    if not isinstance(odds, int | float) or not 0 < odds < np.inf:
        raise ModelError(f"the card of {card.name} has odds {odds!r}; expected a number above 0")
    return float(odds)


def _side(card: Card, name: str) -> int:
    """Return the side of a square of the card, 1 where it names none."""
    side = card.options.get(name, 1)
    if not isinstance(side, int) or not 1 <= side <= LARGEST_FILTER or side % 2 == 0:
        raise ModelError(
            f"the card of {card.name} has {name} {side!r}; expected an odd number of pixels up to "
            f"{LARGEST_FILTER}"
        )
    return side
