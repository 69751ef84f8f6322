"""Lists of places -> GeoPackage and table, and for points a file a GPS reads."""

from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd

from geoseg.exports.disk import whole
from geoseg.stack.ogr import pyogrio

GPX = "http://www.topografix.com/GPX/1/1"
POINT = "Point"


def write_places(frame: gpd.GeoDataFrame, folder: Path, stem: str) -> list[Path]:
    """Write a list of places; a list without rows keeps its columns.

    Args:
        frame: Points or outlines in any CRS, with columns rank, lon and lat.
        folder: Where stem.gpkg and stem.csv go, and stem.gpx for points.
        stem: Name of the files.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    # A list without rows tells nothing of its kind; only points carry a reason to go there.
    points = "why" in frame
    paths = [folder / f"{stem}.gpkg", folder / f"{stem}.csv"]
    with whole(paths[0]) as target:
        kind = POINT if points else "MultiPolygon"
        pyogrio.write_dataframe(frame, target, driver="GPKG", layer=stem, geometry_type=kind,
                                promote_to_multi=not points)  # fmt: skip
    with whole(paths[1]) as target:
        pd.DataFrame(frame.drop(columns="geometry")).to_csv(target, index=False)
    if points:
        paths.append(folder / f"{stem}.gpx")
        with whole(paths[2]) as target:
            target.write_bytes(gpx(frame))
    return paths


def gpx(frame: gpd.GeoDataFrame) -> bytes:
    """Return points as GPX 1.1 waypoints named by their rank, with the reason to go there."""
    ElementTree.register_namespace("", GPX)
    root = ElementTree.Element(f"{{{GPX}}}gpx", {"version": "1.1", "creator": "GeoSeg"})
    for row in frame.to_dict("records"):
        place = {"lat": f"{row['lat']:.7f}", "lon": f"{row['lon']:.7f}"}
        waypoint = ElementTree.SubElement(root, f"{{{GPX}}}wpt", place)
        ElementTree.SubElement(waypoint, f"{{{GPX}}}name").text = f"{row['rank']}"
        ElementTree.SubElement(waypoint, f"{{{GPX}}}desc").text = str(row["why"])
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
