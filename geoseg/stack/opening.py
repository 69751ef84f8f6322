"""Files + task + choices -> the stack of one setting, on one stated grid."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from geoseg.errors import BandError, RasterError
from geoseg.stack.aoi import read_area
from geoseg.stack.common_grid import common_grid
from geoseg.stack.heights import in_metres
from geoseg.stack.matching import NOTHING_CHOSEN, BandMatch, match_bands
from geoseg.stack.source import RasterInfo, inspect_raster
from geoseg.stack.stack import Layer, RasterStack
from geoseg.tasks import Task

ELEVATION = "elevation"
NOTHING_TOLD: tuple[str, ...] = ()


def open_stack(
    rasters: Sequence[Path],
    task: Task,
    setting: str | None = None,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    aoi: Path | None = None,
) -> RasterStack:
    """Put the bands of a setting on one grid; no pixel is read yet.

    Args:
        rasters: GeoTIFF files, one or several.
        task: What is to be mapped.
        setting: Its bands, in order, become the stack; None takes every band that is found.
        chosen: Band name -> `BandSource.key`, where the user corrected the matching.
        aoi: Polygons; the grid shrinks to them and pixels outside them become missing.

    Raises:
        RasterError: A file cannot be read.
        GridError: The files or the area of interest do not fit together.
        BandError: A band of the setting is missing.
    """
    if not rasters:
        raise RasterError("no raster was given; expected at least one GeoTIFF")
    infos = [inspect_raster(path) for path in rasters]
    matches = match_bands(infos, task, chosen, setting)
    layers, units = _heights_in_metres(_layers(matches, infos, task, setting), task)
    used = {layer.source.path for layer in layers}
    infos = [info for info in infos if info.path in used]
    grid, notes = common_grid(infos)
    file_notes = [note for info in infos for note in info.notes]
    doubts = [match.note for match in matches if match.note and match.source]
    area = None
    if aoi is not None:
        area = read_area(aoi, grid)
        grid = area.crop(grid)
        notes = (*notes, f"Only the area of {aoi.name} is mapped: {grid.words()}")
    return RasterStack(layers, grid, (*file_notes, *notes, *units, *doubts), area)


def _layers(
    matches: Sequence[BandMatch], infos: Sequence[RasterInfo], task: Task, setting: str | None
) -> list[Layer]:
    found = {match.band: match.source for match in matches if match.source is not None}
    wanted = tuple(found) if setting is None else task.setting(setting).bands
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise BandError(_missing_sentence(missing, infos, task, setting))
    bands = [task.band(name) for name in wanted]
    return [Layer(band.name, found[band.name], band.kind, band.legend) for band in bands]


def _heights_in_metres(
    layers: Sequence[Layer], task: Task
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Read elevations in metres, whatever their file counts them in; return what is to be told."""
    found: list[Layer] = []
    told: list[str] = []
    for layer in layers:
        source, notes = layer.source, NOTHING_TOLD
        if layer.name == ELEVATION and task.band(layer.name).unit == "m":
            source, notes = in_metres(layer.source)
        found.append(replace(layer, source=source))
        told += notes
    return tuple(found), tuple(told)


def _missing_sentence(
    missing: Sequence[str], infos: Sequence[RasterInfo], task: Task, setting: str | None
) -> str:
    given = [source.title for info in infos for source in info.bands]
    if setting is None:
        wished = f"none of the bands of {task.name} was found"
    else:
        wished = f"setting {setting} needs {', '.join(missing)}, which was not found"
    return (
        f"{wished} among the {len(given)} bands given ({', '.join(given)}); "
        "say in the band table which layer it is, add its file or choose another setting"
    )
