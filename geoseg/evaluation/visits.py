"""The maps of how sure a run is -> a ranked list of unsure places to visit, well apart."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray
from pydantic import Field
from rasterio.windows import Window
from scipy import ndimage, spatial

from geoseg.errors import RasterError
from geoseg.evaluation.object_files import grid_of
from geoseg.grid import Grid
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.settings import Settings
from geoseg.stack.blocks import blocks
from geoseg.stack.gtiff import GDAL_OPTIONS

By = Literal["spread", "mutual_information", "entropy"]
LAYERS: dict[str, tuple[str, str]] = {
    "spread": ("spread.tif", "the networks disagree"),
    "mutual_information": ("mutual_information.tif", "the networks disagree"),
    "entropy": ("entropy.tif", "the networks together cannot tell"),
}
"""How unsureness is measured -> the run's file, the reason in plain words."""
AROUND_PIXELS = 5
"""Side of the square whose mean is ranked, so that no single pixel leads a walk."""
BLOCK_PIXELS = 512
CELLS_A_PLACE = 4
LON_LAT = 4326
STAGE = "looking for unsure places"
Numbers = NDArray[np.float64]


class VisitSettings(Settings):
    """Which places are listed."""

    by: By = "spread"
    """What makes a place unsure: the members disagree, or all of them are undecided."""
    most: int = Field(default=50, ge=0, le=10_000)
    """How many places."""
    apart_m: float | None = Field(default=None, gt=0)
    """No two places lie closer; None spreads them over the map."""


@dataclass(frozen=True)
class _Candidate:
    row: int
    col: int
    value: float


def find_visits(
    folder: Path,
    settings: VisitSettings | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> gpd.GeoDataFrame:
    """Rank the places of a run where it is least sure.

    Args:
        folder: The run's, with its maps.
        settings: Which places are listed.
        progress: Hears about every block.
        cancelled: Asked before every block.

    Returns:
        Points in the map's CRS, least sure first: rank, unsureness (mean of the layer around),
        probability, agreement, coverage (percent, where the run has it), why, lon, lat (degrees).

    Raises:
        RasterError: The run lacks the layer; an older version made it.
    """
    settings = settings or VisitSettings()
    path = folder / LAYERS[settings.by][0]
    if not path.is_file():
        raise RasterError(
            f"this run has no {path.name}: it was made by an older version; run it again"
        )
    grid = grid_of(path)
    apart = _apart_pixels(grid, settings)
    height, width = (side / grid.pixel_size_m for side in grid.pixel_sides_m)
    cell = max(1, int(apart / max(height, width, 1.0)))
    candidates = _candidates(path, grid, cell, progress, cancelled)
    chosen = _well_apart(candidates, apart, settings.most, (height, width))
    return _described(chosen, folder, grid, settings)


def _apart_pixels(grid: Grid, settings: VisitSettings) -> float:
    """Return how far places lie apart, in sides of a square pixel of the same area."""
    if settings.apart_m is not None:
        return settings.apart_m / grid.pixel_size_m
    cells = CELLS_A_PLACE * max(1, settings.most)
    return max(float(AROUND_PIXELS), (grid.width * grid.height / cells) ** 0.5)


def _candidates(
    path: Path, grid: Grid, side: int, progress: Progress, cancelled: Cancelled
) -> list[_Candidate]:
    """Return the least sure pixel of every square cell, by the mean around it."""
    side = min(side, BLOCK_PIXELS)
    windows = list(blocks(grid, side * (BLOCK_PIXELS // side)))
    found: list[_Candidate] = []
    with rasterio.Env(**GDAL_OPTIONS), rasterio.open(path) as raster:
        for done, window in enumerate(windows, start=1):
            stop_if(cancelled)
            top, left = int(window.row_off), int(window.col_off)
            found += [
                _Candidate(top + row, left + col, value)
                for row, col, value in _peaks(_mean_around(raster, window), side)
            ]
            progress(Event(STAGE, done, len(windows)))
    return found


def _mean_around(raster: Any, window: Window) -> NDArray[np.float32]:
    """Return the mean over the square around every pixel of a window; NaN where it has no data."""
    half = AROUND_PIXELS // 2
    row0, col0 = max(0, int(window.row_off) - half), max(0, int(window.col_off) - half)
    row1 = min(raster.height, int(window.row_off + window.height) + half)
    col1 = min(raster.width, int(window.col_off + window.width) + half)
    values = raster.read(window=Window(col0, row0, col1 - col0, row1 - row0)).max(axis=0)
    known = np.isfinite(values)
    sums, counts = (
        ndimage.uniform_filter(layer.astype(np.float32), AROUND_PIXELS, mode="constant")
        for layer in (np.where(known, values, 0), known)
    )
    mean = np.divide(sums, counts, out=np.full(values.shape, np.nan, np.float32), where=known)
    top, left = int(window.row_off) - row0, int(window.col_off) - col0
    own: NDArray[np.float32] = mean[top : top + int(window.height), left : left + int(window.width)]
    return own


def _peaks(mean: NDArray[np.float32], side: int) -> Iterator[tuple[int, int, float]]:
    """Yield row, column and value of the highest pixel of every cell that is above 0."""
    height, width = (-length % side for length in mean.shape)
    filled = np.pad(np.nan_to_num(mean), ((0, height), (0, width)))
    down, across = (length // side for length in filled.shape)
    cells = filled.reshape(down, side, across, side).swapaxes(1, 2).reshape(down * across, -1)
    best = cells.argmax(axis=1)
    for cell, place in enumerate(best.tolist()):
        if (value := float(cells[cell, place])) > 0:
            row, col = divmod(cell, across)
            yield row * side + place // side, col * side + place % side, value


def _well_apart(
    candidates: Sequence[_Candidate],
    apart: float,
    most: int,
    sides: tuple[float, float] = (1.0, 1.0),
) -> list[_Candidate]:
    """Take the least sure places first and leave out those too near to one taken.

    Sides are those of a pixel (height, width) in the unit of `apart`.
    """
    down, across = sides
    ranked = sorted(candidates, key=lambda place: (-place.value, place.row, place.col))
    if not ranked:
        return []
    tree = spatial.KDTree([(place.row * down, place.col * across) for place in ranked])
    chosen: list[_Candidate] = []
    free = np.ones(len(ranked), bool)
    for number, place in enumerate(ranked):
        if len(chosen) == most:
            break
        if free[number]:
            chosen.append(place)
            here = place.row * down, place.col * across
            free[tree.query_ball_point(here, apart * (1 - 1e-9))] = False
    return chosen


def _described(
    places: Sequence[_Candidate], folder: Path, grid: Grid, settings: VisitSettings
) -> gpd.GeoDataFrame:
    """Put the places on the ground, with what the other maps say there."""
    rows = np.array([place.row for place in places], int)
    cols = np.array([place.col for place in places], int)
    a, b, c, d, e, f = grid.transform[:6]
    x, y = a * (cols + 0.5) + b * (rows + 0.5) + c, d * (cols + 0.5) + e * (rows + 0.5) + f
    columns: dict[str, Any] = {
        "rank": np.arange(1, len(places) + 1),
        "unsureness": np.array([place.value for place in places], float).round(4),
    }
    for name in ("probability", "agreement", "coverage"):
        columns[name] = _values(folder / f"{name}.tif", rows, cols)
    points = gpd.points_from_xy(x, y)
    frame = gpd.GeoDataFrame(columns, geometry=points, crs=grid.crs.to_wkt())
    frame["why"] = [_why(row, settings.by) for row in frame.to_dict("records")]
    lonlat = frame.geometry.to_crs(LON_LAT)
    return frame.assign(lon=lonlat.x.to_numpy(), lat=lonlat.y.to_numpy())


def _values(path: Path, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> Numbers:
    """Read single pixels; NaN where the file or the value is missing."""
    values = np.full(len(rows), np.nan)
    if not path.is_file():
        return values
    with ExitStack() as files:
        raster = files.enter_context(rasterio.open(path))
        bands = [1] if raster.count == 1 else list(range(2, raster.count + 1))
        for place, (row, col) in enumerate(zip(rows.tolist(), cols.tolist(), strict=True)):
            pixel = raster.read(bands, window=Window(col, row, 1, 1), masked=True)
            values[place] = np.nan if pixel.mask.any() else float(pixel.sum())
    return values.round(4)


def _why(row: dict[str, Any], by: By) -> str:
    """Say in plain words why the place is on the list."""
    words = LAYERS[by][1]
    if np.isfinite(row["agreement"]):
        words += f": {100 * row['agreement']:.0f} % of them say yes"
    if np.isfinite(row["probability"]):
        words += f"; probability {row['probability']:.2f}"
    if np.isfinite(row["coverage"]) and row["coverage"] < 100:  # noqa: PLR2004
        words += f"; only {row['coverage']:.0f} % of the bands have data here"
    return words
