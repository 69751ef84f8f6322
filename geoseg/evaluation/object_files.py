"""The files of a run and a reference -> their objects, and how they match."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.features import rasterize

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.counts import UNKNOWN
from geoseg.evaluation.objects import EVERYTHING, ObjectScores, ObjectSettings, match_objects
from geoseg.evaluation.overlaps import SEEN
from geoseg.evaluation.smallest import Smallest
from geoseg.grid import Grid
from geoseg.mapping.polygons import polygonise
from geoseg.stack.aoi import touching
from geoseg.stack.blocks import blocks
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.ogr import pyogrio
from geoseg.stack.shapes import is_vector, read_polygons
from geoseg.tasks import ClassLabel

KNOWN_SHARE = 0.5
"""An object counts where at least this share of its ground is known on the other side."""
FEATURE = ClassLabel(1, "feature", "#000000")


def match_files(
    polygons: Path,
    classes: Path,
    reference: Path,
    settings: ObjectSettings | None = None,
    smallest: Smallest = EVERYTHING,
) -> ObjectScores:
    """Compare the outlines of a run with a reference.

    Args:
        polygons: polygons.gpkg of the run.
        classes: classes.tif of the run; where it has no data, reference objects do not count.
        reference: reference.tif of the run (0, 1, 255), or polygons in any CRS.
        settings: When two outlines count as the same.
        smallest: What the run left out of its outlines; nothing below a pixel can be drawn.

    Raises:
        ReferenceMapError: The reference holds no usable outlines on the map.
        GridError: The map's CRS is not projected.
    """
    mapped, grid = read_outlines(polygons), grid_of(classes)
    truth = reference_objects(reference, grid)
    truth, unseen = keep_known(truth, classes)
    blind = "lie mostly where the map has no data or beyond its edge"
    notes = [f"{unseen} reference objects {blind}; they are not counted"]
    unsure = 0
    if not is_vector(reference):
        mapped, unsure = keep_known(mapped, reference)
        notes += [f"{unsure} outlines lie where the reference is unknown; they are not counted"]
    least = Smallest(max(smallest.area_m2, grid.pixel_area_m2), smallest.buffer_m)
    scores = match_objects(mapped, truth, settings, least)
    said = tuple(note for note, count in zip(notes, (unseen, unsure), strict=False) if count)
    return ObjectScores(**{**vars(scores), "notes": (*said, *scores.notes)})


def reference_objects(path: Path, grid: Grid) -> gpd.GeoDataFrame:
    """Return the objects of a reference in the grid's CRS, one outline each.

    Args:
        path: A raster on a projected grid (1 the feature, 0 none, 255 unknown), whose patches
            joined by pixel sides are the objects; or polygons in any CRS, each part of a
            multipolygon an object of its own, cut at the grid's edge.
        grid: Where the map lies.

    Returns:
        id, of polygons `seen` (the share of each inside the grid), geometry.

    Raises:
        ReferenceMapError: The polygons cannot be read or lie elsewhere.
    """
    if not is_vector(path):
        found = polygonise(path, path, path, 0, [FEATURE])
        return found[["id", "geometry"]]
    frame = read_polygons(path, grid.crs, ReferenceMapError, grid)
    inside = touching(list(frame.geometry), grid)
    if not inside:
        raise ReferenceMapError(
            f"{path.name} does not overlap the map; choose a reference of this area, or check "
            "its CRS"
        )
    parts = shapely.get_parts(inside)
    pieces = shapely.intersection(parts, shapely.box(*grid.bounds))
    areas = shapely.area(pieces)
    held = areas > 0
    columns = {
        "id": np.arange(1, int(held.sum()) + 1),
        SEEN: areas[held] / shapely.area(parts[held]),
    }
    return gpd.GeoDataFrame(columns, geometry=list(pieces[held]), crs=grid.crs.to_wkt())


def read_outlines(path: Path) -> gpd.GeoDataFrame:
    """Read the polygons of a run; a map without any gives a table without rows.

    Raises:
        ReferenceMapError: The file is missing or damaged.
    """
    try:
        return pyogrio.read_dataframe(path)
    except (DataSourceError, DataLayerError):
        raise ReferenceMapError(
            f"{path.name} of the run is missing or damaged; run the prediction again"
        ) from None


def grid_of(raster: Path) -> Grid:
    """Return the grid of a run's raster."""
    with open_gtiff(raster) as dataset:
        return Grid(dataset.crs, dataset.transform, dataset.width, dataset.height)


def keep_known(frame: gpd.GeoDataFrame, raster: Path) -> tuple[gpd.GeoDataFrame, int]:
    """Leave out the objects that lie mostly where a map says nothing.

    Args:
        frame: Polygons in the CRS of the raster, and perhaps the share `SEEN` of each in it.
        raster: Class ids, 255 no data.

    Returns:
        What is left, with the share `SEEN` of each that is known, and how many were left out.
    """
    share = _known_share(frame, raster)
    whole = share * (frame[SEEN].to_numpy() if SEEN in frame else 1)
    kept = whole >= KNOWN_SHARE * (1 - 1e-9)
    # Outlines are cut at the grid's edge already: of what is left only no data is to be taken off.
    return frame.assign(**{SEEN: share})[kept].reset_index(drop=True), int((~kept).sum())


def _known_share(frame: gpd.GeoDataFrame, raster: Path) -> NDArray[np.float64]:
    """Return the share of each object's pixels that hold data; 1 where it has no pixel centre."""
    shapes = np.asarray(frame.geometry.array, object)
    pixels, known = (np.zeros(len(frame) + 1) for _ in range(2))
    grid, index = grid_of(raster), shapely.STRtree(shapes)
    with rasterio.Env(), rasterio.open(raster) as dataset:
        for window in blocks(grid):
            part = grid.window(window)
            near = index.query(shapely.box(*part.bounds))
            if not near.size:
                continue
            numbers = rasterize(
                zip(shapes[near], near + 1, strict=True), part.shape,
                transform=part.transform, dtype=np.int32,
            )  # fmt: skip
            data = dataset.read(1, window=window) != UNKNOWN
            pixels += np.bincount(numbers.ravel(), minlength=len(pixels))
            known += np.bincount(numbers[data], minlength=len(pixels))
    return np.divide(known, pixels, out=np.ones(len(pixels)), where=pixels > 0)[1:]
