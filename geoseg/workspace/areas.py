"""Study areas on the server's disk: rasters, bands and reference under one id."""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

from pydantic import Field

from geoseg.errors import TakenError, WorkspaceError
from geoseg.names import is_text
from geoseg.settings import Settings
from geoseg.workspace.files import (
    DATA,
    checked,
    link_or_copy,
    make_folder,
    new_id,
    now,
    root,
    write_whole,
)
from geoseg.workspace.ledger import ACTIVE
from geoseg.workspace.runs import list_runs

AREAS, AREA, UPLOADS = "areas", "area.json", "files"
DEMO = "demo"
NEVER_REPLACED = {"demo", "folder"}
"""Kinds of areas that nothing takes the place of."""
POINTS, REFERENCES = "points.geojson", "references.json"
"""What an area's folder may hold beside its files."""
RASTER_ENDINGS = {".tif", ".tiff"}


class Area(Settings):
    """A place to map: which files, which bands, and the reference where one exists."""

    version: Literal[1] = 1
    id: str = Field(default_factory=new_id)
    title: str
    rasters: tuple[Path, ...] = Field(min_length=1)
    bands: dict[str, str] = Field(default_factory=dict)
    """Band name -> `BandSource.key` as the user confirmed it."""
    task: str = "landslides"
    reference: Path | None = None
    positive: tuple[int, ...] = ()
    kind: Literal["demo", "upload", "folder"] = "upload"
    simulated: bool = False
    created: str = Field(default_factory=now)


def list_areas() -> list[Area]:
    """Return every study area, the demo first, then the newest."""
    files = (root() / AREAS).glob(f"*/{AREA}")
    areas = [Area.from_json(path.read_bytes()) for path in files]
    newest_first = sorted(areas, key=lambda area: area.created, reverse=True)
    return sorted(newest_first, key=lambda area: area.kind != "demo")


def get_area(area_id: str) -> Area:
    """Return one study area.

    Raises:
        WorkspaceError: There is none of that id.
    """
    try:
        return Area.from_json((checked(AREAS, area_id) / AREA).read_bytes())
    except FileNotFoundError:
        raise WorkspaceError(
            f"no study area {area_id} in the workspace; choose one of the list"
        ) from None


def find_area(area_id: str) -> Area | None:
    """Return one study area, None where there is none of that id."""
    path = checked(AREAS, area_id) / AREA
    return Area.from_json(path.read_bytes()) if path.is_file() else None


def add_area(area: Area, *, replace: bool = False) -> Area:
    """Write a study area that a user puts together, and return it with full paths.

    Args:
        area: The area.
        replace: The user chose to replace the area of that id; what hangs on it stays and then
            belongs to the new one.

    Raises:
        TakenError: There is an area of that id and `replace` was not chosen; or it is the demo or
            one of a folder of the server, which are never replaced.
    """
    before = find_area(area.id)
    if area.id == DEMO or (before and before.kind in NEVER_REPLACED):
        title = before.title if before else "the demo"
        raise TakenError(
            f"{area.id} is the study area {title!r}, which is never replaced; save yours under a "
            "new id"
        )
    if before and not replace:
        hanging = hanging_on(area.id)
        made = f" (made of it: {', '.join(hanging)})" if hanging else ""
        raise TakenError(
            f"there is a study area {before.title!r} of the id {area.id} already{made}; choose to "
            "replace it, or save yours under a new id"
        )
    return save_area(area)


def add_beside(area: Area) -> Area:
    """Save an area under a new id and a title of its own; uploaded files are linked or copied.

    Either area can then be deleted without the other.

    Raises:
        DiskError: The files cannot be copied.
    """
    old, new = checked(AREAS, area.id) / UPLOADS, new_id()
    titles = {one.title for one in list_areas()}
    title = next(t for t in _titles(area.title) if t not in titles)

    def own(path: Path | None) -> Path | None:
        if path is None or path.absolute().parent != old:
            return path
        return link_or_copy(path, new_upload_folder(new) / path.name)

    rasters = tuple(own(path) or path for path in area.rasters)
    changes = {"id": new, "title": title, "rasters": rasters, "reference": own(area.reference)}
    return save_area(area.model_copy(update=changes | {"created": now()}))


def _titles(title: str) -> Iterator[str]:
    """Yield a title, then the same with a number behind it."""
    yield title
    yield from (f"{title} ({number})" for number in count(2))


def same_choices(before: Area, area: Area) -> bool:
    """Tell whether saving would change nothing a user decided."""
    return _complete(area.model_copy(update={"created": before.created})) == before


def hanging_on(area_id: str) -> list[str]:
    """Say in plain words what was made of an area: runs, picked points, further references."""
    place = checked(AREAS, area_id)
    runs = sum(run.area_id == area_id for run in list_runs())
    words = [f"{runs} run{'s' if runs > 1 else ''}"] if runs else []
    words += ["points picked on its map"] if (place / POINTS).is_file() else []
    words += ["references made of corrected maps"] if (place / REFERENCES).is_file() else []
    return words


def save_area(area: Area) -> Area:
    """Write an area as it is, new or changed, and return it with full paths."""
    whole = _complete(area)
    write_whole(make_folder(checked(AREAS, area.id)) / AREA, whole.to_json())
    return whole


def _complete(area: Area) -> Area:
    """Return an area with full paths."""
    reference = None if area.reference is None else area.reference.absolute()
    rasters = tuple(path.absolute() for path in area.rasters)
    return area.model_copy(update={"rasters": rasters, "reference": reference})


def delete_area(area_id: str) -> None:
    """Remove a study area with its uploaded files; files of offered folders stay.

    Raises:
        WorkspaceError: There is none of that id, or a run or training still reads it.
    """
    area = get_area(area_id)
    if any(run.area_id == area_id and run.status in ACTIVE for run in list_runs()):
        raise WorkspaceError(f"a run still reads {area.title!r}; wait for it or cancel it first")
    if _is_learned_from(area_id):
        raise WorkspaceError(f"a training still reads {area.title!r}; wait for it or stop it first")
    shutil.rmtree(checked(AREAS, area_id), ignore_errors=True)


def new_upload_folder(area_id: str) -> Path:
    """Make the folder the uploaded files of a study area go to."""
    return make_folder(checked(AREAS, area_id) / UPLOADS)


def data_folders() -> list[Path]:
    """Return the folders of rasters the server offers, as GEOSEG_DATA names them."""
    named = [Path(part).resolve() for part in os.environ.get(DATA, "").split(os.pathsep) if part]
    return [folder for folder in named if folder.is_dir()]


def list_folder_rasters(folder: Path | None = None) -> list[Path]:
    """Return the GeoTIFFs of one offered folder, or of all, deepest folders included.

    Files whose names are not UTF-8 are left out: no page and no record can hold such a name.

    Raises:
        WorkspaceError: The folder is not an offered one.
    """
    folders = data_folders() if folder is None else [require_offered(folder)]
    found = {path for place in folders for path in place.rglob("*")}
    named = (path for path in found if is_text(path))
    rasters = (p for p in named if p.suffix.lower() in RASTER_ENDINGS and p.is_file())
    return sorted(path for path in rasters if _is_offered(path))


def require_offered(path: Path) -> Path:
    """Return the full path of something inside an offered folder or the workspace's areas.

    Raises:
        WorkspaceError: It lies elsewhere: the server shows no other file of its disk.
    """
    if _is_offered(path):
        return path.resolve()
    raise WorkspaceError(
        f"{path.name} is not in a folder this server offers; upload it or choose one of the list"
    )


def _is_learned_from(area_id: str) -> bool:
    """Tell whether a training still reads the area."""
    from geoseg.workspace.trainings import list_trainings

    active = [training for training in list_trainings() if training.status in ACTIVE]
    return any(area_id in training.area_ids for training in active)


def _is_offered(path: Path) -> bool:
    """Tell whether a file, links followed, lies where the server may read for a user."""
    places = [*data_folders(), (root() / AREAS).resolve()]
    return any(path.resolve().is_relative_to(place) for place in places)
