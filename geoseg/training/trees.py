"""A dataset and settings -> a trained tree, forest or segment forest: arrays and a card; no torch."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DiskError, TrainingError
from geoseg.models.card import RULES, BandStatistics, Card
from geoseg.models.footprint import Footprint
from geoseg.models.segments import Segmenter
from geoseg.models.tree_member import TreeMember, make_tree_member
from geoseg.models.trees import Arrays, save_arrays
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.training.dataset import (
    LabelledScene,
    band_statistics,
    read_dataset,
    split,
)
from geoseg.training.folder import require_own_place
from geoseg.training.footprints import footprint_of, footprint_of_points
from geoseg.training.growing import find_centres, grow
from geoseg.training.points import PointSamples, read_point_samples
from geoseg.training.samples import Samples, sample_pixels, sample_segments, tiles_of, without_gaps
from geoseg.training.scores import Hits, Scores, count_classes, decide
from geoseg.training.tree_settings import TreeSettings

ODDS = tuple(2.0 ** (power / 2) for power in range(-4, 13))
"""Tried on the validation scenes: from a quarter to 64 times."""
HELD_OUT = 5
"""Every fifth point of a class judges where there is no labelled scene."""
STAGES = ("reading the dataset", "growing trees", "judging on validation scenes")


@dataclass(frozen=True)
class _Ground:
    """What a training of trees learns from and is judged by."""

    teaching: Sequence[LabelledScene]
    judging: Sequence[LabelledScene]
    statistics: tuple[BandStatistics, ...]
    simulated: bool
    words: str
    footprint: Footprint
    points: Samples | None = None


def train_trees(
    dataset: Path,
    settings: TreeSettings,
    out: Path,
    *,
    points: PointSamples | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Path:
    """Train one member of trees and return the path of its card.

    On labelled scenes the odds of the features are fitted so that the threshold 0.5 gives the best
    validation F1. From points the trees stay as they are; labelled scenes, where there are any,
    judge only, else every fifth point does.

    Args:
        dataset: Folder in the published layout; with points it may lack labels.
        settings: Every choice.
        out: Folder for <name>.safetensors and <name>.json.
        points: What was read at points picked on maps; None reads the file the settings name.
        progress: Hears of reading, growing and judging.
        cancelled: Asked between these.

    Raises:
        TrainingError: Dataset or points cannot teach.
        RunCancelledError: `cancelled` answered True.
        DiskError: `out` cannot be written.
    """
    require_own_place(out, settings.member_name)
    _tell(0, settings, progress, cancelled)
    ground = _ground_of(dataset, settings, points)
    _tell(1, settings, progress, cancelled)
    arrays, options = _grown(ground, settings)
    _tell(2, settings, progress, cancelled)
    card = _card(settings, ground, options)
    card = _judged(card, arrays, ground, settings, cancelled)
    return _write(card, arrays, out)


def judge(
    member: TreeMember, scenes: Sequence[LabelledScene], odds: Sequence[float], stop: Cancelled
) -> list[Scores]:
    """Return the scores on whole scenes for each of several odds; positive from 0.5."""
    features = max(1, member.classes - 1)
    counted = [[Hits()] * features for _ in odds]
    for bands, label in tiles_of(scenes):
        stop_if(stop)
        shares = member.shares(bands)
        for place, one in enumerate(odds):
            mapped = decide(member.finished(shares, one))
            here = count_classes(mapped, label, features)
            counted[place] = [a + b for a, b in zip(counted[place], here, strict=True)]
    return [Scores.of(one, float("nan")) for one in counted]


def _tell(stage: int, settings: TreeSettings, progress: Progress, cancelled: Cancelled) -> None:
    stop_if(cancelled)
    progress(Event(STAGES[stage], stage, len(STAGES), settings.member_name))


def _ground_of(dataset: Path, settings: TreeSettings, points: PointSamples | None) -> _Ground:
    task, labels = settings.declared, dataset / "train_val" / "label"
    scenes = []
    if labels.is_dir() or not settings.points:
        scenes = read_dataset(dataset, task, settings.setting)
    if settings.points:
        return _points_ground(dataset, settings, scenes, points)
    teaching, judging = split(scenes, settings.validation, settings.seed, task.classes[1:])
    simulated = all(scene.simulated for scene in scenes)
    kind = "simulated scenes" if simulated else "scenes"
    words = f"{len(scenes)} {kind} of {dataset.name}, {len(judging)} of them for validation"
    statistics = band_statistics(scenes, task, settings.setting)
    footprint = footprint_of(teaching, judging)
    return _Ground(teaching, judging, statistics, simulated, words, footprint)


def _points_ground(
    dataset: Path,
    settings: TreeSettings,
    scenes: Sequence[LabelledScene],
    found: PointSamples | None,
) -> _Ground:
    """Return the points with the bands' values; the scenes judge, those named or all."""
    if settings.method == "segments":
        raise TrainingError(
            "segments cannot be learned from single points; label scenes, or choose method cart or "
            "forest"
        )
    task, file = settings.declared, Path(settings.points)
    if found is None:
        rasters = sorted((dataset / "train_val" / "input").glob("*.tif*"))
        found = read_point_samples(file, settings.class_column, rasters, task, settings.setting)
    if settings.validation:
        scenes = split(scenes, settings.validation, settings.seed, task.classes[1:])[1]
    statistics = _point_statistics(found.values, settings)
    values = without_gaps(found.values.T, statistics).T
    points = Samples(values, found.ids, np.ones(len(values)))
    judged = f"{len(scenes)} labelled scenes" if scenes else "every fifth of them"
    words = f"{len(values)} points of {file.name} on {dataset.name}, judged on {judged}"
    footprint = footprint_of_points(found.places, scenes)
    return _Ground((), scenes, statistics, found.simulated, words, footprint, points)


def _point_statistics(
    values: NDArray[np.float32], settings: TreeSettings
) -> tuple[BandStatistics, ...]:
    task, rows = settings.declared, []
    for name, column in zip(task.setting(settings.setting).bands, values.T, strict=True):
        known = column[np.isfinite(column)].astype(np.float64)
        if not known.size:
            raise TrainingError(
                f"band {name} has no value at any point; choose a setting without it"
            )
        mean, std = float(known.mean()), float(known.std())
        rows.append(BandStatistics(name=name, unit=task.band(name).unit, mean=mean, std=std))
    return tuple(rows)


def _grown(ground: _Ground, settings: TreeSettings) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays of a member, and what its card says of its shape."""
    ids = [label.id for label in settings.declared.classes]
    options: dict[str, Any] = {"max_depth": settings.max_depth, "min_leaf": settings.fewest}
    if settings.method == "cart":
        options["mode_filter"] = settings.mode_filter
    else:
        options["trees"] = settings.trees
    samples = ground.points or sample_pixels(
        ground.teaching, ground.statistics, settings.pixels, ids, settings.seed
    )
    if settings.method != "segments":
        return grow(samples, settings, len(ids)), options
    segmenter = _segmenter(samples, ground.statistics, settings)
    segments = sample_segments(ground.teaching, ground.statistics, segmenter)
    options |= {"clusters": len(segmenter.centres), "smoothing": settings.smoothing}
    return {"centres": segmenter.centres, **grow(segments, settings, len(ids))}, options


def _segmenter(
    samples: Samples, statistics: Sequence[BandStatistics], settings: TreeSettings
) -> Segmenter:
    mean, std = (
        np.array([getattr(band, name) for band in statistics], np.float32)
        for name in ("mean", "std")
    )
    centres = find_centres(samples, mean, std, settings.clusters, settings.seed)
    return Segmenter(centres, mean, std, settings.smoothing)


def _judged(
    card: Card, arrays: Arrays, ground: _Ground, settings: TreeSettings, stop: Cancelled
) -> Card:
    """Return the card with validation F1, and with fitted odds where scenes taught."""
    if not ground.judging and ground.points is not None:
        return _with_score(card, _held_out(ground.points, card, settings).f1)
    member = make_tree_member(card, arrays)
    if ground.points is not None:
        return _with_score(card, judge(member, ground.judging, (1.0,), stop)[0].f1)
    found = judge(member, ground.judging, ODDS, stop)
    # Of equally good odds those nearest to 1.
    best = max(range(len(ODDS)), key=lambda at: (found[at].f1, -abs(np.log(ODDS[at]))))
    options = {**card.options, "odds": round(ODDS[best], 4)}
    return _with_score(card.model_copy(update={"options": options}), found[best].f1)


def _with_score(card: Card, f1: float) -> Card:
    return card.model_copy(update={"validation_f1": round(f1, 4)})


def _held_out(points: Samples, card: Card, settings: TreeSettings) -> Scores:
    """Grow anew without every fifth point of each class, and score on those."""
    rank = np.zeros(len(points.ids), int)
    for class_id in np.unique(points.ids):
        own = points.ids == class_id
        rank[own] = np.arange(np.count_nonzero(own))
    judging = rank % HELD_OUT == 1
    kept = [part[~judging] for part in (points.values, points.ids, points.weights)]
    arrays = grow(Samples(*kept), settings, max(2, card.classes))
    # Points stand alone, so there is nothing around them to filter by.
    plain = card.model_copy(update={"options": {**card.options, "mode_filter": 1}})
    member = make_tree_member(plain, arrays)
    answer = member.probability(points.values[judging].T[None, :, None, :])[0]
    label = points.ids[judging][None]
    return Scores.of(count_classes(decide(answer), label, max(1, card.classes - 1)), float("nan"))


def _card(settings: TreeSettings, ground: _Ground, options: dict[str, Any]) -> Card:
    return Card(
        name=settings.member_name,
        task=settings.task,
        setting=settings.setting,
        architecture=settings.architecture,
        encoder=RULES,
        options=options,
        classes=settings.declared.outputs,
        class_names=settings.classes,
        bands=ground.statistics,
        loss="Gini",
        learning_rate=0.0,
        recipe=settings.method,
        trained_on=settings.trained_on or ground.words,
        simulated=ground.simulated,
        footprint=ground.footprint,
        licence=settings.licence or ("MIT" if ground.simulated else "not stated"),
        attribution=settings.attribution,
        sha256="",
    )


def _write(card: Card, arrays: Arrays, out: Path) -> Path:
    """Write arrays and card; they appear whole or not at all."""
    weights, words = out / f"{card.name}.next", out / f"{card.name}.json.partial"
    path = out / f"{card.name}.json"
    try:
        out.mkdir(parents=True, exist_ok=True)
        sha256 = save_arrays(arrays, weights)
        text = card.model_copy(update={"sha256": sha256}).to_json()
        words.write_text(text + "\n", encoding="utf-8")
        weights.replace(path.with_suffix(".safetensors"))
        words.replace(path)
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written: {error}; free space or choose another folder"
        ) from error
    finally:
        for leftover in (weights, words, weights.with_suffix(".partial")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return path
