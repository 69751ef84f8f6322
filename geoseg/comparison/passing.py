"""One pass over the blocks of the maps -> every count of pixels, and the rasters of a comparison."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.comparison.finished import UNSURE, FinishedRun, Maps, Single, open_maps
from geoseg.comparison.ground import REFERENCE, Ground, OwnReference
from geoseg.comparison.work import Work
from geoseg.evaluation.area_squares import SquareCounts
from geoseg.evaluation.areas import AreaScore
from geoseg.evaluation.counts import UNKNOWN, Confusion, confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.selective import SelectiveCounts
from geoseg.evaluation.single_ensemble import SevenCounts, seven_colours
from geoseg.evaluation.strata import Strata, StrataScores, open_strata
from geoseg.exports.raster import RasterWriter
from geoseg.progress import Event, stop_if
from geoseg.stack.blocks import blocks

STAGE = "comparing pixels"
HIGHEST = {"spread.tif": 0.5}
"""The greatest doubt a layer can tell, where that is not 1."""

Ids = NDArray[np.uint8]


@dataclass
class Tally:
    """What one pass counts.

    Attributes:
        areas: Sub-areas, each with its counts.
        strata: Counts by kind of ground.
        single: The single best member; None where the run does not hold its map.
        squares: Counts of square pieces of ground, for the corrected area.
        confusion: The run against the reference.
        histogram: The same at every threshold.
        seven: Single best member beside ensemble.
        other: The second run at every threshold.
        runs: The run beside the second one.
        selective: Layer of doubt -> counts as the unsure are dropped.
    """

    areas: tuple[AreaScore, ...]
    strata: list[StrataScores]
    single: Single | None
    squares: SquareCounts
    confusion: Confusion = field(default_factory=Confusion)
    histogram: ScoreHistogram = field(default_factory=ScoreHistogram)
    seven: SevenCounts = field(default_factory=SevenCounts)
    other: ScoreHistogram = field(default_factory=ScoreHistogram)
    runs: SevenCounts = field(default_factory=SevenCounts)
    selective: dict[str, SelectiveCounts] = field(default_factory=dict)


def count_pixels(work: Work) -> Tally:
    """Count everything of pixels and write the rasters, in one pass over blocks."""
    run, other, ground, folder = work.run, work.other, work.ground, work.folder
    with ExitStack() as files:
        maps = files.enter_context(open_maps(run))
        second = files.enter_context(open_maps(other)) if other else None
        truth = files.enter_context(ground.open_reference())
        coverage = run.path("coverage.tif")
        strata = files.enter_context(open_strata(ground.stack, coverage))
        scores = [StrataScores(kind) for kind in strata]
        tally = Tally(ground.areas, scores, maps.single(), SquareCounts(*run.grid.shape))
        block = _Block(maps, second, strata, tally)
        writers = {
            name: files.enter_context(_writer(folder / f"{name}.tif", run))
            for name in _names(ground, tally.single, other)
        }
        windows = list(blocks(run.grid))
        events = (Event(STAGE, done, len(windows)) for done in range(1, len(windows) + 1))
        for row, strip in _strips(windows):
            drawn = _drawn(strip, run.grid.width, tuple(writers))
            for window in strip:
                stop_if(work.cancelled)
                found = block.count(window, truth.read(window))
                for name, values in drawn.items():
                    values[:, window.toslices()[1]] = found[name]
                work.progress(next(events))
            for name, writer in writers.items():
                writer.write(row, drawn[name])
    return tally


def _drawn(strip: list[Window], width: int, names: tuple[str, ...]) -> dict[str, Ids]:
    """Return an empty strip for every raster."""
    return {name: np.empty((int(strip[0].height), width), np.uint8) for name in names}


@dataclass
class _Block:
    """Counts one block after the other into a tally."""

    maps: Maps
    second: Maps | None
    strata: list[Strata]
    tally: Tally

    def count(self, window: Window, reference: Ids) -> dict[str, Ids]:
        """Count a block and return its maps by name."""
        classes = self.maps.classes(window)
        found = {"reference": reference, "confusion": confusion_map(classes, reference)}
        self._whole(window, classes, reference)
        self._parts(window, classes, reference)
        return found | self._beside(window, classes, reference)

    def _whole(self, window: Window, classes: Ids, reference: Ids) -> None:
        tally = self.tally
        tally.confusion = tally.confusion + count(classes, reference)
        tally.squares.add(window, classes, reference)
        tally.histogram.add(self.maps.probability(window), reference)
        for name in UNSURE:
            doubt = self.maps.layer(name, window)
            if doubt is not None:
                counts = tally.selective.setdefault(name, SelectiveCounts(HIGHEST.get(name, 1.0)))
                counts.add(doubt, classes, reference)

    def _parts(self, window: Window, classes: Ids, reference: Ids) -> None:
        part = self.maps.run.grid.window(window)
        self.tally.areas = tuple(a.with_block(part, classes, reference) for a in self.tally.areas)
        for kind, scores in zip(self.strata, self.tally.strata, strict=True):
            scores.add(kind.read(window), classes, reference)

    def _beside(self, window: Window, classes: Ids, reference: Ids) -> dict[str, Ids]:
        """Set the single best member and the second run beside the map."""
        found, tally = {}, self.tally
        if tally.single is not None:
            alone = self.maps.single_classes(window, tally.single.threshold)
            if alone is not None:
                found["single_vs_ensemble"] = seven_colours(alone, classes, reference)
                tally.seven.add(found["single_vs_ensemble"])
        if self.second is not None:
            tally.other.add(self.second.probability(window), reference)
            codes = seven_colours(classes, self.second.classes(window), reference)
            tally.runs.add(codes)
            found["run_vs_run"] = codes
        return found


def _strips(windows: list[Window]) -> Iterator[tuple[int, list[Window]]]:
    """Group the windows of a grid by their first row."""
    for row, strip in groupby(windows, key=lambda window: int(window.row_off)):
        yield row, list(strip)


def _names(ground: Ground, single: Single | None, other: FinishedRun | None) -> list[str]:
    """Return which rasters are drawn; the run's own reference lies beside it already."""
    names = ["confusion"]
    names += ["single_vs_ensemble"] if single else []
    names += ["run_vs_run"] if other else []
    own = isinstance(ground.reference, OwnReference)
    return names if own else [*names, REFERENCE.removesuffix(".tif")]


def _writer(path: Path, run: FinishedRun) -> RasterWriter:
    tags = {"GEOSEG_TASK": run.task.name, "GEOSEG_RUN": run.title}
    tags |= {"SIMULATED": "yes"} if run.simulated else {}
    return RasterWriter(path, run.grid, [path.stem], "uint8", UNKNOWN, tags)
