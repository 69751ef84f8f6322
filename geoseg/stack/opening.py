"""Files + task + choices -> the stack of one setting, on one stated grid."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from geoseg.errors import BandError, RasterError
from geoseg.stack.aoi import read_area
from geoseg.stack.common_grid import common_grid
from geoseg.stack.fills import FillChoice, settle_fills
from geoseg.stack.heights import in_metres
from geoseg.stack.matching import NOTHING_CHOSEN, BandMatch, match_bands
from geoseg.stack.source import RasterInfo, inspect_raster
from geoseg.stack.stack import Layer, RasterStack
from geoseg.stack.tiles import scene_notes
from geoseg.tasks import Band, Task

ELEVATION = "elevation"


def open_stack(
    rasters: Sequence[Path],
    task: Task,
    setting: str | None = None,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    aoi: Path | None = None,
    *,
    fill: FillChoice = "auto",
) -> RasterStack:
    """Put the bands of a setting on one grid; pixels are read only to look for fill values.

    Args:
        rasters: GeoTIFF files, one or several.
        task: What is to be mapped.
        setting: Its bands, in order, become the stack; None takes every band that is found.
        chosen: Band name -> `BandSource.key`, where the user corrected the matching.
        aoi: Polygons; the grid shrinks to them and pixels outside them become missing.
        fill: auto reads the files once and takes fill values that they do not declare as missing;
            keep reads nothing and takes every number as measured; a number is itself the fill.

    Raises:
        RasterError: A file cannot be read.
        GridError: The files or the area of interest do not fit together.
        BandError: A band of the setting is missing.
    """
    if not rasters:
        raise RasterError("no raster was given; expected at least one GeoTIFF")
    infos = [inspect_raster(path) for path in rasters]
    matches = match_bands(infos, task, chosen, setting)
    layers, fills = settle_fills(_layers(matches, infos, task, setting), fill)
    layers, units = _heights_in_metres(layers, task)
    scenes = [tuple(source.path for source in layer.sources) for layer in layers if layer.more]
    used = {source.path for layer in layers for source in layer.sources}
    unread = [info.path.name for info in infos if info.path not in used]
    infos = [info for info in infos if info.path in used]
    grid, notes = common_grid(infos, scenes)
    notes = (
        *(note for info in infos for note in info.notes),
        *scene_notes([_of(infos, files) for files in dict.fromkeys(scenes)]),
        *notes,
        *units,
        *_doubts(matches, layers),
        *_unread(unread, setting),
    )
    area = None
    if aoi is not None:
        area = read_area(aoi, grid)
        grid = area.crop(grid)
        notes = (*notes, f"Only the area of {aoi.name} is mapped: {grid.words()}", *area.notes)
    return RasterStack(layers, grid, notes, area, fills)


def _layers(
    matches: Sequence[BandMatch], infos: Sequence[RasterInfo], task: Task, setting: str | None
) -> list[Layer]:
    found = {match.band: match for match in matches if match.source is not None}
    wanted = tuple(found) if setting is None else task.setting(setting).bands
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise BandError(_missing_sentence(missing, infos, task, setting))
    return [_layer(found[name], task.band(name)) for name in wanted]


def _layer(match: BandMatch, band: Band) -> Layer:
    first, *more = match.sources
    return Layer(band.name, first, band.kind, band.legend, tuple(more), match.how)


def _of(infos: Sequence[RasterInfo], files: Sequence[Path]) -> list[RasterInfo]:
    return [info for path in files for info in infos if info.path == path]


def _doubts(matches: Sequence[BandMatch], layers: Sequence[Layer]) -> list[str]:
    """Say which matches are open to doubt: a band with two readings, bands known by place alone."""
    there = {layer.name for layer in layers}
    doubts = [match.note for match in matches if match.note and match.source]
    by_place = [match for match in matches if match.how == "order" and match.band in there]
    if by_place:
        pairs = ", ".join(f"{match.band} from {match.key}" for match in by_place)
        doubts.append(
            f"Taken by their place, for no name says what they are, please check: {pairs}"
        )
    return doubts


def _unread(names: Sequence[str], setting: str | None) -> list[str]:
    """Say which files gave nothing."""
    if not names or setting is None:
        return []
    return [f"Not read, for setting {setting} takes no band from there: {', '.join(names)}"]


def _heights_in_metres(
    layers: Sequence[Layer], task: Task
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Read elevations in metres, whatever their file counts them in; return what is to be told."""
    found: list[Layer] = []
    told: list[str] = []
    for layer in layers:
        if layer.name == ELEVATION and task.band(layer.name).unit == "m":
            parts = [in_metres(source) for source in layer.sources]
            told += [note for _, notes in parts for note in notes]
            (first, _), *more = parts
            found.append(replace(layer, source=first, more=tuple(source for source, _ in more)))
        else:
            found.append(layer)
    return tuple(found), tuple(dict.fromkeys(told))


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
