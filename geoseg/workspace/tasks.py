"""Own tasks in the workspace: made, deleted, packed with a zoo to send, taken from a colleague."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import WorkspaceError
from geoseg.models.zoo import list_members
from geoseg.published.packing import Pack, PackedZoo, pack, unpack_zoo
from geoseg.tasks import CUSTOM, TASKS
from geoseg.tasks.own import OwnTask, own_folder, own_tasks, read_own
from geoseg.workspace.areas import list_areas
from geoseg.workspace.files import make_folder, new_id, root, write_whole
from geoseg.workspace.ledger import ACTIVE
from geoseg.workspace.trainings import list_trainings, read_training_request
from geoseg.workspace.zoos import Zoo, add_zoo, get_zoo, list_zoos

INCOMING = ".incoming"


@dataclass(frozen=True)
class Received:
    """What a colleague's file brought.

    Attributes:
        task: Name of the task it serves.
        is_new: False where the workspace had the same task already.
        zoo: Its zoo; None where it came without.
    """

    task: str
    is_new: bool
    zoo: Zoo | None


def get_task(name: str) -> OwnTask:
    """Return what a user decided of an own task.

    Raises:
        WorkspaceError: There is none of that name.
        SettingsError: Its file is damaged.
    """
    if name not in own_tasks():
        known = ", ".join(own_tasks()) or "none yet"
        raise WorkspaceError(f"no own task {name[:60]!r}; there are {known}")
    return read_own(own_folder() / f"{name}.json")


def save_task(task: OwnTask) -> OwnTask:
    """Write a new own task; one that is there stays as it is.

    Raises:
        WorkspaceError: The name is taken by another task.
        DiskError: The file cannot be written.
    """
    if task.name in (*TASKS, CUSTOM):
        raise WorkspaceError(f"{task.name} is a task of GeoSeg; give yours another name")
    path = make_folder(own_folder()) / f"{task.name}.json"
    if path.exists() and task != read_own(path):
        raise WorkspaceError(
            f"there is another task {task.name} with other bands or classes; give this one "
            "another name"
        )
    write_whole(path, task.to_json())
    return task


def delete_task(name: str) -> None:
    """Remove an own task that nothing needs any more; maps that were made stay.

    Raises:
        WorkspaceError: There is none, or an area, a training or a zoo still is of it.
    """
    get_task(name)
    using = [f"study area {area.title!r}" for area in list_areas() if area.task == name]
    using += [f"zoo {zoo.title!r}" for zoo in list_zoos(name) if zoo.task == name]
    using += [
        f"training {state.title!r}"
        for state in list_trainings()
        if state.status in ACTIVE and read_training_request(state.id).task == name
    ]
    if using:
        raise WorkspaceError(f"{using[0]} is still of the task {name}; delete that first")
    (own_folder() / f"{name}.json").unlink(missing_ok=True)


def pack_task(name: str, zoo_id: str, out: Path) -> Path:
    """Write an own task with a zoo of it, or a zoo of a declared task, as one file to send.

    Args:
        name: Of the task.
        zoo_id: Of the zoo; empty packs the task alone.
        out: The file.

    Raises:
        WorkspaceError: There is no such task or zoo, or they do not belong together.
        ModelError: Weights are missing or altered.
        DiskError: The file cannot be written.
    """
    task = None if name in TASKS else get_task(name)
    if not zoo_id:
        if task is None:
            raise WorkspaceError(f"everybody has the task {name}; choose a zoo to send with it")
        return pack(out, task, None, [])
    zoo = get_zoo(zoo_id)
    if zoo.task != name:
        raise WorkspaceError(
            f"zoo {zoo.title!r} maps {zoo.task or 'several tasks'}, not {name}; choose a zoo that "
            "was trained for it"
        )
    told = {key: getattr(zoo, key) for key in PackedZoo.model_fields if key != "version"}
    return pack(out, task, PackedZoo(**told), list_members(zoo.folder, name, zoo.setting))


def receive(source: Path, name: str = "") -> Received:
    """Take a colleague's file: its task into the menus, its zoo beside the others.

    Args:
        source: The file.
        name: Another name for its task; empty keeps the sender's.

    Raises:
        ArchiveError: The file is not to be trusted or not whole; nothing of it stays.
        WorkspaceError: Another task of that name is here already.
        DiskError: The disk cannot hold it.
    """
    draft = make_folder(root() / INCOMING) / new_id()
    try:
        found = unpack_zoo(source, draft, name)
        is_new = found.task is not None and found.task.name not in own_tasks()
        if found.task is not None:
            save_task(found.task)
        return Received(found.name, is_new, _kept(found, draft))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):
            draft.parent.rmdir()


def _kept(found: Pack, draft: Path) -> Zoo | None:
    """Make the zoo of what was unpacked."""
    if found.zoo is None:
        return None
    told = found.zoo.model_dump(exclude={"version"})
    weights = [member.weights for member in found.members]
    files = [path for one in weights for path in (one, one.with_suffix(".json"))]
    return add_zoo(Zoo(**told), draft, files)
