"""/api/...: study areas, uploads, runs and products for scripts, and the page that explains it."""

import shutil
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from geoseg import __version__, workspace
from geoseg.errors import GeosegError, WorkspaceError
from geoseg.files.parts import split_part, with_part
from geoseg.jobs.heartbeat import is_served
from geoseg.jobs.queue import submit
from geoseg.pipeline.request import RunRequest
from geoseg.stack.reference import check_reference
from geoseg.tasks import CUSTOM, find_task
from geoseg.web import compared, drawn_areas, edits, faults, picked, uploads
from geoseg.web.access import PAGE_POLICY
from geoseg.web.answers import (
    AreaOrder,
    AreaView,
    Health,
    NewUpload,
    ProductView,
    RunOrder,
    ZooView,
)
from geoseg.web.openapi import as_3_0
from geoseg.workspace import RunState
from geoseg.workspace.areas import RASTER_ENDINGS
from geoseg.workspace.reports import REPORTS, ensure_report
from geoseg.workspace.trainings import TrainingState, list_trainings, read_training
from geoseg.workspace.zoos import get_zoo, list_zoos

PREFIX = "/api"
LITTLE_DISK_BYTES = 10**9
SANDBOX = (
    "sandbox allow-scripts allow-popups; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:"
)
"""For products that are pages: they are shown, but know nothing of this server."""
DOCS = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>GeoSeg API</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/swagger-ui.css"></head><body><div id="swagger-ui"></div>
<script src="/assets/swagger-ui-bundle.js"></script><script src="/assets/api_docs.js"></script>
</body></html>"""
ABOUT = """Everything the pages do, for scripts. Errors come as `{"detail": "one sentence"}`.

A run in three calls: `PUT /api/v1/uploads/{area}/{name}` with the file as body,
`POST /api/v1/areas`, `POST /api/v1/runs`; then ask `GET /api/v1/runs/{id}` until it has finished.
"""

api = FastAPI(
    title="GeoSeg", version=__version__, description=ABOUT,
    docs_url=None, redoc_url=None, openapi_url=None,
)  # fmt: skip


@api.get("/health", tags=["server"])
def health() -> Health:
    """Tell whether the worker lives, how many runs wait, and how much disk is free."""
    states = [work.status for work in (*workspace.list_runs(), *list_trainings())]
    place = workspace.root()
    free = shutil.disk_usage(place if place.is_dir() else place.parent).free
    served = is_served()
    faults_found = [
        *([] if served else ["no worker"]),
        *(["little disk space"] if free < LITTLE_DISK_BYTES else []),
    ]
    return Health(
        status=", ".join(faults_found) or "ok",
        version=__version__,
        worker=served,
        queued=states.count("queued"),
        running=states.count("running"),
        free_disk_bytes=free,
    )


@api.get("/docs", include_in_schema=False)
def docs() -> HTMLResponse:
    """Show the interactive description; its scripts come from this server."""
    policy = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    return HTMLResponse(DOCS, headers={"Content-Security-Policy": policy})


@api.get("/openapi.json", include_in_schema=False)
def description() -> JSONResponse:
    """Describe every address."""
    return JSONResponse(as_3_0({**api.openapi(), "servers": [{"url": PREFIX}]}))


@api.get("/v1/areas", tags=["study areas"])
def list_areas() -> list[AreaView]:
    """List the study areas, the demo first."""
    return [AreaView.of(area) for area in workspace.list_areas()]


@api.post("/v1/areas", tags=["study areas"], status_code=201)
def make_area(order: AreaOrder) -> AreaView:
    """Make a study area of uploaded files; 409 where there is one of that id already."""
    if order.task != CUSTOM:
        find_task(order.task)
    folder = workspace.new_upload_folder(order.area)
    there = {path.name: path for path in folder.iterdir() if path.is_file()}
    default = sorted(n for n, path in there.items() if path.suffix in RASTER_ENDINGS)
    truth, part = split_part(folder / order.reference) if order.reference else (None, "")
    names = order.rasters or [name for name in default if truth is None or name != truth.name]
    wanted = [*names, *([truth.name] if truth else [])]
    missing = [name for name in wanted if name not in there]
    if missing or not names:
        raise WorkspaceError(
            f"no uploaded file {', '.join(missing) or 'at all'} under {order.area}; "
            f"uploaded are {', '.join(sorted(there)) or 'none'}"
        )
    area = workspace.Area(
        id=order.area,
        title=order.title,
        rasters=tuple(there[name] for name in names),
        bands=order.bands,
        task=order.task,
        reference=with_part(there[truth.name], part) if truth else None,
        positive=tuple(order.positive),
        kind="upload",
    )
    if area.reference and order.task != CUSTOM:
        check_reference(area.reference, find_task(order.task))
    return AreaView.of(workspace.add_area(area, replace=order.replace))


@api.get("/v1/areas/{area_id}", tags=["study areas"])
def get_area(area_id: str) -> AreaView:
    """Show one study area."""
    return AreaView.of(workspace.get_area(area_id))


@api.delete("/v1/areas/{area_id}", tags=["study areas"], status_code=204)
def delete_area(area_id: str) -> None:
    """Remove a study area with its uploaded files."""
    workspace.delete_area(area_id)


@api.post("/v1/uploads", tags=["uploads"], status_code=201)
def new_upload() -> NewUpload:
    """Give a new id to upload files under."""
    return NewUpload(area=workspace.new_id())


@api.get("/v1/uploads/{area_id}", tags=["uploads"])
def list_uploads(area_id: str) -> list[uploads.UploadState]:
    """List the files uploaded so far, and how much of the unfinished ones has arrived."""
    return uploads.list_uploads(area_id)


@api.get("/v1/uploads/{area_id}/{name}", tags=["uploads"])
def get_upload(area_id: str, name: str) -> uploads.UploadState:
    """Tell how much of a file has arrived."""
    return uploads.Upload(area_id, name).state()


@api.put(
    "/v1/uploads/{area_id}/{name}",
    tags=["uploads"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def upload(
    area_id: str,
    name: str,
    request: Request,
    offset: Annotated[int, Query(ge=0, description="where in the file the body begins")] = 0,
    size: Annotated[int | None, Query(description="of the whole file, bytes")] = None,
) -> uploads.UploadState:
    """Take a file, whole or in pieces; a broken upload goes on at what `received` says."""
    stated = request.headers.get("content-length", "")
    if size is None and offset == 0 and stated.isdigit():
        size = int(stated)
    return await uploads.Upload(area_id, name).receive(request.stream(), offset, size)


@api.delete("/v1/uploads/{area_id}/{name}", tags=["uploads"], status_code=204)
def delete_upload(area_id: str, name: str) -> None:
    """Remove an uploaded or unfinished file that no study area uses yet."""
    uploads.Upload(area_id, name).remove()


@api.get("/v1/zoos", tags=["zoos"])
def zoos() -> list[ZooView]:
    """List the collections of trained networks, the shipped one first."""
    return [ZooView.of(zoo) for zoo in list_zoos()]


@api.get("/v1/trainings", tags=["zoos"])
def trainings() -> list[TrainingState]:
    """List the trainings, newest first."""
    return list_trainings()


@api.get("/v1/trainings/{training_id}", tags=["zoos"])
def training(training_id: str) -> TrainingState:
    """Tell where a training stands."""
    return read_training(training_id)


@api.get("/v1/runs", tags=["runs"])
def list_runs() -> list[RunState]:
    """List the runs, newest first."""
    return workspace.list_runs()


@api.post("/v1/runs", tags=["runs"], status_code=202)
def start_run(order: RunOrder) -> RunState:
    """Put a run in the queue."""
    area = workspace.get_area(order.area)
    request = RunRequest(
        rasters=area.rasters,
        settings=order.settings,
        bands=area.bands,
        models=get_zoo(order.zoo).models,
        reference=area.reference,
        positive=area.positive,
        title=order.title or area.title,
        simulated=area.simulated,
    )
    return workspace.read_state(submit(request, area.id))


@api.get("/v1/runs/{run_id}", tags=["runs"])
def get_run(run_id: str) -> RunState:
    """Tell where a run stands."""
    return workspace.read_state(run_id)


@api.delete("/v1/runs/{run_id}", tags=["runs"], status_code=204)
def delete_run(run_id: str) -> None:
    """Remove a run with its products; one that runs is cancelled first."""
    workspace.delete_run(run_id)


@api.post("/v1/runs/{run_id}/cancel", tags=["runs"], status_code=202)
def cancel_run(run_id: str) -> RunState:
    """Ask a run to stop at its next tile."""
    workspace.request_cancel(run_id)
    return workspace.read_state(run_id)


@api.get("/v1/runs/{run_id}/products", tags=["products"])
def list_products(run_id: str) -> list[ProductView]:
    """List the files of a finished run, with the addresses of download and map tiles."""
    task = workspace.read_request(run_id).settings.task
    return [ProductView.of(run_id, made, task) for made in workspace.products(run_id)]


@api.get("/v1/runs/{run_id}/products/{name}", tags=["products"], response_class=FileResponse)
def get_product(run_id: str, name: str) -> FileResponse:
    """Download one file; parts of it by a Range header. The PDF report is made when asked for."""
    if name in REPORTS:
        ensure_report(run_id, name)
    product = workspace.product(run_id, name)
    page = product.media_type == "text/html"
    return FileResponse(
        product.path,
        media_type=product.media_type,
        filename=product.name,
        content_disposition_type="inline" if page else "attachment",
        headers={"Content-Security-Policy": SANDBOX} if page else None,
    )


for part in (compared, edits, drawn_areas, picked):
    api.include_router(part.router)


async def _busy(_request: Request, error: Exception) -> Response:
    """Tell a sender where to go on."""
    received = error.received if isinstance(error, uploads.BusyError) else 0
    return JSONResponse({"detail": str(error), "received": received}, 409)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Answer nobody: the line broke, what arrived is kept."""
    return Response(status_code=400)


async def _impossible(_request: Request, error: Exception) -> Response:
    """Tell in one sentence what of the request is impossible."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    parts = [f"{'.'.join(str(p) for p in fault['loc'][1:])}: {fault['msg']}" for fault in found]
    return JSONResponse({"detail": "impossible request: " + "; ".join(parts)}, 422)


Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]
HANDLERS: dict[type[Exception], Handler] = {
    uploads.BusyError: _busy,
    ClientDisconnect: _gone,
    RequestValidationError: _impossible,
}
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
api.add_exception_handler(GeosegError, faults.answer)


def routes() -> list[BaseRoute]:
    """Return the API under its prefix."""
    return [Mount(PREFIX, api)]
