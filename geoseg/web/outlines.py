"""A GeoPackage -> the shapes one vector tile shows, simplified for its zoom, and single shapes.

The shapes of a file are read once and kept on the web map's plane with a tree of their bounds.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from geoseg.errors import GeosegError, WorkspaceError
from geoseg.lonlat import continuous_all
from geoseg.stack.ogr import pyogrio
from geoseg.web.mvt import encode
from geoseg.web.rasters import HALF_WORLD_M, Box, tile_box
from geoseg.web.vector_layers import OutlineLayer

LAYER = "outlines"
"""Name of the one layer in every tile."""
FILES_KEPT = 8
TILE_PIXELS = 512
MARGIN_PIXELS = 8
"""A tile's shapes reach so far beyond it, so that lines along its side are not seen."""
TOLERANCE_PIXELS = 0.4
SMALL_PIXELS = 2.0
"""An outline of a smaller area, square pixels, is drawn as a point."""
POINT_STEP_PIXELS = 3.0
"""Of points closer than this only that of the largest shape is drawn."""
POLYGON_TYPES = (3, 6)
COLLECTION = 7
NUMBER = "id"

Shapes = NDArray[np.object_]
_reading = Lock()


@dataclass(frozen=True)
class Outlines:
    """The shapes of one file.

    Attributes:
        shapes: Metres of the web map, going on beyond 180 degrees.
        ids: Number of each shape, unique: its column `id` where there is a fit one.
        columns: What the tiles carry beside it.
        tree: Finds shapes by their bounds.
        areas: Square metres of the web map; infinite for what is no polygon.
        turns: Whole turns of the world by which shapes may lie beside it: those that cross 180
            degrees are not cut.
        simpler: Zoom -> the shapes as simplified so far for it.
    """

    shapes: Shapes
    ids: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]
    tree: shapely.STRtree
    areas: NDArray[np.float64]
    turns: tuple[int, ...] = (0,)
    simpler: dict[int, Shapes] = field(default_factory=dict)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return one tile; nothing where no shape touches it."""
        box = tile_box(z, x, y)
        seen = [self._seen(z, box, turn * 2 * HALF_WORLD_M) for turn in self.turns]
        shapes = np.concatenate([shapes for shapes, _ in seen])
        rows = np.concatenate([rows for _, rows in seen])
        columns = {name: values[rows] for name, values in self.columns.items()}
        return encode(LAYER, shapes, self.ids[rows], columns, box)

    def _seen(self, z: int, tile: Box, aside_m: float) -> tuple[Shapes, NDArray[np.int64]]:
        """Return the shapes so far beside a tile, moved into it, and their rows."""
        pixel_m = (tile[2] - tile[0]) / TILE_PIXELS
        margin = MARGIN_PIXELS * pixel_m
        seen = (tile[0] - margin + aside_m, tile[1] - margin,
                tile[2] + margin + aside_m, tile[3] + margin)  # fmt: skip
        near = np.sort(self.tree.query(shapely.box(*seen)))
        small = self.areas[near] < SMALL_PIXELS * pixel_m**2
        large = near[~small]
        cut = shapely.clip_by_rect(self._simplified(large, z, pixel_m), *seen)
        there = ~shapely.is_empty(cut)
        drawn = _without_collections(cut[there])
        points, dots = self._dots(near[small], pixel_m)
        rows = np.concatenate([large[there], dots])
        shapes = np.concatenate([drawn, points])
        return shapely.transform(shapes, lambda xy: xy - [aside_m, 0]) if aside_m else shapes, rows

    def shape(self, number: int) -> tuple[Any, dict[str, Any]]:
        """Return one whole shape, metres of the web map, and its columns.

        Raises:
            WorkspaceError: There is none of that number.
        """
        found = np.flatnonzero(self.ids == number)
        if not len(found):
            raise WorkspaceError(f"there is no outline {number}; it may be of another map")
        row = int(found[0])
        values = {name: _plain(column[row]) for name, column in self.columns.items()}
        return self.shapes[row], values

    def _simplified(self, rows: NDArray[np.int64], z: int, pixel_m: float) -> Shapes:
        """Return shapes as simple as the zoom allows; none of them vanishes."""
        known = self.simpler.setdefault(z, np.full(len(self.shapes), None, object))
        new = rows[shapely.is_missing(known[rows])]
        simple = shapely.simplify(
            self.shapes[new], TOLERANCE_PIXELS * pixel_m, preserve_topology=False
        )
        lost = shapely.is_empty(simple)
        simple[lost] = self.shapes[new[lost]]
        known[new] = simple
        return known[rows]

    def _dots(self, rows: NDArray[np.int64], pixel_m: float) -> tuple[Shapes, NDArray[np.int64]]:
        """Return a point for small shapes, of near ones only that of the largest."""
        largest_first = rows[np.argsort(-self.areas[rows], kind="stable")]
        middles = shapely.centroid(self.shapes[largest_first])
        cells = np.floor(shapely.get_coordinates(middles) / (POINT_STEP_PIXELS * pixel_m))
        _, first = np.unique(cells[:, 0] + 1j * cells[:, 1], return_index=True)
        return middles[first], largest_first[first]


def outlines(layer: OutlineLayer) -> Outlines:
    """Return a layer's shapes, read anew when the file has changed.

    Raises:
        WorkspaceError: The file cannot be read or says not where it lies.
    """
    # Many tiles are asked at once: the first reads, the others wait for it.
    with _reading:
        return _read(layer, layer.version)


def read_ahead(layer: OutlineLayer) -> None:
    """Read a layer beside the page that will ask for it, so that its first tile need not wait."""
    thread = Thread(target=_read_quietly, args=(layer,), name="outlines", daemon=True)
    thread.start()


def _read_quietly(layer: OutlineLayer) -> None:
    """Whoever asks for a tile is told what is wrong with the file."""
    with suppress(GeosegError, OSError):
        outlines(layer)


@lru_cache(maxsize=FILES_KEPT)
def _read(layer: OutlineLayer, _version: str) -> Outlines:
    frame = _frame(layer).to_crs(3857)
    frame = frame[~(frame.geometry.is_empty | frame.geometry.isna())]
    shapes = np.asarray(frame.geometry.array, object)
    shapes = continuous_all(shapes, HALF_WORLD_M, HALF_WORLD_M)
    polygons = np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)
    return Outlines(
        shapes=shapes,
        ids=_numbers(frame),
        columns={name: frame[name].to_numpy() for name in _wanted(layer, frame)},
        tree=shapely.STRtree(shapes),
        areas=np.where(polygons, shapely.area(shapes), np.inf),
        turns=(0, 1, -1) if _is_beyond(shapes) else (0,),
    )


def _is_beyond(shapes: Shapes) -> bool:
    """Tell whether a shape goes on beyond 180 degrees."""
    bounds = shapely.bounds(shapes)
    return bool((bounds[:, 0] < -HALF_WORLD_M).any() or (bounds[:, 2] > HALF_WORLD_M).any())


def _frame(layer: OutlineLayer) -> gpd.GeoDataFrame:
    try:
        names = list(pyogrio.list_layers(layer.path)[:, 0])
        frame = pyogrio.read_dataframe(layer.path, layer=layer.name or names[0])
    except (DataSourceError, DataLayerError, IndexError) as error:
        raise _unreadable(layer.path) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise _unreadable(layer.path)
    return frame


def _unreadable(path: Path) -> WorkspaceError:
    return WorkspaceError(f"{path.name} holds no outlines on the ground; make it again")


def _wanted(layer: OutlineLayer, frame: gpd.GeoDataFrame) -> Iterator[str]:
    return (name for name in layer.columns if name in frame.columns and name != NUMBER)


def _numbers(frame: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the column `id` where it holds different whole numbers, else 1, 2, 3 ..."""
    if NUMBER in frame.columns:
        numbers = frame[NUMBER].to_numpy()
        whole = np.issubdtype(numbers.dtype, np.integer)
        if whole and (numbers >= 0).all() and len(np.unique(numbers)) == len(numbers):
            return numbers.astype(np.int64)
    return np.arange(1, len(frame) + 1)


def _without_collections(shapes: Shapes) -> Shapes:
    """Keep the polygons of what cutting left as a mixture of polygons and lines."""
    for place in np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION):
        parts = shapely.get_parts(shapes[place])
        polygons = parts[np.isin(shapely.get_type_id(parts), POLYGON_TYPES)]
        shapes[place] = shapely.multipolygons(shapely.get_parts(polygons))
    return shapes


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; None for what is not known."""
    if value is None or value != value:  # noqa: PLR0124 NaN
        return None
    return value.item() if isinstance(value, np.generic) else value
