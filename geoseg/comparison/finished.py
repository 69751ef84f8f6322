"""The folder of a finished run -> its record, grid and task, checked, and its rasters by window."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.errors import ExportError, GridError, RasterError
from geoseg.evaluation.classes import OF_CLASSES
from geoseg.evaluation.taught import TaughtGround, taught_again
from geoseg.exports.record import read_record
from geoseg.grid import Grid
from geoseg.mapping.classes import classify
from geoseg.stack.gtiff import cut_off, open_gtiff
from geoseg.stack.source import inspect_raster
from geoseg.tasks import Task, all_tasks, custom_task

CLASSES, PROBABILITY, SINGLE = "classes.tif", "probability.tif", "single_best.tif"
POLYGONS = "polygons.gpkg"
UNSURE = ("spread.tif", "entropy.tif", "mutual_information.tif")
"""Layers by which the most unsure pixels are dropped."""
RASTERS = (CLASSES, PROBABILITY, SINGLE, *UNSURE)
HALF = 0.5
OLDER = "made by an older version; run again"


@dataclass(frozen=True)
class FinishedRun:
    """A run that can be compared.

    Attributes:
        folder: Its products.
        record: The content of run.json.
        grid: Where its pixels lie.
        task: What was mapped.
        is_run: Whether GeoSeg made it; a map of others has classes and outlines only.
    """

    folder: Path
    record: dict[str, Any]
    grid: Grid
    task: Task
    is_run: bool = True

    @classmethod
    def open(cls, folder: Path) -> "FinishedRun":
        """Read a run's folder.

        Raises:
            ExportError: It is no folder of a finished run.
            RasterError: A map of it is missing or damaged.
        """
        if not folder.is_dir():
            raise ExportError(f"there is no folder {folder}; expected the folder of a finished run")
        record = read_record(folder)
        try:
            grid, task = Grid.from_record(record["grid"]), _task(record)
        except (KeyError, TypeError, IndexError) as error:
            raise ExportError(f"the run.json of {folder} lacks {error}; {OLDER}") from error
        run = cls(folder, record, grid, task)
        for name in (CLASSES, PROBABILITY):
            run._check(name)
        return run

    @property
    def title(self) -> str:
        """How a person calls the run."""
        return str(self.record.get("title") or self.folder.name)

    @property
    def threshold(self) -> float | None:
        """Probability from which a pixel is the feature; None for a map without probabilities."""
        found = self.record["settings"]["threshold"]
        return None if found is None else float(found)

    @property
    def simulated(self) -> bool:
        """Tell whether its input was made up."""
        return bool(self.record.get("simulated"))

    @cached_property
    def taught(self) -> TaughtGround:
        """Which ground of it taught or judged its members."""
        return taught_again(self.record.get("ground"), self.grid)

    def path(self, name: str) -> Path | None:
        """Return one of its files, None where the run has none of that name."""
        path = self.folder / name
        return path if path.is_file() else None

    def sizes(self) -> dict[str, Any] | None:
        """Return the counts of every ensemble size; None where there was no reference to count by.

        Raises:
            ExportError: The file is damaged.
        """
        return self._json("ensemble_sizes.json")

    def by_class(self) -> dict[str, Any]:
        """Return the scores of every class against the run's own reference; empty for one class.

        Raises:
            ExportError: The file is damaged.
        """
        metrics = self._json("metrics.json") or {}
        found = {name: metrics[name] for name in OF_CLASSES if name in metrics}
        for part in ("unseen", "taught"):
            own = metrics.get(part) or {}
            if found and any(name in own for name in OF_CLASSES):
                found[part] = {name: own[name] for name in OF_CLASSES if name in own}
        return found

    def _json(self, name: str) -> dict[str, Any] | None:
        path = self.path(name)
        if path is None:
            return None
        try:
            content: dict[str, Any] = json.loads(path.read_bytes())
        except ValueError as error:
            raise ExportError(f"{path.name} of {self.title} is damaged; run again") from error
        return content

    def require_same_grid(self, other: "FinishedRun") -> None:
        """Refuse a run whose pixels lie elsewhere.

        Raises:
            GridError: They do.
        """
        if not self.grid.same_as(other.grid):
            raise GridError(
                f"the runs lie on different grids: {self.title} on {self.grid.words()}, "
                f"{other.title} on {other.grid.words()}; compare runs of the same rasters"
            )

    def _check(self, name: str) -> None:
        """Refuse a map that is missing, damaged or of another grid than the record says."""
        info = inspect_raster(self.folder / name)
        if not info.grid.same_as(self.grid):
            raise GridError(
                f"{name} of {self.title} lies on {info.grid.words()}, its run.json says "
                f"{self.grid.words()}; run again"
            )


class Single(NamedTuple):
    """The single best member of a run."""

    name: str
    threshold: float


@dataclass(frozen=True)
class Maps:
    """A run's rasters, open; those that an older run lacks are missing from `files`."""

    run: FinishedRun
    files: Mapping[str, DatasetReader]

    def classes(self, window: Window) -> NDArray[np.uint8]:
        """Return (y, x) class ids, 255 no data."""
        values = self._read(CLASSES, window)
        if values is None:
            raise RasterError(f"{self.run.title} has no {CLASSES}; run again")
        return values[0].astype(np.uint8)

    def probability(self, window: Window) -> NDArray[np.float32]:
        """Return (y, x) probability of the feature, all feature classes together."""
        values = self._read(PROBABILITY, window)
        if values is None:
            raise RasterError(f"{self.run.title} has no {PROBABILITY}; run again")
        feature: NDArray[np.float32] = values[0] if len(values) == 1 else values[1:].sum(axis=0)
        return feature

    def single(self) -> Single | None:
        """Return the single best member; None where the run does not hold its map."""
        dataset = self.files.get(SINGLE)
        if dataset is None:
            return None
        tags = dataset.tags()
        threshold = float(tags.get("GEOSEG_THRESHOLD", self.run.threshold or HALF))
        return Single(tags.get("GEOSEG_MEMBER", "single best"), threshold)

    def single_classes(self, window: Window, threshold: float) -> NDArray[np.uint8] | None:
        """Return (y, x) classes the single best member gives, 255 no data."""
        values = self._read(SINGLE, window)
        return None if values is None else classify(values, threshold)

    def layer(self, name: str, window: Window) -> NDArray[np.float32] | None:
        """Return (y, x) of a measured layer, the mean of its bands; None where there is none."""
        values = self._read(name, window)
        if values is None:
            return None
        return values[0] if len(values) == 1 else values.mean(axis=0, dtype=np.float32)

    def _read(self, name: str, window: Window) -> NDArray[Any] | None:
        dataset = self.files.get(name)
        if dataset is None:
            return None
        try:
            return dataset.read(window=window)
        except RasterioError:
            raise cut_off(self.run.folder / name) from None


@contextmanager
def open_maps(run: FinishedRun) -> Iterator[Maps]:
    """Open the rasters a run has; leave the context to close them."""
    with ExitStack() as files:
        paths = {name: run.path(name) for name in RASTERS}
        opened = {
            name: files.enter_context(open_gtiff(path)) for name, path in paths.items() if path
        }
        yield Maps(run, opened)


def _task(record: dict[str, Any]) -> Task:
    """Return the declared task, or the user's own as the members' cards tell it."""
    name = record["task"]["name"]
    if name in (known := all_tasks()):
        return known[name]
    card = record["members"][0]
    bands = [(band["name"], band.get("unit", "")) for band in card["bands"]]
    return custom_task({card["setting"]: bands})
