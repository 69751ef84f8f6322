"""A file of points, GIS file or table (CSV) with lon and lat -> points with their attributes.

Tables come as spreadsheets save them: UTF-8 with or without its mark, UTF-16, or the Latin-1 of
older Windows; commas, semicolons or tabs between columns; decimal points or commas.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rasterio.crs import CRS

from geoseg.errors import GeosegError
from geoseg.grid import Grid
from geoseg.stack.columns import usual_column
from geoseg.stack.shapes import read_points

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

TABLES = (".csv", ".txt", ".tsv")
LON_LAT = "EPSG:4326"
LON, LAT = ("lon", "longitude", "long", "lng", "x"), ("lat", "latitude", "y")
"""Columns that hold the place, in degrees, the likeliest first."""
SEPARATORS = ";\t,|"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
EAST, NORTH = 180.0, 90.0


def read_point_file(
    path: Path, crs: CRS, fault: type[GeosegError], near: Grid | None = None
) -> "geopandas.GeoDataFrame":
    """Read points of any usual format.

    Args:
        path: Any file of shapes (see `read_points`), or a table with the columns lon and lat in
            degrees.
        crs: The points are given back in it.
        fault: Raised with one sentence where the file holds no usable points.
        near: As for `read_points`: of several layers the one that meets it is meant.

    Returns:
        Single points with their attributes, numbered from 0; those of a table are text.
    """
    if path.suffix.lower() not in TABLES:
        return read_points(path, crs, fault, near)
    frame = _read_table(path, fault).to_crs(crs.to_wkt())
    if not (np.isfinite(frame.geometry.x) & np.isfinite(frame.geometry.y)).all():
        raise fault(f"{path.name} lies where {crs.to_string()} does not reach; check its places")
    return frame


def _read_table(path: Path, fault: type[GeosegError]) -> "geopandas.GeoDataFrame":
    """Read a table of places in degrees."""
    import geopandas as gpd
    import pandas as pd

    names, rows = _rows(path, fault)
    frame = pd.DataFrame(rows, columns=names, dtype=str)
    lon, lat = usual_column(names, LON), usual_column(names, LAT)
    if lon is None or lat is None:
        raise fault(
            f"{path.name} has the columns {', '.join(names)}; expected lon and lat in degrees "
            "beside class, so name them so"
        )
    lons, lats = _degrees(frame[lon]), _degrees(frame[lat])
    if not rows or not ((np.abs(lons) <= EAST) & (np.abs(lats) <= NORTH)).all():
        raise fault(
            f"{path.name} holds places that are no longitude and latitude in degrees; convert "
            "them, or bring a GeoPackage, which knows its coordinate system"
        )
    rest = frame.drop(columns=[lon, lat])
    return gpd.GeoDataFrame(rest, geometry=gpd.points_from_xy(lons, lats), crs=LON_LAT)


def _rows(path: Path, fault: type[GeosegError]) -> tuple[list[str], list[list[str]]]:
    """Return the head of a table and its rows, empty rows left out."""
    if not path.is_file():
        raise fault(f"there is no file {path}; check its name and folder")
    try:
        lines = _text(path.read_bytes()).splitlines()
        first = next((line for line in lines if line.strip()), "")
        between = max(SEPARATORS, key=first.count)
        every = [row for row in csv.reader(lines, delimiter=between) if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error):
        every = []
    if not every or "\0" in first:
        raise fault(f"{path.name} cannot be read as a table; save it as CSV in UTF-8")
    names = [name.strip() for name in every[0]]
    odd = next((number for number, row in enumerate(every, 1) if len(row) != len(names)), None)
    if odd is not None:
        raise fault(
            f"row {odd} of {path.name} has {len(every[odd - 1])} cells, its head has {len(names)}; "
            "where commas divide the columns, numbers need decimal points and words with commas "
            "quotation marks"
        )
    return names, every[1:]


def _text(content: bytes) -> str:
    """Decode a table; what is no UTF is taken as the Latin-1 of Windows."""
    for mark, coding in MARKS:
        if content.startswith(mark):
            return content.decode(coding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _degrees(column: "NDArray[np.str_]") -> "NDArray[np.float64]":
    """Return numbers with decimal points or commas; NaN where a cell holds none."""
    import pandas as pd

    plain = [str(cell).strip().replace(",", ".") for cell in column]
    return np.asarray(pd.to_numeric(pd.Series(plain), errors="coerce"), np.float64)
