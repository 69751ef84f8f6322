"""Objects of a run by other rules than the comparison's: counted once for each, kept beside it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from geoseg.comparison.outlines import own_objects
from geoseg.evaluation.objects import ObjectSettings
from geoseg.exports.disk import whole
from geoseg.workspace.files import make_folder
from geoseg.workspace.runs import run_folder

FOLDER, RECORD = "objects", "objects.json"


def objects_by(run_id: str, settings: ObjectSettings) -> tuple[dict[str, Any], Path]:
    """Return what was counted and the folder of objects.csv and objects.gpkg.

    Args:
        run_id: A finished run with a reference.
        settings: When two outlines count as the same; the first asker waits for the count.

    Raises:
        RasterError: A file of the run is missing or damaged.
        DiskError: The disk is full or the folder is not writable.
    """
    key = hashlib.sha256(settings.to_json().encode()).hexdigest()[:16]
    folder = run_folder(run_id) / FOLDER / key
    path = folder / RECORD
    if not path.is_file():
        record = own_objects(run_folder(run_id), settings, make_folder(folder))
        with whole(path) as target:
            target.write_text(json.dumps(record, allow_nan=False), encoding="utf-8")
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content, folder
