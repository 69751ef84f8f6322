"""A class map and a reference on disk -> counts and metrics, whole and by area, block by block."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from geoseg.errors import GridError, RasterError
from geoseg.evaluation.areas import AreaScore, mean_of_areas, read_areas
from geoseg.evaluation.classes import ClassScores, open_by_class
from geoseg.evaluation.counts import UNKNOWN, Confusion, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.stack.blocks import blocks
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.reading import FileReader, open_on_grid
from geoseg.stack.reference import open_reference
from geoseg.stack.source import RasterInfo, inspect_raster
from geoseg.tasks import Task, all_tasks
from geoseg.tasks.landslides import LANDSLIDES

HIGHEST_CLASS = 254
STAGE = "comparing with the reference"


@dataclass(frozen=True)
class Evaluation:
    """What a comparison found.

    Attributes:
        confusion: Counts over the whole map.
        areas: Counts of the named sub-areas, in the file's order.
        histogram: Scores by probability, where a probability was given.
        threshold: The threshold the map was made with, where its tags say so.
        by_class: Counts of every class, where map and reference tell several apart.
        notes: Plain sentences on how the reference was read and what is undefined.
    """

    confusion: Confusion
    areas: tuple[AreaScore, ...] = ()
    histogram: ScoreHistogram | None = None
    threshold: float | None = None
    by_class: ClassScores | None = None
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the keys of metrics.json: flat metrics and counts, then areas and the best F1."""
        record = {
            **self.confusion.record(),
            "threshold": self.threshold,
            "notes": [*self.notes, *self.confusion.notes()],
        }
        if self.areas:
            labels = self.by_class.labels if self.by_class is not None else ()
            record["areas"] = [area.record(labels) for area in self.areas]
            record["mean_of_areas"] = mean_of_areas(self.areas)
        if self.histogram is not None:
            best = self.histogram.best_f1_threshold()
            at_best = self.histogram.confusion_at(best).metrics() if best is not None else {}
            record |= {"best_threshold": best, "best_f1": at_best.get("f1")}
        if self.by_class is not None:
            record |= self.by_class.record()
        return record


class _ClassReader(Protocol):
    def read(self, window: Window, /) -> NDArray[np.uint8]: ...


def evaluate_files(
    classes: Path,
    reference: Path,
    *,
    probability: Path | None = None,
    areas: Path | None = None,
    task: Task | None = None,
    positive: Sequence[int] = (),
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Evaluation:
    """Compare a class map with a reference.

    Args:
        classes: Class map, 0 background, any other id the feature, 255 or nodata no data.
        reference: GeoTIFF or polygons, in any CRS.
        probability: Probability of the feature on the map's pixels, for other thresholds.
        areas: Polygons; each is counted on its own, too.
        task: What was mapped; None asks the map's tags.
        positive: Class ids of the reference that count as the feature.
        progress: Hears about every block.
        cancelled: Asked before every block.

    Raises:
        RasterError: The class map or the probability cannot be read as such.
        GridError: The probability or the areas do not lie on the map.
        ReferenceMapError: The reference cannot be compared with the map.
    """
    info = inspect_raster(classes)
    grid = info.grid
    tags = _tags(classes)
    task = task or all_tasks().get(tags.get("GEOSEG_TASK", ""), LANDSLIDES)
    scored = read_areas(areas, grid) if areas is not None else ()
    truth = open_reference(reference, grid, task, positive)
    whole, histogram = Confusion(), ScoreHistogram()
    with ExitStack() as files:
        by_class = open_by_class(truth, task, files)
        if by_class is not None:
            scored = tuple(area.telling(len(by_class.labels)) for area in scored)
        mapped = files.enter_context(_open_classes(info))
        true = files.enter_context(truth.open())
        scores = _open_probability(probability, info, files)
        windows = list(blocks(grid))
        for done, window in enumerate(windows, start=1):
            stop_if(cancelled)
            ids, known = mapped.read(window), true.read(window)
            whole += count(ids, known)
            true_ids = by_class.add(ids, window) if by_class is not None else None
            part = grid.window(window)
            scored = tuple(area.with_block(part, ids, known, true_ids) for area in scored)
            if scores is not None:
                histogram.add(scores(window), known)
            progress(Event(STAGE, done, len(windows)))
    return Evaluation(
        whole, scored, histogram if scores else None, _threshold(tags), by_class, truth.notes
    )


@dataclass(frozen=True)
class _Classes:
    info: RasterInfo
    file: FileReader

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Return (y, x) class ids, 255 no data.

        Raises:
            RasterError: The values are no class ids.
        """
        values = self.file.read(self.info.bands[:1], window)[0]
        missing = np.isnan(values) | (values == UNKNOWN)
        ids = np.where(missing, UNKNOWN, values).astype(np.uint8)
        odd = ~missing & ((ids != values) | (values > HIGHEST_CLASS))
        if odd.any():
            raise RasterError(
                f"{self.info.path.name} holds {values[odd][0]:g}, which is no class id; expected "
                f"whole numbers from 0 to {HIGHEST_CLASS}, as in the classes.tif of a run"
            )
        return ids


@contextmanager
def _open_classes(info: RasterInfo) -> Iterator[_ClassReader]:
    if len(info.bands) != 1:
        raise RasterError(
            f"{info.path.name} holds {len(info.bands)} bands; expected one band of class ids, "
            "as in the classes.tif of a run"
        )
    with open_on_grid(info.path, info.grid, Resampling.nearest) as file:
        yield _Classes(info, file)


class _Scores(Protocol):
    def __call__(self, window: Window, /) -> NDArray[np.float32]: ...


def _open_probability(path: Path | None, classes: RasterInfo, files: ExitStack) -> _Scores | None:
    """Return the reader of the probability of the feature, the sum over all feature classes."""
    if path is None:
        return None
    info = inspect_raster(path)
    if not info.grid.same_as(classes.grid):
        raise GridError(
            f"{path.name} ({info.grid.words()}) does not lie on the pixels of "
            f"{classes.path.name} ({classes.grid.words()}); take both from one run"
        )
    file = files.enter_context(open_on_grid(path, info.grid, Resampling.nearest))
    # One band is the feature itself; of several, the first is the background.
    bands = info.bands if len(info.bands) == 1 else info.bands[1:]
    return lambda window: file.read(bands, window).sum(axis=0)


def _tags(path: Path) -> dict[str, str]:
    with open_gtiff(path) as dataset:
        return dict(dataset.tags())


def _threshold(tags: dict[str, str]) -> float | None:
    try:
        threshold = json.loads(tags.get("GEOSEG_SETTINGS", "{}")).get("threshold")
    except (json.JSONDecodeError, AttributeError):
        return None
    return float(threshold) if isinstance(threshold, int | float) else None
