"""What broken-off uploads and old previews left on the disk -> removed, once an hour."""

import asyncio
import shutil
import time
from pathlib import Path

from geoseg.web.handles import HANDLES
from geoseg.workspace.areas import AREA, AREAS
from geoseg.workspace.files import root

HOUR_S, DAY_S = 3600.0, 24 * 3600.0
PART_LIVES_S = DAY_S
UNSAVED_AREA_LIVES_S = 7 * DAY_S
PREVIEW_LIVES_S = 30 * DAY_S


async def sweep_hourly() -> None:
    """Sweep now and every hour, away from the event loop."""
    while True:
        await asyncio.to_thread(sweep)
        await asyncio.sleep(HOUR_S)


def sweep() -> None:
    """Remove unfinished uploads of yesterday and files no study area was made of."""
    for path in (root() / AREAS).glob("*/uploading/*"):
        if _age_s(path) > PART_LIVES_S:
            path.unlink(missing_ok=True)
    for folder in (root() / AREAS).glob("*/"):
        if not (folder / AREA).is_file() and _youngest_s(folder) > UNSAVED_AREA_LIVES_S:
            shutil.rmtree(folder, ignore_errors=True)
    HANDLES.close_idle()
    for path in (root() / "previews").glob("*.tif"):
        if _age_s(path) > PREVIEW_LIVES_S:
            path.unlink(missing_ok=True)


def _age_s(path: Path) -> float:
    """Return seconds since the last change; 0 for what is just going away."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _youngest_s(folder: Path) -> float:
    """Return seconds since anything in the folder changed."""
    return min(_age_s(path) for path in (folder, *folder.rglob("*")))
