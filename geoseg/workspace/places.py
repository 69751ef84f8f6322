"""Ranked places of a run -> files beside it: where to label next, and what to visit in the field."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import geopandas as gpd

from geoseg.evaluation.disagreement import find_disagreements
from geoseg.evaluation.visits import find_visits
from geoseg.exports.places import write_places
from geoseg.workspace.files import make_folder
from geoseg.workspace.runs import run_folder

Places = Literal["label_next", "visits"]
FOLDER = "places"


def _disagreements(run: Path) -> gpd.GeoDataFrame:
    return find_disagreements(run / "confusion.tif", run / "probability.tif")


MAKERS: dict[Places, Callable[[Path], gpd.GeoDataFrame]] = {
    "label_next": _disagreements,
    "visits": find_visits,
}


def places_files(run_id: str, kind: Places) -> dict[str, Path]:
    """Return the files of a list of places by their ending; the first asker makes them.

    Args:
        run_id: A finished run, whose maps never change.
        kind: "label_next", where map and reference disagree, or "visits", unsure places.

    Raises:
        ReferenceMapError: The run was not compared with a reference.
        RasterError: The run lacks the layer; an older version made it.
        DiskError: The disk is full or not writable.
    """
    run = run_folder(run_id)
    folder = run / FOLDER
    if not (folder / f"{kind}.csv").is_file():
        write_places(MAKERS[kind](run), make_folder(folder), kind)
    found = sorted(folder.glob(f"{kind}.*"))
    return {path.suffix.removeprefix("."): path for path in found}
