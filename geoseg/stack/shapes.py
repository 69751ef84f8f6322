"""A file of polygons, lines or points, of any CRS -> valid shapes in the wished CRS, or one sentence.

Every reader takes the layer of its own kind and refuses the others with the option they belong to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely.geometry.base import BaseGeometry

from geoseg.ellipsoid import place_fault
from geoseg.errors import GeosegError
from geoseg.files.parts import file_of
from geoseg.grid import Grid
from geoseg.stack.kinds import KINDS, LINES, POINTS, POLYGONS, Kind
from geoseg.stack.layers import (
    Layer,
    LayerFacts,
    open_layers,
    together,
    too_many,
    wished_layers,
)
from geoseg.stack.vector_formats import FORMATS
from geoseg.tasks.words import in_line

if TYPE_CHECKING:
    import geopandas

NOTES = "geoseg notes"
"""Key of a table's attributes: plain sentences on what was read of a file and what was not."""
HALF_TURN = 180.0
SEAM_UNITS = 1e-6
"""Corners on both sides of 180 degrees that lie so near are one, in units of the CRS."""


def is_vector(path: Path) -> bool:
    """Tell by its name whether a file is one of the vector formats that are read."""
    return file_of(path).suffix.lower() in FORMATS


def notes_of(frame: "geopandas.GeoDataFrame") -> tuple[str, ...]:
    """Return plain sentences on what was read of a file, and what was left out."""
    return tuple(frame.attrs.get(NOTES, ()))


def read_polygons(
    path: Path, crs: CRS, fault: type[GeosegError], near: Grid | None = None
) -> "geopandas.GeoDataFrame":
    """Read the polygons of a file.

    Args:
        path: In one of `vector_formats.FORMATS`; a layer may be named behind it, see `parts`.
        crs: The polygons are given back in it.
        fault: Raised with one sentence where the file holds no usable polygons.
        near: Of several layers the only one that meets this grid, which is in that CRS, is meant.

    Returns:
        Valid, non-empty polygons with their attributes.
    """
    frame = _read_kind(_Wish(path, crs, fault, POLYGONS, near))
    frame["geometry"] = [_valid(shape) for shape in frame.geometry]
    frame = frame[~frame.geometry.is_empty]
    if frame.empty:
        raise fault(f"the polygons of {path.name} enclose no ground; draw or export them again")
    return frame


def read_lines(
    path: Path, crs: CRS, fault: type[GeosegError], near: Grid | None = None
) -> "geopandas.GeoDataFrame":
    """Read the lines of a file; those without length are left out.

    Args:
        path: As for `read_polygons`.
        crs: The lines are given back in it.
        fault: Raised with one sentence where the file holds no usable lines.
        near: As for `read_polygons`.

    Returns:
        Lines with their attributes.
    """
    frame = _read_kind(_Wish(path, crs, fault, LINES, near))
    frame = frame[frame.geometry.length > 0]
    if frame.empty:
        raise fault(f"the lines of {path.name} have no length; draw or export them again")
    return frame


def read_points(
    path: Path, crs: CRS, fault: type[GeosegError], near: Grid | None = None
) -> "geopandas.GeoDataFrame":
    """Read the points of a file; a row of several points becomes several rows.

    Args:
        path: As for `read_polygons`.
        crs: The points are given back in it.
        fault: Raised with one sentence where the file holds no usable points.
        near: As for `read_polygons`.

    Returns:
        Single points with their attributes, numbered from 0.
    """
    frame = _read_kind(_Wish(path, crs, fault, POINTS, near))
    return frame.explode(index_parts=False).reset_index(drop=True)


def describe(path: Path, fault: type[GeosegError]) -> list[LayerFacts]:
    """Return what the layers with shapes of a file hold, for a user to choose from."""
    with open_layers(path, fault) as layers:
        return [layer.facts(fault) for layer in layers if layer.geometry]


def layers_with(kind: Kind, path: Path, fault: type[GeosegError]) -> list[str]:
    """Return the names of the layers that may hold shapes of a kind and are not empty."""
    with open_layers(path, fault) as layers:
        own = [layer for layer in layers if layer.may_hold(kind)]
        return [layer.name for layer in own if layer.facts(fault).count]


@dataclass(frozen=True)
class _Found:
    """What one layer holds.

    Attributes:
        name: Of the layer.
        frame: Its shapes of the wished kind.
        others: Its other types.
        left_out: How many shapes are of those.
    """

    name: str
    frame: "geopandas.GeoDataFrame"
    others: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class _Wish:
    """What is wanted of a file: the kind of shapes, their CRS, the fault to raise, the place."""

    path: Path
    crs: CRS
    fault: type[GeosegError]
    kind: Kind
    near: Grid | None


def _read_kind(wish: _Wish) -> "geopandas.GeoDataFrame":
    """Read the layer of one kind and bring it to the CRS."""
    with open_layers(wish.path, wish.fault) as layers:
        found = _with_shapes(wish, layers)
    chosen = _chosen(wish, found)
    frame = together([_placed(wish, one.frame) for one in chosen])
    name, names = file_of(wish.path).name, [one.name for one in chosen]
    notes = []
    if len(found) > len(chosen):
        beside = in_line([one.name for one in found if one not in chosen])
        notes.append(f"{name}: the layer {names[0]} is read; beside it there are {beside}")
    elif len(chosen) > 1:
        notes.append(f"{name}: the layers {in_line(names)} are read together")
    if left_out := sum(one.left_out for one in chosen):
        others = ", ".join(sorted({word for one in chosen for word in one.others}))
        notes.append(
            f"{name}: {left_out} shapes that are no {wish.kind.word}s ({others}) are left out"
        )
    frame.attrs[NOTES] = notes
    return frame


def _with_shapes(wish: _Wish, layers: Sequence[Layer]) -> list[_Found]:
    """Return the layers that hold shapes of the kind.

    Raises:
        GeosegError: There is none; the sentence says what there is instead.
    """
    wished = wished_layers(wish.path, layers, wish.kind, wish.fault)
    read = [_sorted_out(one.read(wish.fault), wish.kind, one.name) for one in wished]
    if full := [one for one in read if len(one.frame)]:
        return full
    beside = [layer for layer in layers if layer not in wished and layer.geometry]
    others = [_sorted_out(layer.read(wish.fault), wish.kind) for layer in beside]
    types = sorted({word for one in (*read, *others) for word in one.others})
    if types:
        raise wish.fault(_other_kind(wish.path, types, wish.kind))
    raise wish.fault(f"{wish.path.name} holds no shapes; expected at least one {wish.kind.word}")


def _sorted_out(frame: "geopandas.GeoDataFrame", kind: Kind, name: str = "") -> _Found:
    """Keep the shapes of a kind, also out of collections."""
    import geopandas

    if not isinstance(frame, geopandas.GeoDataFrame):  # a table without shapes
        return _Found(name, geopandas.GeoDataFrame(geometry=[]))
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].copy()
    mixed = frame.geom_type == "GeometryCollection"
    others = set(frame.geom_type[~mixed]) - set(kind.types)
    if mixed.any():
        parts = [shapely.get_parts(shape) for shape in frame.geometry[mixed]]
        others |= {part.geom_type for row in parts for part in row} - set(kind.types)
        frame.loc[mixed, "geometry"] = [_collected(row, kind) for row in parts]
        frame = frame[~frame.geometry.is_empty]
    own = frame.geom_type.isin(kind.types)
    return _Found(name, frame[own].copy(), tuple(sorted(others)), int((~own).sum()))


def _collected(parts: Sequence[BaseGeometry], kind: Kind) -> BaseGeometry:
    """Return the parts of a kind as one shape, empty where there are none."""
    single = [one for part in parts if part.geom_type in kind.types
              for one in shapely.get_parts(part)]  # fmt: skip
    whole = {"polygon": shapely.MultiPolygon, "line": shapely.MultiLineString}
    return whole.get(kind.word, shapely.MultiPoint)(single)


def _chosen(wish: _Wish, found: Sequence[_Found]) -> Sequence[_Found]:
    """Return the one layer that is meant, or all that the user named."""
    if len(found) == 1 or file_of(wish.path) != wish.path:
        return found
    meeting = [one for one in found if _meets(wish, one)]
    if len(meeting) == 1:
        return meeting
    names = [one.name for one in meeting or found]
    raise wish.fault(too_many(wish.path, names, wish.kind, names[-1]))


def _meets(wish: _Wish, one: _Found) -> bool:
    """Tell whether a layer lies where the rasters are, or may."""
    if wish.near is None or one.frame.crs is None:
        return True
    try:
        placed = _placed(wish, one.frame)
    except GeosegError:  # beyond the reach of the grid's CRS
        return False
    return bool(placed.intersects(shapely.box(*wish.near.bounds)).any())


def _placed(wish: _Wish, frame: "geopandas.GeoDataFrame") -> "geopandas.GeoDataFrame":
    """Bring shapes to the CRS."""
    name, crs = wish.path.name, wish.crs
    if frame.crs is None:
        raise wish.fault(f"{name} has no coordinate reference system (CRS); assign the right one")
    if elsewhere := place_fault(CRS.from_wkt(frame.crs.to_wkt())):
        raise wish.fault(f"{name} {elsewhere}")
    seam = _at_the_seam(frame)
    frame = frame.to_crs(crs.to_wkt())
    if not (shapely.get_coordinates(frame.geometry.array) < np.inf).all():
        raise wish.fault(f"{name} lies where {crs.to_string()} does not reach; check its CRS")
    if seam.any() and crs.is_projected:
        frame.loc[seam, "geometry"] = [_joined(shape) for shape in frame.geometry[seam]]
    return frame


def _at_the_seam(frame: "geopandas.GeoDataFrame") -> NDArray[np.bool_]:
    """Tell which shapes in degrees were cut at 180 degrees into parts on both sides."""
    if frame.crs is None or not frame.crs.is_geographic:
        return np.zeros(len(frame), bool)
    bounds = frame.geometry.bounds
    both = (bounds["minx"] <= -HALF_TURN) & (bounds["maxx"] >= HALF_TURN)
    return np.asarray(both & (frame.geom_type == "MultiPolygon"))


def _joined(shape: BaseGeometry) -> BaseGeometry:
    """Join the parts of a shape that was cut at 180 degrees."""
    return shapely.union_all(shapely.get_parts(shape), grid_size=SEAM_UNITS)


def _other_kind(path: Path, found: list[str], kind: Kind) -> str:
    """Return the sentence for shapes of the wrong kind, with the option they belong to."""
    belongs = [other.option for other in KINDS if other is not kind and {*other.types} & {*found}]
    hint = f"; {' and '.join(belongs)}" if belongs else ""
    return f"{path.name} holds {', '.join(found)}; expected {kind.word}s only, {kind.mend}{hint}"


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """Mend crossing outlines, keeping only areas."""
    if shape.is_valid:
        return shape
    mended = shapely.make_valid(shape, method="structure")
    return shapely.MultiPolygon(
        [part for part in shapely.get_parts(mended) if part.geom_type == "Polygon"]
    )
