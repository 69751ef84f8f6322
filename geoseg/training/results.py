"""Scores of trained members <-> results.csv, a row each; needs no torch."""

import csv
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

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

    @property
    def is_trained(self) -> bool:
        """True where training came to its end."""
        return self.status == TRAINED

    @property
    def rank(self) -> tuple[float, str]:
        """Sorts the best validation F1 first, members without one last."""
        return (1.0 if self.validation_f1 is None else -self.validation_f1, self.name)


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
        writer = csv.DictWriter(file, [field.name for field in fields(Result)])
        writer.writeheader()
        for row in sorted(by_member.values(), key=lambda row: (row.setting, row.rank)):
            writer.writerow({name: _cell(value) for name, value in asdict(row).items()})
    unfinished.replace(path)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return round(value, DIGITS) if isinstance(value, float) else value


def _result(row: dict[str, str]) -> Result:
    numbers: dict[str, Any] = {
        name: float(row[name]) if row[name] else None
        for name in row
        if name.startswith(("validation_", "test_"))
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
