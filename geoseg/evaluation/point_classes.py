"""Reference points -> the class of each, read from a column of numbers or words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ReferenceMapError
from geoseg.stack.columns import named_column, usual_column
from geoseg.tasks import ClassLabel
from geoseg.tasks.declaration import YES_OR_NO
from geoseg.tasks.words import as_written, choose_words, ids_by_word, key, listed

if TYPE_CHECKING:
    import geopandas

CLASS_COLUMNS = ("class", "klass", "label", "type", "category", "feature", "value", "code")
"""Usual names of the column, the likeliest first."""
YES_AND_NO = {"0", "1"}
NONE = {"0", "no"}
"""Words of points none of which is of the feature."""


@dataclass(frozen=True)
class PointTruth:
    """What is so at every point.

    Attributes:
        is_feature: Whether it is of the feature.
        ids: Its class id; None where the points do not tell several classes apart.
        words: How it was read, one sentence.
    """

    is_feature: NDArray[np.bool_]
    ids: NDArray[np.uint8] | None
    words: str


def class_column(points: "geopandas.GeoDataFrame", wished: str = "") -> str:
    """Return the column that holds the points' class; capitals of its name do not count.

    Raises:
        ReferenceMapError: There is none of that name, or it is not clear which one it is.
    """
    columns = [str(name) for name in points.columns if name != points.geometry.name]
    if wished:
        return named_column(columns, wished, "the points", ReferenceMapError)
    usual = usual_column(columns, CLASS_COLUMNS)
    if usual or len(columns) == 1:
        return usual or columns[0]
    raise ReferenceMapError(
        "it is not clear which column of the points holds their class; its columns are "
        f"{', '.join(columns) or 'none'}, expected one of them to be named class"
    )


def point_truth(
    points: "geopandas.GeoDataFrame",
    column: str,
    feature: str,
    positive: Sequence[int | str],
    labels: Sequence[ClassLabel],
) -> PointTruth:
    """Return what the column says of every point, by class where it tells the classes of a legend.

    Args:
        points: With their class in a column of numbers or words.
        column: Its name.
        feature: What is mapped, singular.
        positive: Values that count as the feature, whatever the legend says; empty asks the legend.
        labels: The legend of the map.

    Raises:
        ReferenceMapError: A point has no class, or none of the classes can be the feature.
    """
    legend = ids_by_word(labels)
    keys = [key(value) for value in _written(points, column)]
    # Zeros and ones alone are yes and no, not the first class of a legend.
    told = set(keys) <= set(legend) and not set(keys) <= YES_AND_NO
    if positive or len(labels) <= YES_OR_NO or not told:
        is_feature, words = feature_points(points, column, feature, positive, labels)
        return PointTruth(is_feature, None, words)
    ids = np.array([legend[word] for word in keys], np.uint8)
    names = ", ".join(label.name for label in labels if label.id in ids)
    return PointTruth(ids != 0, ids, f"points: column {column} tells the classes {names}")


def feature_points(
    points: "geopandas.GeoDataFrame",
    column: str,
    feature: str,
    positive: Sequence[int | str],
    labels: Sequence[ClassLabel] = (),
) -> tuple[NDArray[np.bool_], str]:
    """Return which points are of the feature, and say how their class was read.

    Args:
        points: With their class in a column of numbers or words.
        column: Its name.
        feature: What is mapped, singular.
        positive: Values that count as the feature, whatever their capitals; empty takes its name,
            the names of its classes, or 1.
        labels: The legend of the map; its names stand for its ids and the reverse.

    Raises:
        ReferenceMapError: A point has no class, or one of the wanted classes is not there.
    """
    written = _written(points, column)
    if positive:
        wanted, lacking = choose_words(written, positive, labels)
    else:
        wanted, lacking = _usual(feature, written, labels)
    if lacking:
        raise ReferenceMapError(
            f"no point is of class {' or '.join(lacking)}: column {column} holds "
            f"{listed(written)}; say which classes count as {feature}"
        )
    keys = [key(value) for value in written]
    rest = [value for value, word in zip(written, keys, strict=True) if word not in wanted]
    against = f", {listed(rest)} as none" if rest else ""
    counted = listed(value for value, word in zip(written, keys, strict=True) if word in wanted)
    words = f"points: {counted or 'nothing'} in column {column} counts as {feature}{against}"
    return np.array([word in wanted for word in keys]), words


def _written(points: "geopandas.GeoDataFrame", column: str) -> list[str]:
    """Return the column as it is written, every point with its class."""
    written = [as_written(value) for value in points[column]]
    blank = sum(not key(value) for value in written)
    if blank:
        raise ReferenceMapError(
            f"{blank} points have no class in column {column}; expected one for each"
        )
    return written


def _usual(
    feature: str, written: Sequence[str], labels: Sequence[ClassLabel]
) -> tuple[set[str], list[str]]:
    """Return what stands for the feature where nobody says: its names, else 1, else yes."""
    held = {key(value) for value in written}
    names = {key(feature), key(f"{feature}s"), *(key(one.name) for one in labels if one.id)}
    for usual in (names, {"1"}, {"yes"}):
        if usual & held:
            return usual & held, []
    return (set(), []) if held <= NONE else (set(), ["1"])
