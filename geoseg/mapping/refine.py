"""Outlines of the pixels -> outlines as a mapper would draw them: widened, joined, the small gone."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoseg.mapping.polygons import COLUMNS, DECIMALS
from geoseg.mapping.true_plane import true_plane
from geoseg.tasks import PostProcessing

QUARTER_SEGMENTS = 4
"""Straight pieces of a quarter circle where a corner is widened: 5 m round within 0.1 m."""


def refine(outlines: gpd.GeoDataFrame, post: PostProcessing) -> gpd.GeoDataFrame:
    """Widen, join and sieve the outlines of each class, in this order.

    Args:
        outlines: From `geoseg.mapping.polygons.polygonise`, in a projected CRS, none left out.
        post: How wide, whether those that touch then become one, and the least area.

    Returns:
        The same columns, largest first, id from 1. Areas and perimeters are those of the new
        outlines; probability and spread are means over the old ones by their area.
    """
    home, outlines = outlines.crs, true_plane(outlines)
    metres_per_unit = float(outlines.crs.axis_info[0].unit_conversion_factor)
    parts = [
        _of_class(rows, post, metres_per_unit)
        for _name, rows in outlines.groupby("class", sort=False)
    ]
    joined = pd.concat(parts, ignore_index=True) if parts else outlines.drop(columns="geometry")
    shapes = joined.pop("geometry").to_numpy() if parts else np.array([], object)
    kept = joined["area_m2"].to_numpy() >= post.min_area_m2
    order = np.argsort(-joined["area_m2"].to_numpy()[kept], kind="stable")
    frame = joined[kept].iloc[order].reset_index(drop=True)
    frame["id"] = np.arange(1, len(frame) + 1)
    frame = frame[list(COLUMNS)].astype(COLUMNS)
    drawn = gpd.GeoDataFrame(frame, geometry=list(shapes[kept][order]), crs=outlines.crs)
    return drawn if outlines.crs == home else drawn.to_crs(home)


def _of_class(rows: gpd.GeoDataFrame, post: PostProcessing, metres_per_unit: float) -> pd.DataFrame:
    """Return the new outlines of one class with their numbers."""
    old = rows.geometry.to_numpy()
    wide = shapely.buffer(old, post.buffer_m / metres_per_unit, quad_segs=QUARTER_SEGMENTS)
    shapes = _parts(shapely.union_all(wide)) if post.dissolve else wide
    owner = _owners(wide, shapes) if post.dissolve else np.arange(len(wide))
    area = rows["area_m2"].to_numpy()
    count = len(shapes)
    whole = np.bincount(owner, area, count)
    means = {
        name: (np.bincount(owner, rows[name].to_numpy() * area, count) / whole).round(DECIMALS)
        for name in ("mean_prob", "mean_sprd")
    }
    return pd.DataFrame(
        {
            "class": rows["class"].iloc[0],
            "area_m2": shapely.area(shapes) * metres_per_unit**2,
            "perim_m": shapely.length(shapes) * metres_per_unit,
            **means,
            "geometry": shapes,
        }
    )


def _parts(shape: shapely.Geometry) -> NDArray[np.object_]:
    return np.asarray(shapely.get_parts(shape), object)


def _owners(wide: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return for every widened outline the joined one that it became part of."""
    inside = shapely.point_on_surface(wide)
    outlines, owners = shapely.STRtree(shapes).query(inside, predicate="intersects")
    found = np.empty(len(wide), np.intp)
    found[outlines] = owners
    return found
