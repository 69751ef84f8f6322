"""What a person made of a run's outlines: which to look at next, and the corrected inventory."""

from pathlib import Path
from typing import Literal

import geopandas as gpd

from geoseg.errors import WorkspaceError
from geoseg.evaluation.object_files import read_outlines
from geoseg.exports.disk import whole
from geoseg.exports.vectors import WRITERS
from geoseg.grid import Grid
from geoseg.mapping.inside import add_means
from geoseg.mapping.inventory import OutlineState, Which, corrected
from geoseg.workspace.corrections import DOUBT, corrections, outline_table, outlines_of
from geoseg.workspace.files import make_folder
from geoseg.workspace.runs import read_record, run_folder

INVENTORIES = "inventory"
FORMS = {
    "gpkg": "application/geopackage+sqlite3",
    "shp.zip": "application/zip",
    "geojson": "application/geo+json",
}
"""Ending of an exported inventory -> media type."""
Order = Literal["most in doubt", "least probable", "networks disagree most", "largest"]
ORDERS: dict[Order, tuple[str, bool]] = {
    "most in doubt": (DOUBT, False),
    "least probable": ("mean_prob", True),
    "networks disagree most": ("mean_sprd", False),
    "largest": ("area_m2", False),
}
"""How outlines are put before the user -> column, and whether small values come first."""
UNTOUCHED = OutlineState()


def to_look_at(run_id: str, order: Order = "most in doubt") -> list[int]:
    """Return the outlines nobody judged yet, the one to look at first in front.

    Args:
        run_id: A finished run.
        order: One of `ORDERS`.

    Raises:
        WorkspaceError: There is no such run, or it has no outlines.
    """
    states, table = corrections(run_id).states, outline_table(run_id)
    column, rising = ORDERS[order]
    left = table[[states.get(number, UNTOUCHED).status == "unreviewed" for number in table.index]]
    # The table is in the order of the numbers, which decides between equals.
    return left.sort_values(column, ascending=rising, kind="stable").index.tolist()


def inventory(run_id: str, which: Which = "kept") -> gpd.GeoDataFrame:
    """Return the corrected inventory of a run, in the map's CRS, with a column `status`.

    Raises:
        WorkspaceError: There is no such run, or it has no outlines.
    """
    folder, states = run_folder(run_id), corrections(run_id).states
    outlines = read_outlines(outlines_of(folder))
    grid = Grid.from_record(read_record(run_id)["grid"])
    frame = corrected(outlines, states, grid, which)
    return add_means(frame, folder / "probability.tif", folder / "spread.tif")


def inventory_file(run_id: str, form: str = "gpkg", which: Which = "kept") -> Path:
    """Return the corrected inventory as a file beside the prediction, written when it changed.

    Args:
        run_id: A finished run.
        form: One of `FORMS`.
        which: The outlines to hold.

    Raises:
        WorkspaceError: There is no such run or form.
        DiskError: The disk is full or not writable.
    """
    if form not in FORMS:
        raise WorkspaceError(f"no inventory {form[:20]!r}; choose one of {', '.join(FORMS)}")
    number = corrections(run_id).number
    folder = make_folder(run_folder(run_id) / INVENTORIES)
    path = folder / f"{which}-{number}.{form}"
    if not path.is_file():
        older = list(folder.glob(f"{which}-*.{form}"))
        with whole(path) as target:
            WRITERS[form](inventory(run_id, which), target, {})
        for stale in older:
            stale.unlink(missing_ok=True)
    return path
