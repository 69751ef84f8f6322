"""/api/v1/comparisons: runs beside their reference and beside each other, for scripts."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from geoseg.comparison.products import LIBRARY, list_files
from geoseg.jobs.queue import submit_comparison
from geoseg.pipeline.products import Product
from geoseg.workspace.comparisons import (
    ComparisonState,
    comparison_file,
    comparison_folder,
    delete_comparison,
    list_comparisons,
    read_comparison,
)

router = APIRouter(tags=["comparisons"])
FIGURE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)
"""A figure runs what it holds, and knows nothing of this server."""


class ComparisonOrder(BaseModel):
    """A comparison to put in the queue."""

    run: str = Field(description="id of a finished run with a reference")
    other: str | None = Field(None, description="id of a second run on the same grid")


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
    return read_comparison(submit_comparison(order.run, order.other))


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
