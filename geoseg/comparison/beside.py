"""Two maps beside each other -> signed difference maps, and the same areas, lines, points for both."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.comparison.finished import CLASSES, POLYGONS, PROBABILITY, FinishedRun, Maps, open_maps
from geoseg.comparison.work import Work
from geoseg.errors import ReferenceMapError
from geoseg.evaluation.areas import AreaScore, mean_of_areas
from geoseg.evaluation.counts import UNKNOWN, Confusion, count
from geoseg.evaluation.difference import MISSING, DifferenceCounts
from geoseg.evaluation.lines import match_lines
from geoseg.evaluation.paired import pair_points
from geoseg.evaluation.points import PointScores, score_points
from geoseg.exports.disk import whole
from geoseg.exports.raster import RasterWriter
from geoseg.progress import Event, stop_if
from geoseg.stack.blocks import blocks, strips
from geoseg.stack.point_tables import read_point_file
from geoseg.stack.reference import ReferenceReader

STAGE = "laying the two maps over each other"
DIFFERENCE, OF_PROBABILITY = "difference.tif", "probability_difference.tif"
MAP, OTHER_MAP = "map.tif", "other_map.tif"
"""Maps that are no runs, as they were read on the grid."""
Part = dict[str, Any]
Ids = NDArray[np.uint8]


@dataclass
class _Tally:
    """What one pass over both maps counts; scores on the ground that both know."""

    areas: tuple[tuple[AreaScore, AreaScore], ...]
    counts: DifferenceCounts = field(default_factory=DifferenceCounts)
    first: Confusion = field(default_factory=Confusion)
    second: Confusion = field(default_factory=Confusion)


def beside_part(work: Work, other: FinishedRun, points: PointScores | None) -> Part:
    """Set the map beside another one; write difference.tif and, of two runs, that of probability.

    Args:
        work: The comparison under way.
        other: The map beside it, on the same grid.
        points: Scores of the first map at the points; None without any.

    Returns:
        What metrics.json holds under "beside".
    """
    names = names_of(work.run, other)
    tally = _over_blocks(work, other)
    keep_maps(work, other)
    scored = work.ground.reference is not None
    lines, paired = _lines(work, other), _points(work, other, points)
    return {
        "first": names[0],
        "second": names[1],
        "is_run": other.is_run,
        "difference": tally.counts.record(names, work.run.task.feature),
        "first_scores": tally.first.record() if scored else None,
        "second_scores": tally.second.record() if scored else None,
        "areas": [_area_row(pair) for pair in tally.areas] if scored else [],
        "mean_of_areas": _means(tally.areas) if scored and tally.areas else None,
        "lines": lines,
        "points": paired,
    }


def names_of(run: FinishedRun, other: FinishedRun) -> tuple[str, str]:
    """Return what two maps are called; alike titles are told apart."""
    if run.title == other.title:
        return f"{run.title} (first)", f"{other.title} (second)"
    return run.title, other.title


def keep_maps(work: Work, other: FinishedRun | None) -> None:
    """Put maps that are no runs beside the results, as they were read on the grid."""
    for side, name in ((work.run, MAP), (other, OTHER_MAP)):
        if side is not None and not side.is_run:
            with whole(work.folder / name) as target:
                target.write_bytes((side.folder / CLASSES).read_bytes())


def _over_blocks(work: Work, other: FinishedRun) -> _Tally:
    """Read both maps, and the reference where there is one, once; write the difference."""
    run, grid = work.run, work.run.grid
    tally = _Tally(tuple((area, area) for area in work.ground.areas))
    with ExitStack() as files:
        maps, second = (files.enter_context(open_maps(side)) for side in (run, other))
        truth = files.enter_context(work.ground.open_reference()) if work.ground.reference else None
        signed = files.enter_context(_writer(work, DIFFERENCE, "int8", MISSING))
        both = all(PROBABILITY in side.files for side in (maps, second))
        of_probability = (
            files.enter_context(_writer(work, OF_PROBABILITY, "float32", float("nan")))
            if both
            else None
        )
        total, done = sum(1 for _ in blocks(grid)), 0
        for row, strip in strips(grid):
            drawn, gaps = [], []
            for window in strip:
                stop_if(work.cancelled)
                drawn.append(_count(tally, work, (maps, second), truth, window))
                if of_probability is not None:
                    gaps.append(maps.probability(window) - second.probability(window))
                done += 1
                work.progress(Event(STAGE, done, total))
            signed.write(row, np.concatenate(drawn, axis=1))
            if of_probability is not None:
                of_probability.write(row, np.concatenate(gaps, axis=1))
    return tally


def _count(
    tally: _Tally,
    work: Work,
    sides: tuple[Maps, Maps],
    truth: ReferenceReader | None,
    window: Window,
) -> NDArray[np.int8]:
    """Count one block and return its signed difference."""
    first, second = (side.classes(window) for side in sides)
    told = all(side.run.task.outputs > 1 for side in sides)
    if not told:
        first, second = _yes(first), _yes(second)
    part = work.run.grid.window(window)
    signed = tally.counts.add(part, first, second)
    if truth is None:
        return signed
    reference = np.where(signed == MISSING, np.uint8(UNKNOWN), truth.read(window))
    tally.first += count(first, reference)
    tally.second += count(second, reference)
    tally.areas = tuple(
        (one.with_block(part, first, reference), two.with_block(part, second, reference))
        for one, two in tally.areas
    )
    return signed


def _yes(ids: Ids) -> Ids:
    """Return a map that tells no classes apart."""
    return np.where(ids == UNKNOWN, ids, ids != 0).astype(np.uint8)


def _writer(work: Work, name: str, dtype: str, nodata: float) -> RasterWriter:
    tags = {"SIMULATED": "yes"} if work.run.simulated else {}
    first, second = names_of(work.run, work.other) if work.other else ("", "")
    tags |= {"GEOSEG_TASK": work.run.task.name, "GEOSEG_FIRST": first, "GEOSEG_SECOND": second}
    return RasterWriter(work.folder / name, work.run.grid, [name[:-4]], dtype, nodata, tags)


def _area_row(pair: tuple[AreaScore, AreaScore]) -> Part:
    one, two = pair
    return {
        "name": one.name,
        "first": one.confusion.record(),
        "second": two.confusion.record(),
    }


def _means(areas: tuple[tuple[AreaScore, AreaScore], ...]) -> Part:
    first, second = zip(*areas, strict=True)
    return {"first": mean_of_areas(first), "second": mean_of_areas(second)}


def _lines(work: Work, other: FinishedRun) -> Part | None:
    """Return how the lines lie in the other map's outlines."""
    path, folder = work.request.lines, other.folder
    if path is None:
        return None
    settings = work.request.line_settings
    return match_lines(folder / POLYGONS, folder / CLASSES, path, settings).record()


def _points(work: Work, other: FinishedRun, first: PointScores | None) -> Part | None:
    """Return the other map's scores at the points, and both maps paired there."""
    path = work.request.points
    if path is None or first is None:
        return None
    scores = points_of(work, other)
    try:
        paired = pair_points(first, scores, names_of(work.run, other))
    except ReferenceMapError as reason:
        work.notes.append(str(reason))
        return {"second": scores.record(), "paired": None}
    work.notes.extend(paired.words())
    return {"second": scores.record(), "paired": paired.record()}


def points_of(work: Work, run: FinishedRun) -> PointScores:
    """Return how a map does at the points of the comparison.

    Raises:
        ReferenceMapError: The points cannot be compared with it.
    """
    request = work.request
    if request.points is None:
        raise ReferenceMapError("there are no points; give a file of points with --points")
    # Points tell the classes of the map that is judged; the one beside it may tell yes or no only.
    scores = score_points(
        read_point_file(request.points, run.grid.crs, ReferenceMapError, run.grid),
        run.folder / CLASSES,
        feature=work.run.task.feature,
        column=request.point_class,
        positive=request.point_feature,
        tolerance_m=request.tolerance_m,
        labels=work.run.task.classes,
    )
    return scores if run.task.outputs > 1 else replace(scores, by_class=None)
