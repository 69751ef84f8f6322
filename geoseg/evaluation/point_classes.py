"""Reference points -> the class of each, read from a column of numbers or words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ReferenceMapError
from geoseg.tasks import ClassLabel
from geoseg.tasks.declaration import YES_OR_NO

if TYPE_CHECKING:
    import geopandas

CLASS_COLUMNS = ("class", "klass", "label", "type", "category", "feature", "value", "code")
"""Usual names of the column, the likeliest first."""
MANY = 12


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
    """Return the column that holds the points' class.

    Raises:
        ReferenceMapError: There is none of that name, or it is not clear which one it is.
    """
    columns = [str(name) for name in points.columns if name != points.geometry.name]
    listed = ", ".join(columns) or "none"
    if wished:
        if wished in columns:
            return wished
        raise ReferenceMapError(
            f"the points have no column {wished!r}; their columns are {listed}, choose one of them"
        )
    lower = {name.lower(): name for name in columns}
    usual = [lower[name] for name in CLASS_COLUMNS if name in lower]
    if usual or len(columns) == 1:
        return (usual or columns)[0]
    raise ReferenceMapError(
        f"it is not clear which column of the points holds their class; its columns are {listed}, "
        "expected one of them to be named class"
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
    legend: dict[str, int] = {}
    for label in labels:
        legend |= {str(label.id): label.id, label.name.strip().lower(): label.id}
    written = _written(points, column)
    # Zeros and ones alone are yes and no, not the first class of a legend.
    told = set(written) <= set(legend) and not set(written) <= {"0", "1"}
    if positive or len(labels) <= YES_OR_NO or not told:
        is_feature, words = feature_points(points, column, feature, positive)
        return PointTruth(is_feature, None, words)
    ids = np.array([legend[value] for value in written], np.uint8)
    names = ", ".join(label.name for label in labels if label.id in ids)
    return PointTruth(ids != 0, ids, f"points: column {column} tells the classes {names}")


def feature_points(
    points: "geopandas.GeoDataFrame", column: str, feature: str, positive: Sequence[int | str]
) -> tuple[NDArray[np.bool_], str]:
    """Return which points are of the feature, and say how their class was read.

    Args:
        points: With their class in a column of numbers or words.
        column: Its name.
        feature: What is mapped, singular.
        positive: Values that count as the feature; empty takes its name, or 1.

    Raises:
        ReferenceMapError: A point has no class, or none of the classes can be the feature.
    """
    written = _written(points, column)
    held = sorted(set(written))
    wanted = {str(value) for value in positive} or _names_of(feature, held)
    if not wanted & set(held) and not set(held) <= {"0", "1"}:
        more = " ..." if len(held) > MANY else ""
        raise ReferenceMapError(
            f"no point is of class {' or '.join(sorted(wanted))}: column {column} holds "
            f"{', '.join(held[:MANY])}{more}; say which classes count as {feature}"
        )
    others = [value for value in held if value not in wanted]
    against = f", {', '.join(others[:MANY])} as none" if others else ""
    counted = ", ".join(sorted(wanted & set(held)))
    words = f"points: {counted or 'nothing'} in column {column} counts as {feature}{against}"
    return np.array([value in wanted for value in written]), words


def _written(points: "geopandas.GeoDataFrame", column: str) -> list[str]:
    """Return the column as text, every point with its class."""
    written = [_plain(value) for value in points[column]]
    if "" in written:
        raise ReferenceMapError(
            f"{written.count('')} points have no class in column {column}; expected one for each"
        )
    return written


def _names_of(feature: str, held: Sequence[str]) -> set[str]:
    """Return what may stand for the feature: its name or plural, else 1."""
    names = {feature.lower(), f"{feature.lower()}s"}
    return names if names & set(held) else {"1"}


def _plain(value: Any) -> str:
    """Return a class as text: 1.0 and True as '1', words in small letters."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return f"{float(value):g}"
    return str(value).strip().lower()
