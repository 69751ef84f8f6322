"""Samples -> trees and centres of clusters by scikit-learn, as plain arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from geoseg.models.segments import standard
from geoseg.models.trees import LEAF, Arrays
from geoseg.training.samples import Samples
from geoseg.training.tree_settings import TreeSettings

KMEANS_PIXELS = 30_000
TRIES = 2


def grow(samples: Samples, settings: TreeSettings, classes: int) -> Arrays:
    """Grow one tree (CART of Breiman et al. 1984) or a forest (Breiman 2001).

    Splits are those of least Gini impurity; doi:10.1023/A:1010933404324 for the forest.

    Args:
        samples: What to learn from.
        settings: Depth, leaves, number of trees and seed.
        classes: How many there are, the background among them.
    """
    shared = {"max_depth": settings.max_depth, "min_samples_leaf": settings.fewest,
              "random_state": settings.seed}  # fmt: skip
    # Means of weights are 1, so that scikit-learn's own thresholds keep their meaning.
    weights = samples.weights / samples.weights.mean()
    if settings.method == "cart":
        tree = DecisionTreeClassifier(**shared).fit(samples.values, samples.ids, weights)
        return _arrays([tree], tree.classes_, classes)
    forest = RandomForestClassifier(settings.trees, n_jobs=-1, **shared)
    forest.fit(samples.values, samples.ids, weights)
    return _arrays(forest.estimators_, forest.classes_, classes)


def find_centres(samples: Samples, mean: NDArray[np.float32], std: NDArray[np.float32],
                 clusters: int, seed: int) -> NDArray[np.float32]:  # fmt: skip
    """Return the centres of k-means over pixels, drawn as often as they occur.

    Lloyd (1982), doi:10.1109/TIT.1982.1056489.
    """
    rng = np.random.default_rng(seed)
    share = samples.weights / samples.weights.sum()
    drawn = rng.choice(len(share), min(KMEANS_PIXELS, len(share)), p=share)
    pixels = standard(samples.values[drawn].T[:, None], mean, std)[:, 0].T
    found = KMeans(min(clusters, len(np.unique(pixels, axis=0))), n_init=TRIES, random_state=seed)
    return found.fit(pixels).cluster_centers_.astype(np.float32)


def _arrays(
    estimators: Sequence[DecisionTreeClassifier], known: NDArray[np.integer], classes: int
) -> Arrays:
    """Put the trees one after the other; nodes are numbered through."""
    parts: dict[str, list[NDArray[np.generic]]] = {
        "left": [], "right": [], "column": [], "limit": [], "share": [],
    }  # fmt: skip
    roots, first = [], 0
    for estimator in estimators:
        tree = estimator.tree_
        leaf = tree.children_left == LEAF
        for side, child in (("left", tree.children_left), ("right", tree.children_right)):
            parts[side].append(np.where(leaf, LEAF, child + first).astype(np.int32))
        parts["column"].append(np.where(leaf, 0, tree.feature).astype(np.int32))
        parts["limit"].append(np.where(leaf, np.float32(np.inf), _below(tree.threshold)))
        share = np.zeros((tree.node_count, classes))
        share[:, known.astype(int)] = tree.value[:, 0]
        share /= share.sum(axis=1, keepdims=True)
        parts["share"].append(share.astype(np.float32))
        roots.append(first)
        first += tree.node_count
    return {"roots": np.array(roots, np.int32)} | {
        name: np.concatenate(arrays) for name, arrays in parts.items()
    }


def _below(threshold: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 not above each limit: the same values then lie on each side."""
    rounded = threshold.astype(np.float32)
    above = rounded.astype(np.float64) > threshold
    return np.where(above, np.nextafter(rounded, np.float32(-np.inf)), rounded)
