"""Strips -> the rasters of a run, row by row, and its counts against the reference."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.evaluation.by_ground import TaughtCounts
from geoseg.evaluation.classes import ClassCounts, ClassScores, open_by_class
from geoseg.evaluation.counts import Confusion, confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.taught import TaughtGround
from geoseg.exports.raster import RasterWriter, run_tags
from geoseg.inference.ensemble import of_feature
from geoseg.inference.streaming import Strip, own_threshold
from geoseg.mapping.classes import NO_CLASS, classify
from geoseg.pipeline.plan import Plan
from geoseg.stack.reference import ReferenceReader

BY_CLASS = ("probability", "spread", "agreement", "single_best")
MEASURED = (*BY_CLASS, "entropy", "mutual_information")
STEPS = np.float32(4096)
"""Of one bit: finer steps of an entropy are noise, and the file is little more than half as large."""
BYTES = ("classes", "coverage")
AGAINST_REFERENCE = ("reference", "confusion")
CLASSES_TRUE = "reference_classes"
"""The reference's class ids, where it tells several apart."""


@dataclass
class Scores:
    """Counts of a run against its reference, gathered strip by strip; taught ground apart."""

    ground: TaughtGround
    confusion: Confusion = field(default_factory=Confusion)
    histogram: ScoreHistogram = field(default_factory=ScoreHistogram)
    by_class: ClassScores | None = None
    """Where several classes are mapped and the reference tells them apart."""
    taught: TaughtCounts = field(default_factory=TaughtCounts)

    def add(
        self,
        window: Window,
        classes: NDArray[np.uint8],
        probability: NDArray[np.float32],
        reference: NDArray[np.uint8],
    ) -> dict[str, NDArray[np.uint8]]:
        """Take in one strip; pixels without data on either side are left out.

        Args:
            window: Of the strip.
            classes: Of the map, (y, x), 255 no data.
            probability: (class, y, x), NaN no data.
            reference: 0 no, 1 feature, 255 unknown, (y, x).

        Returns:
            The rasters that set the map against the reference, by name, (y, x).
        """
        own = of_feature(probability)
        self.confusion = self.confusion + count(classes, reference)
        self.histogram.add(own, reference)
        found = {"reference": reference, "confusion": confusion_map(classes, reference)}
        true = None
        if self.by_class is not None:
            true = found[CLASSES_TRUE] = self.by_class.add(classes, window)
            if self.taught.by_class is None:
                self.taught.by_class = ClassCounts(len(self.by_class.labels))
        self.taught.add(self.ground.read(window), classes, reference, own, true)
        return found


@dataclass(frozen=True)
class Mapped:
    """What the pass over the scene leaves beside the files."""

    valid_pixels: int
    feature_area_m2: float
    taught_pixels: int
    """Of the valid ones, on ground that taught or judged the members."""
    scores: Scores | None


def write_maps(
    strips: Iterable[Strip], plan: Plan, folder: Path, truth: ReferenceReader | None
) -> Mapped:
    """Write every raster of a run in one pass; with a reference also count against it.

    Args:
        strips: From top to bottom.
        plan: Of the run.
        folder: Takes the rasters.
        truth: The open reference, where the plan has one.
    """
    scores = None if truth is None else Scores(plan.ground)
    valid, taught, feature_m2, grid = 0, 0, 0.0, plan.stack.grid
    with ExitStack() as files:
        if scores is not None and plan.reference is not None:
            scores.by_class = open_by_class(plan.reference, plan.task, files)
        names = _names(plan)
        if scores is not None and scores.by_class is not None:
            names += (CLASSES_TRUE,)
        writers = {name: files.enter_context(_writer(name, plan, folder)) for name in names}
        for strip in strips:
            layers = _layers(strip, plan.request.settings.threshold)
            known = layers["classes"] != NO_CLASS
            valid += int(np.count_nonzero(known))
            rows, width = known.shape
            window = Window(0, strip.row, width, rows)
            mapped = known & (layers["classes"] != 0)
            feature_m2 += float(grid.areas_m2(mapped.astype(np.uint8), window, 2)[1])
            taught += int(np.count_nonzero(known & plan.ground.read(window)))
            if truth is not None and scores is not None:
                classes, reference = layers["classes"], truth.read(window)
                layers |= scores.add(window, classes, strip.probability, reference)
            for name, writer in writers.items():
                writer.write(strip.row, layers[name])
    return Mapped(valid, feature_m2, taught, scores)


def _layers(strip: Strip, threshold: float) -> dict[str, NDArray[Any]]:
    return {
        "probability": strip.probability,
        "spread": strip.spread,
        "agreement": strip.agreement,
        "single_best": strip.single,
        "entropy": _in_steps(strip.entropy),
        "mutual_information": _in_steps(strip.mutual_information),
        "coverage": strip.coverage,
        "classes": classify(strip.probability, threshold),
    }


def _in_steps(bits: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.rint(bits * STEPS) / STEPS


def _names(plan: Plan) -> tuple[str, ...]:
    return (*MEASURED, *BYTES, *(AGAINST_REFERENCE if plan.reference else ()))


def _writer(name: str, plan: Plan, folder: Path) -> RasterWriter:
    """Return the writer of one product: bytes with 255, measured values with NaN as no data."""
    request, classes = plan.request, plan.members[0].card.classes
    tags = run_tags(request.settings, plan.simulated) | _further_tags(name, plan)
    path, grid = folder / f"{name}.tif", plan.stack.grid
    if name not in MEASURED:
        return RasterWriter(path, grid, [name], "uint8", NO_CLASS, tags)
    if name not in BY_CLASS:
        return RasterWriter(path, grid, [name.replace("_", " ")], "float32", float("nan"), tags)
    labels = [plan.task.feature] if classes == 1 else [c.name for c in plan.task.classes[:classes]]
    bands = [f"{name.replace('_', ' ')} of {label}" for label in labels]
    return RasterWriter(path, grid, bands, "float32", float("nan"), tags)


def _further_tags(name: str, plan: Plan) -> dict[str, str]:
    """Return what only this product says of itself."""
    if name != "single_best":
        return {}
    threshold = own_threshold(plan.request.settings.threshold, plan.mix.temperature)
    return {
        "GEOSEG_MEMBER": plan.members[plan.single].card.name,
        "GEOSEG_THRESHOLD": repr(threshold),
    }
