"""Reference points -> which of them are of the feature, read from a column of numbers or words."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ReferenceMapError

if TYPE_CHECKING:
    import geopandas

CLASS_COLUMNS = ("class", "klass", "label", "type", "category", "feature", "value", "code")
"""Usual names of the column, the likeliest first."""
MANY = 12


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
    written = [_plain(value) for value in points[column]]
    if "" in written:
        raise ReferenceMapError(
            f"{written.count('')} points have no class in column {column}; expected one for each"
        )
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
