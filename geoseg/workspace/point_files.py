"""A file of points with a class column, of any usual format -> the points of a study area."""

import tempfile
from pathlib import Path

from rasterio.crs import CRS

from geoseg.errors import SettingsError
from geoseg.evaluation.point_classes import class_column
from geoseg.files.parts import split_name, with_part
from geoseg.stack.point_tables import read_point_file
from geoseg.tasks import find_task
from geoseg.training.area_points import LON_LAT
from geoseg.training.ground import PickedPoint
from geoseg.training.points import class_ids_of
from geoseg.workspace.areas import get_area
from geoseg.workspace.picked_points import store_points


def take_points(area_id: str, name: str, content: bytes, column: str = "") -> int:
    """Make the points of a file those of a study area, in place of those before.

    Args:
        area_id: The study area.
        name: Of the file; its ending tells the format: one of shapes, where a layer may stand
            behind it, or a table (CSV) with the columns lon and lat in degrees.
        content: Of the file.
        column: Holds ids or names of the legend; empty looks for a usual name.

    Returns:
        How many points there are now.

    Raises:
        GeosegError: The file cannot be read, a class is not in the legend, or a point lies outside
            the rasters; the points from before stay.
    """
    area = get_area(area_id)
    plain, layer = split_name(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(plain).name
        path.write_bytes(content)
        frame = read_point_file(with_part(path, layer), CRS.from_string(LON_LAT), SettingsError)
    ids = class_ids_of(frame[class_column(frame, column)], find_task(area.task), name)
    places = zip(frame.geometry.x, frame.geometry.y, ids.tolist(), strict=True)
    return len(store_points(area, [PickedPoint(*place) for place in places])["features"])
