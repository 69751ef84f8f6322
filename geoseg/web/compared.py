"""/api/v1/comparisons: runs beside their reference and beside each other, for scripts."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from geoseg.comparison.products import LIBRARY, list_files
from geoseg.errors import SettingsError
from geoseg.jobs.queue import submit_comparison
from geoseg.pipeline.products import Product
from geoseg.workspace.area_maps import list_maps
from geoseg.workspace.comparisons import (
    ComparisonState,
    comparison_file,
    comparison_folder,
    delete_comparison,
    list_comparisons,
    read_comparison,
    request_of_map,
)

router = APIRouter(tags=["comparisons"])
VIEWED = {"id", "title", "positive"}
FIGURE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)
"""A figure runs what it holds, and knows nothing of this server."""


class ComparisonOrder(BaseModel):
    """A comparison to put in the queue."""

    run: str = Field(description="id of a finished run with a reference, or with a map beside it")
    other: str | None = Field(None, description="id of a second run on the same grid")
    map: str | None = Field(
        None, description="id of a map of the run's study area that is no run; not beside `other`"
    )


class AreaMapView(BaseModel):
    """A map of a study area that is no run."""

    id: str
    title: str
    positive: tuple[int | str, ...]


class FileView(BaseModel):
    """A file of a finished comparison."""

    name: str
    title: str
    bytes: int
    media_type: str
    url: str

    @classmethod
    def of(cls, comparison_id: str, file: Product) -> "FileView":
        """Add the address."""
        return cls(
            name=file.name,
            title=file.title,
            bytes=file.bytes,
            media_type=file.media_type,
            url=f"/api/v1/comparisons/{comparison_id}/files/{file.name}",
        )


@router.get("/v1/comparisons")
def comparisons() -> list[ComparisonState]:
    """List the comparisons, newest first."""
    return list_comparisons()


@router.post("/v1/comparisons", status_code=202)
def start_comparison(order: ComparisonOrder) -> ComparisonState:
    """Put a comparison in the queue; one that was asked for before is given back as it stands."""
    if order.map is None:
        return read_comparison(submit_comparison(order.run, order.other))
    if order.other is not None:
        raise SettingsError("a comparison has one map beside the run; give other or map, not both")
    request = request_of_map(order.run, order.map)
    return read_comparison(submit_comparison(order.run, None, request))


@router.get("/v1/areas/{area_id}/maps")
def area_maps(area_id: str) -> list[AreaMapView]:
    """List the maps of a study area that are no runs, such as an old inventory, newest first."""
    return [AreaMapView(**found.model_dump(include=VIEWED)) for found in list_maps(area_id)]


@router.get("/v1/comparisons/{comparison_id}")
def comparison(comparison_id: str) -> ComparisonState:
    """Tell where a comparison stands."""
    return read_comparison(comparison_id)


@router.delete("/v1/comparisons/{comparison_id}", status_code=204)
def remove_comparison(comparison_id: str) -> None:
    """Remove a comparison with its files."""
    delete_comparison(comparison_id)


@router.get("/v1/comparisons/{comparison_id}/files")
def files(comparison_id: str) -> list[FileView]:
    """List the files of a finished comparison: maps, tables, numbers, figures."""
    folder = comparison_folder(comparison_id)
    return [FileView.of(comparison_id, file) for file in list_files(folder)]


@router.get("/v1/comparisons/{comparison_id}/files/{name:path}", response_class=FileResponse)
def file(comparison_id: str, name: str) -> Response:
    """Give one file; figures are shown, everything else is downloaded."""
    found = comparison_file(comparison_id, name)
    if found.media_type == "text/html":
        return HTMLResponse(_figure(found.path), headers={"Content-Security-Policy": FIGURE_POLICY})
    return FileResponse(found.path, media_type=found.media_type, filename=found.path.name)


def _figure(page: Path) -> str:
    """Return a figure with what draws it inside: a page sealed off may load nothing beside it."""
    library = (page.parent / LIBRARY).read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    return text.replace(f'src="{LIBRARY}"></script>', f">{library}</script>")
