"""Layers of a stack -> the same, with fill values that no file declares counted as missing, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.stack.blocks import spread_windows
from geoseg.stack.fill_rules import Fill, Tally, fills_of, suspects
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.missing import Stored, is_missing
from geoseg.stack.reading import OwnPixels
from geoseg.stack.source import BandSource
from geoseg.stack.stack import Layer
from geoseg.tasks import BandKind

FillChoice = Literal["auto", "keep"] | float
"""auto looks for fill values, keep takes every number as measured, a number is itself the fill."""
HEIGHT_NAMES = frozenset({"elevation", "elev", "dem", "dtm", "dsm", "height"})
SAMPLE_PIXELS = 500_000
PASS_VALUES = 4_000_000
"""Numbers held at once while a file is read."""
MANY = 200_000
"""Different numbers beyond the sample's from which every second rare one is let go."""
REPEATED = 9
KEPT_FILES = 512


@dataclass(frozen=True)
class Asked:
    """A band and how its numbers are to be understood."""

    source: BandSource
    ids: bool
    heights: bool


def settle_fills(
    layers: Sequence[Layer], choice: FillChoice = "auto", *, sea: bool = False
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Return the layers with their fills, and a sentence for every fill value of a file.

    Every file is read once, by blocks, so that small voids are found; what was found is remembered
    as long as the file does not change.

    Args:
        layers: Of one or several files.
        choice: See `FillChoice`.
        sea: True where height 0 is known to be the sea, however high the coast.

    Raises:
        RasterError: A file cannot be read to the end.
    """
    if choice == "keep":
        return tuple(layers), ()
    if choice != "auto":
        return tuple(_with(la, dict.fromkeys(la.sources, (float(choice),))) for la in layers), ()
    asked = {
        source: Asked(source, _ids(layer), _heights(layer) and not sea)
        for layer in layers
        for source in layer.sources
    }
    found: dict[BandSource, tuple[Fill, ...]] = {}
    for path in dict.fromkeys(source.path for source in asked):
        own = tuple(one for one in asked.values() if one.source.path == path)
        found |= dict(zip([one.source for one in own], _found(own), strict=True))
    values = {source: tuple(fill.value for fill in fills) for source, fills in found.items()}
    marked = [_with(layer, values) for layer in layers]
    names = {source: layer.name for layer in layers for source in layer.sources}
    return tuple(marked), tuple(_sentences(found, names))


def find_fills(asked: Sequence[Asked]) -> tuple[tuple[Fill, ...], ...]:
    """Return the fill values of every band; all are of one file, which is read once.

    Raises:
        RasterError: The file cannot be read to the end.
    """
    with open_gtiff(asked[0].source.path) as dataset:
        pixels = OwnPixels(asked[0].source.path, dataset)
        windows = spread_windows(dataset, SAMPLE_PIXELS)
        parts = zip(*(_known(pixels, asked, window) for window in windows), strict=True)
        counts = [_Count(one, sample) for one, sample in zip(asked, parts, strict=True)]
        if dataset.width * dataset.height > SAMPLE_PIXELS:
            for count in counts:
                count.restart()
            for window in _windows(dataset, len(asked)):
                _count_beyond(pixels, counts, window)
    return tuple(count.fills() for count in counts)


class _Count:
    """Counts a band's numbers: a sample first, then all that lie beyond it."""

    def __init__(self, asked: Asked, sample: Sequence[Stored]) -> None:
        inside = Tally.of(np.concatenate(sample))
        known = suspects(inside, ids=asked.ids, heights=asked.heights)
        body = inside.values[~np.isin(inside.values, list(known))]
        self.asked = asked
        self.fences = (float(body[0]), float(body[-1])) if len(body) else (np.inf, -np.inf)
        low, high = self.fences
        self.inside = inside.where((inside.values >= low) & (inside.values <= high))
        self.beyond = inside.where((inside.values < low) | (inside.values > high))

    def restart(self) -> None:
        """Forget what lies beyond the sample, before the whole file is counted."""
        self.beyond = self.beyond.where(np.zeros(len(self.beyond.values), dtype=bool))

    def outside(self, numbers: Stored) -> NDArray[np.bool_]:
        """Return True where a number lies beyond those of the sample that are above suspicion."""
        low, high = self.fences
        if numbers.dtype.kind in "iu":  # compared in their own type, many times faster
            limits = np.iinfo(numbers.dtype)
            low, high = (int(min(max(end, limits.min), limits.max)) for end in (low, high))
        return np.asarray((numbers < low) | (numbers > high))

    def add(self, numbers: Stored) -> None:
        tally = self.beyond.plus(Tally.of(numbers))
        if len(tally.values) > MANY:
            tally = tally.where(
                (tally.counts >= REPEATED) | (np.arange(len(tally.values)) % 2 == 0)
            )
        self.beyond = tally

    def fills(self) -> tuple[Fill, ...]:
        asked = self.asked
        whole = self.inside.plus(self.beyond)
        return tuple(
            fills_of(whole, ids=asked.ids, heights=asked.heights, scale=asked.source.scale)
        )


def _count_beyond(pixels: OwnPixels, counts: Sequence[_Count], window: Window) -> None:
    numbers, hidden = pixels.stored([count.asked.source for count in counts], window)
    for count, own, holes in zip(counts, numbers, hidden, strict=True):
        outside = count.outside(own)
        if outside.any():
            found = own[outside & ~holes]
            count.add(found[~is_missing(found, count.asked.source)])


def _known(pixels: OwnPixels, asked: Sequence[Asked], window: Window) -> Iterator[Stored]:
    """Yield every band's numbers that nothing declares missing."""
    sources = [one.source for one in asked]
    numbers, hidden = pixels.stored(sources, window)
    for source, own, holes in zip(sources, numbers, hidden, strict=True):
        yield own[~(holes | is_missing(own, source))]


def _windows(dataset: DatasetReader, bands: int) -> Iterator[Window]:
    """Yield windows of whole blocks, so that none is decoded twice, as many as may be held."""
    height, width = dataset.block_shapes[0]
    most = max(1, PASS_VALUES // bands)
    across = min(dataset.width, max(1, most // (height * width)) * width)
    down = max(1, most // (height * dataset.width)) * height if across == dataset.width else height
    for top in range(0, dataset.height, down):
        for left in range(0, dataset.width, across):
            size = min(across, dataset.width - left), min(down, dataset.height - top)
            yield Window(left, top, *size)


def _found(asked: tuple[Asked, ...]) -> tuple[tuple[Fill, ...], ...]:
    path = asked[0].source.path
    beside = [path, *(path.with_name(path.name + end) for end in (".aux.xml", ".msk"))]
    stamps = [one.stat() for one in beside if one.exists()]
    return _remembered(asked, tuple((stamp.st_mtime_ns, stamp.st_size) for stamp in stamps))


@lru_cache(maxsize=KEPT_FILES)
def _remembered(
    asked: tuple[Asked, ...], _stamps: tuple[tuple[int, int], ...]
) -> tuple[tuple[Fill, ...], ...]:
    return find_fills(asked)


def _with(layer: Layer, fills: Mapping[BandSource, tuple[float, ...]]) -> Layer:
    first, *more = (replace(source, fills=fills[source]) for source in layer.sources)
    return replace(layer, source=first, more=tuple(more))


def _ids(layer: Layer) -> bool:
    return layer.kind is not BandKind.CONTINUOUS


def _heights(layer: Layer) -> bool:
    words = {layer.name.lower(), layer.source.description.lower()}
    return not words.isdisjoint(HEIGHT_NAMES)


def _sentences(
    found: dict[BandSource, tuple[Fill, ...]], names: dict[BandSource, str]
) -> Iterable[str]:
    """Say every fill value of a file once, with the bands that hold it."""
    told: dict[tuple[Path, float], list[tuple[str, Fill]]] = {}
    for source, fills in found.items():
        for fill in fills:
            told.setdefault((source.path, fill.value), []).append((names[source], fill))
    for (path, value), rows in told.items():
        bands = ", ".join(name for name, _ in rows)
        pixels = max(fill.pixels for _, fill in rows)
        low, high = min(fill.low for _, fill in rows), max(fill.high for _, fill in rows)
        yield (
            f"{path.name}: {value:.10g} in {bands} ({pixels} pixels) stands alone, all other "
            f"numbers lie between {low:.6g} and {high:.6g}; it is taken as no data, which the file "
            "does not declare (choose fill: keep if it was measured)"
        )
