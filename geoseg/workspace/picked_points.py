"""Points of known class picked on the map of a study area -> kept beside it, as GeoJSON in degrees.

The map writes them whole at every change; a training takes them as they are when it is asked for.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd

from geoseg.errors import SettingsError, WorkspaceError
from geoseg.exports.disk import whole
from geoseg.lonlat import turned_back
from geoseg.stack.common_grid import common_grid
from geoseg.stack.ogr import pyogrio
from geoseg.stack.source import inspect_raster
from geoseg.tasks import Task, find_task
from geoseg.training.area_points import LON_LAT, pixels_under
from geoseg.training.ground import PickedPoint
from geoseg.workspace.areas import AREAS, Area, get_area
from geoseg.workspace.files import checked, write_whole

FILE, PACKAGE, LAYER = "points.geojson", "points.gpkg", "points"
MOST_POINTS = 5000
CLASS = "class"
"""Column of the files, and property of the GeoJSON, that holds the class id."""
EAST, NORTH = 180.0, 90.0

Collection = dict[str, Any]
"""A GeoJSON FeatureCollection."""


def points_record(area_id: str) -> Collection:
    """Return the points of a study area as GeoJSON; an empty collection before any was picked.

    Raises:
        WorkspaceError: There is no such study area.
    """
    get_area(area_id)
    path = checked(AREAS, area_id) / FILE
    if not path.is_file():
        return _collection(())
    return json.loads(path.read_text(encoding="utf-8"))


def read_points_of(area_id: str) -> tuple[PickedPoint, ...]:
    """Return the points of a study area in the order they were picked.

    Raises:
        WorkspaceError: There is no such study area.
    """
    features = points_record(area_id)["features"]
    places = ((*one["geometry"]["coordinates"], one["properties"][CLASS]) for one in features)
    return tuple(PickedPoint(lon, lat, class_id) for lon, lat, class_id in places)


def write_points(area_id: str, collection: object) -> Collection:
    """Check the points and store them in place of those before; return what was stored.

    Raises:
        SettingsError: It is no FeatureCollection of points with a class of the task's legend, one
            of them lies outside the world, or there are too many; nothing is changed then.
        TrainingError: One of them lies outside the rasters of the area.
        WorkspaceError: There is no such study area.
    """
    area = get_area(area_id)
    features = _features(collection)
    task = find_task(area.task)
    points = [_point(feature, number, task) for number, feature in enumerate(features, start=1)]
    return store_points(area, points)


def store_points(area: Area, points: Sequence[PickedPoint]) -> Collection:
    """Store points of the legend in place of those before; return what was stored.

    Raises:
        SettingsError: There are too many.
        TrainingError: One of them lies outside the rasters of the area.
    """
    if len(points) > MOST_POINTS:
        raise SettingsError(
            f"at most {MOST_POINTS} points are kept, got {len(points)}; some tens a class teach a "
            "tree as well, so leave most of them out"
        )
    if points:
        infos = [inspect_raster(path) for path in area.rasters]
        grid, _ = common_grid(infos, [[info.path for info in infos]])
        pixels_under(points, grid, area.title)
    record = _collection(points)
    write_whole(checked(AREAS, area.id) / FILE, json.dumps(record))
    return record


def points_package(area_id: str) -> Path:
    """Write the points of a study area as a GeoPackage with class id and name, and return it.

    Raises:
        WorkspaceError: There is no such study area, or it has no points.
        DiskError: The disk is full or not writable.
    """
    points = read_points_of(area_id)
    if not points:
        raise WorkspaceError("no point is picked in this study area yet; pick some on its map")
    names = {label.id: label.name for label in find_task(get_area(area_id).task).classes}
    ids = [point.class_id for point in points]
    columns = {CLASS: ids, "name": [names.get(number, "") for number in ids]}
    places = gpd.points_from_xy([p.lon for p in points], [p.lat for p in points])
    frame = gpd.GeoDataFrame(columns, geometry=places, crs=LON_LAT)
    path = checked(AREAS, area_id) / PACKAGE
    with whole(path) as target:
        pyogrio.write_dataframe(frame, target, driver="GPKG", layer=LAYER)
    return path


def _collection(points: Sequence[PickedPoint]) -> Collection:
    features = [
        {"type": "Feature", "properties": {CLASS: class_id},
         "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for lon, lat, class_id in points
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _features(collection: object) -> list[Any]:
    is_collection = isinstance(collection, dict) and collection.get("type") == "FeatureCollection"
    features = collection.get("features") if isinstance(collection, dict) else None
    if not is_collection or not isinstance(features, list):
        raise SettingsError("expected a GeoJSON FeatureCollection of points; send one")
    return features


def _point(feature: object, number: int, task: Task) -> PickedPoint:
    """Return one point with its class and nothing else."""
    parts = feature if isinstance(feature, dict) else {}
    words, geometry = (parts.get(name) or {} for name in ("properties", "geometry"))
    class_id = words.get(CLASS) if isinstance(words, dict) else None
    if type(class_id) is not int or class_id not in [label.id for label in task.classes]:
        legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
        raise SettingsError(
            f"point {number} is of class {str(class_id)[:40]!r}, task {task.name} has {legend}; "
            "give it one of these ids"
        )
    found = geometry.get("type") if isinstance(geometry, dict) else None
    if found != "Point":
        raise SettingsError(
            f"feature {number} is {str(found)[:40] if found else 'nothing'}, expected a Point; "
            "pick it again"
        )
    return PickedPoint(*_place(geometry.get("coordinates"), number), class_id)


def _place(coordinates: object, number: int) -> tuple[float, float]:
    """Return longitude and latitude inside the world; a height is left out."""
    try:
        lon, lat = (float(part) for part in list(coordinates)[:2])  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise SettingsError(f"the place of point {number} cannot be read; pick it again") from None
    lon = turned_back(lon) if abs(lon) <= 2 * EAST else lon
    if not (math.isfinite(lon) and abs(lon) <= EAST and math.isfinite(lat) and abs(lat) <= NORTH):
        raise SettingsError(
            f"point {number} lies outside -180 to 180 and -90 to 90 degrees; pick it again"
        )
    return lon, lat
