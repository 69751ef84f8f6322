"""/api/v1/areas/{id}/points: points of known class picked on the map of a study area."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from geoseg.workspace.picked_points import (
    PACKAGE,
    Collection,
    points_package,
    points_record,
    write_points,
)

router = APIRouter(tags=["points"])


@router.get("/v1/areas/{area_id}/points")
def get_points(area_id: str) -> Collection:
    """List the picked points, as a GeoJSON FeatureCollection of points with their `class` id."""
    return points_record(area_id)


@router.put("/v1/areas/{area_id}/points")
def put_points(area_id: str, points: dict[str, Any]) -> Collection:
    """Store a GeoJSON FeatureCollection of points (degrees, `class`) in place of those before."""
    return write_points(area_id, points)


@router.get(f"/v1/areas/{{area_id}}/{PACKAGE}", response_class=FileResponse)
def get_points_package(area_id: str) -> FileResponse:
    """Download the picked points as a GeoPackage, for a GIS or `geoseg train --points`."""
    path = points_package(area_id)
    return FileResponse(path, media_type="application/geopackage+sqlite3", filename=PACKAGE)
