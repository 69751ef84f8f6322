"""/api/v1/runs/{id}/sub-areas: areas drawn on the map of a run, read and written whole."""

from typing import Any

from fastapi import APIRouter

from geoseg.workspace.sub_areas import Collection, sub_areas_record, write_sub_areas

router = APIRouter(tags=["sub-areas"])


@router.get("/v1/runs/{run_id}/sub-areas")
def get_sub_areas(run_id: str) -> Collection:
    """List the areas drawn on a run's map, as a GeoJSON FeatureCollection of named polygons."""
    return sub_areas_record(run_id)


@router.put("/v1/runs/{run_id}/sub-areas")
def put_sub_areas(run_id: str, areas: dict[str, Any]) -> Collection:
    """Store a GeoJSON FeatureCollection of named polygons (degrees) in place of those before."""
    return write_sub_areas(run_id, areas)
