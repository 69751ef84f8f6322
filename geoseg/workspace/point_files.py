"""A file of points with a class column, of any usual format -> the points of a study area."""

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rasterio.crs import CRS

from geoseg.errors import SettingsError
from geoseg.evaluation.point_classes import class_column
from geoseg.stack.parts import split_name, with_part
from geoseg.stack.shapes import read_points
from geoseg.tasks import find_task
from geoseg.training.area_points import LON_LAT
from geoseg.training.ground import PickedPoint
from geoseg.training.points import class_ids_of
from geoseg.workspace.areas import get_area
from geoseg.workspace.picked_points import store_points

if TYPE_CHECKING:
    import geopandas

TABLE = ".csv"
LON, LAT = ("lon", "longitude", "long", "lng", "x"), ("lat", "latitude", "y")
"""Columns of a table that hold the place, in degrees, the likeliest first."""


def take_points(area_id: str, name: str, content: bytes, column: str = "") -> int:
    """Make the points of a file those of a study area, in place of those before.

    Args:
        area_id: The study area.
        name: Of the file; its ending tells the format: one of shapes, where a layer may stand
            behind it, or a table (CSV) with the columns lon and lat in degrees.
        content: Of the file.
        column: Holds ids or names of the legend; empty looks for a usual name.

    Returns:
        How many points there are now.

    Raises:
        GeosegError: The file cannot be read, a class is not in the legend, or a point lies outside
            the rasters; the points from before stay.
    """
    area = get_area(area_id)
    plain, layer = split_name(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(plain).name
        path.write_bytes(content)
        path = with_part(path, layer)
        is_table = path.suffix.lower() == TABLE
        frame = (
            _table(path) if is_table else read_points(path, CRS.from_string(LON_LAT), SettingsError)
        )
    ids = class_ids_of(frame[class_column(frame, column)], find_task(area.task), name)
    places = zip(frame.geometry.x, frame.geometry.y, ids.tolist(), strict=True)
    return len(store_points(area, [PickedPoint(*place) for place in places])["features"])


def _table(path: Path) -> "geopandas.GeoDataFrame":
    """Read a table of places in degrees."""
    import geopandas as gpd

    try:
        rows = pd.read_csv(path, sep=None, engine="python", encoding="utf-8-sig")
    except (ValueError, csv.Error):
        raise SettingsError(
            f"{path.name} cannot be read as a table; save it as CSV in UTF-8"
        ) from None
    lower = {str(name).strip().lower(): name for name in rows.columns}
    found = [next((lower[n] for n in names if n in lower), None) for names in (LON, LAT)]
    if None in found:
        raise SettingsError(
            f"{path.name} has the columns {', '.join(map(str, rows.columns))}; expected lon and lat "
            "in degrees beside class, so name them so"
        )
    lons, lats = (pd.to_numeric(rows[name], errors="coerce") for name in found)
    if not (lons.between(-180, 180) & lats.between(-90, 90)).all() or rows.empty:
        raise SettingsError(
            f"{path.name} holds places that are no longitude and latitude in degrees; convert "
            "them, or bring a GeoPackage, which knows its coordinate system"
        )
    rest = rows.drop(columns=found)
    return gpd.GeoDataFrame(rest, geometry=gpd.points_from_xy(lons, lats), crs=LON_LAT)
