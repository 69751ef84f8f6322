"""Scores of trained members <-> results.csv, a row each; needs no torch."""

import csv
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from geoseg.errors import OutputError

RESULTS = "results.csv"
TRAINED, FAILED = "trained", "failed: "
DIGITS = 4


@dataclass(frozen=True)
class Result:
    """One row; a score is None where it is not known, or its denominator is 0."""

    name: str
    setting: str
    architecture: str
    encoder: str
    loss: str
    learning_rate: float
    status: str
    """trained, or failed: and the reason."""
    validation_precision: float | None = None
    validation_recall: float | None = None
    validation_f1: float | None = None
    test_precision: float | None = None
    test_recall: float | None = None
    test_f1: float | None = None
    steps: int = 0
    seconds: float = 0.0
    parameters: int | None = None
    validation_f1_by_class: dict[str, float | None] = field(default_factory=dict)
    """Of each feature class by name, where there are several; a column each in the table."""
    test_f1_by_class: dict[str, float | None] = field(default_factory=dict)

    @property
    def is_trained(self) -> bool:
        """True where training came to its end."""
        return self.status == TRAINED

    @property
    def rank(self) -> tuple[float, str]:
        """Sorts the best validation F1 first, members without one last."""
        return (1.0 if self.validation_f1 is None else -self.validation_f1, self.name)


def require_own_table(path: Path) -> None:
    """Refuse a table that is none of ours, whose rows would be lost.

    Raises:
        OutputError: A file of that name has other columns.
    """
    if not path.exists():
        return
    try:
        with path.open(newline="", encoding="utf-8") as file:
            head = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError):
        head = []
    if not {"name", "setting", "architecture", "status", "steps"} <= set(head):
        raise OutputError(
            f"{path} is no table of trained networks, and theirs would replace it; move it away "
            "or choose another folder"
        )


def read_results(path: Path) -> list[Result]:
    """Return the rows of a table, best first; none where there is no table."""
    found = []
    with suppress(FileNotFoundError), path.open(newline="", encoding="utf-8") as file:
        found = [_result(row) for row in csv.DictReader(file)]
    return sorted(found, key=lambda result: result.rank)


def write_results(path: Path, results: Iterable[Result]) -> None:
    """Write the table, best first; rows of other members already there stay."""
    by_member = {(row.setting, row.name): row for row in (*read_results(path), *results)}
    unfinished = path.with_suffix(".csv.partial")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        rows = sorted(by_member.values(), key=lambda row: (row.setting, row.rank))
        cells = [_cells(row) for row in rows]
        columns = dict.fromkeys([*PLAIN, *(name for row in cells for name in row)])
        writer = csv.DictWriter(file, list(columns), restval="")
        writer.writeheader()
        writer.writerows(cells)
    unfinished.replace(path)


PLAIN = [one.name for one in fields(Result) if not one.name.endswith("_by_class")]
BY_CLASS = ("validation_f1_", "test_f1_")
"""What the columns of single classes begin with."""


def _cells(row: Result) -> dict[str, Any]:
    cells = {name: _cell(getattr(row, name)) for name in PLAIN}
    for begin in BY_CLASS:
        scores: dict[str, float | None] = getattr(row, f"{begin}by_class")
        cells |= {f"{begin}{name}": _cell(f1) for name, f1 in scores.items()}
    return cells


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return round(value, DIGITS) if isinstance(value, float) else value


def _result(row: dict[str, str]) -> Result:
    scores = {
        name: float(row[name]) if row[name] else None
        for name in row
        if name.startswith(("validation_", "test_"))
    }
    numbers: dict[str, Any] = {name: f1 for name, f1 in scores.items() if name in PLAIN}
    for begin in BY_CLASS:
        numbers[f"{begin}by_class"] = {
            name.removeprefix(begin): f1
            for name, f1 in scores.items()
            if name.startswith(begin) and f1 is not None
        }
    names = ("name", "setting", "architecture", "encoder", "loss", "status")
    texts: dict[str, Any] = {name: row[name] for name in names}
    return Result(
        **texts,
        **numbers,
        learning_rate=float(row["learning_rate"]),
        steps=int(row["steps"]),
        seconds=float(row["seconds"]),
        parameters=int(row["parameters"]) if row["parameters"] else None,
    )
