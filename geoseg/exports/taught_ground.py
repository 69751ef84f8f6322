"""Ground that taught or judged the members of a run -> outlines for any GIS, and their style."""

from pathlib import Path

import geopandas as gpd

from geoseg.evaluation.taught import JUDGED, TAUGHT, TaughtGround
from geoseg.exports.disk import whole
from geoseg.stack.ogr import pyogrio
from geoseg.tasks import ClassLabel

NAME = "taught_ground.gpkg"
LEGEND = (
    ClassLabel(1, TAUGHT, "#e69f00"),
    ClassLabel(2, JUDGED, "#56b4e9"),
)
"""Values of the column `class`, with their colours."""


def write_taught_ground(ground: TaughtGround, folder: Path, *, simulated: bool) -> Path | None:
    """Write the outlines of taught and judged ground on the map; nothing where there is none.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    outlines = ground.outlines()
    if not outlines:
        return None
    ids = {label.name: label.id for label in LEGEND}
    frame = gpd.GeoDataFrame(
        {
            "id": [ids[kind] for kind in outlines],
            "class": list(outlines),
            "simulated": ["yes" if simulated else "no"] * len(outlines),
        },
        geometry=list(outlines.values()),
        crs=ground.grid.crs.to_wkt(),
    )
    path = folder / NAME
    with whole(path) as target:
        pyogrio.write_dataframe(
            frame, target, driver="GPKG", layer="taught_ground", promote_to_multi=True
        )
    return path
