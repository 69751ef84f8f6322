"""Where a map and its reference disagree -> ranked outlines: where to look and label next.

The second round of the wetland study (Article II of the thesis) labelled where its map departed
from what was mapped before. Here the largest and surest contradictions come first; strips along
the edge of what both found come last, for there only the outline differs.
"""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from pydantic import Field

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.counts import FALSE_NEGATIVE, FALSE_POSITIVE
from geoseg.evaluation.object_files import grid_of
from geoseg.grid import Grid
from geoseg.mapping.inside import mean_inside
from geoseg.mapping.polygons import polygonise
from geoseg.progress import Cancelled, Progress, never, silent
from geoseg.settings import Settings
from geoseg.tasks import ClassLabel

KINDS = {FALSE_POSITIVE: "on the map only", FALSE_NEGATIVE: "in the reference only"}
"""Code of confusion.tif -> what a patch of it is called."""
LON_LAT = 4326
LOOKED_AT = 4
"""Times as many patches as asked for are weighed at a time, the largest first."""


class LabelSettings(Settings):
    """Which places are listed."""

    most: int = Field(default=50, ge=0, le=10_000)
    """How many places."""
    min_area_m2: float = Field(default=0, ge=0)
    """Smaller patches are left out."""


def find_disagreements(
    confusion: Path,
    probability: Path,
    settings: LabelSettings | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> gpd.GeoDataFrame:
    """Rank the patches where the map and the reference say different things.

    Args:
        confusion: 1 true positive, 2 false positive, 3 false negative, 4 true negative, 255.
        probability: Of the run, on the same grid.
        settings: Which places are listed.
        progress: Hears one event a strip.
        cancelled: Asked at every strip.

    Returns:
        Outlines, most worth labelling first: rank, kind, area_m2, mean_prob, sureness (how sure
        the map is of what the reference denies, 0 to 1), narrow (True for strips thinner than
        three pixels), weight (area_m2 x sureness, the order), lon, lat (a point inside, degrees).

    Raises:
        ReferenceMapError: The run was not compared with a reference.
    """
    if not confusion.is_file():
        raise ReferenceMapError(
            "this run has no map of right and wrong, for it was made without a reference; give "
            "the study area a reference and run again"
        )
    settings = settings or LabelSettings()
    labels = [ClassLabel(code, words, "#000000") for code, words in KINDS.items()]
    area_m2 = settings.min_area_m2
    patches = polygonise(confusion, confusion, confusion, area_m2, labels, progress, cancelled)
    ranked = _weighed(patches, grid_of(confusion), probability, settings.most)
    ranked = ranked.sort_values(["narrow", "weight"], ascending=[True, False], kind="stable")
    return _placed(ranked.head(settings.most).reset_index(drop=True))


def _narrow(shapes: NDArray[np.object_], grid: Grid) -> NDArray[np.bool_]:
    """Tell which outlines are thinner than three pixels, whatever the sides of a pixel."""
    to_pixels = (~grid.transform).to_shapely()
    a, b, d, e, c, f = to_pixels
    pixels = shapely.transform(
        shapes, lambda x, y: (a * x + b * y + c, d * x + e * y + f), interleaved=False
    )
    return np.asarray(shapely.is_empty(shapely.buffer(pixels, -1, join_style="mitre")))


def _weighed(
    patches: gpd.GeoDataFrame, grid: Grid, probability: Path, most: int
) -> gpd.GeoDataFrame:
    """Return at least the patches that lead the list, with their weights.

    No weight is above its area, so that smaller patches than the last one listed need no look.

    Args:
        patches: Largest first.
        grid: Theirs.
        probability: On it.
        most: How many are listed.
    """
    shapes = np.asarray(patches.geometry.array, object)
    narrow = _narrow(shapes, grid)
    # Wide ones lead; the sort is stable, so each kind stays in order of size.
    order = np.argsort(narrow, kind="stable")
    columns = {"kind": patches["class"], "area_m2": patches["area_m2"], "narrow": narrow}
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=patches.crs).iloc[order]
    done = frame.iloc[:0].assign(mean_prob=np.zeros(0), sureness=np.zeros(0), weight=np.zeros(0))
    while len(done) < len(frame) and not _is_led(done, frame.iloc[len(done)], most):
        batch = frame.iloc[len(done) : len(done) + LOOKED_AT * max(1, most)]
        mean = _means(np.asarray(batch.geometry.array, object), probability)
        sure = np.nan_to_num(np.where(batch["kind"] == KINDS[FALSE_POSITIVE], mean, 1 - mean))
        weight = batch["area_m2"] * sure
        batch = batch.assign(mean_prob=mean, sureness=sure, weight=weight)
        done = batch if done.empty else gpd.GeoDataFrame(pd.concat([done, batch]))
    names = ["kind", "area_m2", "mean_prob", "sureness", "narrow", "weight", "geometry"]
    return done[names].reset_index(drop=True)


def _is_led(done: gpd.GeoDataFrame, following: "pd.Series[Any]", most: int) -> bool:
    """Tell whether neither the patch that follows nor a later one can be among the first."""
    ahead = done["narrow"] < following["narrow"]
    above = (done["narrow"] == following["narrow"]) & (done["weight"] >= following["area_m2"])
    return int((ahead | above).sum()) >= most


def _means(shapes: NDArray[np.object_], probability: Path) -> NDArray[np.float64]:
    with rasterio.open(probability) as raster:
        return np.array([mean_inside(raster, shape) for shape in shapes], np.float64)


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add rank, longitude and latitude."""
    inside = frame.geometry.representative_point().to_crs(LON_LAT)
    placed = frame.assign(lon=inside.x.to_numpy(), lat=inside.y.to_numpy())
    placed.insert(0, "rank", np.arange(1, len(frame) + 1))
    return placed
