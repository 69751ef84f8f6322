"""The folder of a finished run -> its rasters as a stack, its networks, its reference: all checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geoseg.errors import ModelError, RasterError
from geoseg.exports.record import read_record
from geoseg.grid import Grid
from geoseg.inference.ensemble import Mix
from geoseg.models import zoo
from geoseg.models.zoo import ZooMember, list_members, verify
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.pipeline.plan import resolve_task
from geoseg.pipeline.request import RunRequest
from geoseg.settings import RunSettings
from geoseg.stack.opening import open_stack
from geoseg.stack.stack import RasterStack
from geoseg.tasks import Task

REQUEST = "request.json"


@dataclass(frozen=True)
class RunInputs:
    """What a finished run was made of, found again.

    Attributes:
        folder: Its products.
        record: The content of run.json.
        settings: Its choices, on whatever device there is now.
        task: What was mapped.
        stack: The bands, on the grid of the run.
        members: The networks, in the order they were asked.
        mix: How their answers became one.
    """

    folder: Path
    record: dict[str, Any]
    settings: RunSettings
    task: Task
    stack: RasterStack
    members: tuple[ZooMember, ...]
    mix: Mix

    @property
    def grid(self) -> Grid:
        """Where the pixels of the run lie."""
        return self.stack.grid


def find_inputs(folder: Path, settings: ExplainSettings) -> RunInputs:
    """Find rasters and networks of a finished run again.

    Raises:
        ExportError: The folder holds no finished run.
        RasterError: A raster is gone.
        ModelError: A network is gone, or is another one by now.
        GeosegError: They do not fit the run any more.
    """
    record = read_record(folder)
    request = _request(folder)
    models = settings.models or (request.models if request else None)
    chosen = RunSettings(**record["settings"]).model_copy(update={"device": "auto"})
    members = _members(record, chosen, models)
    task = resolve_task(chosen.task, models)
    stack = _stack(folder, record, settings.rasters, request, task)
    return RunInputs(folder, record, chosen, task, stack, members, _mix(record))


def find_rasters(
    folder: Path, record: dict[str, Any], given: Sequence[Path], request: RunRequest | None
) -> tuple[Path, ...]:
    """Return where the rasters of a run lie: as given, as asked for, or beside the run.

    Raises:
        RasterError: One is in none of these places.
    """
    known = {path.name: path for path in (*(request.rasters if request else ()), *given)}
    around = (folder, *folder.absolute().parents[:2], Path.cwd())
    found, missing = [], []
    for name in record["inputs"]:
        places = [known[name]] if name in known else [place / name for place in around]
        there = next((path for path in places if path.is_file()), None)
        if there is None:
            missing.append(name)
        else:
            found.append(there)
    if missing:
        raise RasterError(
            f"the run was made of {', '.join(missing)}, which is not beside it any more; "
            "expected the same rasters, name them with --raster"
        )
    return tuple(found)


def _request(folder: Path) -> RunRequest | None:
    """Return what was asked for, where the folder lies in a workspace."""
    path = folder / REQUEST
    return RunRequest.from_json(path.read_bytes()) if path.is_file() else None


def _stack(
    folder: Path,
    record: dict[str, Any],
    given: Sequence[Path],
    request: RunRequest | None,
    task: Task,
) -> RasterStack:
    aoi = request.aoi if request and request.aoi and request.aoi.is_file() else None
    paths = find_rasters(folder, record, given, request)
    chosen = record["settings"]
    fill = chosen.get("fill", "auto")
    stack = open_stack(paths, task, chosen["setting"], record["bands"], aoi, fill=fill)
    grid = Grid.from_record(record["grid"])
    # Without its area of interest the run's grid is a part of the rasters' grid.
    return stack if stack.grid.same_as(grid) else replace(stack, grid=grid)


def _members(
    record: dict[str, Any], settings: RunSettings, models: Path | None
) -> tuple[ZooMember, ...]:
    folder = models if models is not None and models.is_dir() else zoo.PRETRAINED
    there = {
        (member.card.name, member.card.sha256): member
        for member in list_members(folder, settings.task, settings.setting)
    }
    asked = [(card["name"], card["sha256"]) for card in record["members"]]
    gone = [name for name, sha256 in asked if (name, sha256) not in there]
    if gone:
        raise ModelError(
            f"the run asked {', '.join(gone)}, which {folder} does not hold any more as it was; "
            "expected the same networks (by sha256), name their folder with --models or run again"
        )
    members = tuple(there[key] for key in asked)
    for member in members:
        verify(member)
    return members


def _mix(record: dict[str, Any]) -> Mix:
    """Return how the run combined its members; an old record averaged them."""
    combination = record.get("combination") or {}
    weights = combination.get("weights") or {}
    names = [card["name"] for card in record["members"]]
    shares = tuple(weights[name] for name in names) if set(weights) >= set(names) else ()
    return Mix(shares, combination.get("temperature") or 1.0)
