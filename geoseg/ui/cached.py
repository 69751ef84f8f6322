"""The only caches of the app: what is slow to read and does not change while its files do not."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from geoseg.errors import GeosegError, ReferenceMapError, WorkspaceError
from geoseg.evaluation.by_ground import leading_curve
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.ground import ground_stack
from geoseg.evaluation.object_files import read_outlines
from geoseg.evaluation.traps import TrapTable, tabulate_ground
from geoseg.exports.record import read_record
from geoseg.files.parts import file_of
from geoseg.grid import Grid
from geoseg.models.card import BandStatistics
from geoseg.models.zoo import ZooMember, list_members
from geoseg.pipeline.request import RunRequest
from geoseg.ranking import Ranking, read_ranking
from geoseg.stack import RasterInfo, inspect_raster, open_reference, open_stack
from geoseg.stack.band_check import BandCheck, check_stack
from geoseg.stack.gtiff import opened
from geoseg.stack.kinds import POLYGONS
from geoseg.stack.shapes import layers_with
from geoseg.stack.statistics import sample_statistics
from geoseg.ui.tasks import known_task

if TYPE_CHECKING:
    import geopandas
    import pandas

    from geoseg.comparison.quick import QuickAreas
    from geoseg.comparison.uploads import PointChoices
    from geoseg.evaluation.lines import LineScores

Stamp = tuple[str, int, int]
"""Path, time of change and size: a changed file is read again."""


def stamps(files: Sequence[Path]) -> tuple[Stamp, ...]:
    """Return what tells whether a cached reading of the files still holds."""
    return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files if p.is_file())


def rasters(files: Sequence[Path]) -> list[RasterInfo]:
    """Return what the rasters hold.

    Raises:
        RasterError: One of them cannot be read; the sentence says why.
    """
    return [_raster(stamp) if stamp else inspect_raster(path) for path, stamp in _paired(files)]


def reference_fault(
    reference: Path, grid: Grid, task: str, positive: tuple[int, ...]
) -> str | None:
    """Return what is wrong with a reference on a grid, in a sentence; None where it serves."""
    files, place = stamps([file_of(reference)]), json.dumps(grid.record())
    return _reference_fault(files, str(reference), place, task, positive)


def polygon_layers(reference: Path) -> list[str]:
    """Return the names of the layers with polygons of a file.

    Raises:
        ReferenceMapError: It cannot be read.
    """
    return _polygon_layers(stamps([reference]), str(reference))


def members(task: str, setting: str, models: Path | None = None) -> list[ZooMember]:
    """Return a zoo's members of a setting, best first; the shipped zoo where none is named."""
    return _members(task, setting, models)


def forget_members() -> None:
    """Read the zoos anew: one was made, changed or deleted."""
    _members.clear()


def statistics(files: Sequence[Path], task: str, bands: Sequence[tuple[str, str]]) -> list[Any]:
    """Return the statistics of the stack's bands, from windows spread over it.

    Args:
        files: The study area's rasters.
        task: What is mapped.
        bands: Band name and the key of the layer it is read from.
    """
    return _statistics(stamps(files), task, tuple(bands))


def fills(files: Sequence[Path], task: str, bands: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a sentence for every number that stands for missing though no file says so.

    Args:
        files: The study area's rasters.
        task: What is mapped.
        bands: Band name and the key of the layer it is read from.
    """
    return _fills(stamps(files), task, tuple(bands))


def band_checks(
    files: Sequence[Path],
    task: str,
    bands: Sequence[tuple[str, str]],
    training: Sequence[BandStatistics],
) -> list[BandCheck]:
    """Return a study area's bands beside those of training, those that depart first.

    Args:
        files: The study area's rasters.
        task: What is mapped.
        bands: Band name and the key of the layer it is read from.
        training: Of a member's card.
    """
    cards = tuple(band.to_json() for band in training)
    return _band_checks(stamps(files), task, tuple(bands), cards)


def simulated(files: Sequence[Path]) -> bool:
    """Tell whether a file says that a computer made it up."""
    return any(_says_simulated(stamp) for stamp in stamps(files))


def curve(folder: Path) -> ScoreHistogram | None:
    """Return a run's scores at every threshold; None where there was no reference."""
    path = folder / "curves.json"
    return _curve(stamps([path])) if path.is_file() else None


def grid_record(folder: Path) -> dict[str, Any] | None:
    """Return the grid of a finished run as its record tells it; None where there is no record."""
    path = folder / "run.json"
    return _grid_record(stamps([path])) if path.is_file() else None


def comparison(folder: Path) -> dict[str, Any]:
    """Return the numbers of a finished comparison."""
    return dict(_json(stamps([folder / "metrics.json"])))


def sub_areas(folder: Path, areas: "geopandas.GeoDataFrame") -> "QuickAreas":
    """Return what lies in sub-areas of a run, counted once for the same outlines.

    Args:
        folder: Of the finished run.
        areas: `name` and polygons in any CRS.
    """
    names = ("run.json", "classes.tif", "reference.tif", "reference_classes.tif")
    files = stamps([folder / name for name in names])
    shapes = tuple(zip(areas["name"], areas.geometry.to_wkb(), strict=True))
    return _sub_areas(files, shapes, areas.crs.to_wkt())


def table(path: Path) -> "pandas.DataFrame":
    """Return a CSV file; not to be changed, for all pages share it."""
    return _table(stamps([path]))


@st.cache_data(max_entries=16, show_spinner="Laying the lines over the outlines ...")
def against_lines(folder: Path, name: str, content: bytes, settings: str) -> "LineScores":
    """Return how lines of a file and the outlines of a run meet; `settings` as JSON.

    Raises:
        GeosegError: The file cannot be compared with the run.
    """
    from geoseg.comparison.uploads import against_lines as compare
    from geoseg.evaluation.lines import LineSettings

    return compare(folder, name, content, LineSettings.from_json(settings))


@st.cache_data(max_entries=16, show_spinner="Looking at every point ...")
def against_points(
    folder: Path, name: str, content: bytes, choices: "PointChoices"
) -> dict[str, Any]:
    """Return how the map of a run does at points of a file.

    Raises:
        GeosegError: The file cannot be compared with the run.
    """
    from geoseg.comparison.uploads import against_points as compare

    return compare(folder, name, content, choices)


def outlines(path: Path) -> "geopandas.GeoDataFrame":
    """Return the outlines of a GeoPackage; not to be changed, for all pages share them."""
    return _outlines(stamps([path]))


def trap_table(folder: Path, request: RunRequest) -> TrapTable:
    """Return the ground under every outline of a run, counted once for all rules.

    Raises:
        GeosegError: The run's outlines or rasters cannot be read any more.
    """
    polygons = folder / "polygons.gpkg"
    if not polygons.is_file():
        raise WorkspaceError("the run has no polygons.gpkg; run again")
    return _trap_table(stamps([polygons, *request.rasters]), request.to_json())


def ranking(path: Path) -> Ranking | None:
    """Return a ranking; None where there is none.

    Raises:
        ModelError: The file is damaged or of another version.
    """
    return _ranking(stamps([path])) if path.is_file() else None


@st.cache_data(max_entries=512, show_spinner=False)
def _raster(stamp: Stamp) -> RasterInfo:
    return inspect_raster(Path(stamp[0]))


@st.cache_data(max_entries=32, show_spinner="Looking through the reference ...")
def _reference_fault(
    files: tuple[Stamp, ...], path: str, grid: str, task: str, positive: tuple[int, ...]
) -> str | None:
    try:
        open_reference(Path(path), Grid.from_record(json.loads(grid)), known_task(task), positive)
    except GeosegError as error:
        return str(error)
    return None


@st.cache_data(max_entries=32, show_spinner="Looking through the reference ...")
def _polygon_layers(files: tuple[Stamp, ...], path: str) -> list[str]:
    return layers_with(POLYGONS, Path(path), ReferenceMapError)


@st.cache_data(max_entries=512, show_spinner=False)
def _says_simulated(stamp: Stamp) -> bool:
    with opened(Path(stamp[0])) as dataset:
        return bool(dataset.tags().get("SIMULATED") == "yes")


@st.cache_data(ttl=20, show_spinner=False)
def _members(task: str, setting: str, models: Path | None) -> list[ZooMember]:
    return list_members(models, task, setting)


@st.cache_data(max_entries=64, show_spinner="Looking at the values of the bands ...")
def _statistics(
    files: tuple[Stamp, ...], task: str, bands: tuple[tuple[str, str], ...]
) -> list[Any]:
    stack = open_stack([Path(file[0]) for file in files], known_task(task), chosen=dict(bands))
    return list(sample_statistics(stack.select([name for name, _ in bands])))


@st.cache_data(max_entries=64, show_spinner="Looking for numbers that stand for missing ...")
def _fills(
    files: tuple[Stamp, ...], task: str, bands: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    paths = [Path(file[0]) for file in files]
    return open_stack(paths, known_task(task), chosen=dict(bands)).warnings


@st.cache_data(max_entries=32, show_spinner="Looking at the values of the bands ...")
def _band_checks(
    files: tuple[Stamp, ...], task: str, bands: tuple[tuple[str, str], ...], cards: tuple[str, ...]
) -> list[BandCheck]:
    training = [BandStatistics.from_json(card) for card in cards]
    known, chosen = known_task(task), dict(bands)
    stack = open_stack([Path(file[0]) for file in files], known, chosen=chosen)
    names = [band.name for band in training if band.name in stack.names]
    return check_stack(stack.select(names), training, known.bands)


@st.cache_data(max_entries=64, show_spinner=False)
def _curve(stamp: tuple[Stamp, ...]) -> ScoreHistogram:
    record = json.loads(Path(stamp[0][0]).read_text(encoding="utf-8"))
    return leading_curve(record)


@st.cache_data(max_entries=512, show_spinner=False)
def _grid_record(stamp: tuple[Stamp, ...]) -> dict[str, Any]:
    import json

    record: dict[str, Any] = json.loads(Path(stamp[0][0]).read_text(encoding="utf-8"))["grid"]
    return record


@st.cache_data(max_entries=32, show_spinner=False)
def _json(stamp: tuple[Stamp, ...]) -> dict[str, Any]:
    import json

    content: dict[str, Any] = json.loads(Path(stamp[0][0]).read_text(encoding="utf-8"))
    return content


@st.cache_data(max_entries=32, show_spinner=False)
def _sub_areas(
    files: tuple[Stamp, ...], shapes: tuple[tuple[str, bytes], ...], crs: str
) -> "QuickAreas":
    import geopandas

    from geoseg.comparison.quick import count_areas

    outlines = geopandas.GeoSeries.from_wkb([wkb for _, wkb in shapes], crs=crs)
    columns = {"name": [name for name, _ in shapes]}
    areas = geopandas.GeoDataFrame(columns, geometry=outlines)
    return count_areas(Path(files[0][0]).parent, areas)


@st.cache_resource(max_entries=4, show_spinner=False)
def _table(stamp: tuple[Stamp, ...]) -> "pandas.DataFrame":
    import pandas

    return pandas.read_csv(stamp[0][0])


@st.cache_resource(max_entries=4, show_spinner=False)
def _outlines(stamp: tuple[Stamp, ...]) -> "geopandas.GeoDataFrame":
    return read_outlines(Path(stamp[0][0]))


@st.cache_resource(max_entries=4, show_spinner="Looking at the ground under every outline ...")
def _trap_table(files: tuple[Stamp, ...], request: str) -> TrapTable:
    asked, polygons = RunRequest.from_json(request), Path(files[0][0])
    task = known_task(asked.settings.task)
    grid = Grid.from_record(read_record(polygons.parent)["grid"])
    stack = ground_stack(asked.rasters, task, grid, asked.bands)
    return tabulate_ground(outlines(polygons), stack, task)


@st.cache_data(max_entries=32, show_spinner=False)
def _ranking(stamp: tuple[Stamp, ...]) -> Ranking:
    return read_ranking(Path(stamp[0][0]))


def _paired(files: Sequence[Path]) -> list[tuple[Path, Stamp | None]]:
    return [(path, next(iter(stamps([path])), None)) for path in files]
