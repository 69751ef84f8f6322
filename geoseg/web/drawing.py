"""Values of a tile and how the viewer wants them drawn -> red, green, blue, alpha."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from geoseg.errors import SettingsError
from geoseg.evaluation.counts import (
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    TRUE_NEGATIVE,
    TRUE_POSITIVE,
)
from geoseg.figures.styles import LayerStyle, style
from geoseg.settings import Settings, Threshold
from geoseg.tasks import ClassLabel, find_task
from geoseg.web.layers import Layer

Values = NDArray[np.float32]
"""(band, y, x); NaN where there is nothing to draw."""
Picture = NDArray[np.uint8]
"""(red green blue alpha, y, x)."""
Range = tuple[float, float]

SUN_AZIMUTH_DEGREES = 315
SUN_ALTITUDE_DEGREES = 45
RELIEF_SCALE_M = 20
"""Ground pixels larger than this get their relief exaggerated, or far views look flat."""
MAPPED = 1
LIVE_SOURCES = 2
"""Probability, then reference."""
STEPS = 256
NOT_LOOKS = ("v", "key")
"""Parameters of a tile's address that change nothing of its looks: version and key."""


class Drawing(Settings):
    """What a viewer may ask of a tile beyond the layer's own style.

    Attributes:
        colormap: Name of a ramp to use instead of the layer's.
        min: Value at the ramp's low end.
        max: Value at the ramp's high end.
        threshold: Draw a probability as the class at and above it; no new inference is needed.
        bands: Bands of the layer's file to show instead of the registered ones, from 1.
    """

    colormap: str | None = Field(None, pattern=r"^[a-z0-9_]{1,40}$")
    min: float | None = Field(None, allow_inf_nan=False)
    max: float | None = Field(None, allow_inf_nan=False)
    threshold: Threshold | None = None
    bands: tuple[int, ...] = Field((), max_length=3)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the address's parameters.

        Raises:
            SettingsError: A name is unknown or a value impossible.
        """
        choices: dict[str, Any] = {
            name: text for name, text in query.items() if name not in NOT_LOOKS
        }
        if "bands" in choices:
            choices["bands"] = tuple(choices["bands"].split(","))
        return cls(**choices)

    @model_validator(mode="after")
    def _min_lies_below_max(self) -> Self:
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("min must be smaller than max")
        return self


def layer_style(layer: Layer) -> LayerStyle:
    """Return the style of the layer's kind, with its task's legend where it has one."""
    return style(layer.kind, _classes(layer.task))


def draw(values: Values, layer: Layer, drawing: Drawing, ranges: tuple[Range, ...]) -> Picture:
    """Colour a tile.

    Args:
        values: One band, or three for `rgb`.
        layer: Its kind decides the colours.
        drawing: The viewer's wishes.
        ranges: Values at the two ends of the ramp, per band.
    """
    if layer.kind == "rgb":
        return _composite(values, ranges)
    look = layer_style(layer)
    if is_live_confusion(layer):
        return _from_table(confusion(values, drawing.threshold), look.table())
    if drawing.threshold is not None:
        return _thresholded(values[0], layer, drawing.threshold)
    if look.discrete and drawing.colormap is None:
        return _from_table(values[0], look.table())
    return _ramp(values[0], _ramp_colours(layer, drawing.colormap), *ranges[0])


def is_live_confusion(layer: Layer) -> bool:
    """Tell a map of right and wrong made from probability and reference as it is asked for."""
    return layer.kind == "confusion" and len(layer.sources) == LIVE_SOURCES


def confusion(values: Values, threshold: float | None) -> NDArray[np.float32]:
    """Return what a probability cut at a threshold gets right and wrong.

    Args:
        values: Probability and reference, (2, ...); a pixel is unknown where either is NaN.
        threshold: Probability from which a pixel is called the feature.

    Raises:
        SettingsError: No threshold was named.
    """
    if threshold is None:
        raise SettingsError("right and wrong depend on the threshold; name one, e.g. threshold=0.5")
    probability, reference = values
    found, there = probability >= threshold, reference == MAPPED
    codes = np.select(
        [found & there, found, there],
        [TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE],
        TRUE_NEGATIVE,
    )
    known = np.isfinite(values).all(axis=0)
    return np.where(known, codes, np.nan).astype(np.float32)


def hillshade(elevation: Values, pixel_size_m: float) -> Values:
    """Return the terrain lit from the north-west, 0 dark to 255 bright.

    Args:
        elevation: Metres, (1, y, x), one pixel wider on each side than the result.
        pixel_size_m: Side of a square pixel on the ground, metres.
    """
    exaggeration = max(1.0, (pixel_size_m / RELIEF_SCALE_M) ** 0.5)
    centre = elevation[0]
    to_east = (centre[1:-1, 2:] - centre[1:-1, :-2]) * exaggeration / (2 * pixel_size_m)
    to_north = (centre[:-2, 1:-1] - centre[2:, 1:-1]) * exaggeration / (2 * pixel_size_m)
    azimuth, altitude = np.radians([SUN_AZIMUTH_DEGREES, SUN_ALTITUDE_DEGREES])
    towards_sun = to_east * np.sin(azimuth) + to_north * np.cos(azimuth)
    light = np.sin(altitude) - np.cos(altitude) * towards_sun
    shade = light / np.sqrt(1 + to_east**2 + to_north**2)
    return (255 * np.clip(shade, 0, 1)).astype(np.float32)[None]


def _classes(task: str) -> tuple[ClassLabel, ...]:
    """Return the legend of a task; nothing where no task of that name is known any more."""
    try:
        return find_task(task).classes
    except SettingsError:
        return ()


def _composite(values: Values, ranges: tuple[Range, ...]) -> Picture:
    picture = np.zeros((4, *values.shape[1:]), np.uint8)
    seen = np.isfinite(values).all(axis=0)
    for band, (low, high) in enumerate(ranges):
        picture[band][seen] = _steps(values[band][seen], low, high)
    picture[3][seen] = 255
    return picture


def _thresholded(probability: Values, layer: Layer, threshold: float) -> Picture:
    look = style("classes", _classes(layer.task))
    picture = np.zeros((4, *probability.shape), np.uint8)
    # NaN is never at or above the threshold: no data stays clear.
    picture[:, probability >= threshold] = np.array(look.table()[MAPPED], np.uint8)[:, None]
    return picture


def _from_table(values: Values, table: Mapping[int, tuple[int, int, int, int]]) -> Picture:
    picture = np.zeros((4, *values.shape), np.uint8)
    for value, colour in table.items():
        picture[:, values == value] = np.array(colour, np.uint8)[:, None]
    return picture


def _ramp(values: Values, colours: NDArray[np.uint8], low: float, high: float) -> Picture:
    picture = np.zeros((4, *values.shape), np.uint8)
    seen = np.isfinite(values)
    picture[:, seen] = colours[_steps(values[seen], low, high)].T
    return picture


def _steps(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """Spread low..high over the steps 0..255; values beyond take the nearest end."""
    share = (values - low) / (high - low)
    return (np.clip(share, 0, 1) * (STEPS - 1) + 0.5).astype(np.uint8)


def _ramp_colours(layer: Layer, name: str | None) -> NDArray[np.uint8]:
    """Return (256, rgba) of the layer's own ramp or of a named one."""
    if name is not None:
        return _named(name)
    table = layer_style(layer).table(STEPS)
    return np.array([table[step] for step in range(STEPS)], np.uint8)


@lru_cache(maxsize=32)
def _named(name: str) -> NDArray[np.uint8]:
    from rio_tiler.colormap import cmap

    if name not in cmap.list():
        raise SettingsError(
            f"no colour map {name!r}; try viridis, magma, cividis, greys, terrain or rdylgn"
        )
    table = cmap.get(name)
    if not isinstance(table, dict) or set(table) != set(range(STEPS)):
        raise SettingsError(f"colour map {name!r} is not a ramp; try viridis or magma")
    return np.array([table[step] for step in range(STEPS)], np.uint8)
