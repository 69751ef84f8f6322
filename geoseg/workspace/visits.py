"""Unsure places of a run to visit in the field: found once for each choice, kept beside the run."""

from pathlib import Path

from geoseg.evaluation.visits import LAYERS, VisitSettings, find_visits
from geoseg.exports.places import write_places
from geoseg.workspace.files import make_folder
from geoseg.workspace.runs import run_folder

FOLDER, STEM = "visits", "visits"
ENDINGS = ("gpkg", "csv", "gpx")


def visit_layers(run_id: str) -> tuple[str, ...]:
    """Return by which layers of a run unsure places can be ranked; older runs have fewer."""
    folder = run_folder(run_id)
    return tuple(by for by, (name, _) in LAYERS.items() if (folder / name).is_file())


def visit_files(run_id: str, settings: VisitSettings) -> dict[str, Path]:
    """Return the list of places by ending of its file; the first call looks for the places.

    Raises:
        RasterError: The run lacks the layer; an older version made it.
        DiskError: The disk is full or the folder is not writable.
    """
    apart = f"-{settings.apart_m:g}m" if settings.apart_m else ""
    folder = run_folder(run_id) / FOLDER / f"{settings.by}-{settings.most}{apart}"
    files = {ending: folder / f"{STEM}.{ending}" for ending in ENDINGS}
    if not all(path.is_file() for path in files.values()):
        places = find_visits(run_folder(run_id), settings)
        # The map tells outlines and places apart by a number.
        write_places(places.assign(id=places["rank"]), make_folder(folder), STEM)
    return files
