"""Mapped outlines + reference outlines -> which were detected, missed, false, and how well drawn.

An object is one outline, and two rules hold on both sides alike, unless switched off: outlines that
touch, at a corner too, are one object; and an object of the reference counts only where it is as
large as the smallest outline the run draws, for a smaller one could never be found. By overlap: a reference object is detected, and a mapped one confirmed,
where enough of its own ground is covered by the other side. By IoU: each object has at most one
partner, best pairs first, and both count where the intersection over union of the pair is enough.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from geoseg.evaluation.outlines import outline_distances
from geoseg.evaluation.overlaps import SEEN, Pairs, merge_overlaps, merge_touching, shared_ground
from geoseg.evaluation.smallest import Smallest, joined_words, small_words
from geoseg.mapping.true_plane import metres_per_unit, true_plane
from geoseg.settings import Settings

FEW_OBJECTS = 10
"""A score from fewer objects is marked as small."""
IOU_STEPS = tuple(step / 20 for step in range(1, 20))
SIDES = ("reference", "mapped")
STATUS = {"reference": ("detected", "missed"), "mapped": ("confirmed", "false")}
"""Side -> what its objects are called that meet the other side, and that do not."""
TOO_SMALL = "too small"
"""What an object of the reference is called that the run could not have drawn."""
EVERYTHING = Smallest()
Score = float | None
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class ObjectSettings(Settings):
    """When two outlines count as the same object."""

    min_overlap_share: float = Field(default=0, ge=0, le=1)
    """Share of an object's own ground that the other side must cover; 0 takes any overlap."""
    min_iou: float = Field(default=0.5, ge=0, le=1)
    """Intersection over union a pair must reach; 0 takes any."""
    join_touching: bool = True
    """Outlines of one side that touch, at a corner too, are one object."""
    same_smallest: bool = True
    """Leave out reference objects below the smallest outline the run draws."""
    size_classes_m2: tuple[float, ...] = (1_000, 10_000, 100_000)
    """Limits between the size classes, square metres, rising."""

    @model_validator(mode="after")
    def _sizes_rise(self) -> Self:
        limits = (0.0, *self.size_classes_m2)
        if any(low >= high for low, high in pairwise(limits)):
            raise ValueError("size_classes_m2 must be above 0 and rise from one to the next")
        return self

    def size_names(self) -> tuple[str, ...]:
        """Return the names of the size classes, smallest first."""
        limits = [f"{limit:,.0f}" for limit in self.size_classes_m2]
        if not limits:
            return ("all sizes",)
        between = [f"{low} to {high} m²" for low, high in pairwise(limits)]
        return (f"under {limits[0]} m²", *between, f"{limits[-1]} m² and more")


@dataclass(frozen=True)
class ObjectCounts:
    """Objects by what happened to them.

    Attributes:
        detected: Reference objects that were found.
        missed: Reference objects that were not.
        confirmed: Mapped objects that the reference confirms.
        false: Mapped objects that it does not.
    """

    detected: int = 0
    missed: int = 0
    confirmed: int = 0
    false: int = 0

    def metrics(self) -> dict[str, Score]:
        """Return precision, recall and F1 over objects; None where nothing was counted."""
        precision = _ratio(self.confirmed, self.confirmed + self.false)
        recall = _ratio(self.detected, self.detected + self.missed)
        if precision is None or recall is None:
            f1 = None
        else:
            f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"precision": precision, "recall": recall, "f1": f1}

    def notes(self) -> tuple[str, ...]:
        """Say what is undefined and why."""
        why = {
            "precision": "precision over objects is undefined: nothing was mapped",
            "recall": "recall over objects is undefined: the reference holds no object",
            "f1": "F1 over objects is undefined: one of the two sides holds no object",
        }
        return tuple(why[name] for name, value in self.metrics().items() if value is None)

    @property
    def small(self) -> bool:
        """True where one of the scores rests on few objects."""
        return min(self.detected + self.missed, self.confirmed + self.false) < FEW_OBJECTS

    def record(self) -> dict[str, Any]:
        """Return scores and counts, JSON-ready."""
        return {**self.metrics(), **asdict(self), "small": self.small}


@dataclass(frozen=True)
class ObjectScores:
    """What a comparison of objects found.

    Attributes:
        settings: How it was counted.
        overlap: Counts by overlap.
        iou: Counts by IoU, one partner each.
        by_size: Size class -> counts by overlap, each object in the class of its own size.
        iou_curve: Least IoU -> F1 over objects.
        frame: One row an object: id (of its first outline), side, area_m2, size_class,
            overlap_share, best_iou, partner, status, status_iou, mean_distance_m, p95_distance_m
            and its outline; those left out as too small come last.
        notes: Plain sentences.
        rules: What counts as an object, in sentences.
        too_small: Reference objects left out, for the run could not have drawn them.
    """

    settings: ObjectSettings
    overlap: ObjectCounts
    iou: ObjectCounts
    by_size: dict[str, ObjectCounts]
    iou_curve: tuple[tuple[float, Score], ...]
    frame: gpd.GeoDataFrame
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    too_small: int = 0

    def record(self) -> dict[str, Any]:
        """Return everything but the rows, JSON-ready."""
        matched = self.frame[(self.frame["side"] == "reference") & self.frame["partner"].notna()]
        return {
            "settings": self.settings.model_dump(mode="json"),
            "overlap": self.overlap.record(),
            "iou": self.iou.record(),
            "by_size": [{"size": name, **c.record()} for name, c in self.by_size.items()],
            "iou_curve": [{"min_iou": iou, "f1": f1} for iou, f1 in self.iou_curve],
            "mean_boundary_distance_m": _mean(matched["mean_distance_m"]),
            "p95_boundary_distance_m": _mean(matched["p95_distance_m"]),
            "median_iou": None if matched.empty else float(matched["best_iou"].median()),
            "rules": list(self.rules),
            "too_small": self.too_small,
            "notes": list(self.notes),
        }


def match_objects(
    mapped: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    settings: ObjectSettings | None = None,
    smallest: Smallest = EVERYTHING,
) -> ObjectScores:
    """Compare mapped outlines with reference outlines.

    Args:
        mapped: Valid polygons in a projected CRS; a column `id` is kept, else rows are numbered.
        reference: The same in any CRS; outlines that overlap are counted as one object. A column
            `seen` holds the share of each that lies on ground the map knows.
        settings: When two outlines count as the same.
        smallest: What the run leaves out of its outlines.

    Raises:
        GridError: The CRS of the mapped outlines is not projected, so nothing has metres.
    """
    settings = settings or ObjectSettings()
    home, mapped = mapped.crs, true_plane(mapped)
    metres = metres_per_unit(mapped)
    sides, notes, joined = {}, [], {}
    for side, frame in zip(SIDES, (reference.to_crs(mapped.crs), mapped), strict=True):
        sides[side], taken_in = merge_overlaps(_numbered(frame))
        if taken_in:
            notes.append(f"{taken_in} outlines of the {side} side overlap others; "
                         "outlines that share ground count as one object")  # fmt: skip
        if settings.join_touching:
            sides[side], joined[side] = merge_touching(sides[side])
    sides["reference"], small = _sieved(sides["reference"], settings, smallest, metres)
    pairs = shared_ground(sides["reference"].geometry, sides["mapped"].geometry)
    tables = [_side(side, sides, pairs, settings, metres) for side in SIDES]
    _add_iou(tables, pairs, settings, metres)
    _add_distances(tables, sides, metres)
    frame = _together([*tables, _left_out(small, settings, metres)])
    frame = frame if frame.crs == home else frame.to_crs(home)
    overlap = _counts(frame, "status")
    return ObjectScores(
        settings, overlap, _counts(frame, "status_iou"), _by_size(frame, settings),
        _iou_curve(tables), frame, (*notes, *overlap.notes()),
        (joined_words(joined), *small_words(len(small), smallest, kept=not settings.same_smallest)),
        len(small),
    )  # fmt: skip


def _sieved(
    frame: gpd.GeoDataFrame, settings: ObjectSettings, smallest: Smallest, metres: float
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Part the objects that the run could have drawn from those that it could not."""
    if not settings.same_smallest:
        return frame, frame.iloc[:0]
    drawn = smallest.can_be_drawn(frame, metres)
    return frame[drawn].reset_index(drop=True), frame[~drawn].reset_index(drop=True)


def _left_out(frame: gpd.GeoDataFrame, settings: ObjectSettings, metres: float) -> gpd.GeoDataFrame:
    """Return the rows of reference objects that do not count."""
    area = frame.geometry.area.to_numpy() * metres**2
    names = np.array(settings.size_names(), object)
    return frame.drop(columns=SEEN, errors="ignore").assign(
        side="reference",
        area_m2=area,
        size_class=names[np.digitize(area, settings.size_classes_m2)],
        overlap_share=np.nan,
        status=TOO_SMALL,
        best_iou=np.nan,
        partner=None,
        status_iou=TOO_SMALL,
        mean_distance_m=np.nan,
        p95_distance_m=np.nan,
    )


def _numbered(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    ids = frame["id"] if "id" in frame else np.arange(1, len(frame) + 1)
    columns = {"id": list(ids)} | ({SEEN: list(frame[SEEN])} if SEEN in frame else {})
    return gpd.GeoDataFrame(columns, geometry=list(frame.geometry), crs=frame.crs)


def _side(
    side: str,
    sides: dict[str, gpd.GeoDataFrame],
    pairs: Pairs,
    settings: ObjectSettings,
    metres: float,
) -> gpd.GeoDataFrame:
    """Return the rows of one side, judged by overlap."""
    frame = sides[side]
    own = pairs.first if side == "reference" else pairs.second
    area = frame.geometry.area.to_numpy()
    covered = np.bincount(own, pairs.area, minlength=len(frame))
    share = np.minimum(covered / np.where(area > 0, area, np.inf), 1)
    size = np.digitize(area * metres**2, settings.size_classes_m2)
    met = (share > 0) & (share >= settings.min_overlap_share)
    return frame.drop(columns=SEEN, errors="ignore").assign(
        side=side,
        area_m2=area * metres**2,
        size_class=np.array(settings.size_names(), object)[size],
        overlap_share=share,
        status=_status(side, met),
    )


def _add_iou(
    tables: list[gpd.GeoDataFrame], pairs: Pairs, settings: ObjectSettings, metres: float
) -> None:
    """Give every object at most one partner, pairs of highest IoU first."""
    own, other = (table["area_m2"].to_numpy() / metres**2 for table in tables)
    iou = pairs.area / (own[pairs.first] + other[pairs.second] - pairs.area)
    kept = _one_to_one(pairs, iou, (len(own), len(other)))
    ends = (pairs.first[kept], pairs.second[kept])
    for place, side in enumerate(SIDES):
        table, places, partners = tables[place], ends[place], ends[1 - place]
        best, partner = np.zeros(len(table)), np.full(len(table), -1, np.int64)
        best[places], partner[places] = iou[kept], partners
        # The last of the ids stands for "no partner", which is place -1.
        ids = np.array([*tables[1 - place]["id"], None], object)
        table["best_iou"], table["partner"] = best, ids[partner]
        table["status_iou"] = _status(side, (best > 0) & (best >= settings.min_iou))
        table["_place"] = partner


def _one_to_one(pairs: Pairs, iou: Numbers, sizes: tuple[int, int]) -> NDArray[np.int64]:
    """Return the pairs that are left when the best are taken first."""
    taken_first, taken_second = (bytearray(size) for size in sizes)
    kept = []
    for place in np.lexsort((pairs.second, pairs.first, -iou)).tolist():
        first, second = int(pairs.first[place]), int(pairs.second[place])
        if not (taken_first[first] or taken_second[second]):
            taken_first[first] = taken_second[second] = 1
            kept.append(place)
    return np.array(kept, np.int64)


def _add_distances(
    tables: list[gpd.GeoDataFrame], sides: dict[str, gpd.GeoDataFrame], metres: float
) -> None:
    """Measure from every outline to that of its partner."""
    for table, other in zip(tables, (sides["mapped"], sides["reference"]), strict=True):
        place = table.pop("_place").to_numpy()
        found = np.flatnonzero(place >= 0)
        mean, p95 = np.full(len(table), np.nan), np.full(len(table), np.nan)
        if len(found):
            own = np.asarray(table.geometry.array, object)[found]
            partners = np.asarray(other.geometry.array, object)[place[found]]
            mean[found], p95[found] = outline_distances(own, partners)
        table["mean_distance_m"], table["p95_distance_m"] = mean * metres, p95 * metres


def _together(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Put the rows of both sides under each other; an empty side adds none."""
    filled = [table for table in tables if len(table)]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True)) if filled else tables[0]


def _status(side: str, met: Flags) -> NDArray[np.object_]:
    yes, no = STATUS[side]
    return np.where(met, yes, no).astype(object)


def _counts(frame: pd.DataFrame, column: str) -> ObjectCounts:
    words = frame[column].value_counts()
    return ObjectCounts(**{name: int(words.get(name, 0)) for name in ObjectCounts.__annotations__})


def _by_size(frame: pd.DataFrame, settings: ObjectSettings) -> dict[str, ObjectCounts]:
    return {
        name: _counts(frame[frame["size_class"] == name], "status")
        for name in settings.size_names()
    }


def _iou_curve(tables: Sequence[pd.DataFrame]) -> tuple[tuple[float, Score], ...]:
    """Return F1 over objects at every least IoU."""
    objects = sum(len(table) for table in tables)
    best = tables[0]["best_iou"].to_numpy()
    return tuple(
        (step, _ratio(2 * int((best >= step).sum()), objects) if all(map(len, tables)) else None)
        for step in IOU_STEPS
    )


def _mean(values: "pd.Series[float]") -> Score:
    return float(values.mean()) if len(values) else None


def _ratio(part: int, whole: int) -> Score:
    return part / whole if whole else None
