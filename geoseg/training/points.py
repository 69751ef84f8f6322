"""A file of points with a class column + the rasters of a dataset -> samples; needs no torch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from geoseg.errors import TrainingError
from geoseg.stack.class_column import ids_by_word, word_of
from geoseg.stack.shapes import read_points
from geoseg.tasks import Task
from geoseg.training.dataset import bands_read, in_units

if TYPE_CHECKING:
    import geopandas

FEWEST = 2
"""Points a class needs: one alone can neither be split nor held out."""
ENOUGH = 10
"""Points of a class that serve well; with fewer a tree may hang on a single one."""
SHOWN = 5


@dataclass(frozen=True, eq=False)
class PointSamples:
    """What the rasters say at the points.

    Attributes:
        values: (point, band), NaN where a band is missing.
        ids: Class of each.
        simulated: True where every raster that holds a point says that it was made up.
    """

    values: NDArray[np.float32]
    ids: NDArray[np.uint8]
    simulated: bool


def read_point_samples(
    points: Path, column: str, rasters: Sequence[Path], task: Task, setting: str
) -> PointSamples:
    """Read the bands of a setting at every point, from the first raster that holds it.

    Raises:
        TrainingError: The file cannot be used, a point lies outside every raster or on no data, a
            class is unknown, or a class has too few points.
    """
    names = task.setting(setting).bands
    values, simulated, frame, ids = None, [], None, np.empty(0, np.uint8)
    for path in rasters:
        with _opened(path) as raster:
            frame = read_points(points, _crs(raster, points), TrainingError)
            if values is None:
                ids = _ids(frame, column, points.name, task)
                values = np.full((len(frame), len(names)), np.nan, np.float32)
                found = np.zeros(len(frame), bool)
            here = ~found & _inside(raster, frame)
            if here.any():
                simulated.append(raster.tags().get("SIMULATED") == "yes")
                values[here] = _sampled(raster, frame[here], task, setting)
                found |= here
    if values is None or frame is None:
        raise TrainingError("there is no raster to read the points from; give train_val/input")
    _check_places(points.name, frame, found, values)
    return PointSamples(values, ids, bool(simulated) and all(simulated))


def class_ids_of(values: Iterable[Any], task: Task, name: str) -> NDArray[np.uint8]:
    """Return the class id of every value; each is an id or a name of the legend.

    Raises:
        TrainingError: A value is neither; `name` says where it stands.
    """
    known = ids_by_word(task)
    words = [word_of(value) for value in values]
    if odd := sorted({word for word in words if word not in known}):
        legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
        raise TrainingError(
            f"{name} names the classes {', '.join(odd[:SHOWN])}, task {task.name} has {legend}; "
            "give the points these ids or names"
        )
    return np.array([known[word] for word in words], np.uint8)


def check_counts(ids: NDArray[np.uint8], task: Task, name: str) -> None:
    """Refuse points that leave a class of the legend almost without any.

    Raises:
        TrainingError: A class has fewer than `FEWEST`; `name` says what holds the points.
    """
    for label in task.classes:
        count = int((ids == label.id).sum())
        if count < FEWEST:
            raise TrainingError(
                f"{name} holds {count} point{'' if count == 1 else 's'} of class {label.id} "
                f"{label.name}; at least {FEWEST} are needed, about ten a class serve well"
            )


def _opened(path: Path) -> DatasetReader:
    try:
        return rasterio.open(path)
    except RasterioError as error:
        raise TrainingError(f"{path.name} cannot be read: {error}") from error


def _crs(raster: DatasetReader, points: Path) -> CRS:
    if raster.crs is None:
        raise TrainingError(
            f"{Path(raster.name).name} has no coordinate reference system (CRS), so {points.name} "
            "cannot be placed on it; assign the right one"
        )
    return raster.crs


def _ids(frame: "geopandas.GeoDataFrame", column: str, name: str, task: Task) -> NDArray[np.uint8]:
    """Return the class id of every point; the column holds ids or names of the legend."""
    columns = [str(one) for one in frame.columns if one != frame.geometry.name]
    if column not in columns:
        raise TrainingError(
            f"{name} has no column {column!r} with the class of each point, its columns are "
            f"{', '.join(columns) or 'none'}; name the right one with --class-column"
        )
    ids = class_ids_of(frame[column], task, name)
    check_counts(ids, task, name)
    return ids


def _inside(raster: DatasetReader, frame: "geopandas.GeoDataFrame") -> NDArray[np.bool_]:
    cols, rows = ~raster.transform @ (frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy())
    return np.asarray((cols >= 0) & (cols < raster.width) & (rows >= 0) & (rows < raster.height))


def _sampled(
    raster: DatasetReader, frame: "geopandas.GeoDataFrame", task: Task, setting: str
) -> NDArray[np.float32]:
    sources = bands_read(raster, task, setting)
    places = zip(frame.geometry.x, frame.geometry.y, strict=True)
    rows = [
        np.ma.filled(row.astype(np.float32), np.nan)
        for row in raster.sample(places, [source.index for source in sources], masked=True)
    ]
    values = np.array(rows, np.float32)
    values[~np.isfinite(values)] = np.nan
    return in_units(values.T, sources).T


def _check_places(
    name: str,
    frame: "geopandas.GeoDataFrame",
    found: NDArray[np.bool_],
    values: NDArray[np.float32],
) -> None:
    blank = found & np.isnan(values).all(axis=1)
    faults = (
        (~found, "lie outside every raster", "move them onto the rasters or delete them"),
        (blank, "lie where the rasters hold no data", "move or delete them"),
    )
    for wrong, what, remedy in faults:
        if wrong.any():
            first = frame.geometry[int(np.flatnonzero(wrong)[0])]
            raise TrainingError(
                f"{int(wrong.sum())} of {len(frame)} points of {name} {what}, the first at "
                f"{first.x:.1f}, {first.y:.1f}; {remedy}"
            )
