"""Decision trees as plain arrays <-> safetensors, and values -> shares of the classes; no pickle.

The trees are grown elsewhere; here they are read, checked and walked, all values at once.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from geoseg.errors import ModelError
from geoseg.models.card import Card
from geoseg.models.zoo import check_digest

Floats = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]
DTYPES = {
    "roots": np.int32, "left": np.int32, "right": np.int32, "column": np.int32,
    "limit": np.float32, "share": np.float32,
}  # fmt: skip
LEAF = -1
CHUNK = 1 << 16
"""Values walked at a time, so that what a tree touches stays near the processor."""
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Trees:
    """One tree or a forest; nodes of all trees stand one after the other.

    Attributes:
        roots: First node of every tree.
        left: Node to go to where the value is at most the limit, `LEAF` at leaves.
        right: Node to go to elsewhere.
        column: Which value a node asks for; 0 at leaves.
        limit: What it is compared with; infinite at leaves.
        share: Of every class at a node, the background first, (node, class).
    """

    roots: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    column: NDArray[np.int32]
    limit: Floats
    share: Floats
    depths: tuple[int, ...] = field(init=False)
    _next: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        own = np.arange(len(self.left), dtype=np.int32)
        leaf = self.left == LEAF
        # Leaves lead to themselves, so that all values can walk equally far.
        pairs = np.where(leaf, own, self.left), np.where(leaf, own, self.right)
        object.__setattr__(self, "_next", np.stack(pairs, axis=1).ravel())
        object.__setattr__(self, "depths", tuple(_depth(self, int(root)) for root in self.roots))

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as they are stored."""
        return {name: getattr(self, name) for name in DTYPES}

    def shares(self, values: Floats) -> Floats:
        """Return the mean share of every class over the trees.

        Args:
            values: (row, column), without NaN.

        Returns:
            (row, class), summing to 1.
        """
        found = [self._walk(values[at : at + CHUNK]) for at in range(0, len(values), CHUNK)]
        return np.concatenate(found) if found else np.empty((0, self.share.shape[1]), np.float32)

    def _walk(self, values: Floats) -> Floats:
        flat = np.ascontiguousarray(values).ravel()
        starts = np.arange(len(values), dtype=np.int32) * np.int32(values.shape[1])
        total = np.zeros((len(values), self.share.shape[1]), np.float32)
        for root, depth in zip(self.roots, self.depths, strict=True):
            node = np.full(len(values), root, np.int32)
            for _ in range(depth):
                asked = flat.take(self.column.take(node) + starts)
                node = self._next.take(2 * node + (asked > self.limit.take(node)))
            total += self.share.take(node, axis=0)
        return total / np.float32(len(self.roots))


def save_arrays(arrays: Arrays, path: Path) -> str:
    """Write arrays and return the sha256; the file appears whole or not at all."""
    data = save({name: np.ascontiguousarray(values) for name, values in arrays.items()})
    unfinished = path.with_suffix(".partial")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return hashlib.sha256(data).hexdigest()


def read_arrays(card: Card, weights: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a member that is no network.

    Raises:
        ModelError: The file is missing, altered, or not safetensors.
    """
    try:
        data = weights.read_bytes()
    except FileNotFoundError:
        raise ModelError(
            f"member {card.name} has no weights at {weights}; fetch it again"
        ) from None
    check_digest(hashlib.sha256(data).hexdigest(), card, weights)
    try:
        return load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{weights.name} does not fit its card: {error}") from error


def checked_trees(arrays: Arrays, name: str, columns: int, classes: int) -> Trees:
    """Return the trees of these arrays once nothing in them can lead astray.

    Args:
        arrays: As stored.
        name: Of the member, for the sentence.
        columns: How many values a row has.
        classes: How many classes there are, the background among them.

    Raises:
        ModelError: An array is missing, has another type or shape, or points outside.
    """
    if fault := _fault(arrays, columns, classes):
        raise ModelError(f"the trees of member {name} are damaged: {fault}; fetch it again")
    return Trees(**{key: arrays[key] for key in DTYPES})


def _fault(arrays: Arrays, columns: int, classes: int) -> str:
    """Say what is wrong with arrays read from a file; nothing where they are sound."""
    if odd := sorted(set(arrays) ^ set(DTYPES)):
        return f"array {odd[0]} is {'missing' if odd[0] in DTYPES else 'unknown'}"
    for key, dtype in DTYPES.items():
        if arrays[key].dtype != dtype or arrays[key].ndim != (2 if key == "share" else 1):
            return f"array {key} is {arrays[key].dtype} of {arrays[key].ndim} dimensions"
    roots, nodes = arrays["roots"], len(arrays["left"])
    if {len(arrays[key]) for key in DTYPES if key != "roots"} != {nodes}:
        return "its arrays differ in length"
    if not len(roots) or roots[0] != 0 or (np.diff(roots) <= 0).any() or roots[-1] >= nodes:
        return "the first nodes of its trees are out of order"
    if arrays["share"].shape[1] != classes:
        return f"it tells {arrays['share'].shape[1]} classes apart, expected {classes}"
    return _node_fault(arrays, columns)


def _node_fault(arrays: Arrays, columns: int) -> str:
    left, right, column = (arrays[key] for key in ("left", "right", "column"))
    roots, share = arrays["roots"], arrays["share"]
    leaf, own = left == LEAF, np.arange(len(left))
    ends = np.append(roots[1:], len(left))[np.searchsorted(roots, own, side="right") - 1]
    for child in (left, right):
        # Children stand behind their parent in the same tree, so no walk can run in a circle.
        if (leaf != (child == LEAF)).any() or ((child <= own) | (child >= ends))[~leaf].any():
            return "a node leads outside its tree"
    if ((column < 0) | (column >= columns)).any():
        return f"a node asks for a value that is none of the {columns}"
    if np.isnan(arrays["limit"]).any():
        return "a limit is not a number"
    # Written so that NaN fails as well.
    if not ((share >= 0).all() and (abs(share.sum(axis=1) - 1) < SUM_TOLERANCE).all()):
        return "the shares of a node do not sum to 1"
    return ""


def _depth(trees: Trees, root: int) -> int:
    """Return how many questions the longest way from a root to a leaf has."""
    level, depth = np.array([root]), -1
    while level.size:
        depth += 1
        asking = level[trees.left[level] != LEAF]
        level = np.concatenate([trees.left[asking], trees.right[asking]])
    return depth
