"""What the user chose about known traps of a run, kept beside it, and its outlines marked by them."""

import geopandas as gpd
import pandas as pd

from geoseg.errors import SettingsError
from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.exports.disk import whole
from geoseg.stack.ogr import pyogrio
from geoseg.tasks import Task
from geoseg.workspace.files import write_whole
from geoseg.workspace.runs import run_folder

CHOICE, MARKED = "traps.json", "traps.gpkg"
LAYER, COLUMN = "outlines", "suspicious"
YES, NO = "yes", "no"


def read_trap_settings(run_id: str, task: Task) -> TrapSettings:
    """Return the rules chosen for a run; those of its task where none were, or no longer fit."""
    path = run_folder(run_id) / CHOICE
    if not path.is_file():
        return TrapSettings.usual(task)
    try:
        settings = TrapSettings.from_json(path.read_bytes())
        settings.chosen(task)
    except SettingsError:
        return TrapSettings.usual(task)
    return settings


def save_trap_settings(run_id: str, settings: TrapSettings) -> None:
    """Keep the rules chosen for a run.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    write_whole(run_folder(run_id) / CHOICE, settings.to_json())


def write_marked(run_id: str, outlines: gpd.GeoDataFrame, marks: pd.DataFrame) -> None:
    """Write the outlines with what marks them, in the order of both, for the map and for a GIS.

    Args:
        run_id: The run.
        outlines: Of the run.
        marks: One row an outline, from `TrapTable.marks`.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    frame = gpd.GeoDataFrame(marks.copy(), geometry=outlines.geometry.array, crs=outlines.crs)
    frame[COLUMN] = (frame["traps"] != "").map({True: YES, False: NO})
    path = run_folder(run_id) / MARKED
    # Without a spatial index it is written twice as fast, at every move of a slider.
    with whole(path) as target:
        pyogrio.write_dataframe(frame, target, driver="GPKG", layer=LAYER, geometry_type="Unknown",
                                SPATIAL_INDEX="NO")  # fmt: skip
