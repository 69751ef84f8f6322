"""Error matrix of a random sample + mapped areas -> areas corrected for the map's errors.

After Olofsson et al. (2014), doi:10.1016/j.rse.2014.02.015: a map with errors shows a biased area;
what a random sample says of each class of the map corrects it and tells how sure the area is.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import ReferenceMapError

CONFIDENCE = 0.95
NORMAL_95 = 1.959963984540054
"""Standard errors on each side that hold 95 % of a normal distribution."""
SAMPLE, SQUARES = "random sample", "squares of the reference map"
HOLDS_IF = (
    "the intervals hold if the reference pixels or points were drawn at random within every class "
    "of the map"
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A number and how sure it is; everything None where it is undefined.

    Attributes:
        value: The estimate.
        error: Its standard error.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    value: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def margin(self) -> float | None:
        """Half the width of the 95 % interval of a normal distribution."""
        return None if self.error is None else NORMAL_95 * self.error


@dataclass(frozen=True)
class ClassArea:
    """One class of the map.

    Attributes:
        name: What the class is called.
        mapped_m2: Area the map shows, square metres.
        area_m2: Area corrected for the map's errors, square metres.
        users: User's accuracy: of what is mapped so, the share that is so.
        producers: Producer's accuracy weighted by area: of what is so on the whole map, the share
            that is mapped so. The recall of counted pixels is another number where the reference
            knows more of one class of the map than of another.
    """

    name: str
    mapped_m2: float
    area_m2: Interval
    users: Interval
    producers: Interval


@dataclass(frozen=True)
class AreaEstimate:
    """Areas of all classes with their intervals.

    Attributes:
        classes: In the order of the map's classes.
        overall: Share of the area that is mapped rightly.
        method: Where the intervals come from, `SAMPLE` or `SQUARES`.
        units: Sample units or squares behind the intervals.
        notes: What to keep in mind, what is undefined and why.
    """

    classes: tuple[ClassArea, ...]
    overall: Interval
    method: str
    units: int
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return everything JSON-ready; undefined numbers are None."""
        return {
            "confidence": CONFIDENCE,
            "method": self.method,
            "units": self.units,
            "classes": [asdict(one) for one in self.classes],
            "overall": asdict(self.overall),
            "notes": list(self.notes),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "AreaEstimate":
        """Read what `record` wrote."""
        parts = ("area_m2", "users", "producers")
        rows = tuple(
            ClassArea(**(row | {part: Interval(**row[part]) for part in parts}))
            for row in record["classes"]
        )
        overall = Interval(**record["overall"])
        return cls(rows, overall, record["method"], record["units"], tuple(record["notes"]))


def estimate_from_sample(
    counts: Sequence[Sequence[int]], mapped_m2: Sequence[float], names: Sequence[str]
) -> AreaEstimate:
    """Correct the areas of a map by a sample drawn at random within each of its classes.

    Args:
        counts: Sample units, map class in rows, reference class in columns.
        mapped_m2: Area of each map class, square metres.
        names: Of the classes, in the order of rows and columns.

    Raises:
        ReferenceMapError: The numbers do not fit together, or a mapped class has no sample.
    """
    matrix, mapped = _checked(counts, mapped_m2, names)
    row_totals = matrix.sum(axis=1)
    shares = _over(matrix, row_totals[:, None])
    weights = mapped / mapped.sum()
    # One sample unit in a class says nothing about how far others would scatter: NaN.
    variances = _over(shares * (1 - shares), row_totals[:, None] - 1)
    variances[mapped == 0] = shares[mapped == 0] = 0
    proportions = weights @ shares
    errors = np.sqrt(weights**2 @ variances)
    users, users_error = np.diag(shares).copy(), np.sqrt(np.diag(variances))
    users[mapped == 0] = np.nan
    overall = float(weights @ np.diag(shares))
    overall_error = float(np.sqrt(weights**2 @ np.diag(variances)))
    producers, producers_error = _producers(shares, variances, mapped)
    rows = tuple(
        ClassArea(
            name,
            float(mapped[k]),
            normal_interval(proportions[k] * mapped.sum(), errors[k] * mapped.sum(), math.inf),
            normal_interval(users[k], users_error[k]),
            normal_interval(producers[k], producers_error[k]),
        )
        for k, name in enumerate(names)
    )
    notes = (HOLDS_IF, *undefined_notes(rows), *_small_notes(row_totals, mapped, names))
    total = normal_interval(overall, overall_error)
    return AreaEstimate(rows, total, SAMPLE, int(matrix.sum()), notes)


def normal_interval(value: float, error: float, highest: float = 1.0) -> Interval:
    """Return the 95 % interval of a normal distribution, cut off at 0 and `highest`."""
    if math.isnan(value):
        return Interval()
    if math.isnan(error):
        return Interval(float(value))
    low, high = value - NORMAL_95 * error, value + NORMAL_95 * error
    return Interval(float(value), float(error), max(0.0, float(low)), float(min(high, highest)))


def undefined_notes(rows: Sequence[ClassArea]) -> tuple[str, ...]:
    """Say of every undefined accuracy why it is undefined."""
    why = {
        "users": "user's accuracy of {} is undefined: nothing is mapped so",
        "producers": "producer's accuracy of {} is undefined: the reference holds none of it",
    }
    return tuple(
        words.format(row.name)
        for row in rows
        for part, words in why.items()
        if getattr(row, part).value is None
    )


def _producers(shares: Numbers, variances: Numbers, mapped: Numbers) -> tuple[Numbers, Numbers]:
    """Return producer's accuracy and its standard error of every class, equations 3 and 7."""
    found = mapped * np.diag(shares)
    there = mapped @ shares
    producers = _over(found, there)
    own = mapped**2 * (1 - producers) ** 2 * np.diag(variances)
    of_others = mapped[:, None] ** 2 * variances
    np.fill_diagonal(of_others, 0)
    variance = _over(own + producers**2 * of_others.sum(axis=0), there**2)
    return producers, np.sqrt(variance)


def _checked(
    counts: Sequence[Sequence[int]], mapped_m2: Sequence[float], names: Sequence[str]
) -> tuple[Numbers, Numbers]:
    matrix, mapped = np.asarray(counts, np.float64), np.asarray(mapped_m2, np.float64)
    size = len(names)
    if matrix.shape != (size, size) or mapped.shape != (size,):
        raise ReferenceMapError(
            f"an error matrix of shape {matrix.shape} and {mapped.size} areas do not fit "
            f"{size} classes; expected as many rows, columns and areas as classes"
        )
    if (matrix < 0).any() or (mapped < 0).any() or not mapped.sum() > 0:
        raise ReferenceMapError(
            "counts and areas must not be negative and some area must be mapped; check the numbers"
        )
    bare = [
        name
        for name, row, area in zip(names, matrix, mapped, strict=True)
        if area and not row.sum()
    ]
    if bare:
        raise ReferenceMapError(
            f"the sample has no unit where the map shows {', '.join(bare)}; expected at least two "
            "in every class of the map, so add some there"
        )
    return matrix, mapped


def _small_notes(totals: Numbers, mapped: Numbers, names: Sequence[str]) -> list[str]:
    alone = [name for name, n, area in zip(names, totals, mapped, strict=True) if area and n == 1]
    return [f"one sample unit in {name} is too few for an interval; add more" for name in alone]


def _over(part: Numbers, whole: Numbers) -> Numbers:
    """Divide; NaN where the whole is zero."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    out = np.full(shape, np.nan)
    return np.divide(part, whole, out=out, where=np.broadcast_to(whole, shape) > 0)
