"""Areas a user drew on the map of a run, as GeoJSON in longitude and latitude -> kept with the run.

The drawing page writes them whole at every change; whoever counts inside them reads them here.
"""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geoseg.errors import SettingsError
from geoseg.workspace.files import write_whole
from geoseg.workspace.runs import run_folder

FILE = "sub_areas.geojson"
MOST_AREAS, MOST_CORNERS, LONGEST_NAME = 200, 2000, 60
LON_LAT = "EPSG:4326"
WORLD = shapely.box(-360, -90, 360, 90)
"""What is drawn across 180 degrees goes on beyond."""

Collection = dict[str, Any]
"""A GeoJSON FeatureCollection."""


def sub_areas_file(run_id: str) -> Path | None:
    """Return where a run's drawn areas lie; None before any was drawn."""
    path = run_folder(run_id) / FILE
    return path if path.is_file() else None


def sub_areas_record(run_id: str) -> Collection:
    """Return a run's drawn areas as GeoJSON; an empty collection before any was drawn."""
    path = sub_areas_file(run_id)
    if path is None:
        return {"type": "FeatureCollection", "features": []}
    return json.loads(path.read_text(encoding="utf-8"))


def read_sub_areas(run_id: str) -> gpd.GeoDataFrame:
    """Return a run's drawn areas: `name` and geometry in longitude and latitude, in their order."""
    features = sub_areas_record(run_id)["features"]
    columns = {"name": [feature["properties"]["name"] for feature in features]}
    outlines = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=LON_LAT).astype({"name": "str"})


def write_sub_areas(run_id: str, collection: object) -> Collection:
    """Check the areas and store them in place of those before; return what was stored.

    Raises:
        SettingsError: It is no FeatureCollection of named polygons, one of them is impossible, or
            there are too many; nothing is changed then.
        WorkspaceError: There is no such run.
    """
    folder = run_folder(run_id)
    features = _features(collection)
    areas = [_area(feature, number) for number, feature in enumerate(features, start=1)]
    names = [area["properties"]["name"] for area in areas]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"two areas are called {twice[0]!r}; give each a name of its own")
    record = {"type": "FeatureCollection", "features": areas}
    write_whole(folder / FILE, json.dumps(record))
    return record


def _features(collection: object) -> list[Any]:
    """Return the features of a collection that is not too large."""
    is_collection = isinstance(collection, dict) and collection.get("type") == "FeatureCollection"
    features = collection.get("features") if isinstance(collection, dict) else None
    if not is_collection or not isinstance(features, list):
        raise SettingsError("expected a GeoJSON FeatureCollection of polygons; send one")
    if len(features) > MOST_AREAS:
        raise SettingsError(
            f"at most {MOST_AREAS} areas can be drawn, got {len(features)}; remove some, or give "
            "them as a polygon file"
        )
    return features


def _area(feature: object, number: int) -> dict[str, Any]:
    """Return one area with its name and nothing else."""
    parts = feature if isinstance(feature, dict) else {}
    words = parts.get("properties") if isinstance(parts.get("properties"), dict) else {}
    name = str((words or {}).get("name") or f"Area {number}").strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise SettingsError(f"a name has 1 to {LONGEST_NAME} letters, got {name[:80]!r}")
    polygon = _polygon(parts.get("geometry"), name)
    return {"type": "Feature", "properties": {"name": name},
            "geometry": shapely.geometry.mapping(polygon)}  # fmt: skip


def _polygon(geometry: object, name: str) -> BaseGeometry:
    """Return a sound polygon inside the world."""
    found = geometry.get("type") if isinstance(geometry, dict) else None
    if found != "Polygon":
        raise SettingsError(f"{name} is {found or 'nothing'}, expected a Polygon; draw it again")
    try:
        polygon = shapely.geometry.shape(geometry)
    except (GEOSException, ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise SettingsError(f"the corners of {name} cannot be read; draw it again") from None
    corners = shapely.get_coordinates(polygon)
    if len(corners) > MOST_CORNERS:
        raise SettingsError(f"{name} has {len(corners)} corners, at most {MOST_CORNERS} are kept")
    if polygon.is_empty or not polygon.is_valid or polygon.area == 0:
        raise SettingsError(f"the outline of {name} crosses itself or is empty; move its corners")
    if not WORLD.covers(polygon):
        raise SettingsError(f"{name} lies outside the world; draw it again")
    return polygon
