"""Class maps and class references -> how often each class met each -> metrics of every class."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.errors import RasterError
from geoseg.evaluation.counts import SMALL_POSITIVES, UNKNOWN, Confusion, Metrics
from geoseg.stack.reference import RasterReference, Reference, ReferenceReader, VectorReference
from geoseg.tasks import ClassLabel, Task

SHOWN = ("precision", "recall", "f1", "iou")
OF_CLASSES = ("classes", "macro_f1", "class_matrix")
"""Keys of a record that tell of several classes."""


class ClassCounts:
    """Pixels by mapped and true class, gathered block by block.

    Attributes:
        matrix: (mapped class, true class).
    """

    def __init__(self, classes: int) -> None:
        self.matrix = np.zeros((classes, classes), np.int64)

    @classmethod
    def of(cls, matrix: Sequence[Sequence[int]] | NDArray[np.int64]) -> "ClassCounts":
        """Take counts that were made before, (mapped class, true class)."""
        counts = cls(len(matrix))
        counts.matrix += np.asarray(matrix, np.int64)
        return counts

    def __add__(self, other: "ClassCounts") -> "ClassCounts":
        return ClassCounts.of(self.matrix + other.matrix)

    def add(self, mapped: NDArray[np.uint8], true: NDArray[np.uint8]) -> None:
        """Take in a block; pixels that are 255 on either side are left out."""
        known = (mapped != UNKNOWN) & (true != UNKNOWN)
        side = len(self.matrix)
        pairs = mapped[known].astype(np.int64) * side + true[known]
        self.matrix += np.bincount(pairs, minlength=side * side).reshape(side, side)

    def confusion(self, class_id: int) -> Confusion:
        """Return the counts of one class against all others."""
        tp = int(self.matrix[class_id, class_id])
        fp = int(self.matrix[class_id].sum()) - tp
        fn = int(self.matrix[:, class_id].sum()) - tp
        return Confusion(tp, fp, fn, int(self.matrix.sum()) - tp - fp - fn)

    def any_class(self) -> Confusion:
        """Return the counts of a feature of any class against none; mix-ups count as found."""
        tn, tp = int(self.matrix[0, 0]), int(self.matrix[1:, 1:].sum())
        return Confusion(tp, int(self.matrix[1:, 0].sum()), int(self.matrix[0, 1:].sum()), tn)

    def macro_f1(self) -> float | None:
        """Return the mean F1 of the feature classes that are there; the background is not one.

        A class that neither map nor reference holds has no F1 and is left out.
        """
        every = [self.confusion(place).metrics()["f1"] for place in range(1, len(self.matrix))]
        known = [f1 for f1 in every if f1 is not None]
        return sum(known) / len(known) if known else None

    def record(self, labels: Sequence[ClassLabel], unit: str = "pixels") -> dict[str, Any]:
        """Return what metrics.json tells of the classes, the background among them.

        Args:
            labels: The legend, in the order of the matrix.
            unit: What was counted, plural; a part of two keys.
        """
        return {
            "classes": [self._row(label, unit) for label in labels],
            "macro_f1": self.macro_f1(),
            "class_matrix": self.matrix.tolist(),
        }

    def _row(self, label: ClassLabel, unit: str) -> dict[str, Any]:
        confusion = self.confusion(label.id)
        found: Metrics = confusion.metrics()
        return {
            "id": label.id,
            "name": label.name,
            **{name: found[name] for name in SHOWN},
            f"reference_{unit}": confusion.tp + confusion.fn,
            f"mapped_{unit}": confusion.tp + confusion.fp,
        }


@dataclass(frozen=True)
class ClassScores:
    """Counts by class in the making, and the legend they are told by."""

    counts: ClassCounts
    labels: tuple[ClassLabel, ...]
    reference: ReferenceReader

    def add(self, mapped: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
        """Take in a block of the map; return the reference's class ids there, 255 unknown.

        Raises:
            RasterError: The map holds a class the task has not.
        """
        check_legend(mapped, self.labels)
        true = self.reference.read(window)
        self.counts.add(mapped, true)
        return true

    def record(self) -> dict[str, Any]:
        """Return what metrics.json tells of the classes."""
        return self.counts.record(self.labels)


def check_legend(mapped: NDArray[np.uint8], labels: Sequence[ClassLabel]) -> None:
    """Refuse a map with other classes than the legend; 255 is no class.

    Raises:
        RasterError: It holds one.
    """
    beyond = mapped[(mapped != UNKNOWN) & (mapped >= len(labels))]
    if beyond.size:
        legend = ", ".join(f"{label.id} {label.name}" for label in labels)
        raise RasterError(
            f"the class map holds the class {int(beyond[0])}, the task has {legend}; name the "
            "task it was made for with --task"
        )


def rows_by_class(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every feature class of a record against all others, in the words of the whole.

    Args:
        record: Of the map, a sub-area or a kind of ground.

    Returns:
        Rows of `class`, sizes, metrics, counts and notes under the record's kind and name; none
        where it tells no classes.
    """
    if not record.get("classes"):
        return []
    counts = ClassCounts.of(record["class_matrix"])
    kept = {name: record[name] for name in ("kind", "name") if name in record}
    return [kept | _of_one(counts, row) for row in record["classes"] if row["id"]]


def _of_one(counts: ClassCounts, row: Mapping[str, Any]) -> dict[str, Any]:
    confusion = counts.confusion(row["id"])
    positives = confusion.tp + confusion.fn
    return {
        **confusion.record(),
        "class": row["name"],
        "pixels": confusion.total,
        "positives": positives,
        "small": positives < SMALL_POSITIVES,
        "notes": list(confusion.notes(row["name"])),
    }


def open_by_class(truth: Reference, task: Task, files: ExitStack) -> ClassScores | None:
    """Return where classes are counted; None where task or reference do not tell several apart."""
    legend = {label.id for label in task.classes}
    if task.outputs == 1 or not isinstance(truth, RasterReference | VectorReference):
        return None
    if not truth.ids or not set(truth.ids) <= legend:
        return None
    reader = files.enter_context(truth.open_ids())
    return ClassScores(ClassCounts(len(task.classes)), task.classes, reader)
