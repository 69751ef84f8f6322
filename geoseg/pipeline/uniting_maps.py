"""The rasters of two runs on one grid -> those of their union, strip by strip, and its counts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.errors import ExportError, GridError, SettingsError
from geoseg.evaluation.classes import ClassScores, open_by_class
from geoseg.evaluation.taught import TaughtGround, taught_again, taught_together
from geoseg.exports.raster import RasterWriter, run_tags
from geoseg.exports.record import Record, read_record
from geoseg.grid import Grid
from geoseg.mapping.classes import NO_CLASS, classify
from geoseg.mapping.union import second_wins, taken
from geoseg.pipeline.maps import CLASSES_TRUE, Scores
from geoseg.pipeline.stages import Stages
from geoseg.settings import RunSettings
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.reference import (
    RasterReference,
    ReferenceReader,
    VectorReference,
    open_reference,
)
from geoseg.tasks import Task, all_tasks, custom_task

STRIP_PIXELS = 2**21
PROBABILITY, SINGLE, COVERAGE = "probability", "single_best", "coverage"
FOLLOWING = ("spread", "agreement", "entropy", "mutual_information")
"""Layers a pixel takes from the run that its probability is taken from."""
MEASURED = (PROBABILITY, *FOLLOWING, SINGLE)


@dataclass(frozen=True)
class Half:
    """One of the two runs."""

    folder: Path
    record: Record

    @classmethod
    def open(cls, folder: Path) -> "Half":
        """Read a run's folder.

        Raises:
            ExportError: It is no folder of a finished run.
        """
        record = read_record(folder)
        for name in (PROBABILITY, "spread"):
            if not (folder / f"{name}.tif").is_file():
                raise ExportError(f"{folder} has no {name}.tif; run again")
        return cls(folder, record)

    @property
    def title(self) -> str:
        """How a person calls the run."""
        return str(self.record.get("title") or self.folder.name)

    @property
    def threshold(self) -> float:
        """Probability from which a pixel is the feature."""
        return float(self.record["settings"]["threshold"])


@dataclass(frozen=True)
class Pair:
    """Two runs that can be united: one grid, one task, one threshold."""

    first: Half
    second: Half
    grid: Grid
    task: Task

    @classmethod
    def open(cls, first: Path, second: Path) -> "Pair":
        """Open two runs and refuse what cannot be united.

        Raises:
            ExportError: A folder is not that of a finished run.
            GridError: The runs lie on different grids.
            SettingsError: They map different things, or at different thresholds.
        """
        halves = one, other = Half.open(first), Half.open(second)
        grid, elsewhere = (Grid.from_record(half.record["grid"]) for half in halves)
        if not grid.same_as(elsewhere):
            raise GridError(
                f"the runs lie on different grids: {one.title} on {grid.words()}, {other.title} on "
                f"{elsewhere.words()}; unite runs of the same rasters"
            )
        legends = [half.record["task"]["classes"] for half in halves]
        if one.record["task"]["name"] != other.record["task"]["name"] or legends[0] != legends[1]:
            raise SettingsError(
                f"{one.title} maps {one.record['task']['title']}, {other.title} maps "
                f"{other.record['task']['title']}; unite runs of one task and legend"
            )
        if one.threshold != other.threshold:
            raise SettingsError(
                f"{one.title} was mapped with threshold {one.threshold:g}, {other.title} with "
                f"{other.threshold:g}; run one of them again with the threshold of the other"
            )
        return cls(one, other, grid, _task(one.record))

    @property
    def cards(self) -> list[dict[str, Any]]:
        """Cards of the members of both, each once."""
        every = [*self.first.record["members"], *self.second.record["members"]]
        return list({(card["name"], card["sha256"]): card for card in every}.values())

    @cached_property
    def ground(self) -> TaughtGround:
        """Which of it taught or judged the members of one of them."""
        halves = (self.first, self.second)
        found = [taught_again(half.record.get("ground"), self.grid) for half in halves]
        return replace(taught_together(found), members=len(self.cards))

    @property
    def simulated(self) -> bool:
        """True where the input of one was made up."""
        return any(half.record.get("simulated") for half in (self.first, self.second))


@dataclass(frozen=True)
class Truth:
    """The open reference, and its classes where they are those of the task."""

    name: str
    feature: ReferenceReader
    by_class: ClassScores | None


@dataclass(frozen=True)
class United:
    """What the pass over the maps leaves beside the files."""

    valid_pixels: int
    feature_area_m2: float
    taught_pixels: int
    scores: Scores | None
    reference: str | None


def open_truth(
    pair: Pair, given: Path | None, positive: Sequence[int]
) -> AbstractContextManager[Truth | None]:
    """Find the reference: the one given, else that of the runs.

    Raises:
        ReferenceMapError: It cannot be read, lies elsewhere, or holds no feature.
    """
    if given is not None:
        return _opened(open_reference(given, pair.grid, pair.task, positive), pair.task, given.name)
    for half in (pair.first, pair.second):
        own = half.folder / "reference.tif"
        if own.is_file():
            name = half.record.get("reference") or own.name
            return _opened(open_reference(own, pair.grid, pair.task, (1,)), None, name)
    return _opened(None, None, "")


@contextmanager
def _opened(
    reference: RasterReference | VectorReference | None, legend: Task | None, name: str
) -> Iterator[Truth | None]:
    """Open a reference; its ids count as classes where the legend has them all."""
    if reference is None:
        yield None
        return
    with ExitStack() as files:
        by_class = open_by_class(reference, legend, files) if legend else None
        yield Truth(name, files.enter_context(reference.open()), by_class)


def write_union(
    pair: Pair, settings: RunSettings, folder: Path, truth: Truth | None, stages: Stages
) -> United:
    """Write every raster of the union in one pass; with a reference also count against it."""
    with ExitStack() as files:
        layers = _Layers.open(pair, files)
        names = [*layers.names, "classes", *(["reference", "confusion"] if truth else [])]
        names += [CLASSES_TRUE] if truth and truth.by_class else []
        writers = {
            name: files.enter_context(_writer(name, layers, pair, settings, folder))
            for name in names
        }
        scores = Scores(pair.ground, by_class=truth.by_class) if truth else None
        valid, taught, feature_m2 = 0, 0, 0.0
        for window in _strips(pair.grid):
            stages.step("uniting maps", window.row_off, pair.grid.height)
            strip = layers.united(window, settings.threshold)
            classes = strip["classes"]
            taught += int(np.count_nonzero((classes != NO_CLASS) & pair.ground.read(window)))
            valid += int(np.count_nonzero(classes != NO_CLASS))
            mapped = (classes != NO_CLASS) & (classes != 0)
            feature_m2 += float(pair.grid.areas_m2(mapped.astype(np.uint8), window, 2)[1])
            if scores is not None and truth is not None:
                reference = truth.feature.read(window)
                strip |= scores.add(window, classes, strip[PROBABILITY], reference)
            for name, writer in writers.items():
                writer.write(window.row_off, strip[name])
    return United(valid, feature_m2, taught, scores, truth.name if truth else None)


@dataclass(frozen=True)
class _Layers:
    """The rasters that both runs have, open."""

    names: tuple[str, ...]
    first: Mapping[str, DatasetReader]
    second: Mapping[str, DatasetReader]

    @classmethod
    def open(cls, pair: Pair, files: ExitStack) -> "_Layers":
        halves = (pair.first, pair.second)
        both = [
            name
            for name in (*MEASURED, COVERAGE)
            if all((half.folder / f"{name}.tif").is_file() for half in halves)
        ]
        opened = [
            {name: files.enter_context(open_gtiff(half.folder / f"{name}.tif")) for name in both}
            for half in halves
        ]
        return cls(tuple(both), *opened)

    def united(self, window: Window, threshold: float) -> dict[str, NDArray[Any]]:
        """Return the strip of every layer, and the classes."""
        first, second = (
            {name: raster.read(window=window) for name, raster in half.items()}
            for half in (self.first, self.second)
        )
        wins = second_wins(first[PROBABILITY], second[PROBABILITY], threshold)
        strip: dict[str, NDArray[Any]] = {
            name: taken(first[name], second[name], wins)
            for name in (PROBABILITY, *FOLLOWING)
            if name in first
        }
        if SINGLE in first:
            own = second_wins(first[SINGLE], second[SINGLE], threshold)
            strip[SINGLE] = taken(first[SINGLE], second[SINGLE], own)
        if COVERAGE in first:
            strip[COVERAGE] = _better_covered(first[COVERAGE], second[COVERAGE])
        strip["classes"] = classify(strip[PROBABILITY], threshold)
        return strip


def _better_covered(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    known = np.where(first == NO_CLASS, second, first)
    return np.where(second == NO_CLASS, known, np.maximum(known, second))


def _strips(grid: Grid) -> Iterator[Window]:
    rows = max(1, STRIP_PIXELS // grid.width)
    for row in range(0, grid.height, rows):
        yield Window(0, row, grid.width, min(rows, grid.height - row))


def _writer(
    name: str, layers: _Layers, pair: Pair, settings: RunSettings, folder: Path
) -> RasterWriter:
    tags = run_tags(settings, pair.simulated)
    path = folder / f"{name}.tif"
    if name not in MEASURED:
        return RasterWriter(path, pair.grid, [name], "uint8", NO_CLASS, tags)
    if name == SINGLE:
        both = [half[name].tags() for half in (layers.first, layers.second)]
        members = " and ".join(dict.fromkeys(own.get("GEOSEG_MEMBER", "?") for own in both))
        tags |= {"GEOSEG_MEMBER": members, "GEOSEG_THRESHOLD": repr(settings.threshold)}
    bands = [words or name for words in layers.first[name].descriptions]
    return RasterWriter(path, pair.grid, bands, "float32", float("nan"), tags)


def _task(record: Record) -> Task:
    """Return the declared task, or the user's own as the members' cards tell it."""
    name = record["task"]["name"]
    if name in (known := all_tasks()):
        return known[name]
    card = record["members"][0]
    bands = [(band["name"], band.get("unit", "")) for band in card["bands"]]
    classes = tuple(label["name"] for label in record["task"]["classes"])
    return custom_task({card["setting"]: bands}, classes=classes)
