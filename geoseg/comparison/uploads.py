"""Lines or points a user brings to a finished run -> their scores at once, nothing kept."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoseg.comparison.finished import CLASSES, POLYGONS, FinishedRun
from geoseg.errors import ReferenceMapError
from geoseg.evaluation.lines import LineScores, LineSettings, match_lines
from geoseg.evaluation.paired import pair_points
from geoseg.evaluation.points import score_points
from geoseg.files.parts import split_name, with_part
from geoseg.stack.point_tables import read_point_file


@contextmanager
def kept_briefly(name: str, content: bytes) -> Iterator[Path]:
    """Give an upload a place on disk for as long as it is read; its name may name a layer."""
    plain, layer = split_name(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(plain).name
        path.write_bytes(content)
        yield with_part(path, layer)


def against_lines(folder: Path, name: str, content: bytes, settings: LineSettings) -> LineScores:
    """Lay lines over the outlines of a run.

    Args:
        folder: Of the finished run.
        name: Of the file, which tells its format.
        content: Of the file.
        settings: How the outlines are made ready.

    Raises:
        ReferenceMapError: The file holds no usable lines on the map.
    """
    with kept_briefly(name, content) as path:
        return match_lines(folder / POLYGONS, folder / CLASSES, path, settings)


@dataclass(frozen=True)
class PointChoices:
    """How uploaded points are read, and what map stands beside the run's.

    Attributes:
        column: Holds the class; empty looks for a usual name.
        feature: Values of it that count as the feature, in any letters; empty takes its name, or 1.
        tolerance_m: Metres by which a point may be off.
        other: A second class map, 0 background, 255 no data; None for none.
        other_title: What it is called.
    """

    column: str = ""
    feature: tuple[str, ...] = ()
    tolerance_m: float = 0.0
    other: Path | None = None
    other_title: str = ""


def against_points(
    folder: Path, name: str, content: bytes, choices: PointChoices | None = None
) -> dict[str, Any]:
    """Compare a run's map with points whose class is known.

    Args:
        folder: Of the finished run.
        name: Of the file, which tells its format.
        content: Of the file.
        choices: How they are read; None takes the usual.

    Returns:
        The scores; with a second map also "paired", both maps at the points that both know.

    Raises:
        ReferenceMapError: The file holds no usable points on the map.
    """
    choices = choices or PointChoices()
    run = FinishedRun.open(folder)
    with kept_briefly(name, content) as path:
        points = read_point_file(path, run.grid.crs, ReferenceMapError, run.grid)
    every = [
        score_points(
            points,
            path,
            feature=run.task.feature,
            column=choices.column,
            positive=choices.feature,
            tolerance_m=choices.tolerance_m,
            labels=run.task.classes,
        )
        for path in (folder / CLASSES, choices.other)
        if path is not None
    ]
    record = every[0].record()
    if len(every) > 1:
        record["paired"] = pair_points(
            every[0], every[1], (run.title, choices.other_title)
        ).record()
    return record
