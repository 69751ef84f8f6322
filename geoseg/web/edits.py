"""/api/v1/runs/{id}/corrections and /inventory: correcting the outlines of a run, for the map."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from geoseg.mapping.inventory import Action, OutlineState, Status, Which
from geoseg.workspace.corrections import Snapshot, correct, corrections, undo
from geoseg.workspace.inventories import FORMS, inventory_file

router = APIRouter(tags=["corrections"])
TITLE = "corrected"


class CorrectionOrder(BaseModel):
    """One deed on one outline."""

    action: Action = Field(description='"undo" takes the last correction back')
    polygon: int | None = Field(None, description="the outline's id; none for draw and undo")
    geometry: dict[str, Any] | None = Field(
        None, description="GeoJSON polygon, longitude and latitude, for draw and redraw"
    )
    note: str = Field("", max_length=500)
    class_name: str = Field(
        default="",
        max_length=200,
        description="class of the outline, for classify, draw and redraw",
    )


class OutlineView(BaseModel):
    """What stands of one outline."""

    polygon: int
    status: Status | None = Field(description="null where a drawn outline was taken back")
    geometry: dict[str, Any] | None = Field(description="GeoJSON of the new outline, if any")
    note: str
    time: str
    class_name: str = Field(
        default="", description="class a person gave it; empty where the map's holds"
    )


class CorrectionsView(BaseModel):
    """Where the corrections of a run stand."""

    number: int = Field(description="grows with every deed")
    counts: dict[Status, int]
    to_undo: int
    outlines: list[OutlineView] = Field(description="every outline somebody touched")


class CorrectedView(BaseModel):
    """What one deed changed."""

    number: int
    counts: dict[Status, int]
    to_undo: int
    outline: OutlineView


@router.get("/v1/runs/{run_id}/corrections")
def get_corrections(run_id: str) -> CorrectionsView:
    """List every corrected outline of a run, with what was drawn."""
    now = corrections(run_id)
    outlines = [_view(polygon, state) for polygon, state in now.states.items()]
    return CorrectionsView(
        number=now.number, counts=now.counts, to_undo=now.to_undo, outlines=outlines
    )


@router.post("/v1/runs/{run_id}/corrections", status_code=201)
def add_correction(run_id: str, order: CorrectionOrder) -> CorrectedView:
    """Accept, reject, redraw, draw or classify one outline, or set it back to unreviewed."""
    deed = order.action, order.polygon, order.geometry, order.note
    return _corrected(correct(run_id, *deed, class_name=order.class_name))


@router.delete("/v1/runs/{run_id}/corrections")
def undo_correction(run_id: str) -> CorrectedView:
    """Take the last correction back; again and again leads to the untouched map."""
    return _corrected(undo(run_id))


@router.get("/v1/runs/{run_id}/inventory.{form}", response_class=FileResponse)
def get_inventory(
    run_id: str,
    form: Annotated[str, Path(description=", ".join(FORMS))],
    which: Annotated[
        Which, Query(description="all but the rejected, only the confirmed, or all")
    ] = "kept",
) -> FileResponse:
    """Download the corrected inventory with the status of every outline."""
    path = inventory_file(run_id, form, which)
    return FileResponse(path, media_type=FORMS[form], filename=f"{TITLE}-{which}.{form}")


def _corrected(now: Snapshot) -> CorrectedView:
    polygon = now.changed or 0
    state = now.states.get(polygon)
    untouched = OutlineView(
        polygon=polygon, status=now.changed_status, geometry=None, note="", time=""
    )
    return CorrectedView(
        number=now.number,
        counts=now.counts,
        to_undo=now.to_undo,
        outline=untouched if state is None else _view(polygon, state),
    )


def _view(polygon: int, state: OutlineState) -> OutlineView:
    return OutlineView(polygon=polygon, **vars(state))
