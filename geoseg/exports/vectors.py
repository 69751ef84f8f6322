"""Polygons -> GeoPackage, zipped shapefile, GeoJSON and KML; each appears whole or not at all."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geoseg.errors import ExportError
from geoseg.exports.disk import need_space, whole, write_failure
from geoseg.lonlat import cut_all
from geoseg.stack.ogr import pyogrio

LAYER = "polygons"
LON_LAT = 4326
SHAPEFILE_PARTS = ("shp", "shx", "dbf", "prj", "cpg")
_GDAL_FAULTS = (
    DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, OSError,
)  # fmt: skip
_BYTES_PER_POINT, _BYTES_PER_POLYGON = 48, 400

Tags = Mapping[str, str]


def write_vectors(frame: gpd.GeoDataFrame, folder: Path, tags: Tags | None = None) -> list[Path]:
    """Write the polygons in every form; a table without rows keeps its columns and its CRS.

    Args:
        frame: From `geoseg.mapping.polygons.polygonise`; names of at most ten characters.
        folder: Where polygons.gpkg, .shp.zip, .geojson and .kml go.
        tags: What the run says about itself, as in the rasters' tags.

    Raises:
        DiskError: The disk is full or the folder is not writable.
        ExportError: A column's name does not fit a shapefile.
    """
    long = [name for name in frame.columns if len(name) > 10]  # noqa: PLR2004
    if long:
        raise ExportError(f"a shapefile takes ten characters a name, got {', '.join(long)}")
    need = _need_bytes(frame)
    need_space(folder, need, "the polygons")
    paths = []
    for ending, write in WRITERS.items():
        path = folder / f"{LAYER}.{ending}"
        with whole(path, need) as target:
            try:
                write(frame, target, tags or {})
            except _GDAL_FAULTS as error:
                raise write_failure(folder, need, path.name, str(error)) from error
        paths.append(path)
    return paths


def _geopackage(frame: gpd.GeoDataFrame, path: Path, tags: Tags) -> None:
    _write(frame, path, "GPKG", layer=LAYER, dataset_metadata=dict(tags) or None)


def _shapefile(frame: gpd.GeoDataFrame, path: Path, _tags: Tags) -> None:
    """Write the parts into the temporary folder, then one archive of them."""
    parts = path.with_name(f"{LAYER}.shp")
    _write(frame, parts, "ESRI Shapefile", ENCODING="UTF-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in SHAPEFILE_PARTS:
            part = parts.with_suffix(f".{ending}")
            archive.write(part, part.name)


def _geojson(frame: gpd.GeoDataFrame, path: Path, tags: Tags) -> None:
    words = {"DESCRIPTION": _description(tags)} if tags else {}
    _write(_in_degrees(frame), path, "GeoJSON", layer=LAYER, RFC7946="YES", **words)


def _kml(frame: gpd.GeoDataFrame, path: Path, tags: Tags) -> None:
    named = _in_degrees(frame)
    made_up = ", simulated" if "SIMULATED" in tags else ""
    # The driver takes a column of this name for the label of the place.
    named["Name"] = frame["class"].astype("str") + " " + frame["id"].astype("str") + made_up
    _write(named, path, "KML", layer=LAYER)


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path, Tags], None]] = {
    "gpkg": _geopackage,
    "shp.zip": _shapefile,
    "geojson": _geojson,
    "kml": _kml,
}


def _in_degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the polygons in degrees, those that cross 180 degrees cut there (RFC 7946, 3.1.9)."""
    degrees = frame.to_crs(LON_LAT)
    return degrees.set_geometry(cut_all(np.asarray(degrees.geometry.array, object)), crs=LON_LAT)


def _write(frame: gpd.GeoDataFrame, path: Path, driver: str, **choices: Any) -> None:
    """Write one file and count its rows back: a disk that fills at closing tells nobody."""
    parts = (frame.geom_type == "MultiPolygon").any()
    kind = "Unknown" if parts else "Polygon"
    pyogrio.write_dataframe(frame, path, driver=driver, geometry_type=kind, **choices)
    _, _, outlines, _ = pyogrio.raw.read(path)
    if len(outlines) != len(frame):
        raise OSError(f"{len(outlines)} of {len(frame)} polygons read back")


def _need_bytes(frame: gpd.GeoDataFrame) -> int:
    """Return about what the largest file takes."""
    points = int(shapely.get_num_coordinates(frame.geometry.array).sum())
    return 2**17 + points * _BYTES_PER_POINT + len(frame) * _BYTES_PER_POLYGON


def _description(tags: Tags) -> str:
    return "; ".join(f"{name}={words}" for name, words in tags.items())
