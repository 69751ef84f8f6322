"""The published dataset, or a file -> mean and standard deviation of each of the fifteen bands."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geoseg.errors import ArchiveError, RasterError
from geoseg.models.card import BandStatistics
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.gtiff import opened
from geoseg.tasks import Task

BLOCK_PIXELS = 1 << 19
MAX_FILE_BYTES = 1 << 20
PART = "train_val"


@dataclass
class RunningMoments:
    """Count, mean and squared distance from the mean of each band, block by block.

    Chan, Golub and LeVeque (1983), doi:10.1080/00031305.1983.10483115.
    """

    bands: int
    count: NDArray[np.float64] = field(init=False)
    mean: NDArray[np.float64] = field(init=False)
    squares: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.count, self.mean, self.squares = np.zeros((3, self.bands))

    def add(self, values: NDArray[np.float64]) -> None:
        """Take in a block (band, pixel); NaN is left out."""
        known = np.isfinite(values)
        count = known.sum(axis=1)
        some = np.maximum(count, 1)
        mean = np.where(known, values, 0).sum(axis=1) / some
        distance = np.where(known, values - mean[:, None], 0)
        total = np.maximum(self.count + count, 1)
        shift = mean - self.mean
        self.squares += (distance**2).sum(axis=1) + shift**2 * self.count * count / total
        self.mean += shift * count / total
        self.count += count

    @property
    def std(self) -> NDArray[np.float64]:
        """Standard deviation over all values, as the published training took it."""
        return np.sqrt(self.squares / np.maximum(self.count, 1))


def dataset_folder(folder: Path) -> Path:
    """Return the folder that holds train_val/input: the one given, or global_dataset in it.

    Raises:
        ArchiveError: Neither does.
    """
    for place in (folder, folder / "global_dataset"):
        if (place / PART / "input").is_dir():
            return place
    raise ArchiveError(
        f"{folder} holds no {PART}/input; expected the folder of the unpacked global_dataset"
    )


def dataset_statistics(
    folder: Path, task: Task, progress: Progress = silent, cancelled: Cancelled = never
) -> tuple[BandStatistics, ...]:
    """Return the statistics of every band over all pixels of train_val/input that are not NaN.

    The images are read in blocks of rows, so their size does not matter.

    Raises:
        ArchiveError: There are no images, one cannot be read or lacks bands, or a band is empty.
        RunCancelledError: `cancelled` answered True.
    """
    images = sorted((dataset_folder(folder) / PART / "input").glob("*.tif*"))
    if not images:
        raise ArchiveError(f"{folder} holds no image in {PART}/input; unpack global_dataset whole")
    names = [band.name for band in task.bands]
    moments = RunningMoments(len(names))
    for done, image in enumerate(images):
        progress(Event("measuring the bands", done, len(images)))
        try:
            with opened(image) as raster:
                order = _band_order(image, raster.descriptions, names)
                for window in _windows(raster.height, raster.width):
                    stop_if(cancelled)
                    block = raster.read(order, window=window, masked=True).astype(np.float64)
                    moments.add(block.filled(np.nan).reshape(len(names), -1))
        except (RasterError, RasterioError) as error:
            raise ArchiveError(f"{image.name} cannot be read: {error}") from error
    progress(Event("measuring the bands", len(images), len(images)))
    if empty := [name for name, count in zip(names, moments.count, strict=True) if not count]:
        raise ArchiveError(f"band {empty[0]} has no value in any image of {folder}")
    figures = zip(moments.mean.tolist(), moments.std.tolist(), strict=True)
    return _for_bands(dict(zip(names, figures, strict=True)), task)


def read_statistics(path: Path, task: Task) -> tuple[BandStatistics, ...]:
    """Read the statistics from a file.

    JSON: {"preVV": {"mean": -11.2, "std": 3.4}, ...} or a list with names. CSV: a head with name,
    mean, std; or band_mean, band_std in the fifteen bands' published order.

    Raises:
        ArchiveError: The file is missing, has another form, or lacks a band.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ArchiveError(f"{path.name} is larger than 1 MB; expected one line for each band")
        text = path.read_text(encoding="utf-8-sig")
        rows = _json_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text, task)
        figures = {name: (float(mean), float(std)) for name, mean, std in rows}
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be read ({error.strerror}); name a JSON or CSV file"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        raise ArchiveError(
            f"{path.name} is no file of band statistics; expected CSV with the head name,mean,std "
            'or JSON like {"preVV": {"mean": -11.2, "std": 3.4}, ...}'
        ) from error
    missing = [band.name for band in task.bands if band.name not in figures]
    if missing:
        raise ArchiveError(f"{path.name} lacks the bands {', '.join(missing)}; all fifteen count")
    for name, (mean, std) in figures.items():
        if not math.isfinite(mean) or not 0 <= std < math.inf:
            raise ArchiveError(f"{path.name} gives {name} the mean {mean:g} and deviation {std:g}")
    return _for_bands(figures, task)


def _for_bands(
    figures: Mapping[str, tuple[float, float]], task: Task
) -> tuple[BandStatistics, ...]:
    return tuple(
        BandStatistics(
            name=band.name, unit=band.unit, mean=figures[band.name][0], std=figures[band.name][1]
        )
        for band in task.bands
    )


def _band_order(path: Path, descriptions: Sequence[str | None], names: Sequence[str]) -> list[int]:
    """Return the raster's bands in the task's order: by description, else as published."""
    if set(names) <= set(descriptions):
        return [descriptions.index(name) + 1 for name in names]
    if len(descriptions) == len(names):
        return list(range(1, len(names) + 1))
    raise ArchiveError(
        f"{path.name} has {len(descriptions)} bands, expected the {len(names)} published ones"
    )


def _windows(height: int, width: int) -> Iterator[Window]:
    rows = max(1, BLOCK_PIXELS // width)
    for row in range(0, height, rows):
        yield Window(0, row, width, min(rows, height - row))


def _json_rows(text: str) -> list[tuple[str, Any, Any]]:
    content = json.loads(text)
    if isinstance(content, dict):
        return [(name, row["mean"], row["std"]) for name, row in content.items()]
    return [(row["name"], row["mean"], row["std"]) for row in content]


def _csv_rows(text: str, task: Task) -> list[tuple[str, Any, Any]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if rows and "name" in rows[0]:
        return [(row["name"].strip(), row["mean"], row["std"]) for row in rows]
    bands = zip(task.bands, rows, strict=True)
    return [(band.name, row["band_mean"], row["band_std"]) for band, row in bands]
