"""A ranking and its fits -> files: JSON beside the members, CSV tables in a folder."""

import csv
import json
import os
from pathlib import Path
from typing import Any

from geoseg.errors import DiskError, ModelError, OutputError, SettingsError
from geoseg.files.outputs import OutputFolder
from geoseg.models import zoo
from geoseg.models.combination import Ensembles, ensembles_path
from geoseg.ranking.results import Ranking
from geoseg.ranking.tables import TABLES

RANKING, ENSEMBLES, FIGURES = "ranking.json", "ensembles.json", "figures"


OUTPUT = OutputFolder(
    names=frozenset({RANKING, ENSEMBLES, *(f"{name}.csv" for name in TABLES)}),
    folders=frozenset({FIGURES}),
)
"""What a ranking may leave in the folder a user names."""


def check_zoo(models: Path | None, task: str, setting: str) -> None:
    """Refuse to put a ranking where a file of that name is none.

    Raises:
        OutputError: It would be replaced.
    """
    for path, keys in (
        (ranking_path(models, task, setting), {"settings", "members"}),
        (ensembles_path(models, task, setting), {"fits", "members"}),
    ):
        if path.exists() and not _has(path, keys):
            raise OutputError(
                f"{path} would be replaced and is no earlier ranking; move it away, or leave the "
                "folder of the networks as it is with --no-keep"
            )


def _has(path: Path, keys: set[str]) -> bool:
    """Tell whether a file is a JSON object with these keys; what else it says may be of old."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and keys <= set(content)


def write_ranking(ranking: Ranking, ensembles: Ensembles | None, out: Path) -> list[Path]:
    """Write ranking.json, ensembles.json and every table as CSV; return their paths.

    Raises:
        DiskError: The folder cannot be written.
    """
    paths = [_write(out / RANKING, ranking.model_dump_json())]
    if ensembles is not None:
        paths.append(_write(out / ENSEMBLES, ensembles.to_json()))
    for name, table in TABLES.items():
        head, rows = table(ranking)
        path = out / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows([head, *rows])
        paths.append(path)
    return paths


def keep_in_zoo(ranking: Ranking, ensembles: Ensembles | None, models: Path | None) -> None:
    """Put ranking and fits where predictions and pages look for them; numbers of six decimals.

    Without fits those of an earlier ranking stay; a run notices when they no longer belong.

    Raises:
        DiskError: The zoo's folder cannot be written.
    """
    task, setting = ranking.settings.task, ranking.settings.setting
    check_zoo(models, task, setting)
    if ensembles is not None:
        _write(ensembles_path(models, task, setting), ensembles.to_json())
    text = json.dumps(_rounded(ranking.model_dump(mode="json")), separators=(",", ":"))
    _write(ranking_path(models, task, setting), text)


def _rounded(value: Any) -> Any:
    """Return the same with numbers of six decimals: a zoo travels, and nobody reads further."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    return [_rounded(own) for own in value] if isinstance(value, list) else value


def ranking_path(models: Path | None, task: str, setting: str) -> Path:
    """Return where the ranking of a zoo's setting lies."""
    return (zoo.PRETRAINED if models is None else models) / task / setting / RANKING


def read_ranking(path: Path) -> Ranking:
    """Read a ranking.

    Raises:
        ModelError: The file is missing or damaged.
    """
    try:
        return Ranking.from_json(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(f"no ranking at {path}; make one with: geoseg models rank") from None
    except SettingsError as error:
        raise ModelError(
            f"{path} is no ranking of this version ({str(error)[:200]}); make it again with: "
            "geoseg models rank"
        ) from error


def _write(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    unfinished = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise DiskError(
            f"{path} cannot be written ({(error.strerror or str(error)).lower()}); choose a "
            "folder you may write to"
        ) from error
    return path
