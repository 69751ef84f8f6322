"""Outlines of a run + a user's corrections -> what stands of each outline -> a corrected inventory.

Nothing is ever removed from the list of corrections: taking one back is a correction, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import Field, model_validator
from shapely.geometry import shape as from_geojson
from shapely.geometry.base import BaseGeometry

from geoseg.errors import GridError, SettingsError
from geoseg.grid import Grid
from geoseg.mapping.true_plane import metres_per_unit, true_plane
from geoseg.settings import Settings

Action = Literal["accept", "reject", "reset", "redraw", "draw", "classify", "undo"]
Status = Literal["unreviewed", "accepted", "rejected", "redrawn", "drawn"]
STATUSES: tuple[Status, ...] = get_args(Status)
Which = Literal["kept", "confirmed", "all"]
KEPT: dict[Which, tuple[Status, ...]] = {
    "kept": ("unreviewed", "accepted", "redrawn", "drawn"),
    "confirmed": ("accepted", "redrawn", "drawn"),
    "all": STATUSES,
}
"""Which outlines an inventory holds: all but the rejected, those a person confirmed, or all."""
LON_LAT = 4326
MOST_CORNERS = 20_000
LEAST_CORNERS = 4
"""Of a ring, its first corner counted twice."""


class Correction(Settings):
    """One deed of a user.

    Attributes:
        number: Place in the list, from 1.
        time: When, ISO 8601, UTC.
        action: What was done; "classify" accepts an outline as of another class, "undo" takes the
            last deed back that still stands.
        polygon: Which outline.
        geometry: GeoJSON polygon, longitude and latitude, of what was drawn.
        class_name: Class of what was drawn or classified; "" leaves it as it is, and of a drawn
            outline takes that of the nearest one.
        note: What the user wants to remember.
    """

    number: int = 0
    time: str = ""
    action: Action
    polygon: int | None = None
    geometry: dict[str, Any] | None = None
    class_name: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        drawing = self.action in ("draw", "redraw")
        if drawing != (self.geometry is not None):
            need = "an outline (geometry)" if drawing else "no outline (geometry)"
            raise ValueError(f"action {self.action!r} takes {need}")
        if (self.action == "undo") != (self.polygon is None):
            need = "no polygon" if self.action == "undo" else "the number of a polygon"
            raise ValueError(f"action {self.action!r} takes {need}")
        if self.action == "classify" and not self.class_name:
            raise ValueError("action 'classify' takes the name of a class (class_name)")
        if self.class_name and not (drawing or self.action == "classify"):
            raise ValueError(f"action {self.action!r} takes no class (class_name)")
        return self


@dataclass(frozen=True)
class OutlineState:
    """What stands of one outline after all corrections.

    Attributes:
        status: One of `STATUSES`.
        geometry: GeoJSON of the new outline; None where the mapped one holds.
        note: The last note.
        time: Of the last correction.
        class_name: The class a person gave it; "" where the mapped one holds.
    """

    status: Status = "unreviewed"
    geometry: dict[str, Any] | None = None
    note: str = ""
    time: str = ""
    class_name: str = ""


@dataclass
class Review:
    """All corrections of a run, folded: add them in order with `take`.

    Attributes:
        number: Of the last correction taken in.
        standing: Corrections that were not taken back.
        states: Outline -> what stands, for every outline somebody touched.
    """

    number: int = 0
    standing: list[Correction] = field(default_factory=list)
    states: dict[int, OutlineState] = field(default_factory=dict)
    _histories: dict[int, list[Correction]] = field(default_factory=dict)

    def take(self, correction: Correction) -> int:
        """Take in the next correction and return the outline it changed.

        Raises:
            SettingsError: There is nothing left to undo.
        """
        self.number = correction.number or self.number + 1
        if correction.polygon is None:
            changed = self._undo()
        else:
            changed = correction.polygon
            self.standing.append(correction)
            self._histories.setdefault(changed, []).append(correction)
        history = self._histories[changed]
        if history:
            self.states[changed] = _folded(history)
        else:
            del self._histories[changed]
            self.states.pop(changed, None)
        return changed

    def counts(self, outlines: int) -> dict[Status, int]:
        """Count the outlines of each status, those nobody looked at included.

        Args:
            outlines: How many the run mapped.
        """
        found = dict.fromkeys(STATUSES, 0)
        for state in self.states.values():
            found[state.status] += 1
        touched = sum(1 for past in self._histories.values() if past[0].action != "draw")
        found["unreviewed"] += outlines - touched
        return found

    def _undo(self) -> int:
        if not self.standing:
            raise SettingsError("there is no correction to take back")
        last = self.standing.pop()
        changed = int(last.polygon or 0)
        self._histories[changed].pop()
        return changed


def _folded(history: list[Correction]) -> OutlineState:
    """Fold the corrections of one outline."""
    first = history[0].geometry if history[0].action == "draw" else None
    own: Status = "redrawn" if first is None else "drawn"
    status: Status = "unreviewed"
    geometry = first
    for correction in history:
        if correction.action == "reset":
            status, geometry = ("unreviewed" if first is None else "drawn"), first
        elif correction.action == "reject":
            status = "rejected"
        elif correction.action in ("accept", "classify"):
            status = own if geometry else "accepted"
        else:
            status, geometry = own, correction.geometry
    notes = [correction.note for correction in history if correction.note]
    note, time = notes[-1] if notes else "", history[-1].time
    return OutlineState(status, geometry, note, time, _folded_class(history))


def _folded_class(history: list[Correction]) -> str:
    """Return the class a person gave an outline; a reset gives back the one it began with."""
    first = history[0].class_name if history[0].action == "draw" else ""
    given = first
    for correction in history:
        given = first if correction.action == "reset" else correction.class_name or given
    return given


def read_outline(geometry: Mapping[str, Any], grid: Grid) -> shapely.Polygon:
    """Return a drawn outline in the CRS of the map.

    Args:
        geometry: GeoJSON polygon, longitude and latitude, degrees.
        grid: The map it was drawn on.

    Raises:
        SettingsError: It is no polygon, has too few or too many corners, or crosses itself.
        GridError: It lies beside the map.
    """
    outline = _polygon(geometry)
    placed = gpd.GeoSeries([outline], crs=LON_LAT).to_crs(grid.crs.to_wkt()).iloc[0]
    if not np.isfinite(shapely.get_coordinates(placed)).all() or not placed.intersects(
        shapely.box(*grid.bounds)
    ):
        raise GridError("the outline lies beside the map; draw it where the map is")
    return placed


def _polygon(geometry: Mapping[str, Any]) -> shapely.Polygon:
    kind = geometry.get("type")
    if kind != "Polygon":
        raise SettingsError(f"an outline must be a polygon, got {str(kind)[:40]!r}; draw an area")
    try:
        outline = shapely.force_2d(from_geojson(geometry))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, shapely.GEOSException):
        raise SettingsError(
            "the outline has damaged coordinates; expected rings of longitude and latitude"
        ) from None
    corners = shapely.get_num_coordinates(outline)
    if not LEAST_CORNERS <= corners <= MOST_CORNERS:
        raise SettingsError(
            f"an outline needs 3 to {MOST_CORNERS - 1} corners, got {max(0, corners - 1)}"
        )
    west, south, east, north = outline.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004
        raise SettingsError("the outline leaves longitude -180 to 180 or latitude -90 to 90")
    if not outline.is_valid or outline.area == 0:
        raise SettingsError("the outline crosses itself or encloses no ground; draw it again")
    return outline


def corrected(
    outlines: gpd.GeoDataFrame,
    states: Mapping[int, OutlineState],
    grid: Grid,
    which: Which = "kept",
) -> gpd.GeoDataFrame:
    """Return the corrected inventory.

    Args:
        outlines: From `geoseg.mapping.polygons.polygonise`.
        states: What stands of every outline that was touched.
        grid: The map's.
        which: The outlines to hold.

    Returns:
        The columns of the outlines, then status, edited (time) and note, in the map's CRS. Sizes
        of new outlines are theirs; their mean probability and spread are left to
        `geoseg.mapping.inside.add_means`.
    """
    frame = outlines.assign(status="unreviewed", edited="", note="")
    place = pd.Series(frame.index, frame["id"])
    touched = {number: state for number, state in states.items() if number in place.index}
    rows = place[list(touched)].to_numpy()
    for column, name in (("status", "status"), ("edited", "time"), ("note", "note")):
        frame.loc[rows, column] = [getattr(state, name) for state in touched.values()]
    named = {number: state.class_name for number, state in touched.items() if state.class_name}
    frame.loc[place[list(named)].to_numpy(), "class"] = list(named.values())
    redrawn = {number: _placed(s, grid) for number, s in touched.items() if s.geometry}
    changed = place[list(redrawn)].to_numpy()
    frame.loc[changed, "geometry"] = gpd.GeoSeries(list(redrawn.values()), changed, frame.crs)
    new = {number: s for number, s in states.items() if number not in touched}
    whole = _with_new(frame, new, grid)
    drawn = whole["id"].isin([*redrawn, *new])
    whole.loc[drawn, ["mean_prob", "mean_sprd"]] = np.nan
    on_ground = true_plane(whole[drawn])
    unit = metres_per_unit(on_ground)
    whole.loc[drawn, "area_m2"] = on_ground.area * unit**2
    whole.loc[drawn, "perim_m"] = on_ground.length * unit
    return whole[whole["status"].isin(KEPT[which])].reset_index(drop=True)


def _nearest_class(frame: gpd.GeoDataFrame, shapes: Sequence[BaseGeometry]) -> list[str]:
    """Return for every drawn shape the class of the outline that it meets or lies nearest to."""
    if frame.empty:
        return ["feature"] * len(shapes)
    _, places = frame.sindex.nearest(shapes, return_all=False)
    return [str(name) for name in frame["class"].iloc[places]]


def _with_new(
    frame: gpd.GeoDataFrame, new: Mapping[int, OutlineState], grid: Grid
) -> gpd.GeoDataFrame:
    """Add the outlines that a user drew."""
    if not new:
        return frame
    shapes = [_placed(state, grid) for state in new.values()]
    nearest = _nearest_class(frame, shapes)
    rows = {
        "id": list(new),
        "class": [s.class_name or near for s, near in zip(new.values(), nearest, strict=True)],
        "area_m2": np.nan,
        "perim_m": np.nan,
        "mean_prob": np.nan,
        "mean_sprd": np.nan,
        "status": [state.status for state in new.values()],
        "edited": [state.time for state in new.values()],
        "note": [state.note for state in new.values()],
    }
    added = gpd.GeoDataFrame(rows, geometry=shapes, crs=grid.crs.to_wkt())
    added = added.astype({name: kind for name, kind in frame.dtypes.items() if name in rows})
    if frame.empty:
        return added
    return gpd.GeoDataFrame(pd.concat([frame, added.to_crs(frame.crs)], ignore_index=True))


def _placed(state: OutlineState, grid: Grid) -> BaseGeometry:
    return read_outline(state.geometry or {}, grid)
