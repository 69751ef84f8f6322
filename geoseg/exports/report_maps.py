"""The rasters of a run and of its comparison -> the small maps of the report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geoseg.exports.pictures import Bytes, Frame, ground, paint, read_ids, read_values
from geoseg.exports.record import Record
from geoseg.figures.styles import CONFUSION_WORDS, SEVEN_COLOURS, style
from geoseg.grid import Grid
from geoseg.stack.stack import Layer
from geoseg.tasks import ClassLabel

MEASURED = ("probability", "spread", "mutual_information")
OF_CLASSES = ("probability", "spread")
"""Kinds with a band for every class of a task that has several."""
TRUE_CLASSES, TWO_CLASSES = "reference_classes.tif", 2
OF_REFERENCE = "What people mapped, class by class."
OF_CLASS = "How likely the ensemble holds this class to be here."
BAR_STEPS_M = [step * 10**power for power in range(7) for step in (1, 2, 5)]
SEVEN = "single_vs_ensemble"


@dataclass(frozen=True)
class Picture:
    """One map of the page: its words, its image, its legend of (label, colour)."""

    title: str
    help: str
    source: str
    legend: list[tuple[str, str]]


def pictures(
    folder: Path, record: Record, layers: Sequence[Layer], comparison: Path | None = None
) -> Iterator[Picture]:
    """Draw the products that are there, the answer first.

    Args:
        folder: Of the run.
        record: Its run.json.
        layers: The bands of the run, where at hand: terrain or imagery goes under the maps.
        comparison: Folder of a finished comparison of it.
    """
    frame = Frame.of(Grid.from_record(record["grid"]))
    labels = [ClassLabel(**label) for label in record["task"]["classes"]]
    classes = read_ids(folder / "classes.tif", frame, [c.id for c in labels if c.id], 0)
    base = ground(layers, frame)
    yield _picture("classes", classes, classes, base, labels)
    if (folder / TRUE_CLASSES).exists():
        true = read_ids(folder / TRUE_CLASSES, frame, [c.id for c in labels if c.id], 0)
        yield replace(
            _picture("classes", true, classes, base, labels), title="Reference", help=OF_REFERENCE
        )
    if (folder / "confusion.tif").exists():
        found, false, missed, left_out = CONFUSION_WORDS
        errors = read_ids(folder / "confusion.tif", frame, (found, false, missed), left_out)
        yield _picture("confusion", errors, classes, base, labels)
    if comparison is not None and (comparison / f"{SEVEN}.tif").exists():
        seven = read_ids(comparison / f"{SEVEN}.tif", frame, tuple(SEVEN_COLOURS), 0)
        yield _picture(SEVEN, seven, classes, base, labels)
    several = [label for label in labels if label.id] if len(labels) > TWO_CLASSES else []
    for label in several:
        values = read_values(folder / "probability.tif", frame, label.id + 1)
        drawn = _picture("probability", values, classes, base, labels)
        yield replace(drawn, title=f"{drawn.title}: {label.name}", help=OF_CLASS)
    for kind in MEASURED:
        # With several classes their bands differ, and the first would stand for all.
        if (folder / f"{kind}.tif").exists() and not (several and kind in OF_CLASSES):
            values = read_values(folder / f"{kind}.tif", frame)
            yield _picture(kind, values, classes, base, labels)


def scale_bar(grid: Grid) -> Mapping[str, Any]:
    """Return a round length of about a fifth of the map's width, and its share of the width."""
    width_m = grid.width * grid.pixel_width_m
    length = max((step for step in BAR_STEPS_M if step <= width_m / 4), default=width_m / 4)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004
    return {"words": words, "percent": round(100 * length / width_m, 2)}


def _picture(
    kind: str, values: Any, seen: Bytes, base: Bytes, labels: Sequence[ClassLabel]
) -> Picture:
    look = style(kind, labels)
    return Picture(look.title, look.help, paint(values, look, base, seen), look.legend)
