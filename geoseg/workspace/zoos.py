"""The zoos a prediction can choose from: the shipped one, and those trained in this workspace."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import Field

from geoseg.errors import DiskError, WorkspaceError
from geoseg.models import zoo as models
from geoseg.settings import Settings
from geoseg.workspace.files import checked, make_folder, new_id, now, root, write_whole
from geoseg.workspace.ledger import ACTIVE
from geoseg.workspace.runs import list_runs, read_request

ZOOS, ZOO, SHIPPED = "zoos", "zoo.json", "shipped"
SHIPPED_TITLE = "Shipped with GeoSeg"


class Zoo(Settings):
    """A folder of trained networks with what is known of it as a whole."""

    version: Literal[1] = 1
    id: str = Field(default_factory=new_id)
    title: str
    task: str = ""
    """Empty for the shipped zoo, which serves several tasks and settings."""
    setting: str = ""
    created: str = Field(default_factory=now)
    trained_on: str = ""
    simulated: bool = False
    warnings: tuple[str, ...] = ()
    """Sentences to read before trusting its scores."""

    @property
    def is_shipped(self) -> bool:
        """True for the zoo that comes with the product; it cannot be deleted."""
        return self.id == SHIPPED

    @property
    def folder(self) -> Path:
        """Folder that holds <task>/<setting>/<member>.json and .safetensors."""
        return models.PRETRAINED if self.is_shipped else checked(ZOOS, self.id)

    @property
    def models(self) -> Path | None:
        """What a run request names: None for the shipped zoo."""
        return None if self.is_shipped else self.folder


def list_zoos(task: str | None = None) -> list[Zoo]:
    """Return every zoo, the shipped one first, then the newest.

    Args:
        task: Leaves out zoos of other tasks; the shipped one stays.
    """
    own = []
    for path in (root() / ZOOS).glob(f"*/{ZOO}"):
        with suppress(FileNotFoundError):
            own.append(Zoo.from_json(path.read_bytes()))
    fitting = [zoo for zoo in own if task in (None, zoo.task)]
    newest_first = sorted(fitting, key=lambda zoo: (zoo.created, zoo.id), reverse=True)
    return [Zoo(id=SHIPPED, title=SHIPPED_TITLE, created=""), *newest_first]


def get_zoo(zoo_id: str) -> Zoo:
    """Return one zoo.

    Raises:
        WorkspaceError: There is none of that id.
    """
    if zoo_id == SHIPPED:
        return list_zoos()[0]
    try:
        return Zoo.from_json((checked(ZOOS, zoo_id) / ZOO).read_bytes())
    except FileNotFoundError:
        raise WorkspaceError(f"no zoo {zoo_id} in the workspace; choose one of the list") from None


def add_zoo(zoo: Zoo, source: Path, files: Iterable[Path]) -> Zoo:
    """Copy trained members into a new zoo; it is listed only when it is whole.

    Args:
        zoo: What to call it and what it is for.
        source: Folder that holds <task>/<setting>/<member>.json and .safetensors.
        files: What of it is copied.

    Raises:
        DiskError: The files cannot be copied; nothing of the new zoo stays.
    """
    make_folder(zoo.folder)
    try:
        for path in files:
            place = zoo.folder / path.relative_to(source)
            make_folder(place.parent)
            shutil.copyfile(path, place)
        write_whole(zoo.folder / ZOO, zoo.to_json())
    except OSError as error:
        shutil.rmtree(zoo.folder, ignore_errors=True)
        raise DiskError(
            f"the trained networks cannot be copied to {zoo.folder}: {error.strerror}; free some "
            "disk space and start the training again, it goes on where it was"
        ) from error
    return zoo


def replace_zoo(zoo: Zoo, source: Path, files: Iterable[Path]) -> Zoo:
    """Copy trained members into a zoo whose id may be taken by an earlier state of them."""
    shutil.rmtree(zoo.folder, ignore_errors=True)
    return add_zoo(zoo, source, files)


def delete_zoo(zoo_id: str) -> None:
    """Remove a zoo with its networks; maps that were made with it stay.

    Raises:
        WorkspaceError: There is none of that id, it is the shipped one, or a run still needs it.
    """
    zoo = get_zoo(zoo_id)
    if zoo.is_shipped:
        raise WorkspaceError("the shipped zoo belongs to the product and cannot be deleted")
    active = [run.id for run in list_runs() if run.status in ACTIVE]
    if any(read_request(run_id).models == zoo.folder for run_id in active):
        raise WorkspaceError(f"a run still uses {zoo.title!r}; wait for it or cancel it first")
    shutil.rmtree(zoo.folder, ignore_errors=True)
