"""The smallest outline a run draws -> which reference objects could never be found; rules in words."""

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


def joined_words(joined: Mapping[str, int]) -> str:
    """Say whether outlines that touch are one.

    Args:
        joined: Side, `reference` and `mapped` -> outlines joined to others; empty where none is.
    """
    if not joined:
        return "outlines that only touch are objects of their own, in the reference and on the map"
    return (
        "outlines that touch, at a corner too, are one object, in the reference "
        f"({joined['reference']:,} joined to others) and on the map ({joined['mapped']:,})"
    )


def small_words(count: int, smallest: Smallest, *, kept: bool) -> tuple[str, ...]:
    """Say which objects of the reference the run could not have drawn, and what became of them.

    Args:
        count: How many were left out.
        smallest: What the run leaves out; nothing is said where it leaves out nothing.
        kept: They count all the same.
    """
    if not smallest.area_m2:
        return ()
    wide = f" after widening by {smallest.buffer_m:g} m" if smallest.buffer_m else ""
    least = f"{smallest.area_m2:,.0f} m²{wide}, the smallest outline this run draws"
    if kept:
        return (f"reference objects below {least}, count too, though none of them can be found",)
    return (f"reference objects below {least}, do not count: {count:,} are left out",)
