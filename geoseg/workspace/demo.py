"""The demo area: a simulated valley with its reference, made on first use."""

import os
import secrets
import shutil
from pathlib import Path

from geoseg.errors import WorkspaceError
from geoseg.simulate.landslides import demo_area
from geoseg.workspace.areas import AREAS, DEMO, UPLOADS, Area, get_area, save_area
from geoseg.workspace.files import checked, make_folder


def ensure_demo_area() -> Area:
    """Return the demo area; make it when it or one of its files is missing."""
    try:
        area = get_area(DEMO)
    except WorkspaceError:
        area = None
    if area and all(path.is_file() for path in (*area.rasters, area.reference) if path):
        return area
    stack, reference = _make_files()
    return save_area(
        Area(
            id=DEMO,
            title="Demo valley (simulated)",
            rasters=(stack,),
            reference=reference,
            task="landslides",
            kind="demo",
            simulated=True,
        )
    )


def _make_files() -> tuple[Path, Path]:
    """Make the files beside their place and move them there, for two may ask at once."""
    place = checked(AREAS, DEMO) / UPLOADS
    draft = make_folder(place.with_name(f".draft-{os.getpid()}-{secrets.token_hex(4)}"))
    make_folder(place)
    try:
        made = demo_area(draft)
        for path in made:
            path.replace(place / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    stack, reference = (place / path.name for path in made)
    return stack, reference
