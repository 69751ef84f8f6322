"""Maps of a study area that no run made, e.g. an old inventory -> kept beside it, to compare with."""

import shutil
from pathlib import Path

from geoseg.comparison.sides import SECOND
from geoseg.errors import SettingsError, WorkspaceError
from geoseg.evaluation.class_maps import open_class_map
from geoseg.exports.disk import whole
from geoseg.files.parts import split_name, with_part
from geoseg.grid import Grid
from geoseg.settings import Settings
from geoseg.tasks import Task
from geoseg.workspace.areas import AREAS, get_area
from geoseg.workspace.files import checked, make_folder, new_id, write_whole

FOLDER, RECORD = "maps", "map.json"
MOST_MAPS = 20


class AreaMap(Settings):
    """A map that was brought to a study area.

    Attributes:
        id: Its folder's name.
        title: What the user reads: the file's name, and the layer.
        path: The file, with the layer behind it where one was chosen.
        positive: Classes of it that are the feature; empty takes the legend's.
    """

    id: str
    title: str
    path: Path
    positive: tuple[int | str, ...] = ()


def list_maps(area_id: str) -> list[AreaMap]:
    """Return the maps of a study area, the newest first; none where the area is gone."""
    try:
        folder = checked(AREAS, area_id) / FOLDER
    except WorkspaceError:
        return []
    records = sorted(folder.glob(f"*/{RECORD}"), key=lambda path: path.parent.name, reverse=True)
    return [AreaMap.from_json(path.read_bytes()) for path in records]


def read_map(area_id: str, map_id: str) -> AreaMap:
    """Return one map of a study area.

    Raises:
        WorkspaceError: It has none of that id.
    """
    for found in list_maps(area_id):
        if found.id == map_id:
            return found
    raise WorkspaceError(f"the study area has no map {map_id[:40]!r}; bring it again")


def keep_map(
    area_id: str, name: str, content: bytes, positive: tuple[str, ...], on: tuple[Grid, Task]
) -> AreaMap:
    """Check a map and keep it beside a study area.

    Args:
        area_id: The study area.
        name: Of the file; its ending tells the format: GeoTIFF of classes, or polygons, where a
            layer may stand behind it.
        content: Of the file.
        positive: Classes of it that are the feature, ids or words; empty takes the legend's.
        on: Grid and task of the run it is to be compared with.

    Raises:
        GeosegError: It is no map of classes, lies elsewhere, or its classes are not clear; nothing
            is kept then.
    """
    get_area(area_id)
    if len(list_maps(area_id)) >= MOST_MAPS:
        raise SettingsError(f"a study area keeps {MOST_MAPS} maps at most; delete one first")
    identity = new_id()
    folder = make_folder(checked(AREAS, area_id) / FOLDER / identity)
    try:
        plain, layer = split_name(name)
        file = folder / Path(plain).name
        with whole(file) as target:
            target.write_bytes(content)
        path = with_part(file, layer)
        open_class_map(path, on[0], on[1], positive, option=SECOND)
        found = AreaMap(
            id=identity,
            title=with_part(Path(file.name), layer).as_posix(),
            path=path,
            positive=positive,
        )
        write_whole(folder / RECORD, found.to_json())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found


def delete_map(area_id: str, map_id: str) -> None:
    """Remove a map of a study area.

    Raises:
        WorkspaceError: It has none of that id.
    """
    found = read_map(area_id, map_id)
    shutil.rmtree(checked(AREAS, area_id) / FOLDER / found.id)
