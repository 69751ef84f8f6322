"""Names such as "tpi9" or "roughness5m" -> predictors of a terrain model, each with its source.

A number is a window's width, in pixels or, with an m, in metres; metres become the nearest odd
number of pixels on the grid at hand, rows and columns each by their own size, and the words of a
predictor say which.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from affine import Affine

from geoseg.errors import SettingsError
from geoseg.predictors.terrain import MARGIN, aspect_degrees, slope_degrees
from geoseg.predictors.windows import (
    Size,
    Values,
    odd,
    surrounding_mean,
    window_deviation,
    window_maximum,
    window_minimum,
    window_sum,
)

FORM = re.compile(r"([a-z_]+?)(\d+)?(m)?")
SUN_AZIMUTH_DEGREES, SUN_HEIGHT_DEGREES = 315.0, 45.0


@dataclass(frozen=True)
class Kind:
    """One way to derive a predictor from elevation.

    Attributes:
        title: What a geologist calls it.
        unit: Of its values.
        compute: (elevation in metres (y, x), way from pixels to metres, window in pixels (rows,
            columns)) -> (y, x).
        source: Where it is defined.
        window: The usual window such as "3" or "100m"; "" where it takes none.
        reach: Windows that follow each other; what lies at half a window times this counts.
        beyond: Further pixels that count.
    """

    title: str
    unit: str
    compute: Callable[[Values, Affine, tuple[int, int]], Values]
    source: str
    window: str = ""
    reach: int = 1
    beyond: int = 0


@dataclass(frozen=True)
class Predictor:
    """A predictor with its window on a grid.

    Attributes:
        name: As asked for: "tpi9", "roughness5m".
        kind: How it is computed.
        window: (rows, columns), pixels; 1 where it takes none.
        place: Way from pixels to metres on the ground.
        asked_m: Window as asked for, metres; 0 where it was asked for in pixels.
    """

    name: str
    kind: Kind
    window: tuple[int, int]
    place: Affine
    asked_m: float = 0.0

    @property
    def width(self) -> int:
        """Window, pixels; the longer side where rows and columns differ."""
        return max(self.window)

    @property
    def window_m(self) -> tuple[float, float]:
        """Window on the ground (down, across), metres."""
        down, across = sides_m(self.place)
        return self.window[0] * down, self.window[1] * across

    @property
    def margin(self) -> int:
        """Pixels around a block that count for the values inside it."""
        return self.kind.reach * (self.width // 2) + self.kind.beyond

    def compute(self, elevation: Values, place: Affine | None = None) -> Values:
        """Return (y, x); NaN where the elevation is missing.

        Args:
            elevation: Metres, (y, x).
            place: Way from these pixels to metres, where it differs from that of the grid.
        """
        found = self.kind.compute(elevation, place or self.place, self.window)
        return np.where(np.isfinite(elevation), found, np.nan)

    def words(self) -> str:
        """Say what it is, over which window, after whom."""
        window = ""
        if self.kind.window:
            down, across = self.window_m
            metres = f"{across:.6g}" if np.isclose(down, across) else f"{across:.4g} x {down:.4g}"
            window = f" in {self.window[1]} x {self.window[0]} pixels ({metres} m)"
        unit = f", {self.kind.unit}" if self.kind.unit else ""
        return f"{self.name}: {self.kind.title}{window}{unit}; {self.kind.source}"


def sides_m(place: Affine) -> tuple[float, float]:
    """Return (height, width) of a pixel, metres."""
    return float(np.hypot(place.b, place.e)), float(np.hypot(place.a, place.d))


def predictor(name: str, place: Affine | float) -> Predictor:
    """Return the predictor of that name on a grid.

    Args:
        name: Such as "slope", "tpi9", "roughness5m".
        place: Way from pixels to metres on the ground (`Grid.ground_place`), or the side of a
            square north-up pixel, metres.

    Raises:
        SettingsError: There is none of that name, or it takes no window.
    """
    if not isinstance(place, Affine):
        place = Affine.scale(float(place), -float(place))
    found = FORM.fullmatch(name.strip().lower())
    kind = KINDS.get(found[1]) if found else None
    if found is None or kind is None:
        raise SettingsError(f"there is no terrain predictor {name!r}; choose from {usual_names()}")
    number, metres = found[2], found[3]
    if (number and not kind.window) or (metres and not number):
        raise SettingsError(
            f"{name!r} is not the name of a predictor: {found[1]} takes "
            + ("a number of pixels or metres, such as 9 or 100m" if kind.window else "no window")
        )
    if not kind.window:
        return Predictor(name, kind, (1, 1), place)
    wanted = f"{number}{metres or ''}" if number else kind.window
    if not wanted.endswith("m"):
        return Predictor(name, kind, (odd(float(wanted)),) * 2, place)
    asked_m = float(wanted.rstrip("m"))
    down, across = sides_m(place)
    return Predictor(name, kind, (odd(asked_m / down), odd(asked_m / across)), place, asked_m)


def usual_names() -> str:
    """List the predictors with their usual windows."""
    return ", ".join(f"{name}{kind.window}" for name, kind in KINDS.items())


def slope(elevation: Values, place: Affine | float) -> Values:
    """Return the steepness, degrees."""
    return slope_degrees(elevation.astype(np.float32), place).astype(np.float64)


def aspect(elevation: Values, place: Affine | float) -> Values:
    """Return where the ground faces, degrees from grid north; NaN on level ground."""
    return aspect_degrees(elevation.astype(np.float32), place).astype(np.float64)


def hillshade(elevation: Values, place: Affine | float) -> Values:
    """Return the light of a sun in the north-west at 45 degrees, 0 dark to 255 bright.

    After Horn (1981), doi:10.1109/PROC.1981.11918; flat ground has 255 times the sine of 45.
    """
    tilt = np.radians(slope(elevation, place))
    facing = np.radians(np.nan_to_num(aspect(elevation, place)))
    zenith, azimuth = np.radians(90 - SUN_HEIGHT_DEGREES), np.radians(SUN_AZIMUTH_DEGREES)
    light = np.cos(zenith) * np.cos(tilt)
    light += np.sin(zenith) * np.sin(tilt) * np.cos(azimuth - facing)
    return 255 * np.maximum(light, 0.0)


def valley_depth(elevation: Values, width: Size) -> Values:
    """Return how far the ground lies below the ridges around it, metres, 0 on a ridge.

    The ridge level is the closing of the terrain with the window: the lowest of the highest points
    of every window that covers a pixel, so it is exact for valleys narrower than the window. The
    difference is the black top hat of Rodriguez et al. (2002), doi:10.1029/2001GL014412.
    """
    return window_minimum(window_maximum(elevation, width), width) - elevation


def slope_sum(elevation: Values, place: Affine | float, width: tuple[int, int]) -> Values:
    """Return the sum of the slopes in a window, degrees; missing pixels count as the mean."""
    total, count = window_sum(slope(elevation, place), width)
    whole = np.full(total.shape, float(width[0] * width[1]))
    return np.divide(total * whole, count, out=np.full(total.shape, np.nan), where=count > 0)


_HORN = "Horn (1981), doi:10.1109/PROC.1981.11918"
_ARTICLE_1 = "as in Article I of the thesis"
KINDS: dict[str, Kind] = {
    "elevation": Kind("elevation", "m", lambda z, _m, _w: z, "the terrain model itself"),
    "slope": Kind("steepness of the ground", "degrees", lambda z, m, _w: slope(z, m), _HORN,
                  beyond=MARGIN),
    "aspect": Kind("direction the slope faces, clockwise from grid north", "degrees",
                   lambda z, m, _w: aspect(z, m), _HORN, beyond=MARGIN),
    "hillshade": Kind("light from the north-west", "0 to 255", lambda z, m, _w: hillshade(z, m),
                      _HORN, beyond=MARGIN),
    "slope_sum": Kind("sum of slopes", "degrees", slope_sum, _ARTICLE_1, "12",
                      beyond=MARGIN),
    "relief": Kind("relative relief, highest minus lowest", "m",
                   lambda z, _m, w: window_maximum(z, w) - window_minimum(z, w), _ARTICLE_1, "12"),
    "valley_depth": Kind("depth below the ridges around", "m",
                         lambda z, _m, w: valley_depth(z, w),
                         "Rodriguez et al. (2002), doi:10.1029/2001GL014412", "1000m", reach=2),
    "tpi": Kind("height above the mean of the ground around", "m",
                lambda z, _m, w: z - surrounding_mean(z, w),
                "topographic position index, Weiss (2001); Lindsay (2014) without the centre", "3"),
    "roughness": Kind("standard deviation of elevation", "m",
                      lambda z, _m, w: window_deviation(z, w),
                      "Grohmann et al. (2009)", "5m"),
}  # fmt: skip
"""Name without window -> predictor."""
