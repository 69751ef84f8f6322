"""A file of points with a class column + the rasters of a dataset -> samples; needs no torch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.errors import RasterError, TrainingError
from geoseg.models.footprint import Patch
from geoseg.models.scene_names import scene_named
from geoseg.stack.columns import named_column
from geoseg.stack.gtiff import opened
from geoseg.stack.point_tables import read_point_file
from geoseg.stack.reading import OwnPixels
from geoseg.tasks import Task
from geoseg.tasks.words import ids_by_word, key, listed
from geoseg.training.dataset import layers_read
from geoseg.training.footprints import place_of_points

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
        places: Squares around the points, one patch a raster; None where it lies nowhere.
    """

    values: NDArray[np.float32]
    ids: NDArray[np.uint8]
    simulated: bool
    places: tuple[Patch | None, ...] = ()


def read_point_samples(
    points: Path, column: str, rasters: Sequence[Path], task: Task, setting: str
) -> PointSamples:
    """Read the bands of a setting at every point, from the first raster that holds it.

    Raises:
        TrainingError: The file cannot be used, a point lies outside every raster or on no data, a
            class is unknown, or a class has too few points.
    """
    names = task.setting(setting).bands
    values, frame, ids = None, None, np.empty(0, np.uint8)
    simulated: list[bool] = []
    places: list[Patch | None] = []
    for path in rasters:
        with _opened(path) as raster:
            frame = read_point_file(points, _crs(raster, points), TrainingError)
            if values is None:
                ids = _ids(frame, column, points.name, task)
                values = np.full((len(frame), len(names)), np.nan, np.float32)
                found = np.zeros(len(frame), bool)
            here = ~found & _inside(raster, frame)
            if here.any():
                simulated.append(raster.tags().get("SIMULATED") == "yes")
                values[here] = _sampled(raster, frame[here], task, setting)
                places.append(_place(raster, frame[here]))
                found |= here
    if values is None or frame is None:
        raise TrainingError("there is no raster to read the points from; give train_val/input")
    _check_places(points.name, frame, found, values)
    return PointSamples(values, ids, bool(simulated) and all(simulated), tuple(places))


def class_ids_of(values: Iterable[Any], task: Task, name: str) -> NDArray[np.uint8]:
    """Return the class id of every value; each is an id or a name of the legend.

    Raises:
        TrainingError: A value is neither; `name` says where it stands.
    """
    known, written = ids_by_word(task.classes), list(values)
    words = [key(value) for value in written]
    if odd := [value for value in written if key(value) not in known]:
        legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
        raise TrainingError(
            f"{name} names the classes {listed(odd, SHOWN)}, task {task.name} has {legend}; "
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
        return opened(path)
    except RasterError as error:
        raise TrainingError(str(error)) from None


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
    whose, option = f"the points of {name}", "--class-column"
    found = named_column(columns, column, whose, TrainingError, option)
    ids = class_ids_of(frame[found], task, name)
    check_counts(ids, task, name)
    return ids


def _place(raster: DatasetReader, frame: "geopandas.GeoDataFrame") -> Patch | None:
    """Return the squares around points that lie on a raster."""
    cols, rows = ~raster.transform @ (frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy())
    pixels = np.floor(np.column_stack([rows, cols])).astype(np.intp)
    scene = scene_named(raster.tags())
    return place_of_points(raster.crs, raster.transform, raster.shape, pixels, scene)


def _inside(raster: DatasetReader, frame: "geopandas.GeoDataFrame") -> NDArray[np.bool_]:
    cols, rows = ~raster.transform @ (frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy())
    return np.asarray((cols >= 0) & (cols < raster.width) & (rows >= 0) & (rows < raster.height))


def _sampled(
    raster: DatasetReader, frame: "geopandas.GeoDataFrame", task: Task, setting: str
) -> NDArray[np.float32]:
    sources = [layer.source for layer in layers_read(raster, task, setting)[0]]
    pixels = OwnPixels(Path(raster.name), raster)
    cols, rows = ~raster.transform @ (frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy())
    places = np.floor(np.column_stack([cols, rows])).astype(int).tolist()
    values = [pixels.read(sources, Window(col, row, 1, 1))[:, 0, 0] for col, row in places]
    return np.array(values, np.float32)


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
