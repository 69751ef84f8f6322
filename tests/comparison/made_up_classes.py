"""The folder of a finished run of three classes, of known numbers: two squares beside two others."""

import json
from pathlib import Path

import numpy as np

from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import confusion_map, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.exports.raster import RasterWriter
from geoseg.exports.record import RunFacts, make_record, write_record
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.settings import RunSettings
from geoseg.tasks import find_task
from tests.comparison.made_up import GRID, SIDE, card, write

RAVINES = find_task("ravines")
SMOOTH, SHARP = 1, 2


def truth() -> np.ndarray:
    """A smooth square of 20 x 20 pixels and a sharp one of 10 x 10."""
    values = np.zeros((SIDE, SIDE), np.uint8)
    values[10:30, 10:30] = SMOOTH
    values[40:50, 40:50] = SHARP
    return values


def mapped() -> np.ndarray:
    """The smooth square lacks its last five columns, the sharp one is called smooth."""
    values = truth()
    values[:, 25:30] = 0
    values[values == SHARP] = SMOOTH
    return values


def single() -> np.ndarray:
    """The single best network: all of the smooth square, half of the sharp one by its class."""
    values = truth()
    values[45:50, 40:50] = SMOOTH
    values[0, :5] = SHARP
    return values


def matrix() -> list[list[int]]:
    """Mapped class by true class."""
    rest = SIDE**2 - 500
    return [[rest, 100, 0], [0, 300, 100], [0, 0, 0]]


def make_run(folder: Path, *, classes_known: bool = True) -> Path:
    """Write the run; without known classes its reference said the feature only."""
    folder.mkdir(parents=True, exist_ok=True)
    classes = mapped()
    layers = np.stack([classes == id_ for id_ in range(3)]) * np.float32(0.7) + np.float32(0.1)
    names = [f"probability of {label.name}" for label in RAVINES.classes]
    for name in ("probability", "spread", "agreement"):
        with RasterWriter(folder / f"{name}.tif", GRID, names, "float32", np.nan) as writer:
            writer.write(0, layers)
    for name in ("entropy", "mutual_information"):
        write(folder / f"{name}.tif", layers[0])
    with RasterWriter(folder / "single_best.tif", GRID, names, "float32", np.nan) as writer:
        writer.write(0, np.stack([single() == id_ for id_ in range(3)]) * np.float32(0.8) + 0.1)
    write(folder / "coverage.tif", np.full((SIDE, SIDE), 100, np.uint8))
    write(folder / "classes.tif", classes)
    any_class = (truth() > 0).astype(np.uint8)
    write(folder / "reference.tif", any_class)
    write(folder / "confusion.tif", confusion_map(classes, any_class))
    rasters = [folder / f"{name}.tif" for name in ("classes", "probability", "spread")]
    outlines = polygonise(*rasters, 0, RAVINES.classes)
    write_vectors(outlines, folder)
    metrics = {**count(classes, any_class).record(), "threshold": 0.5, "notes": []}
    if classes_known:
        write(folder / "reference_classes.tif", truth())
        counts = ClassCounts(3)
        counts.add(classes, truth())
        metrics |= counts.record(RAVINES.classes)
    (folder / "metrics.json").write_text(json.dumps(metrics))
    histogram = ScoreHistogram()
    histogram.add(layers[1:].sum(axis=0), any_class)
    (folder / "curves.json").write_text(json.dumps(histogram.to_record()))
    facts = RunFacts(
        settings=RunSettings(task="ravines", setting="terrain"), task=RAVINES,
        members=[card("one", 0.8)], grid=GRID, title=folder.name, simulated=True,
        inputs=[Path("stack.tif")], reference=Path("truth.tif"), polygons=len(outlines),
        metrics=metrics,
    )  # fmt: skip
    write_record(make_record(facts), folder)
    return folder
