"""Class map, probability and spread as files -> polygons with area, perimeter and means.

The map is read twice by strips. The first reading finds the patches and their sums, so that small
ones are dropped before any shape is made; the second draws the others. Outlines follow the pixels'
edges, and burning the polygons gives the class map back.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.mapping.components import PatchCollector, Patches, label_patches
from geoseg.mapping.true_plane import true_plane
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.tasks import ClassLabel

COLUMNS = {
    "id": "int32",
    "class": "str",
    "area_m2": "float64",
    "perim_m": "float64",
    "mean_prob": "float64",
    "mean_sprd": "float64",
}
"""Columns of the polygons and their types; names fit the ten characters of a shapefile."""

STRIP_PIXELS = 2**22
SMALL_CACHE = {"GDAL_CACHEMAX": 128 * 2**20}
DECIMALS = 6


def polygonise(  # noqa: PLR0917 what watches long work always comes last
    classes: Path,
    probability: Path,
    spread: Path,
    min_area_m2: float,
    labels: Sequence[ClassLabel],
    progress: Progress = silent,
    cancelled: Cancelled = never,
    *,
    strip_rows: int | None = None,
) -> gpd.GeoDataFrame:
    """Draw the patches of every class but the background (id 0).

    Args:
        classes: Class ids, 255 no data.
        probability: On the same grid; one band, or one a class with the background first.
        spread: Bands as in `probability`.
        min_area_m2: Smaller patches are left out.
        labels: The classes' names.
        progress: Hears one event a strip.
        cancelled: Asked at every strip.
        strip_rows: Rows held at a time; None chooses by the width.

    Returns:
        `COLUMNS` and geometry, largest first, id from 1; in the raster's CRS.
    """
    names = {label.id: label.name for label in labels if label.id}
    with (
        rasterio.Env(**SMALL_CACHE),
        _Layers.open(classes, probability, spread, strip_rows) as layers,
    ):
        steps = _Steps(2 * len(layers.windows()), progress, cancelled)
        collector = PatchCollector()
        for window in layers.windows():
            steps.next()
            collector.add(*layers.patches(window, tuple(names)), layers.areas(window))
        patches = collector.patches()
        kept, rank = patches.ranked(min_area_m2 / layers.grid.pixel_area_m2 - 1e-9)
        outlines = _outlines(layers, tuple(names), rank, steps)
        return _table(patches, kept, outlines, layers.grid, names)


@dataclass
class _Steps:
    """Counts strips for whoever watches."""

    total: int
    progress: Progress
    cancelled: Cancelled
    done: int = 0

    def next(self) -> None:
        stop_if(self.cancelled)
        self.done += 1
        self.progress(Event("drawing polygons", self.done, self.total))


@dataclass
class _Layers:
    """The three open rasters, read by strips."""

    classes: Any
    probability: Any
    spread: Any
    grid: Grid
    rows: int
    _files: ExitStack

    @classmethod
    def open(cls, classes: Path, probability: Path, spread: Path, rows: int | None) -> Self:
        with ExitStack() as stack:
            paths = (classes, probability, spread)
            first, second, third = (stack.enter_context(rasterio.open(path)) for path in paths)
            grid = Grid(first.crs, first.transform, first.width, first.height)
            rows = rows or max(1, STRIP_PIXELS // grid.width)
            return cls(first, second, third, grid, rows, stack.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._files.close()

    def windows(self) -> list[Window]:
        height, width = self.grid.shape
        starts = range(0, height, self.rows)
        return [Window(0, row, width, min(self.rows, height - row)) for row in starts]

    def labelled(self, window: Window, ids: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
        strip = self.classes.read(1, window=window)
        return strip, *label_patches(strip, ids)

    def areas(self, window: Window) -> NDArray[np.float64] | None:
        """Return the areas of the pixels as shares of the mean one; None where all are alike."""
        if self.grid.is_true:
            return None
        return self.grid.pixel_areas_m2(window) / self.grid.pixel_area_m2

    def patches(self, window: Window, ids: tuple[int, ...]) -> tuple[Any, Any, Any]:
        strip, labels, owners = self.labelled(window, ids)
        values = tuple(_of_class(r, window, strip) for r in (self.probability, self.spread))
        return labels, owners, values


def _of_class(raster: Any, window: Window, classes: NDArray[np.uint8]) -> Any:
    """Read the value of every pixel's own class, (y, x)."""
    if raster.count == 1:
        return raster.read(1, window=window)
    values = raster.read(window=window)
    band = np.where(classes < raster.count, classes, 0)
    return np.take_along_axis(values, band[None].astype(np.intp), axis=0)[0]


def _outlines(
    layers: _Layers, ids: tuple[int, ...], rank: NDArray[np.int64], steps: _Steps
) -> NDArray[np.object_]:
    """Return one polygon a kept patch, in pixel coordinates, in the order of the ranks."""
    pieces: list[Any] = []
    owners: list[int] = []
    passed = 0
    for window in layers.windows():
        steps.next()
        _, labels, classes = layers.labelled(window, ids)
        lookup = np.concatenate([[0], rank[passed : passed + len(classes)]]).astype(np.int32)
        passed += len(classes)
        for outline, owner in _shapes(lookup[labels], window.row_off):
            pieces.append(outline)
            owners.append(owner)
    return _joined(np.array(pieces, object), np.array(owners, np.int64), int(rank.max(initial=0)))


def _shapes(numbers: NDArray[np.int32], row: int) -> Iterator[tuple[Any, int]]:
    """Trace equal numbers along whole pixel edges, so that pieces of two strips fit exactly."""
    if numbers.any():
        shift = Affine.translation(0, row)
        for outline, owner in shapes(numbers, numbers > 0, connectivity=4, transform=shift):
            rings = outline["coordinates"]
            yield shapely.Polygon(rings[0], rings[1:]), int(owner)


def _joined(
    pieces: NDArray[np.object_], owners: NDArray[np.int64], count: int
) -> NDArray[np.object_]:
    """Unite the pieces of each owner; owners count from 1."""
    joined = np.empty(count, object)
    order = np.argsort(owners, kind="stable")
    groups = np.split(pieces[order], np.searchsorted(owners[order], np.arange(2, count + 1)))
    for place, group in enumerate(groups[:count]):
        joined[place] = group[0] if len(group) == 1 else shapely.union_all(group)
    # A patch that touches itself at a pixel's corner may be traced as one crossing ring.
    crossing = ~shapely.is_valid(joined)
    joined[crossing] = shapely.make_valid(joined[crossing])
    return joined


def _table(
    patches: Patches,
    kept: NDArray[np.int64],
    outlines: NDArray[np.object_],
    grid: Grid,
    names: dict[int, str],
) -> gpd.GeoDataFrame:
    """Put the polygons on the ground beside their numbers."""
    a, b, c, d, e, f = grid.transform[:6]
    placed = shapely.transform(
        outlines, lambda x, y: (a * x + b * y + c, d * x + e * y + f), interleaved=False
    )
    columns = {
        "id": np.arange(1, len(kept) + 1),
        "class": [names[class_id] for class_id in patches.classes[kept]],
        "area_m2": patches.area[kept] * grid.pixel_area_m2,
        "perim_m": shapely.length(placed) * grid.metres_per_unit,
        "mean_prob": patches.probability[kept].round(DECIMALS),
        "mean_sprd": patches.spread[kept].round(DECIMALS),
    }
    table = pd.DataFrame(columns).astype(COLUMNS)
    frame = gpd.GeoDataFrame(table, geometry=list(placed), crs=grid.crs.to_wkt())
    if not grid.is_true:
        frame["perim_m"] = true_plane(frame).length
    return frame
