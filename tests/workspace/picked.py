"""A study area of known pixels, and points at the middles of some of them."""

from pathlib import Path

from pyproj import Transformer

from geoseg import workspace
from geoseg.training.ground import PickedPoint
from tests.pipeline import tiny

WEST, NORTH = 500_000, 6_800_000
TO_DEGREES = Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True)


def area_of(folder: Path, **changes) -> workspace.Area:
    """Save an area of 70 x 90 pixels whose left twenty columns hold no data."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = tiny.write_raster(folder / "stack.tif", tiny.scene_values())
    choices = {"id": "hill", "title": "Hill", "rasters": (stack,)}
    return workspace.save_area(workspace.Area(**choices | changes))


def lonlat(row: float, col: float) -> tuple[float, float]:
    """Return the middle of a pixel, degrees."""
    x, y = WEST + tiny.PIXEL_M * (col + 0.5), NORTH - tiny.PIXEL_M * (row + 0.5)
    return TO_DEGREES.transform(x, y)


def point(row: float, col: float, class_id: int) -> PickedPoint:
    """Return a point in the middle of a pixel."""
    return PickedPoint(*lonlat(row, col), class_id)


def feature(place=(13.0, 61.0), class_id=1, kind="Point") -> dict:
    """Return one GeoJSON feature."""
    geometry = {"type": kind, "coordinates": [*place] if isinstance(place, tuple) else place}
    return {"type": "Feature", "properties": {"class": class_id}, "geometry": geometry}


def collection(*features) -> dict:
    """Return a GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}
