"""Every band of a study area on the grid of its map -> values by window, slope and aspect derived."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.grid import Grid
from geoseg.predictors.margin import read_with_margin
from geoseg.predictors.terrain import MARGIN, aspect_degrees, slope_degrees
from geoseg.stack.matching import NOTHING_CHOSEN
from geoseg.stack.opening import open_stack
from geoseg.stack.stack import RasterStack, StackReader
from geoseg.tasks import Task
from geoseg.tasks.traps import trap_bands

Values = NDArray[np.float32]
ELEVATION, SLOPE, ASPECT, STEEPNESS = "elevation", "slope", "aspect", "steepness"


def ground_stack(
    rasters: Sequence[Path], task: Task, grid: Grid, chosen: Mapping[str, str] = NOTHING_CHOSEN
) -> RasterStack:
    """Put every band of the task that the rasters hold on the grid of a map.

    Slope and elevation are looked for, too, where only the task's known traps read them.

    Args:
        rasters: The study area's files.
        task: What was mapped.
        grid: Of the map.
        chosen: Band name -> `BandSource.key`, where the user corrected the matching.

    Raises:
        RasterError: A file cannot be read.
        BandError: No band of the task is among them.
    """
    wider = replace(task, bands=task.bands + trap_bands(task))
    return replace(open_stack(rasters, wider, chosen=chosen), grid=grid)


class GroundReader:
    """An open stack read by window; the last window is kept, for several ask for the same."""

    def __init__(self, reader: StackReader, grid: Grid, names: Sequence[str]) -> None:
        self._reader, self._grid, self._names = reader, grid, tuple(names)
        self._last: tuple[Window | None, dict[str, Values]] = None, {}

    def __call__(self, window: Window) -> dict[str, Values]:
        """Return (y, x) of every band by name.

        Where there is an elevation also `aspect` and `steepness`, in degrees; without a band of
        that name, `slope` is the steepness.
        """
        if self._last[0] != window:
            self._last = window, self._read(window)
        return self._last[1]

    def _read(self, window: Window) -> dict[str, Values]:
        margin = MARGIN if ELEVATION in self._names else 0
        wide = read_with_margin(self._reader, self._grid, window, margin)
        inner = (slice(margin, wide.shape[1] - margin), slice(margin, wide.shape[2] - margin))
        values = {name: wide[place][inner] for place, name in enumerate(self._names)}
        if ELEVATION in self._names:
            elevation = wide[self._names.index(ELEVATION)]
            place = self._grid.ground_place(window)
            values[STEEPNESS] = slope_degrees(elevation, place)[inner]
            values[ASPECT] = aspect_degrees(elevation, place)[inner]
            values.setdefault(SLOPE, values[STEEPNESS])
        return values
