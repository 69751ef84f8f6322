"""One pass over the blocks of the maps -> every count of pixels, and the rasters of a comparison."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.comparison.by_class import REFERENCE_CLASSES, open_classes
from geoseg.comparison.finished import UNSURE, FinishedRun, Maps, Single, open_maps
from geoseg.comparison.ground import REFERENCE, Ground, OwnReference
from geoseg.comparison.two_maps import TwoMaps
from geoseg.comparison.work import Work
from geoseg.evaluation.area_squares import SquareCounts
from geoseg.evaluation.areas import AreaScore
from geoseg.evaluation.by_ground import TaughtCounts
from geoseg.evaluation.classes import ClassCounts, ClassScores
from geoseg.evaluation.counts import UNKNOWN, Confusion, confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.selective import SelectiveCounts
from geoseg.evaluation.strata import Strata, StrataScores, open_strata
from geoseg.exports.raster import RasterWriter
from geoseg.progress import Event, stop_if
from geoseg.stack.blocks import blocks, strips

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
        seven: Single best member beside ensemble.
        runs: The run beside the second one.
        by_class: The run against the reference, class by class; None where they tell none.
        class_squares: The squares by class, for the area of each.
        confusion: The run against the reference.
        histogram: The same at every threshold.
        other: The second run at every threshold.
        selective: Layer of doubt -> counts as the unsure are dropped.
        taught: The run against the reference on ground that taught or judged its members.
        unseen_seven: As `seven`, on unseen ground.
        unseen_runs: As `runs`, on ground unseen by this run.
    """

    areas: tuple[AreaScore, ...]
    strata: list[StrataScores]
    single: Single | None
    squares: SquareCounts
    seven: TwoMaps
    runs: TwoMaps
    by_class: ClassScores | None = None
    class_squares: SquareCounts | None = None
    confusion: Confusion = field(default_factory=Confusion)
    histogram: ScoreHistogram = field(default_factory=ScoreHistogram)
    other: ScoreHistogram = field(default_factory=ScoreHistogram)
    selective: dict[str, SelectiveCounts] = field(default_factory=dict)
    taught: TaughtCounts = field(default_factory=TaughtCounts)
    unseen_seven: TwoMaps = field(default_factory=TwoMaps)
    unseen_runs: TwoMaps = field(default_factory=TwoMaps)


def count_pixels(work: Work) -> Tally:
    """Count everything of pixels and write the rasters, in one pass over blocks."""
    run, other, ground, folder = work.run, work.other, work.ground, work.folder
    with ExitStack() as files:
        maps = files.enter_context(open_maps(run))
        second = files.enter_context(open_maps(other)) if other else None
        truth = files.enter_context(ground.open_reference())
        coverage = run.path("coverage.tif")
        strata = files.enter_context(open_strata(ground.stack, coverage))
        tally = _empty(work, strata, maps.single(), open_classes(work, files))
        block = _Block(maps, second, strata, tally)
        writers = {
            name: files.enter_context(_writer(folder / f"{name}.tif", run))
            for name in _names(ground, tally, other)
        }
        total = sum(1 for _ in blocks(run.grid))
        events = (Event(STAGE, done, total) for done in range(1, total + 1))
        for row, strip in strips(run.grid):
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


def _empty(
    work: Work, strata: list[Strata], single: Single | None, by_class: ClassScores | None
) -> Tally:
    """Return a tally of nothing, which tells classes where the reference does."""
    labels, shape = by_class.labels if by_class else (), work.run.grid.shape
    areas = work.ground.areas
    return Tally(
        tuple(area.telling(len(labels)) for area in areas) if labels else areas,
        [StrataScores(kind, len(labels)) for kind in strata],
        single,
        SquareCounts(*shape),
        TwoMaps(labels),
        TwoMaps(labels if work.other is None or work.other.task.outputs > 1 else ()),
        by_class,
        SquareCounts(*shape, classes=len(labels)) if labels else None,
        taught=TaughtCounts(by_class=ClassCounts(len(labels)) if labels else None),
        unseen_seven=TwoMaps(labels),
        unseen_runs=TwoMaps(labels),
    )


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
        true = self._by_class(window, classes)
        if true is not None:
            found[REFERENCE_CLASSES.removesuffix(".tif")] = true
        taught = self.maps.run.taught.read(window)
        self._whole(window, classes, reference)
        if self.maps.run.is_run:
            probability = self.maps.probability(window)
            self.tally.taught.add(taught, classes, reference, probability, true)
        self._parts(window, classes, reference, true)
        unseen = np.where(taught, np.uint8(UNKNOWN), reference)
        return found | self._beside(window, classes, (reference, unseen), true)

    def _by_class(self, window: Window, classes: Ids) -> Ids | None:
        """Count class against class; return those of the reference where it tells them."""
        tally = self.tally
        if tally.by_class is None or tally.class_squares is None:
            return None
        true = tally.by_class.add(classes, window).astype(np.uint8)
        tally.class_squares.add(window, classes, true)
        return true

    def _whole(self, window: Window, classes: Ids, reference: Ids) -> None:
        tally = self.tally
        tally.confusion = tally.confusion + count(classes, reference)
        tally.squares.add(window, classes, reference)
        if self.maps.run.is_run:
            tally.histogram.add(self.maps.probability(window), reference)
        for name in UNSURE:
            doubt = self.maps.layer(name, window)
            if doubt is not None:
                counts = tally.selective.setdefault(name, SelectiveCounts(HIGHEST.get(name, 1.0)))
                counts.add(doubt, classes, reference)

    def _parts(self, window: Window, classes: Ids, reference: Ids, true: Ids | None) -> None:
        part, tally = self.maps.run.grid.window(window), self.tally
        tally.areas = tuple(a.with_block(part, classes, reference, true) for a in tally.areas)
        for kind, scores in zip(self.strata, tally.strata, strict=True):
            scores.add(kind.read(window), classes, reference, true)
            kind.look_for_unnamed(window, classes)

    def _beside(
        self, window: Window, classes: Ids, references: tuple[Ids, Ids], true: Ids | None
    ) -> dict[str, Ids]:
        """Set the single best member and the second run beside the map, whole and unseen."""
        found, tally = {}, self.tally
        reference, unseen = references
        if tally.single is not None:
            alone = self.maps.single_classes(window, tally.single.threshold)
            if alone is not None:
                found["single_vs_ensemble"] = tally.seven.add(alone, classes, reference, true)
                tally.unseen_seven.add(alone, classes, unseen, true)
        if self.second is not None:
            if self.second.run.is_run:
                tally.other.add(self.second.probability(window), reference)
            beside = self.second.classes(window)
            found["run_vs_run"] = tally.runs.add(classes, beside, reference, true)
            tally.unseen_runs.add(classes, beside, unseen, true)
        return found


def _names(ground: Ground, tally: Tally, other: FinishedRun | None) -> list[str]:
    """Return which rasters are drawn; the run's own reference lies beside it already."""
    names = ["confusion"]
    names += ["single_vs_ensemble"] if tally.single else []
    names += ["run_vs_run"] if other else []
    if isinstance(ground.reference, OwnReference):
        return names
    files = [REFERENCE, *([REFERENCE_CLASSES] if tally.by_class else [])]
    return [*names, *(file.removesuffix(".tif") for file in files)]


def _writer(path: Path, run: FinishedRun) -> RasterWriter:
    tags = {"GEOSEG_TASK": run.task.name, "GEOSEG_RUN": run.title}
    tags |= {"SIMULATED": "yes"} if run.simulated else {}
    return RasterWriter(path, run.grid, [path.stem], "uint8", UNKNOWN, tags)
