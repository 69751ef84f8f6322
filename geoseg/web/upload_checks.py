"""An uploaded file -> a sentence on what it holds, or why it is refused.

A file is judged by its first bytes and opened only as what its name promises: some formats that
hide behind an innocent name point to further files of the server.
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geoseg.errors import ReferenceMapError
from geoseg.stack.source import inspect_raster

SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".xml", ".qpj"}
NEEDED_PARTS = {".shp", ".shx", ".dbf"}
LARGEST_UNPACKED_BYTES = 4 * 10**9
LARGEST_GEOJSON_BYTES = 200 * 10**6


def check(path: Path) -> str:
    """Return what the file holds in plain words.

    Raises:
        RasterError: A raster that cannot be used.
        GridError: Its coordinate reference system cannot be used.
        ReferenceMapError: Outlines that cannot be used.
    """
    return ENDINGS[path.suffix.lower()](path)


def _raster(path: Path) -> str:
    info = inspect_raster(path)
    bands = f"{len(info.bands)} bands" if len(info.bands) > 1 else "1 band"
    return f"{bands}, {info.grid.words()}"


def _geopackage(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise _outlines(path, "is not a GeoPackage")
    return _layers(path, str(path))


def _geojson(path: Path) -> str:
    if path.stat().st_size > LARGEST_GEOJSON_BYTES:
        raise _outlines(path, "is larger than 200 MB; save it as GeoPackage")
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise _outlines(path, "is not JSON") from None
    if not isinstance(content, dict) or content.get("type") not in GEOJSON_TYPES:
        raise _outlines(path, "is JSON without outlines")
    return _layers(path, str(path))


def _zipped_shapefile(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError):
        raise _outlines(path, "is not a zip file") from None
    endings = {Path(entry.filename).suffix.lower() for entry in members}
    if not endings >= NEEDED_PARTS or not endings <= SHAPEFILE_PARTS:
        raise _outlines(path, "should hold one shapefile (.shp, .shx, .dbf, .prj) alone")
    if sum(entry.file_size for entry in members) > LARGEST_UNPACKED_BYTES:
        raise _outlines(path, "unpacks to more than 4 GB; save it as GeoPackage")
    return _layers(path, f"/vsizip/{path}")


def _layers(path: Path, opened: str) -> str:
    """Count the features of the first layer with outlines."""
    from pyogrio.errors import DataSourceError

    from geoseg.stack.ogr import pyogrio

    try:
        layers = [layer for layer in pyogrio.list_layers(opened) if layer[1] is not None]
        facts: dict[str, Any] = pyogrio.read_info(opened, layer=layers[0][0]) if layers else {}
    except DataSourceError:
        raise _outlines(path, "cannot be opened, so it is cut off or damaged") from None
    if not facts:
        raise _outlines(path, "holds no outlines")
    count = facts["features"]
    crs = facts["crs"] or "no coordinate reference system"
    return f"{count} outlines ({facts['geometry_type']}), {crs}"


def _outlines(path: Path, fault: str) -> ReferenceMapError:
    return ReferenceMapError(
        f"{path.name} {fault}; expected outlines as .gpkg, .geojson or a zipped shapefile"
    )


GEOJSON_TYPES = {"FeatureCollection", "Feature", "Polygon", "MultiPolygon", "GeometryCollection"}
ENDINGS: dict[str, Callable[[Path], str]] = {
    ".tif": _raster,
    ".tiff": _raster,
    ".gpkg": _geopackage,
    ".geojson": _geojson,
    ".json": _geojson,
    ".zip": _zipped_shapefile,
}
