"""Sub-areas of a finished run -> their scores or mapped area at once, reading only their ground."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask

from geoseg.comparison.by_class import open_own_classes
from geoseg.comparison.finished import FinishedRun, Maps, open_maps
from geoseg.comparison.ground import REFERENCE, OwnReference
from geoseg.comparison.pixels import area_record
from geoseg.evaluation.areas import AreaScore, mean_of_areas
from geoseg.evaluation.classes import ClassScores
from geoseg.evaluation.counts import UNKNOWN
from geoseg.stack.aoi import touching
from geoseg.stack.blocks import blocks
from geoseg.stack.reference import ReferenceReader


@dataclass(frozen=True)
class Counted:
    """One sub-area of a run.

    Attributes:
        score: Against the reference; without counts where there is none.
        known: Pixels the map knows.
        mapped: Of them those mapped as the feature.
        mapped_m2: Their ground, square metres.
    """

    score: AreaScore
    known: int = 0
    mapped: int = 0
    mapped_m2: float = 0.0


@dataclass(frozen=True)
class QuickAreas:
    """Sub-areas counted at once.

    Attributes:
        rows: Name, mapped area, share of the ground and, with a reference, scores and counts.
        mean: Mean of every metric over the areas where it is defined; None without a reference.
        beside: Names of areas that do not touch the map.
    """

    rows: tuple[dict[str, Any], ...]
    mean: dict[str, float | None] | None
    beside: tuple[str, ...]


def count_areas(folder: Path, areas: gpd.GeoDataFrame, reference: Path | None = None) -> QuickAreas:
    """Count the pixels of sub-areas; blocks that hold none of them are not read.

    Args:
        folder: Of the finished run.
        areas: `name` and polygons, in any CRS.
        reference: On the run's grid (0, 1, 255); None takes the run's own, where it has one.
    """
    run = FinishedRun.open(folder)
    on_map = areas.to_crs(run.grid.crs.to_wkt())
    named = list(zip(on_map["name"], on_map.geometry, strict=True))
    inside = [(name, shape) for name, shape in named if touching([shape], run.grid)]
    counted = [Counted(AreaScore(name, shape)) for name, shape in inside]
    path = reference or run.path(REFERENCE)
    with ExitStack() as files:
        maps = files.enter_context(open_maps(run))
        truth = files.enter_context(OwnReference(path).open()) if path else None
        by_class = open_own_classes(run, files) if truth and reference is None else None
        if by_class is not None:
            told = len(by_class.labels)
            counted = [replace(area, score=area.score.telling(told)) for area in counted]
        counted = _over_blocks(maps, truth, by_class, counted)
    names = {name for name, _ in inside}
    return QuickAreas(
        tuple(_row(area, run, scored=truth is not None) for area in counted),
        mean_of_areas([area.score for area in counted]) if truth and counted else None,
        tuple(name for name, _ in named if name not in names),
    )


def _over_blocks(
    maps: Maps,
    truth: ReferenceReader | None,
    by_class: ClassScores | None,
    counted: list[Counted],
) -> list[Counted]:
    """Add the pixels of every block that some area touches."""
    grid = maps.run.grid
    index = shapely.STRtree([area.score.polygon for area in counted])
    for window in blocks(grid):
        part = grid.window(window)
        near = index.query(shapely.box(*part.bounds), predicate="intersects")
        if not near.size:
            continue
        classes = maps.classes(window)
        reference = truth.read(window) if truth else None
        true = by_class.reference.read(window) if by_class else None
        for place in near:
            polygon = counted[place].score.polygon
            outside = geometry_mask([polygon], part.shape, part.transform)
            inside = np.where(outside, np.uint8(UNKNOWN), classes)
            found = _added(counted[place], inside, reference, true)
            ground = grid.areas_m2(inside, window, UNKNOWN)[1:].sum()
            counted[place] = replace(found, mapped_m2=found.mapped_m2 + float(ground))
    return counted


def _added(
    area: Counted,
    inside: NDArray[np.uint8],
    reference: NDArray[np.uint8] | None,
    true: NDArray[np.uint8] | None,
) -> Counted:
    """Add the pixels of a block; those outside the area are 255."""
    known = int(np.count_nonzero(inside != UNKNOWN))
    mapped = known - int(np.count_nonzero(inside == 0))
    score = area.score if reference is None else area.score.with_pixels(inside, reference, true)
    return replace(area, score=score, known=area.known + known, mapped=area.mapped + mapped)


def _row(area: Counted, run: FinishedRun, *, scored: bool) -> dict[str, Any]:
    found = {
        "name": area.score.name,
        "mapped_m2": area.mapped_m2,
        "mapped_share": area.mapped / area.known if area.known else None,
    }
    labels = run.task.classes if area.score.by_class is not None else ()
    return found | area_record(area.score, labels) if scored else found
