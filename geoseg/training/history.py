"""Validations of a run <-> lines of <member>.history.jsonl, which live curves are drawn from."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from geoseg.training.settings import TrainSettings

DIGITS = 6


def history_path(out: Path, settings: TrainSettings) -> Path:
    """Return where a run tells its validations."""
    return out / f"{settings.member_name}.history.jsonl"


def read_history(path: Path) -> list[dict[str, Any]]:
    """Return the validations in order; none where there is no file, a torn line is left out."""
    rows = []
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                rows.append(json.loads(line))
    return rows


def go_on_from(path: Path, step: int | None) -> None:
    """Forget what a resumed run will tell again: validations after `step`; None forgets all."""
    rows = [] if step is None else [row for row in read_history(path) if row["step"] <= step]
    if not rows:
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_suffix(".partial")
    unfinished.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    unfinished.replace(path)


def add_line(path: Path, row: Mapping[str, Any]) -> None:
    """Append one validation."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(_rounded(row)) + "\n")


def best_line(path: Path) -> dict[str, Any] | None:
    """Return the validation whose weights were kept: the first with the highest F1."""
    return max(read_history(path), key=lambda row: row["f1"], default=None)


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    return round(value, DIGITS) if isinstance(value, float) else value
