"""An open GeoTIFF -> which of its bands are transparency, told by marks, names and values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from geoseg.stack.blocks import spread_windows
from geoseg.tasks.words import SAYS_NOTHING

TRANSPARENCY = re.compile(
    r"(alpha|transparen\w*|opacity)(\s*_?(band|channel|mask|\d+))*", re.IGNORECASE
)
IS_MASK = re.compile(r"mask\s*_?\d*", re.IGNORECASE)
COLOURS = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
FOUR = 4
SAMPLE_PIXELS = 200_000
MOSTLY_FULL = 0.5
"""Share of the pixels above 0 that are full in a band of transparency; feathered edges are few."""
FULL_BYTE = 255


@dataclass(frozen=True)
class Transparency:
    """What the file's transparency is.

    Attributes:
        bands: Numbers of the bands that hide pixels where they are 0, from 1.
        notes: Plain sentences on them, and on bands that are only marked so.
    """

    bands: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def transparency(dataset: DatasetReader) -> Transparency:
    """Tell which bands are transparency.

    A band that the file marks so is, unless its name says otherwise. GDAL marks the fourth byte
    band beside red, green and blue without being asked, so there the values decide: transparency
    is 0 or full nearly everywhere. A band that only its name calls transparency must look so too.
    """
    hiding, notes = [], []
    for number in range(1, dataset.count + 1):
        marked = dataset.colorinterp[number - 1] is ColorInterp.alpha
        name = (dataset.descriptions[number - 1] or "").strip()
        called = TRANSPARENCY.fullmatch(name) is not None
        if not (marked or (called and dataset.count > 1)):
            continue
        doubt = _doubt(dataset, number, name, marked=marked, called=called)
        if doubt is None:
            hiding.append(number)
        elif marked:
            notes.append(_is_data(dataset, number, doubt))
    return Transparency(tuple(hiding), (*_hides(dataset, hiding), *notes))


def hidden(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return (y, x): True where any band of transparency (band, y, x) is 0 or NaN."""
    empty = values == 0
    if values.dtype.kind == "f":
        empty |= np.isnan(values)
    return np.asarray(empty.any(axis=0))


def _doubt(
    dataset: DatasetReader, number: int, name: str, *, marked: bool, called: bool
) -> str | None:
    """Return why the band is none of transparency, None where it is."""
    if not called and not (SAYS_NOTHING.fullmatch(name) or IS_MASK.fullmatch(name)):
        return f"is called {name}"
    if marked and (called or not _marked_unasked(dataset, number)):
        return None
    return _doubt_by_values(dataset, number)


def _marked_unasked(dataset: DatasetReader, number: int) -> bool:
    return (
        dataset.count == number == FOUR
        and dataset.dtypes[number - 1] == "uint8"
        and tuple(dataset.colorinterp[:3]) == COLOURS
    )


def _doubt_by_values(dataset: DatasetReader, number: int) -> str | None:
    values, others = _sampled(dataset, number)
    shown = values[values > 0]
    if not shown.size:
        return "would hide everything, and measured values lie there" if _vary(others) else None
    full = shown.max()
    if float(np.mean(shown == full)) < MOSTLY_FULL:
        return "holds many values between clear and full, as measured values do"
    zeros = others[:, values == 0]
    if dataset.dtypes[number - 1] == "uint8" and full < FULL_BYTE and _vary(zeros):
        return f"holds 0 and {full:g}, and measured values lie where it is 0, as beside a mask"
    return None


def _vary(others: NDArray[Any]) -> bool:
    """Tell whether the other bands hold more than one value each, as measured ground does."""
    return bool(others.size) and all(band.min() != band.max() for band in others)


def _sampled(dataset: DatasetReader, number: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the band's values, (pixel), and those of the others, (band, pixel), spread sample."""
    others = [band for band in range(1, dataset.count + 1) if band != number]
    try:
        parts = [
            dataset.read([number, *others], window=window).reshape(dataset.count, -1)
            for window in spread_windows(dataset, SAMPLE_PIXELS)
        ]
    except RasterioError:  # told where the pixels themselves are read
        return np.zeros(0), np.zeros((0, 0))
    values = np.concatenate(parts, axis=1)
    return values[0], values[1:]


def _hides(dataset: DatasetReader, bands: Sequence[int]) -> tuple[str, ...]:
    if not bands or len(bands) == dataset.count:
        return ()
    which = f"bands {', '.join(map(str, bands))} are" if len(bands) > 1 else f"band {bands[0]} is"
    text = f"{Path(dataset.name).name}: {which} transparency; pixels count as no data where it is 0"
    return (text,)


def _is_data(dataset: DatasetReader, number: int, doubt: str) -> str:
    return (
        f"{Path(dataset.name).name}: band {number} is marked as transparency but {doubt}, so it is "
        "read as a measured band and hides nothing; name it alpha in the file if it is transparency"
    )
