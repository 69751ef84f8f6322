"""A polygon file of any CRS -> valid polygons in the wished CRS, or one sentence."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import shapely
from rasterio.crs import CRS
from shapely.geometry.base import BaseGeometry

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
AREAS = ("Polygon", "MultiPolygon")


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
    frame = _read(path, fault)
    if frame.crs is None:
        raise fault(f"{path.name} has no coordinate reference system (CRS); assign the right one")
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if frame.empty:
        raise fault(f"{path.name} holds no shapes; expected at least one polygon")
    others = sorted(set(frame.geom_type) - set(AREAS))
    if others:
        raise fault(
            f"{path.name} holds {', '.join(others)}; expected polygons only, "
            "so draw or export the outlines as areas"
        )
    frame = frame.to_crs(crs.to_wkt())
    frame["geometry"] = [_valid(shape) for shape in frame.geometry]
    if not all(shapely.get_coordinates(frame.geometry).ravel() < float("inf")):
        raise fault(f"{path.name} lies where {crs.to_string()} does not reach; check its CRS")
    return frame


def _read(path: Path, fault: type[GeosegError]) -> "geopandas.GeoDataFrame":
    import geopandas
    from pyogrio import list_layers
    from pyogrio.errors import DataLayerError, DataSourceError

    source = _source(path, fault)
    try:
        layers = list_layers(source)
        areas = [str(name) for name, kind in layers if kind is not None and "Polygon" in kind]
        layer = areas[0] if areas else str(layers[0][0])
        return geopandas.read_file(source, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError, IndexError, UnicodeDecodeError):
        raise fault(
            f"{path.name} cannot be read as polygons; it is damaged or of another format, "
            "so export it again"
        ) from None


def _source(path: Path, fault: type[GeosegError]) -> str:
    """Check name and first bytes; a zipped shapefile becomes the path inside its zip."""
    if not path.is_file():
        raise fault(f"there is no file {path}; check its name and folder")
    starts = STARTS.get(path.suffix.lower())
    if starts is None:
        known = ", ".join(STARTS)
        raise fault(f"{path.name} is no polygon file; expected one of {known}")
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
