"""Optical scenes on disk -> indices of one, or a cloud-free mosaic of many, a described band each."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.errors import BandError, RasterError, SettingsError
from geoseg.exports.derived_files import check_derived, derived_tags
from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid
from geoseg.predictors.indices import Wanted, wanted
from geoseg.predictors.sensors import Sensor, find_sensor
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.blocks import spread_windows
from geoseg.stack.common_grid import common_grid
from geoseg.stack.fills import FillChoice
from geoseg.stack.opening import open_stack
from geoseg.stack.source import inspect_raster
from geoseg.stack.stack import RasterStack, StackReader

STAGE = "deriving indices"
ROWS, COLUMNS = 128, 1024
"""Pixels of a block; a mosaic holds one of every scene."""
SAMPLE_PIXELS = 200_000
BRIGHTEST = 2.0
"""Reflectance above which the values must be scaled."""
SCALE = 1e-4


@dataclass(frozen=True)
class OpticalSettings:
    """How optical scenes are read.

    Attributes:
        sensor: Name of the sensor.
        indices: Such as "NDVI", "NDVI_p25"; the number is the percentile over the scenes.
        clear: Values of the cloud band that are kept; empty takes the sensor's.
        masked: Whether scenes must have a cloud band; None uses it where there is one.
        fill: Numbers that stand for missing though no file says so, see `open_stack`.
    """

    sensor: str
    indices: tuple[str, ...]
    clear: tuple[int, ...] = ()
    masked: bool | None = None
    fill: FillChoice = "auto"


@dataclass(frozen=True)
class Mosaic:
    """What was made.

    Attributes:
        path: The GeoTIFF; band names are those of the indices.
        notes: How files were read and values scaled.
        scenes: How many scenes went in.
        seen: Share of the pixels that at least one scene sees clear.
    """

    path: Path
    notes: tuple[str, ...]
    scenes: int
    seen: float

    def record(self) -> dict[str, Any]:
        """Return JSON-ready facts."""
        return {"out": str(self.path), "scenes": self.scenes, "seen": self.seen,
                "notes": list(self.notes)}  # fmt: skip


@dataclass(frozen=True)
class _Scene:
    stack: RasterStack
    factor: float
    masked: bool


def derive_indices(
    scenes: Sequence[Sequence[Path]],
    settings: OpticalSettings,
    out: Path,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Mosaic:
    """Derive indices of one scene, or their percentiles over several, cloudy pixels left out.

    Every pixel's index is computed in each scene first and then ranked over the scenes, as in
    Article II.

    Args:
        scenes: The GeoTIFFs of each scene.
        settings: Sensor, indices, cloud classes.
        out: The GeoTIFF to make, float32, NaN where no scene sees the ground.
        progress: Hears of every strip.
        cancelled: Asked before every strip.

    Raises:
        SettingsError: An index or a sensor is unknown, or an index comes twice.
        BandError: A scene lacks a colour that an index reads, or its cloud band.
        RasterError: A file cannot be read, or no pixel is clear in any scene.
        OutputError: `out` is one of the scenes, a folder, or a file that was not derived here.
        DiskError: The result cannot be written.
    """
    check_derived(out, [path for scene in scenes for path in scene])
    sensor = find_sensor(settings.sensor)
    chosen = _chosen(settings.indices)
    colours = tuple(dict.fromkeys(colour for own in chosen for colour in own.index.colours))
    opened = _opened(scenes, sensor, colours, settings)
    grid = opened[0].stack.grid
    clear = settings.clear or sensor.clear
    seen = 0
    with ExitStack() as files:
        writer = files.enter_context(
            RasterWriter(out, grid, [own.name for own in chosen], tags=derived_tags("optical"))
        )
        readers = [(scene, files.enter_context(scene.stack.open())) for scene in opened]
        for top in range(0, grid.height, ROWS):
            stop_if(cancelled)
            strip = np.empty((len(chosen), min(ROWS, grid.height - top), grid.width), np.float32)
            for left in range(0, grid.width, COLUMNS):
                width = min(COLUMNS, grid.width - left)
                window = Window(left, top, width, strip.shape[1])
                found = _block(readers, colours, clear, chosen, window)
                strip[..., left : left + width] = found
            seen += int(np.isfinite(strip).any(axis=0).sum())
            writer.write(top, strip)
            progress(Event(STAGE, top + strip.shape[1], grid.height))
        if not seen:
            raise RasterError(
                "no pixel is clear in any scene, so nothing would be left; check the cloud bands and "
                "the values that mean clear ground"
            )
    notes = _notes(opened, chosen, clear)
    return Mosaic(out, notes, len(opened), seen / (grid.width * grid.height))


def find_scenes(paths: Sequence[Path]) -> list[list[Path]]:
    """Return the GeoTIFFs of each scene: a folder of folders, of files of many bands, or files.

    A folder inside a folder is one scene; else each file of several bands is one, and files of
    one band each make up one scene together.

    Raises:
        RasterError: There is no GeoTIFF.
    """
    scenes: list[list[Path]] = []
    loose: list[Path] = []
    for path in paths:
        if not path.is_dir():
            loose.append(path)
            continue
        loose += _rasters(path)
        inside = sorted(folder for folder in path.iterdir() if folder.is_dir())
        scenes += [files for folder in inside if (files := _rasters(folder))]
    single = [path for path in loose if len(inspect_raster(path).bands) == 1]
    scenes += [[path] for path in loose if path not in single]
    scenes += [single] if single else []
    if not scenes:
        raise RasterError(
            f"no GeoTIFF in {', '.join(str(path) for path in paths)}; expected scenes of an "
            "optical sensor"
        )
    return scenes


def _rasters(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in {".tif", ".tiff"})


def _chosen(names: Sequence[str]) -> tuple[Wanted, ...]:
    chosen = tuple(wanted(name) for name in names)
    if not chosen or len({own.name.lower() for own in chosen}) < len(chosen):
        raise SettingsError(
            f"expected one or more indices, each once, got {', '.join(names) or 'none'}"
        )
    return chosen


def _opened(
    scenes: Sequence[Sequence[Path]],
    sensor: Sensor,
    colours: tuple[str, ...],
    settings: OpticalSettings,
) -> list[_Scene]:
    infos = [inspect_raster(path) for files in scenes for path in files]
    # Scenes may be neighbours: what one does not see, another may.
    grid, _ = common_grid(infos, [[info.path for info in infos]])
    return [_scene(files, sensor, colours, settings, grid) for files in scenes]


def _scene(
    files: Sequence[Path],
    sensor: Sensor,
    colours: tuple[str, ...],
    settings: OpticalSettings,
    grid: Grid,
) -> _Scene:
    with_cloud = settings.masked is not False
    fill = settings.fill
    try:
        stack = open_stack(files, sensor.task(colours, masked=with_cloud), "read", fill=fill)
    except BandError:
        if settings.masked or not with_cloud:
            raise
        with_cloud = False
        stack = open_stack(files, sensor.task(colours), "read", fill=fill)
    stack = replace(stack, grid=grid)
    return _Scene(stack, _factor(stack, len(colours)), with_cloud)


def _factor(stack: RasterStack, colours: int) -> float:
    """Return what makes reflectance of the stored values: 1, or 1/10000 where they are scaled."""
    with stack.open() as reader:
        sampled = [reader.read(w)[:colours].ravel()
                   for w in spread_windows(stack.grid, SAMPLE_PIXELS)]  # fmt: skip
    known = np.concatenate(sampled)
    known = known[np.isfinite(known)]
    return SCALE if known.size and float(np.median(known)) > BRIGHTEST else 1.0


def _block(
    readers: Sequence[tuple[_Scene, StackReader]],
    colours: tuple[str, ...],
    clear: tuple[int, ...],
    chosen: Sequence[Wanted],
    window: Window,
) -> NDArray[np.float32]:
    """Return (index, y, x): each index over the scenes at its percentile."""
    looks = []
    for scene, reader in readers:
        values = reader.read(window)
        bands = values[: len(colours)] * np.float32(scene.factor)
        if scene.masked:
            bands[:, ~np.isin(values[-1], clear)] = np.nan
        looks.append(dict(zip(colours, bands, strict=True)))
    found = [
        over_time(np.stack([own.index.compute(look) for look in looks]), own.percentile)
        for own in chosen
    ]
    return np.stack(found)


def over_time(values: NDArray[np.float32], percentile: int) -> NDArray[np.float32]:
    """Return a percentile over the scenes, (scene, y, x) -> (y, x); NaN where none is known.

    Between two ranks the values are interpolated, as numpy's percentile does.
    """
    if len(values) == 1:
        return values[0]
    ordered = np.sort(values, axis=0)  # NaN last
    known = np.isfinite(values).sum(axis=0)
    place = np.maximum(known - 1, 0) * (percentile / 100)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    below, above = (np.take_along_axis(ordered, rank[None], 0)[0] for rank in (low, high))
    return np.asarray(below + (above - below) * (place - low), np.float32)


def _notes(
    scenes: Sequence[_Scene], chosen: Sequence[Wanted], clear: tuple[int, ...]
) -> tuple[str, ...]:
    notes = [note for scene in scenes for note in (*scene.stack.notes, *scene.stack.warnings)]
    scaled = sum(scene.factor != 1 for scene in scenes)
    masked = sum(scene.masked for scene in scenes)
    kept = ", ".join(str(value) for value in clear)
    notes.append(f"{scaled} of {len(scenes)} scenes hold reflectance x 10000 and were divided")
    notes.append(
        f"{masked} of {len(scenes)} scenes have a cloud band; classes {kept} count as clear"
    )
    notes += [
        f"{own.name}: {own.index.title}; {own.index.source}"
        + (f"; percentile {own.percentile} over {len(scenes)} scenes" if len(scenes) > 1 else "")
        for own in chosen
    ]
    return tuple(dict.fromkeys(notes))
