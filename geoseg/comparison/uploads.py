"""Lines or points a user brings to a finished run -> their scores at once, nothing kept."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geoseg.comparison.finished import CLASSES, FinishedRun
from geoseg.comparison.outlines import POLYGONS
from geoseg.errors import ReferenceMapError
from geoseg.evaluation.lines import LineScores, LineSettings, match_lines
from geoseg.evaluation.points import score_points
from geoseg.stack.parts import split_name, with_part
from geoseg.stack.shapes import read_points


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


def against_points(
    folder: Path, name: str, content: bytes, column: str = "", tolerance_m: float = 0.0
) -> dict[str, Any]:
    """Compare a run's map with points whose class is known.

    Args:
        folder: Of the finished run.
        name: Of the file, which tells its format.
        content: Of the file.
        column: Holds the class; empty looks for a usual name.
        tolerance_m: Metres by which a point may be off.

    Raises:
        ReferenceMapError: The file holds no usable points on the map.
    """
    run = FinishedRun.open(folder)
    with kept_briefly(name, content) as path:
        points = read_points(path, run.grid.crs, ReferenceMapError, run.grid)
    scores = score_points(
        points,
        folder / CLASSES,
        feature=run.task.feature,
        column=column,
        tolerance_m=tolerance_m,
        labels=run.task.classes,
    )
    return scores.record()
