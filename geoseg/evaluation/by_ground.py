"""Counts of a whole map and of its taught ground -> scores of unseen and of taught ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.classes import ClassCounts
from geoseg.evaluation.counts import SMALL_POSITIVES, UNKNOWN, Confusion, count
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.evaluation.taught import TaughtGround
from geoseg.tasks import ClassLabel

Part = Literal["unseen", "taught", "whole"]
NOT_TOLD = "This run was made by a version that did not tell taught ground from unseen; run again."


@dataclass
class TaughtCounts:
    """Counts of the pixels on taught ground; those of unseen ground are the rest of the whole."""

    confusion: Confusion = field(default_factory=Confusion)
    histogram: ScoreHistogram = field(default_factory=ScoreHistogram)
    by_class: ClassCounts | None = None

    def add(
        self,
        taught: NDArray[np.bool_],
        classes: NDArray[np.uint8],
        reference: NDArray[np.uint8],
        probability: NDArray[np.float32],
        true: NDArray[np.uint8] | None = None,
    ) -> None:
        """Take in a block.

        Args:
            taught: True on taught ground, (y, x).
            classes: Of the map, (y, x), 255 no data.
            reference: 0 no, 1 feature, 255 unknown, (y, x).
            probability: Of the feature, (y, x), NaN no data.
            true: Class ids of the reference, where it tells them, (y, x).
        """
        if not taught.any():
            return
        here = np.where(taught, reference, np.uint8(UNKNOWN))
        self.confusion = self.confusion + count(classes, here)
        self.histogram.add(probability, here)
        if true is not None:
            if self.by_class is None:
                raise ValueError("counts of classes need their legend")
            self.by_class.add(classes, np.where(taught, true, np.uint8(UNKNOWN)))


def without(whole: Confusion, part: Confusion) -> Confusion:
    """Return the counts of the rest."""
    return Confusion(whole.tp - part.tp, whole.fp - part.fp, whole.fn - part.fn, whole.tn - part.tn)


def ground_parts(
    ground: TaughtGround,
    whole: Confusion,
    taught: TaughtCounts,
    by_class: ClassCounts | None = None,
    labels: Sequence[ClassLabel] = (),
) -> dict[str, Any]:
    """Return what metrics.json tells of taught and unseen ground.

    Args:
        ground: Of the run.
        whole: Counts of the whole map.
        taught: Counts of its taught ground.
        by_class: Counts of the whole map class by class, where they are told.
        labels: The legend.

    Returns:
        `ground`, a sentence and whether it is known; `unseen` and `taught` with the keys of the
        whole and `pixels`: null without any pixel, and, unknown, all null.
    """
    rest = without(whole, taught.confusion)
    parts = {"unseen": _part(rest), "taught": _part(taught.confusion)}
    if by_class is not None:
        own = taught.by_class or ClassCounts(len(labels))
        parts["unseen"] |= ClassCounts.of(by_class.matrix - own.matrix).record(labels)
        parts["taught"] |= own.record(labels)
    if not ground.known:
        parts["unseen"] = _nothing(parts["unseen"])
        if not taught.confusion.total:
            parts["taught"] = _nothing(parts["taught"])
    words = ground_words(ground, whole, taught.confusion)
    return {"ground": {"known": ground.known, "words": words}, **parts}


def ground_words(ground: TaughtGround, whole: Confusion, taught: Confusion) -> str:
    """Say in a sentence or two how much of the scored ground the members knew."""
    total, rest = whole.total, without(whole, taught)
    who = _who(ground.members)
    if not ground.known:
        return (
            f"It cannot be told whether this ground taught {who}: {'; '.join(ground.doubts)}. "
            "Where it did, the scores are better than those of new ground will be."
        )
    if not total:
        return "No pixel is known in both the map and the reference."
    if not taught.total:
        return (
            f"No pixel of this ground taught or judged {who}: all {total:,} that were counted are "
            "unseen ground."
        )
    if not rest.total:
        return (
            f"All {total:,} pixels that were counted taught or judged {who}: the scores tell how "
            "well this ground was learned, not how well new ground is mapped. There is no score of "
            "unseen ground."
        )
    apart = f"{_f1(rest)} on unseen ground, {_f1(taught)} on taught ground, {_f1(whole)} on both"
    words = (
        f"{taught.total / total:.0%} of the {total:,} pixels counted taught or judged {who}; the "
        f"scores in front are those of the other {rest.total:,}, which are unseen ground. F1: "
        f"{apart}."
    )
    if rest.tp + rest.fn < SMALL_POSITIVES:
        words += f" Unseen ground holds fewer than {SMALL_POSITIVES} pixels of the feature: its scores say little."
    return words


def mapped_words(ground: TaughtGround, valid: int, taught: int) -> dict[str, Any]:
    """Return how much of a map lies on taught ground, and a sentence on it.

    Args:
        ground: Of the run.
        valid: Pixels with data.
        taught: Of them those on taught ground.
    """
    who = _who(ground.members)
    if not ground.known:
        words = f"It cannot be told whether this ground taught {who}: {'; '.join(ground.doubts)}."
    elif not taught:
        words = f"No pixel of this ground taught or judged {who}: all of it is unseen ground."
    else:
        words = (
            f"{taught / max(1, valid):.0%} of the mapped pixels taught or judged {who}: there the "
            "map is better than it will be on new ground."
        )
    return {"known": ground.known, "mapped": valid, "taught": taught, "words": words}


def leading(metrics: Mapping[str, Any]) -> tuple[Part, Mapping[str, Any]]:
    """Return which scores of a record lead, and these: unseen ground wherever there is some.

    Args:
        metrics: The content of a metrics.json, of a run or a comparison.
    """
    unseen = metrics.get("unseen") or {}
    if unseen.get("pixels"):
        return "unseen", {**metrics, **unseen}
    taught = metrics.get("taught") or {}
    ground = metrics.get("ground") or {}
    return ("taught" if ground.get("known") and taught.get("pixels") else "whole"), metrics


def enough(histogram: ScoreHistogram) -> bool:
    """Tell whether ground holds enough of the feature and of other ground to draw curves by."""
    fewest = min(int(histogram.positive.sum()), int(histogram.negative.sum()))
    return fewest >= SMALL_POSITIVES


def _who(members: int) -> str:
    if members < 2:  # noqa: PLR2004
        return "the network" if members else "the networks"
    return f"the {members} networks"


def curve_parts(whole: ScoreHistogram, taught: ScoreHistogram, known: bool) -> dict[str, Any]:
    """Return what curves.json holds: the whole map, unseen ground beside it, and which leads.

    Args:
        whole: Of all pixels counted.
        taught: Of those on taught ground.
        known: Whether taught ground can be told from unseen.
    """
    rest = ScoreHistogram()
    rest.positive += whole.positive - taught.positive
    rest.negative += whole.negative - taught.negative
    leads = known and enough(rest)
    unseen = {name: value for name, value in rest.to_record().items() if name != "bins"}
    return {
        **whole.to_record(),
        "unseen": unseen if known else None,
        "leading": "unseen" if leads else "whole",
    }


def leading_curve(record: Mapping[str, Any]) -> ScoreHistogram:
    """Return the scores at every threshold that lead: of unseen ground where there is enough."""
    part = record["unseen"] if record.get("leading") == "unseen" else record
    return ScoreHistogram.from_record({name: part[name] for name in ("positive", "negative")})


def _part(counts: Confusion) -> dict[str, Any]:
    return {**counts.record(), "pixels": counts.total, "notes": list(counts.notes())}


def _nothing(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [] if name == "notes" else None for name in part}


def _f1(counts: Confusion) -> str:
    f1 = counts.metrics()["f1"]
    return "undefined" if f1 is None else f"{f1:.2f}"
