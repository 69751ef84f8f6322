"""Derivation folders on the server's disk: which raw layers, which predictors were asked of them."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from geoseg.errors import WorkspaceError
from geoseg.settings import Settings
from geoseg.tasks import all_tasks
from geoseg.workspace.areas import Area, new_upload_folder, save_area
from geoseg.workspace.files import link_or_copy, new_id
from geoseg.workspace.ledger import JobState, Ledger

Way = Literal["terrain", "optical", "canopy"]
PREDICTORS, FACTS = "predictors.tif", "derived.json"


class DerivationRequest(Settings):
    """Everything of one derivation that a user decides."""

    version: Literal[1] = 1
    title: str = Field(min_length=1, max_length=160)
    kind: Way = "terrain"
    rasters: tuple[Path, ...] = Field(min_length=1)
    """Terrain model; or the files of the scenes; or surface and terrain model."""
    names: tuple[str, ...] = ()
    """Predictors or indices; none for canopy height."""
    feet: bool = False
    """Of requests made before `height_unit`: the heights are in feet."""
    height_unit: Literal["auto", "metres", "feet", "us-feet"] = "auto"
    """What heights count; auto takes the file's word, else metres."""
    lowest: float | None = None
    """Metres: ground at or below is left out."""
    highest: float | None = None
    """Metres: ground above is left out."""
    sensor: str = "sentinel2"
    clear: tuple[int, ...] = ()
    fill: Literal["auto", "keep"] | float = "auto"
    """Numbers that stand for missing though no file says so."""
    simulated: bool = False


class DerivationState(JobState):
    """Where a derivation stands; rows of pixels are counted."""


DERIVATIONS = Ledger("derivations", "derivation", DerivationState)
derivation_folder, read_derivation, list_derivations, cancel_derivation, delete_derivation = (
    DERIVATIONS.folder, DERIVATIONS.read, DERIVATIONS.every, DERIVATIONS.request_cancel,
    DERIVATIONS.delete,
)  # fmt: skip


def create_derivation(request: DerivationRequest) -> str:
    """Write the folder of a new queued derivation and return its id."""
    return DERIVATIONS.create(request, title=request.title)


def read_derivation_request(derivation_id: str) -> DerivationRequest:
    """Return what the user asked for."""
    return DerivationRequest.from_json(DERIVATIONS.request(derivation_id))


def predictors_file(derivation_id: str) -> Path:
    """Return where the predictors of a finished derivation lie."""
    return derivation_folder(derivation_id) / PREDICTORS


def area_of_derivation(derivation_id: str, task: str, beside: Area | None = None) -> Area:
    """Save the predictors as a study area.

    The file is linked or copied into the area's own folder, so that either can be deleted.

    Args:
        derivation_id: A finished derivation.
        task: What shall be mapped with them.
        beside: An area whose rasters and reference the new one keeps.

    Raises:
        WorkspaceError: The derivation has not finished, or there is no such task.
    """
    source = predictors_file(derivation_id)
    if not source.is_file():
        raise WorkspaceError("these predictors are not finished; wait for them or derive again")
    if task not in (known := all_tasks()):
        raise WorkspaceError(f"no task {task!r}; choose one of {', '.join(known)}")
    request = read_derivation_request(derivation_id)
    area_id = new_id()
    own = new_upload_folder(area_id) / PREDICTORS
    link_or_copy(source, own)
    others = beside.rasters if beside else ()
    return save_area(
        Area(
            id=area_id, title=request.title, rasters=(own, *others), task=task,
            reference=beside.reference if beside else None,
            positive=beside.positive if beside else (), simulated=request.simulated,
        )
    )  # fmt: skip
