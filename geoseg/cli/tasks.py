"""geoseg tasks: what can be mapped here, tasks of one's own, and both packed with a zoo to send."""

from pathlib import Path
from typing import Annotated

import typer

from geoseg.cli.options import AsJson
from geoseg.cli.output import show, table

app = typer.Typer(
    help="List what can be mapped, add tasks of your own, send them with a zoo.",
    no_args_is_help=True,
)
OWN, OURS = "own", "GeoSeg"


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the tasks, their settings and zoos; those made in this workspace come last.

    Example:
    geoseg tasks list
    """
    from geoseg.tasks import TASKS, all_tasks
    from geoseg.workspace.zoos import list_zoos

    rows, records = [], []
    for task in all_tasks().values():
        zoos = [zoo for zoo in list_zoos(task.name) if zoo.task == task.name]
        classes = [label.name for label in task.classes]
        whose = OURS if task.name in TASKS else OWN
        words = ", ".join(f"{zoo.title} ({zoo.id})" for zoo in zoos)
        settings = {setting.name: list(setting.bands) for setting in task.settings}
        counted = ", ".join(f"{name} ({len(bands)})" for name, bands in settings.items())
        rows.append((task.name, whose, counted, ", ".join(classes), words))
        records.append(
            {"name": task.name, "title": task.title, "own": whose == OWN, "classes": classes,
             "bands": [band.name for band in task.bands], "settings": settings,
             "zoos": [{"id": zoo.id, "title": zoo.title} for zoo in zoos]}
        )  # fmt: skip
    head = ("task", "whose", "settings (bands)", "classes", "zoos of this workspace")
    show(records, table(head, rows), as_json=as_json)


@app.command("add")
def add_(
    file: Annotated[Path, typer.Argument(help="JSON file of the task, as docs/own_tasks.md says.")],
    as_json: AsJson = False,
) -> None:
    """Add a task of your own to this workspace.

    Example:
    geoseg tasks add rock-glaciers.json
    """
    from geoseg.tasks.own import read_own
    from geoseg.workspace.tasks import save_task

    task = save_task(read_own(file))
    text = f"{task.name} can be mapped here; train with --task {task.name} --setting all"
    show(task.model_dump(mode="json"), text, as_json=as_json)


@app.command("pack")
def pack_(
    task: Annotated[str, typer.Argument(help="Name of the task.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")],
    zoo: Annotated[
        str, typer.Option("--zoo", metavar="ID", help="Zoo to send; else the newest of the task.")
    ] = "",
    alone: Annotated[bool, typer.Option("--alone", help="Send the task without a zoo.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a task and its zoo as one file to send; see `geoseg tasks list` for the zoos.

    Example:
    geoseg tasks pack rock-glaciers --out rock-glaciers.geoseg.zip
    """
    from geoseg.errors import SettingsError, WorkspaceError
    from geoseg.published.packing import ENDING
    from geoseg.tasks import find_task
    from geoseg.workspace.tasks import pack_task
    from geoseg.workspace.zoos import list_zoos

    find_task(task)
    if zoo and alone:
        raise SettingsError("--zoo cannot go with --alone; leave one of them out")
    if not out.name.endswith(ENDING):
        raise SettingsError(f"{out.name} is no name for it; end it with {ENDING}")
    if not zoo and not alone:
        own = [one.id for one in list_zoos(task) if one.task == task]
        if not own:
            raise WorkspaceError(
                f"there is no zoo of {task} here; train one, or send the task with --alone"
            )
        zoo = own[0]
    path = pack_task(task, zoo, out)
    size = path.stat().st_size
    record = {"file": str(path), "bytes": size, "task": task, "zoo": zoo or None}
    show(record, f"{path}, {size / 1e6:,.1f} MB", as_json=as_json)


@app.command("unpack")
def unpack_(
    file: Annotated[Path, typer.Argument(help="File someone packed.")],
    name: Annotated[
        str, typer.Option("--name", help="Call its task by another name, small letters.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check a packed task and zoo and take them into this workspace.

    Example:
    geoseg tasks unpack rock-glaciers.geoseg.zip
    """
    from geoseg.workspace.tasks import receive

    found = receive(file, name)
    words = [f"task {found.task} {'is new here' if found.is_new else 'was here already'}"]
    if found.zoo:
        words.append(f"zoo {found.zoo.title} taken; predict with --models {found.zoo.folder}")
    record = {
        "task": found.task, "new": found.is_new,
        "zoo": found.zoo.model_dump(mode="json") if found.zoo else None,
        "models": str(found.zoo.folder) if found.zoo else None,
    }  # fmt: skip
    show(record, "\n".join(words), as_json=as_json)


@app.command("delete")
def delete_(
    task: Annotated[str, typer.Argument(help="Name of a task of your own.")],
    as_json: AsJson = False,
) -> None:
    """Delete a task of your own that no study area, zoo or training is of any more.

    Example:
    geoseg tasks delete rock-glaciers
    """
    from geoseg.workspace.tasks import delete_task

    delete_task(task)
    show({"deleted": task}, f"{task} is deleted", as_json=as_json)
