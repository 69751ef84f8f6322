"""The results table of a grid of trainings -> choices and scores of every member, kept or not."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import ModelError
from geoseg.ranking.areas import Part

NAME = "results.csv"
TRAINED = "trained"


@dataclass(frozen=True)
class TrainedTable:
    """Rows of one setting: factor -> level, and F1 by part."""

    choices: tuple[dict[str, str], ...]
    scores: tuple[dict[str, float | None], ...]

    def rows(self, part: Part) -> tuple[list[dict[str, str]], list[float]]:
        """Return choices and F1 of the members scored on a part; both empty where none was."""
        pairs = zip(self.choices, self.scores, strict=True)
        known = [(own, f1) for own, found in pairs if (f1 := found[part]) is not None]
        return [own for own, _ in known], [f1 for _, f1 in known]


def find_trained(weights: Sequence[Path], setting: str) -> TrainedTable | None:
    """Return the results table beside the members or up to two folders above; None without one.

    Args:
        weights: Of the members of one setting.
        setting: Whose rows are read.

    Raises:
        ModelError: It has other columns than a grid of trainings writes.
    """
    for folder in list(weights[0].absolute().parents)[:3] if weights else []:
        if (folder / NAME).is_file():
            table = read_trained(folder / NAME, setting)
            return table if table.choices else None
    return None


def read_trained(path: Path, setting: str) -> TrainedTable:
    """Read the rows of one setting that were trained to the end.

    Raises:
        ModelError: The table has other columns than a grid of trainings writes.
    """
    choices, scores = [], []
    with path.open(newline="", encoding="utf-8") as file:
        try:
            for row in csv.DictReader(file):
                if row["setting"] != setting or not row["status"].startswith(TRAINED):
                    continue
                rate = f"{float(row['learning_rate']):g}"
                choices.append(
                    {"architecture": row["architecture"], "loss": row["loss"],
                     "learning rate": rate}
                )  # fmt: skip
                scores.append({part: _number(row[f"{part}_f1"]) for part in ("validation", "test")})
        except (KeyError, ValueError, AttributeError) as error:
            raise ModelError(
                f"{path} is no results table ({error!r}); expected the columns setting, "
                "architecture, loss, learning_rate, status, validation_f1, test_f1"
            ) from error
    return TrainedTable(tuple(choices), tuple(scores))


def _number(text: str) -> float | None:
    return float(text) if text else None
