"""A registered layer -> a coloured tile, values at a point, and what a legend needs."""

from contextlib import ExitStack
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import SettingsError
from geoseg.lonlat import turned_back, unrolled
from geoseg.web.drawing import (
    Drawing,
    Picture,
    Range,
    confusion,
    draw,
    hillshade,
    is_live_confusion,
    layer_style,
)
from geoseg.web.layers import Layer, Source
from geoseg.web.previews import fit_for
from geoseg.web.rasters import (
    MAX_ZOOM,
    check_band,
    ground_pixel_m,
    lonlat_box,
    native_zoom,
    opened,
    reaches,
    read_point,
    read_small,
    read_tile,
    tile_box,
)

SAMPLE_PIXELS = 512
"""Side of the small view that decides the range of colours."""
LOW_HIGH_PERCENT = (2, 98)
FINER_THAN_DATA = 3
"""Zooms the map may go beyond the pixels' own size."""
TILES_READ = 256
"""Tiles kept as numbers: 64 MB of one band each."""
BANDS_OF = {"rgb": 3, "band": 1, "hillshade": 1}
"""Kinds whose bands the viewer may change, and how many they show."""


def picture(layer: Layer, place: tuple[int, int, int], drawing: Drawing) -> Picture | None:
    """Return the coloured tile at (z, x, y), or None where there is nothing to see."""
    z, _x, y = place
    values = _values(layer, place, drawing)
    if values is None or not np.isfinite(values).any():
        return None
    if layer.kind == "hillshade":
        values = hillshade(values, ground_pixel_m(z, y))
    return draw(values, layer, drawing, ranges(layer, drawing))


def ranges(layer: Layer, drawing: Drawing) -> tuple[Range, ...]:
    """Return the values at the two ends of the colours, per band: asked, fixed or the data's.

    Raises:
        SettingsError: The asked end does not fit the other.
    """
    fixed = layer_style(layer).rescale
    found = [fixed or _data_range(layer.version, source) for source in _shown(layer, drawing)]
    ends = tuple(
        (low if drawing.min is None else drawing.min, high if drawing.max is None else drawing.max)
        for low, high in found
    )
    for low, high in ends:
        if low >= high:
            raise SettingsError(f"min must be smaller than max, got {low:g} and {high:g}")
    return ends


def value_at(
    layer: Layer, lon: float, lat: float, threshold: float | None = None
) -> dict[str, Any]:
    """Return the layer's value under a point, with its unit and, for classes, its word."""
    live = is_live_confusion(layer)
    values = [_value_at(source, lon, lat) for source in layer.sources[: None if live else 1]]
    value = values[0]
    if live:
        value = None
        if None not in values:
            value = float(confusion(np.array(values, np.float32)[:, None], threshold)[0])
    look = layer_style(layer)
    label = None
    if value is not None and look.discrete:
        value = int(value)
        label = _label(layer, value)
    return {
        "layer": layer.id, "title": layer.title, "kind": layer.kind, "value": value,
        "label": label, "unit": describe(layer, layer.version)["unit"],
    }  # fmt: skip


def _value_at(source: Source, lon: float, lat: float) -> float | None:
    path, band = source
    with opened(path) as dataset:
        check_band(dataset, band)
        return read_point(dataset, band, lon, lat)


@lru_cache(maxsize=256)
def describe(layer: Layer, _version: str) -> dict[str, Any]:
    """Return bounds (west > east across 180 degrees), zooms, band names and unit; a new version of the file is read anew."""
    path, first = layer.sources[0]
    with opened(path) as dataset:
        check_band(dataset, first)
        box = west, south, east, north = lonlat_box(dataset)
        return {
            "bounds": [west, south, east, north],
            "center": [turned_back(sum(unrolled(box)[0::2]) / 2), (south + north) / 2],
            "minzoom": 0,
            "maxzoom": min(MAX_ZOOM, native_zoom(dataset) + FINER_THAN_DATA),
            "bands": [text or f"band {i}" for i, text in enumerate(dataset.descriptions, 1)],
            "unit": dataset.units[first - 1] or layer_style(layer).unit,
            "pixels": [dataset.width, dataset.height],
        }


def legend(layer: Layer, drawing: Drawing) -> dict[str, Any]:
    """Return what a legend shows: heading, help, colours, the values at the ramp's ends."""
    look = layer_style(layer)
    return {
        "kind": layer.kind,
        "title": layer.title,
        "heading": look.title,
        "help": look.help,
        "legend": [{"label": label, "colour": colour} for label, colour in look.legend],
        "range": None if look.discrete else [list(ends) for ends in ranges(layer, drawing)],
    }


def _values(
    layer: Layer, place: tuple[int, int, int], drawing: Drawing
) -> NDArray[np.float32] | None:
    """Return (band, y, x) with a margin for hillshade; None outside the raster."""
    # Class ids must not be mixed, nor a probability that is about to be cut at a threshold.
    smooth = not layer_style(layer).discrete and drawing.threshold is None
    margin = 1 if layer.kind == "hillshade" else 0
    return _read(layer.version, _shown(layer, drawing), place, margin, smooth)


@lru_cache(maxsize=TILES_READ)
def _read(
    _version: str,
    sources: tuple[Source, ...],
    place: tuple[int, int, int],
    margin: int,
    smooth: bool,
) -> NDArray[np.float32] | None:
    """Read a tile; kept, so that a moving threshold only colours it anew."""
    box = tile_box(*place)
    bands = []
    with ExitStack() as files:
        for source in sources:
            dataset, band = files.enter_context(fit_for(source, box))
            if not reaches(dataset, box):
                return None
            bands.append(read_tile(dataset, band, box, margin, smooth=smooth))
    values = np.stack(bands)
    values.setflags(write=False)
    return values


def _shown(layer: Layer, drawing: Drawing) -> tuple[Source, ...]:
    """Return the bands to draw: the registered ones, or others of the same file."""
    if not drawing.bands:
        return layer.sources
    needed = BANDS_OF.get(layer.kind)
    if needed is None:
        raise SettingsError(f"a layer of {layer.kind} shows its own band; leave `bands` out")
    if len(drawing.bands) != needed:
        raise SettingsError(
            f"{layer.kind} shows {needed} band(s), got {len(drawing.bands)}; name as many"
        )
    return tuple((layer.sources[0][0], band) for band in drawing.bands)


@lru_cache(maxsize=1024)
def _data_range(_version: str, source: Source) -> Range:
    """Return the 2nd and 98th percentile of a small view; a new version is read anew."""
    with fit_for(source, None) as (dataset, band):
        values = read_small(dataset, band, SAMPLE_PIXELS)
    seen = values[np.isfinite(values)]
    if seen.size == 0:
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(seen, LOW_HIGH_PERCENT))
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def _label(layer: Layer, value: int) -> str | None:
    """Return the legend's word for a class id, found by its colour; None for clear ones."""
    look = layer_style(layer)
    colours = {colour: label for label, colour in look.legend}
    red, green, blue, alpha = look.table().get(value, (0, 0, 0, 0))
    return colours.get(f"#{red:02x}{green:02x}{blue:02x}") if alpha else None
