"""The folder of a run -> stac.json: one STAC item that catalogues can read, with relative links."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import rasterio
import shapely
import shapely.affinity
import shapely.geometry
from pystac.extensions.classification import Classification, ClassificationExtension
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import DataType, NoDataStrings, RasterBand, RasterExtension
from rasterio.warp import transform_geom

from geoseg.exports.disk import whole
from geoseg.exports.record import NAME as RECORD
from geoseg.exports.record import Record, read_record
from geoseg.figures.styles import CONFUSION_COLOURS, CONFUSION_WORDS, KINDS, REFERENCE_COLOUR, style
from geoseg.grid import Grid
from geoseg.lonlat import bounds_of, cut

NAME = "stac.json"
GEOTIFF = "image/tiff; application=geotiff"
COG = str(pystac.MediaType.COG)
"""Every raster of a run is a Cloud Optimized GeoTIFF."""
ROLES = {".tif": "data", ".gpkg": "data", ".zip": "data", ".geojson": "data", ".kml": "data",
         ".html": "overview", ".json": "metadata"}  # fmt: skip
SIDE_POINTS = 8
"""Points along each side of the footprint: a straight line of a projection bends in degrees."""

Titles = Mapping[str, tuple[str, str]]


def write_stac(folder: Path, titles: Titles) -> Path:
    """Write the STAC item of a finished run, version 1.1.

    Args:
        folder: Holds run.json and the products.
        titles: File name -> what it is in plain words, media type; files that are not there are
            left out.

    Raises:
        ExportError: The folder is not that of a finished run.
        DiskError: The disk is full or the folder is not writable.
    """
    record = read_record(folder)
    item = make_item(record)
    for name, (title, media_type) in titles.items():
        if (folder / name).is_file() and name != NAME:
            _add(item, folder / name, title, media_type, record)
    with whole(folder / NAME) as target:
        text = json.dumps(item.to_dict(include_self_link=False), indent=2, allow_nan=False)
        target.write_text(text, encoding="utf-8")
    return folder / NAME


def make_item(record: Record) -> pystac.Item:
    """Return the item of a run without its files: place, time, what was mapped and by what."""
    grid, created = Grid.from_record(record["grid"]), datetime.fromisoformat(record["created"])
    footprint = _footprint(grid)
    title = record["title"] or f"{record['task']['title']} map"
    item = pystac.Item(
        id=f"{_slug(title)}-{created:%Y%m%dT%H%M%SZ}",
        geometry=shapely.geometry.mapping(footprint),
        bbox=list(bounds_of(footprint)),
        datetime=created,
        properties=_properties(record, title),
    )
    epsg = grid.crs.to_epsg()
    ProjectionExtension.ext(item, add_if_missing=True).apply(
        code=f"EPSG:{epsg}" if epsg else None,
        wkt2=None if epsg else grid.crs.to_wkt(version="WKT2_2019"),
        bbox=list(grid.bounds),
        shape=list(grid.shape),
        transform=list(grid.transform)[:6],
    )
    return item


def _properties(record: Record, title: str) -> dict[str, Any]:
    """Return what a catalogue shows and searches."""
    settings, made_up = record["settings"], bool(record["simulated"])
    source = "simulated data, not measured by a satellite" if made_up else "measured data"
    return {
        "title": title,
        "description": f"{record['task']['title']}: probability, uncertainty and outlines by an "
        f"ensemble of {len(record['members'])} networks, from {source}. The time is that of the "
        "computation, not of the images.",
        "created": record["created"].replace("+00:00", "Z"),
        "keywords": [
            record["task"]["name"],
            record["feature"],
            *(["simulated"] if made_up else []),
        ],
        "geoseg:version": record["geoseg"],
        "geoseg:task": record["task"]["name"],
        "geoseg:setting": settings["setting"],
        "geoseg:threshold": settings["threshold"],
        "geoseg:members": [member["name"] for member in record["members"]],
        "geoseg:simulated": made_up,
    }


def _add(item: pystac.Item, path: Path, title: str, media_type: str, record: Record) -> None:
    """Add one file, a raster with its bands and classes."""
    raster = media_type == GEOTIFF
    asset = pystac.Asset(
        f"./{path.name}", title, media_type=COG if raster else media_type,
        roles=[ROLES.get(path.suffix, "data")],
    )  # fmt: skip
    item.add_asset(path.name.replace(".", "_"), asset)
    if path.name != RECORD:  # it is written anew when all else is there
        FileExtension.ext(asset, add_if_missing=True).apply(size=path.stat().st_size)
    if raster:
        bands = _bands(path, Grid.from_record(record["grid"]).pixel_size_m)
        RasterExtension.ext(asset, add_if_missing=True).apply(bands)
        classes = _classes(path.stem, record)
        if classes:
            ClassificationExtension.ext(asset, add_if_missing=True).apply(classes)


def _bands(path: Path, pixel_size_m: float) -> list[RasterBand]:
    kind = path.name.removesuffix(".tif")
    unit = style(kind).unit if kind in KINDS else ""
    with rasterio.open(path) as raster:
        whole_numbers = raster.nodata is not None and not np.isnan(raster.nodata)
        return [
            RasterBand.create(
                nodata=raster.nodata if whole_numbers else NoDataStrings.NAN,
                data_type=DataType(dtype),
                spatial_resolution=pixel_size_m,
                unit=unit or None,
            )
            for dtype in raster.dtypes
        ]


def _classes(kind: str, record: Record) -> list[Classification]:
    """Return what the whole numbers of a map stand for; none for measured values."""
    legend = [(row["id"], row["name"], row["colour"]) for row in record["task"]["classes"]]
    tables = {
        "classes": legend,
        "reference_classes": legend,
        "confusion": [(id_, CONFUSION_WORDS[id_], c) for id_, c in CONFUSION_COLOURS.items()],
        "reference": [(0, "not in the reference", None), (1, "in the reference", REFERENCE_COLOUR)],
    }
    rows = tables.get(kind, [])
    known = [
        Classification.create(
            value=id_, name=_slug(words), description=words,
            color_hint=colour.removeprefix("#").upper() if colour else None,
        )
        for id_, words, colour in rows
    ]  # fmt: skip
    nothing = Classification.create(value=255, name="no-data", description="no data", nodata=True)
    return [*known, nothing] if known else []


def _footprint(grid: Grid) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the outline of the grid in degrees, anticlockwise, cut at 180 degrees."""
    side = max(grid.width, grid.height) / SIDE_POINTS
    corners = [(0, 0), (0, grid.height), (grid.width, grid.height), (grid.width, 0)]
    outline = shapely.segmentize(shapely.Polygon(corners), side)
    placed = shapely.affinity.affine_transform(outline, grid.transform.to_shapely())
    degrees = transform_geom(grid.crs, "EPSG:4326", shapely.geometry.mapping(placed))
    return shapely.orient_polygons(cut(shapely.geometry.shape(degrees)))


def _slug(text: str) -> str:
    """Turn 'Found, and in the reference' into 'found-and-in-the-reference'."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "map"
