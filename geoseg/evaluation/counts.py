"""Classes and reference -> counts of right and wrong pixels -> the metrics of metrics.json."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNKNOWN = 255
TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE = 1, 2, 3, 4

Metrics = dict[str, float | None]

_WHY_UNDEFINED = {
    "precision": "precision is undefined: no pixel was mapped as {feature}",
    "recall": "recall is undefined: the reference holds no pixel of {feature}",
    "f1": "F1 is undefined: neither the map nor the reference holds {feature}",
    "accuracy": "accuracy is undefined: no pixel is known on both sides",
    "iou": "IoU is undefined: neither the map nor the reference holds {feature}",
    "balanced_accuracy": "balanced accuracy is undefined: the reference holds one class only",
    "mcc": "MCC is undefined: the map or the reference holds one class only",
}
SMALL_POSITIVES = 100
"""With fewer reference pixels of the feature, scores are marked: they say little."""


@dataclass(frozen=True)
class Confusion:
    """Pixels by what the map says and what the reference says.

    Attributes:
        tp: True positives, feature in both.
        fp: False positives, in the map only.
        fn: False negatives, in the reference only.
        tn: True negatives, in neither.
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def __add__(self, other: "Confusion") -> "Confusion":
        return Confusion(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    @property
    def total(self) -> int:
        """Pixels known on both sides."""
        return self.tp + self.fp + self.fn + self.tn

    def metrics(self) -> Metrics:
        """Return the seven metrics, None where a denominator is zero.

        MCC is the correlation of Matthews (1975), doi:10.1016/0005-2795(75)90109-9.
        """
        recall = _ratio(self.tp, self.tp + self.fn)
        specificity = _ratio(self.tn, self.tn + self.fp)
        known_both = recall is not None and specificity is not None
        return {
            "precision": _ratio(self.tp, self.tp + self.fp),
            "recall": recall,
            "f1": _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn),
            "accuracy": _ratio(self.tp + self.tn, self.total),
            "iou": _ratio(self.tp, self.tp + self.fp + self.fn),
            "balanced_accuracy": ((recall or 0) + (specificity or 0)) / 2 if known_both else None,
            "mcc": self._mcc(),
        }

    def notes(self, feature: str = "the feature") -> tuple[str, ...]:
        """Say of every undefined metric why it is undefined."""
        undefined = [name for name, value in self.metrics().items() if value is None]
        return tuple(why_undefined(name, feature) for name in undefined)

    def record(self) -> dict[str, Any]:
        """Return the flat keys of metrics.json: seven metrics and four counts."""
        return {**self.metrics(), **asdict(self)}

    def _mcc(self) -> float | None:
        # Python's whole numbers never overflow; numpy's would from about 50,000 x 50,000 pixels.
        sides = (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp)
        product = sides * (self.tn + self.fn)
        if product == 0:
            return None
        return (self.tp * self.tn - self.fp * self.fn) / math.sqrt(product)


def count(classes: NDArray[np.uint8], reference: NDArray[np.uint8]) -> Confusion:
    """Count the pixels of a map against its reference.

    Args:
        classes: (y, x), 0 background, any other id the feature, 255 no data.
        reference: (y, x), 0 no, 1 feature, 255 unknown.

    Returns:
        Counts of the pixels that are known on both sides.
    """
    kinds = np.bincount(confusion_map(classes, reference).ravel(), minlength=UNKNOWN + 1)
    return Confusion(
        tp=int(kinds[TRUE_POSITIVE]),
        fp=int(kinds[FALSE_POSITIVE]),
        fn=int(kinds[FALSE_NEGATIVE]),
        tn=int(kinds[TRUE_NEGATIVE]),
    )


def confusion_map(classes: NDArray[np.uint8], reference: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (y, x): 1 true positive, 2 false positive, 3 false negative, 4 true negative, 255."""
    mapped, true = (classes != 0).astype(np.uint8), (reference != 0).astype(np.uint8)
    # Rows: mapped no or yes; columns: true no or yes.
    kinds = np.array(
        [[TRUE_NEGATIVE, FALSE_NEGATIVE], [FALSE_POSITIVE, TRUE_POSITIVE]], dtype=np.uint8
    )
    found = kinds[mapped, true]
    found[(classes == UNKNOWN) | (reference == UNKNOWN)] = UNKNOWN
    return found


def why_undefined(metric: str, feature: str = "the feature") -> str:
    """Say why a metric has no value, as `metric is undefined: reason`."""
    return _WHY_UNDEFINED[metric].format(feature=feature)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
