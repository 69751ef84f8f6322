"""What a user wants compared, runs or maps of others -> two sides on one grid."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.maps import grid_of_first, lay_out, told_task
from geoseg.comparison.request import CompareRequest
from geoseg.errors import ExportError, SettingsError
from geoseg.evaluation.class_maps import open_class_map
from geoseg.files.parts import file_of
from geoseg.grid import Grid
from geoseg.progress import Cancelled

FIRST, SECOND = "--map-positive", "--other-positive"
Side = Path | FinishedRun


@dataclass(frozen=True)
class Sides:
    """The map that is judged, and the one beside it.

    Attributes:
        run: The first.
        other: The second; None where there is one only.
        notes: Plain sentences on how maps that are no runs were read.
    """

    run: FinishedRun
    other: FinishedRun | None
    notes: tuple[str, ...] = ()


@contextmanager
def open_sides(request: CompareRequest, out: Path, cancelled: Cancelled) -> Iterator[Sides]:
    """Open both sides; maps that are no runs lie on the grid of the run until the context ends.

    Raises:
        GeosegError: One of them cannot be compared.
    """
    given = [request.run] if request.other is None else [request.run, request.other]
    sides = [_opened(path, out) for path in given]
    runs = [side for side in sides if isinstance(side, FinishedRun)]
    if len(runs) > 1:
        runs[0].require_same_grid(runs[1])
    if len(runs) == len(sides):
        yield Sides(runs[0], runs[1] if len(runs) > 1 else None)
        return
    task = runs[0].task if runs else told_task(request.task, given)
    grid = runs[0].grid if runs else _grid(request, given)
    with TemporaryDirectory(prefix="geoseg-maps-") as scratch:
        options = ((FIRST, request.map_positive), (SECOND, request.other_positive))
        laid: list[FinishedRun] = []
        notes: list[str] = []
        for place, side in enumerate(sides):
            if isinstance(side, FinishedRun):
                laid.append(side)
                continue
            option, positive = options[place]
            found = open_class_map(side, grid, task, positive, option=option)
            laid.append(lay_out(found, task, Path(scratch) / str(place), cancelled))
            notes.extend(found.notes)
        yield Sides(laid[0], laid[1] if len(laid) > 1 else None, tuple(notes))


def _opened(path: Path, out: Path) -> Side:
    """Return a run; a file as it is, since its grid may be that of the other side."""
    if file_of(path).is_file():
        return path
    if not path.exists():
        raise ExportError(
            f"there is no file or folder {path}; expected the folder of a finished run, or a map as "
            "GeoTIFF or polygons"
        )
    if path.resolve() == out.resolve():
        raise SettingsError(
            f"{out} is the folder of a run, whose own maps would be replaced; choose another "
            "folder for the comparison"
        )
    return FinishedRun.open(path)


def _grid(request: CompareRequest, maps: list[Path]) -> Grid:
    """Return the grid where neither side is a run: as told, else that of the first raster."""
    if grid := grid_of_first((request.grid, *maps, request.reference)):
        return grid
    raise SettingsError(
        "none of the files is a raster, so nothing says how large the pixels are; give a raster of "
        "the area with --grid"
    )
