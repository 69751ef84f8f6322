"""An outline, a point or the whole area -> the tiles of the run that show it, and what counts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.features import geometry_mask
from rasterio.warp import transform
from rasterio.windows import Window

from geoseg.errors import SettingsError
from geoseg.grid import Grid
from geoseg.inference.occlusion import UNKNOWN, Patch
from geoseg.inference.tiles import Axis, plan_axis
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.settings import TileSettings
from geoseg.stack.ogr import pyogrio
from geoseg.stack.stack import RasterStack

LON_LAT = "EPSG:4326"
AROUND_PIXELS = 3
"""Radius of the ground that stands for a point without an outline."""
POLYGONS = "polygons.gpkg"
OVERVIEW_PIXELS = 8
"""Of a tile's side, in the small picture by which tiles are chosen."""


@dataclass(frozen=True)
class Target:
    """What is explained.

    Attributes:
        kind: "area", "polygon" or "point".
        outline: On the ground, in the grid's CRS; None for the whole area.
        polygon: Number of the outline; None where there is none.
        facts: Further JSON-ready values for the record.
    """

    kind: str
    outline: shapely.Geometry | None = None
    polygon: int | None = None
    facts: tuple[tuple[str, Any], ...] = ()

    def record(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {"kind": self.kind, "polygon": self.polygon, **dict(self.facts)}


def find_target(folder: Path, grid: Grid, settings: ExplainSettings) -> Target:
    """Return what the user points at.

    Raises:
        SettingsError: The run has no such outline, or the point lies outside its map.
    """
    if settings.polygon is not None:
        found = _rows(folder, where=f"id = {settings.polygon}")
        if not found:
            count = pyogrio.read_info(folder / POLYGONS)["features"]
            raise SettingsError(
                f"no outline {settings.polygon} in this run; choose one of 1 to {count}"
                if count
                else "this run has no outline; explain the whole area or a point of it"
            )
        return _polygon(found[0])
    if settings.point is not None:
        return _at(folder, grid, settings.point)
    return Target("area")


def _at(folder: Path, grid: Grid, lonlat: tuple[float, float]) -> Target:
    (x,), (y,) = transform(LON_LAT, grid.crs, [lonlat[0]], [lonlat[1]])
    column, row = ~grid.transform @ (x, y)
    if not (0 <= column < grid.width and 0 <= row < grid.height):
        west, south, east, north = grid.lonlat_bounds
        raise SettingsError(
            f"longitude {lonlat[0]:g}, latitude {lonlat[1]:g} lies outside the map; choose a point "
            f"within {west:.4f} to {east:.4f} and {south:.4f} to {north:.4f}"
        )
    point = shapely.Point(x, y)
    there = [row for row in _rows(folder, bbox=(x, y, x, y)) if row[1].intersects(point)]
    facts = (("lon", lonlat[0]), ("lat", lonlat[1]))
    if there:
        found = _polygon(there[0])
        return Target(found.kind, found.outline, found.polygon, (*found.facts, *facts))
    radius = AROUND_PIXELS * abs(grid.transform.determinant) ** 0.5
    return Target("point", point.buffer(radius), None, facts)


def _rows(folder: Path, **choice: Any) -> list[tuple[dict[str, Any], Any]]:
    frame = pyogrio.read_dataframe(folder / POLYGONS, **choice)
    columns = [name for name in frame.columns if name != "geometry"]
    return [
        (dict(zip(columns, values, strict=True)), outline)
        for *values, outline in frame[[*columns, "geometry"]].itertuples(index=False)
    ]


def _polygon(row: tuple[dict[str, Any], Any]) -> Target:
    values, outline = row
    area_m2, probability = float(values["area_m2"]), float(values["mean_prob"])
    facts = (("area_m2", area_m2), ("mean_probability_of_run", probability))
    return Target("polygon", outline, int(values["id"]), facts)


@dataclass(frozen=True)
class TilePlan:
    """The tiles of the run's own tiling that are looked at: (row of tiles, column of tiles)."""

    rows: Axis
    columns: Axis
    chosen: tuple[tuple[int, int], ...]
    touched: int
    """How many there are to choose from."""


def plan_tiles(
    folder: Path, grid: Grid, tiles: TileSettings, target: Target, most: int
) -> TilePlan:
    """Choose tiles: those that show the outline; for the area half where most is mapped, half spread.

    Args:
        folder: Of the run.
        grid: Of the run.
        tiles: Of the run.
        target: What is explained.
        most: So many tiles at most.
    """
    rows, columns = plan_axis(grid.height, tiles), plan_axis(grid.width, tiles)
    if target.outline is None:
        strength = _mapped_strength(folder, grid, rows, columns)
        chosen = _strong_and_spread(strength, most)
        return TilePlan(rows, columns, tuple(chosen), int(np.isfinite(strength).sum()))
    left, top, right, bottom = _pixel_bounds(grid, target.outline)
    every = [
        (row, column)
        for row in _touching(rows, top, bottom)
        for column in _touching(columns, left, right)
    ]
    return TilePlan(rows, columns, tuple(_spread(every, most)), len(every))


def _pixel_bounds(grid: Grid, outline: shapely.Geometry) -> tuple[float, float, float, float]:
    corners = shapely.get_coordinates(shapely.box(*outline.bounds))
    places = np.array([~grid.transform @ (x, y) for x, y in corners])
    (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
    return left, top, right, bottom


def _touching(axis: Axis, start: float, end: float) -> list[int]:
    spans = [axis.span(index) for index in range(len(axis.origins))]
    return [index for index, (first, last) in enumerate(spans) if first < end and last > start]


def _mapped_strength(folder: Path, grid: Grid, rows: Axis, columns: Axis) -> NDArray[np.float64]:
    """Return the mean probability of every tile, NaN where it holds no data, (row, column)."""
    side = max(1, rows.size // OVERVIEW_PIXELS)
    shape = max(1, grid.height // side), max(1, grid.width // side)
    with rasterio.open(folder / "probability.tif") as raster:
        band = min(2, raster.count)
        small = raster.read(band, out_shape=shape, resampling=Resampling.average)
    strength = np.full((len(rows.origins), len(columns.origins)), np.nan)
    for row, column in np.ndindex(*strength.shape):
        (top, bottom), (left, right) = rows.span(row), columns.span(column)
        part = small[_scaled(top, bottom, grid.height, shape[0]),
                     _scaled(left, right, grid.width, shape[1])]  # fmt: skip
        if np.isfinite(part).any():
            strength[row, column] = np.nanmean(part)
    return strength


def _scaled(start: int, end: int, length: int, small: int) -> slice:
    first = min(start * small // length, small - 1)
    return slice(first, max(-(-end * small // length), first + 1))


def _strong_and_spread(strength: NDArray[np.float64], most: int) -> list[tuple[int, int]]:
    known = [(int(row), int(column)) for row, column in np.argwhere(np.isfinite(strength))]
    if len(known) <= most:
        return known
    strongest = sorted(known, key=lambda place: -strength[place])[: most // 2]
    others = [place for place in known if place not in set(strongest)]
    return sorted([*strongest, *_spread(others, most - len(strongest))])


def _spread(places: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    if len(places) <= most:
        return list(places)
    return [places[int((nth + 0.5) * len(places) / most)] for nth in range(most)]


def read_patches(
    folder: Path, stack: RasterStack, plan: TilePlan, target: Target
) -> Iterator[Patch]:
    """Yield the chosen tiles; together the weights of all tiles of a pixel are 1, as in the run."""
    with ExitStack() as files:
        reader = files.enter_context(stack.open())
        mapped = files.enter_context(rasterio.open(folder / "probability.tif"))
        reference = folder / "reference.tif"
        truth = files.enter_context(rasterio.open(reference)) if reference.is_file() else None
        for row, column in plan.chosen:
            window, values = _read_tile(reader.read, plan, row, column)
            inside = np.s_[: int(window.height), : int(window.width)]
            counts = np.isfinite(mapped.read(1, window=window))
            if target.outline is not None:
                grid = stack.grid.window(window)
                counts &= geometry_mask([target.outline], grid.shape, grid.transform, invert=True)
            weight = np.zeros(values.shape[1:], np.float32)
            both = plan.rows.weight(row)[:, None] * plan.columns.weight(column)
            weight[inside] = (both[inside] * counts).astype(np.float32)
            known = np.full(weight.shape, UNKNOWN, np.uint8)
            if truth is not None:
                known[inside] = truth.read(1, window=window)
            yield Patch(values, weight, known)


def _read_tile(
    read: Any, plan: TilePlan, row: int, column: int
) -> tuple[Window, NDArray[np.float32]]:
    """Return the part of a tile inside the scene, and its values, mirrored beyond the edge."""
    places = [
        axis.folded(axis.origins[index], axis.origins[index] + axis.size)
        for axis, index in ((plan.rows, row), (plan.columns, column))
    ]
    (top, left), (bottom, right) = ([int(f(p)) for p in places] for f in (np.min, np.max))
    part = read(Window(left, top, right + 1 - left, bottom + 1 - top))
    values = part[:, (places[0] - top)[:, None], places[1] - left]
    values[~np.isfinite(values)] = np.nan
    height = min(plan.rows.size, plan.rows.length - plan.rows.origins[row])
    width = min(plan.columns.size, plan.columns.length - plan.columns.origins[column])
    window = Window(plan.columns.origins[column], plan.rows.origins[row], width, height)
    return window, values
