"""The smallest outline a run draws -> which reference objects could never have been found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.evaluation.overlaps import SEEN, grouped, shared_ground

QUARTER_SEGMENTS = 4
"""As a run widens its outlines."""
ROUNDING = 1e-6
"""Sizes that differ by less than this share are equal."""
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Smallest:
    """What a run leaves out of its outlines.

    Attributes:
        area_m2: Smaller patches are left out.
        buffer_m: By how much outlines are widened, and joined, before that.
    """

    area_m2: float = 0.0
    buffer_m: float = 0.0

    @classmethod
    def of_run(cls, record: Mapping[str, Any]) -> "Smallest":
        """Return that of a run; records of older versions leave nothing out.

        Args:
            record: The content of run.json.
        """
        settings = record.get("settings") or {}
        return cls(float(settings.get("min_area_m2") or 0), float(settings.get("buffer_m") or 0))

    def can_be_drawn(self, frame: gpd.GeoDataFrame, metres_per_unit: float) -> Flags:
        """Tell of every object whether a perfect map of it would have an outline.

        Of an object of several parts that meet at corners only, the largest decides, for a run
        leaves patches out before it looks at corners. Of an object that the map sees in part only
        that part counts.

        Args:
            frame: Outlines, and perhaps the share `SEEN` of each that lies on known ground.
            metres_per_unit: Of their CRS.
        """
        shapes = np.asarray(frame.geometry.array, object)
        if self.buffer_m:
            size = _widened(shapes, self.buffer_m / metres_per_unit)
        else:
            size = _largest_part(shapes)
        seen = frame[SEEN].to_numpy(np.float64) if SEEN in frame else np.ones(len(frame))
        drawn: Flags = size * metres_per_unit**2 * seen >= self.area_m2 * (1 - ROUNDING)
        return drawn


def _largest_part(shapes: NDArray[np.object_]) -> Numbers:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, shapely.area(parts))
    return largest


def _widened(shapes: NDArray[np.object_], width: float) -> Numbers:
    """Return the area of every object after widening, with those it runs together with."""
    wide = shapely.buffer(shapes, width, quad_segs=QUARTER_SEGMENTS)
    pairs = shared_ground(wide, wide)
    members = grouped(len(wide), pairs.first, pairs.second)
    size = np.zeros(len(wide))
    for places in members:
        size[places] = shapely.area(shapely.union_all(wide[places]))
    return size
