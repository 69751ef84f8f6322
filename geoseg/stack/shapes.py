"""A file of polygons, lines or points, of any CRS -> valid shapes in the wished CRS, or one sentence.

Every reader takes the layer of its own kind and refuses the others with the option they belong to.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio.crs import CRS
from shapely.geometry.base import BaseGeometry

from geoseg.ellipsoid import place_fault
from geoseg.errors import GeosegError

if TYPE_CHECKING:
    import geopandas

# First bytes, so that a file of another kind under a known name opens nothing else.
STARTS = {
    ".gpkg": (b"SQLite format 3",),
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".zip": (b"PK\x03\x04",),
}


@dataclass(frozen=True)
class Kind:
    """What a reader takes.

    Attributes:
        word: What the sentences call it.
        types: Geometry types that are taken.
        mend: What to do with a file of another kind.
        option: Where a file of this kind belongs when it is given in the wrong place.
    """

    word: str
    types: tuple[str, str]
    mend: str
    option: str


POLYGONS = Kind(
    "polygon",
    ("Polygon", "MultiPolygon"),
    "so draw or export the outlines as areas",
    "polygons belong to --reference (the mapped truth) or --areas (sub-areas)",
)
LINES = Kind(
    "line",
    ("LineString", "MultiLineString"),
    "so draw or export them as lines",
    "lines belong to --lines of geoseg compare",
)
POINTS = Kind(
    "point",
    ("Point", "MultiPoint"),
    "so draw or export them as points",
    "points belong to --points of geoseg compare",
)
KINDS = (POLYGONS, LINES, POINTS)


def is_vector(path: Path) -> bool:
    """Tell by its name whether a file is one of the vector formats that are read."""
    return path.suffix.lower() in STARTS


def read_polygons(path: Path, crs: CRS, fault: type[GeosegError]) -> "geopandas.GeoDataFrame":
    """Read the polygons of a GeoPackage, GeoJSON, shapefile or zipped shapefile.

    Args:
        path: The file.
        crs: The polygons are given back in it.
        fault: Raised with one sentence where the file holds no usable polygons.

    Returns:
        Valid, non-empty polygons with their attributes.
    """
    frame = _read_kind(path, crs, fault, POLYGONS)
    frame["geometry"] = [_valid(shape) for shape in frame.geometry]
    frame = frame[~frame.geometry.is_empty]
    if frame.empty:
        raise fault(f"the polygons of {path.name} enclose no ground; draw or export them again")
    return frame


def read_lines(path: Path, crs: CRS, fault: type[GeosegError]) -> "geopandas.GeoDataFrame":
    """Read the lines of a file; those without length are left out.

    Args:
        path: As for `read_polygons`.
        crs: The lines are given back in it.
        fault: Raised with one sentence where the file holds no usable lines.

    Returns:
        Lines with their attributes.
    """
    frame = _read_kind(path, crs, fault, LINES)
    frame = frame[frame.geometry.length > 0]
    if frame.empty:
        raise fault(f"the lines of {path.name} have no length; draw or export them again")
    return frame


def read_points(path: Path, crs: CRS, fault: type[GeosegError]) -> "geopandas.GeoDataFrame":
    """Read the points of a file; a row of several points becomes several rows.

    Args:
        path: As for `read_polygons`.
        crs: The points are given back in it.
        fault: Raised with one sentence where the file holds no usable points.

    Returns:
        Single points with their attributes, numbered from 0.
    """
    frame = _read_kind(path, crs, fault, POINTS)
    return frame.explode(index_parts=False).reset_index(drop=True)


def _read_kind(
    path: Path, crs: CRS, fault: type[GeosegError], kind: Kind
) -> "geopandas.GeoDataFrame":
    """Read the layer of one kind and bring it to the CRS."""
    frame = _read(path, fault, kind)
    if frame.crs is None:
        raise fault(f"{path.name} has no coordinate reference system (CRS); assign the right one")
    elsewhere = place_fault(CRS.from_wkt(frame.crs.to_wkt()))
    if elsewhere:
        raise fault(f"{path.name} {elsewhere}")
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if frame.empty:
        raise fault(f"{path.name} holds no shapes; expected at least one {kind.word}")
    others = sorted(set(frame.geom_type) - set(kind.types))
    if others:
        raise fault(_other_kind(path, others, kind))
    frame = frame.to_crs(crs.to_wkt())
    if not (shapely.get_coordinates(frame.geometry.array) < np.inf).all():
        raise fault(f"{path.name} lies where {crs.to_string()} does not reach; check its CRS")
    return frame


def _other_kind(path: Path, found: list[str], kind: Kind) -> str:
    """Return the sentence for shapes of the wrong kind, with the option they belong to."""
    belongs = [other.option for other in KINDS if other is not kind and {*other.types} & {*found}]
    hint = f"; {' and '.join(belongs)}" if belongs else ""
    return f"{path.name} holds {', '.join(found)}; expected {kind.word}s only, {kind.mend}{hint}"


def _read(path: Path, fault: type[GeosegError], kind: Kind) -> "geopandas.GeoDataFrame":
    from pyogrio.errors import DataLayerError, DataSourceError

    from geoseg.stack.ogr import pyogrio

    source = _source(path, fault, kind)
    try:
        layers = [
            (str(name), str(geometry or "")) for name, geometry in pyogrio.list_layers(source)
        ]
        own = [name for name, geometry in layers if kind.types[0] in geometry]
        layer = own[0] if own else layers[0][0]
        return pyogrio.read_dataframe(source, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError, IndexError, UnicodeDecodeError):
        raise fault(
            f"{path.name} cannot be read as {kind.word}s; it is damaged or of another format, "
            "so export it again"
        ) from None


def _source(path: Path, fault: type[GeosegError], kind: Kind) -> str:
    """Check name and first bytes; a zipped shapefile becomes the path inside its zip."""
    if not path.is_file():
        raise fault(f"there is no file {path}; check its name and folder")
    starts = STARTS.get(path.suffix.lower())
    if starts is None:
        known = ", ".join(STARTS)
        raise fault(f"{path.name} is no {kind.word} file; expected one of {known}")
    with path.open("rb") as file:
        start = file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not start.startswith(starts):
        raise fault(f"{path.name} is not what its name says; export it again")
    if path.suffix.lower() != ".zip":
        return str(path.resolve())
    return f"/vsizip/{{{path.resolve()}}}/{_shapefile_inside(path, fault)}"


def _shapefile_inside(path: Path, fault: type[GeosegError]) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [n for n in archive.namelist() if n.lower().endswith(".shp")]
            starts = [archive.open(name).read(4) for name in inside]
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise fault(f"{path.name} is a damaged zip file; zip the shapefile again") from None
    if len(inside) != 1 or starts[0] not in STARTS[".shp"]:
        raise fault(f"{path.name} holds {len(inside)} shapefiles; expected exactly one (.shp)")
    return inside[0]


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """Mend crossing outlines, keeping only areas."""
    if shape.is_valid:
        return shape
    mended = shapely.make_valid(shape, method="structure")
    return shapely.MultiPolygon(
        [part for part in shapely.get_parts(mended) if part.geom_type == "Polygon"]
    )
